/* test_keeper.c - real children, treated badly: one document is lost, the batch goes on. */
#include "tests/analyzer/process/crew_support.h"

#include "base/file.h"

struct later {
    pid_t pid;
    int signal;
};

static void *send_later(void *context)
{
    const struct later *l = context;
    usleep(100 * 1000);
    kill(l->pid, l->signal);
    return NULL;
}

static pid_t pid_of(const struct scene *s, enum crew_child who)
{
    return s->crew->members[who].pid;
}

/* Gives the child a document that it cannot answer (it is stopped), which ends as `how` says. */
static void lose_one(struct scene *s, enum crew_child who, int signal_later, const char *words)
{
    struct error err = {0};
    pid_t before = pid_of(s, who);
    struct later later = {before, signal_later};
    pthread_t thread;
    kill(before, SIGSTOP);
    if (signal_later)
        assert_int_equal(pthread_create(&thread, NULL, send_later, &later), 0);
    char *got = who == CREW_PARSER ? scene_parse(s, SLICE("lost"), &err) : scene_analyze(s, "lost", &err);
    if (signal_later)
        pthread_join(thread, NULL);
    assert_null(got);
    assert_int_equal(err.code, FAULT_DOCUMENT);
    if (!strstr(err.message, words) || !strstr(err.message, crew_child_name(who)))
        fail_msg("says \"%s\"", err.message);
    assert_false(s->keeper.is_broken);
    assert_true(pid_of(s, who) > 0 && pid_of(s, who) != before);
    assert_works(s);
}

static void a_document_goes_through_both(void **state UNUSED)
{
    struct scene s;
    struct error err;
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    assert_works(&s);
    char *redacted = scene_analyze(&s, "Seen by Dr. Ann Lee today.", &err);
    assert_non_null(redacted);
    assert_null(strstr(redacted, "Lee"));
    free(redacted);
    assert_true(s.crew->facts.rule_count > 0);
    assert_int_equal(s.crew->facts.model_count, 0);
    scene_end(&s);
}

static void a_killed_child_costs_one_document(void **state UNUSED)
{
    struct scene s;
    struct error err;
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    for (int who = 0; who < CREW_CHILDREN; who++)
        for (int round = 0; round < 3; round++)
            lose_one(&s, (enum crew_child)who, SIGKILL, "was killed by signal 9");
    scene_end(&s);
}

static void a_hanging_child_costs_one_document(void **state UNUSED)
{
    struct scene s;
    struct error err;
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    s.keeper.parser_ms = s.keeper.worker_ms = 400;
    for (int who = 0; who < CREW_CHILDREN; who++)
        lose_one(&s, (enum crew_child)who, 0, "in the time allowed");
    scene_end(&s);
}

static void a_child_that_died_between_documents_is_replaced(void **state UNUSED)
{
    struct scene s;
    struct error err = {0};
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    kill(pid_of(&s, CREW_WORKER), SIGKILL);
    char *got = scene_analyze(&s, "perhaps", &err); /* lost or not: the race is open */
    free(got);
    assert_works(&s);
    scene_end(&s);
}

static void restarts_leak_no_descriptor(void **state UNUSED)
{
    struct scene s;
    struct error err;
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    int before = descriptors_of(getpid()), spawner = descriptors_of(s.crew->spawner);
    for (int round = 0; round < 10; round++)
        for (int who = 0; who < CREW_CHILDREN; who++)
            assert_ok(crew_restart(s.crew, (enum crew_child)who, &err), err);
    assert_works(&s);
    assert_int_equal(descriptors_of(getpid()), before);
    assert_int_equal(descriptors_of(s.crew->spawner), spawner);
    scene_end(&s);
}

static void children_hold_their_channel_and_nothing_else(void **state UNUSED)
{
    struct scene s;
    struct error err;
    int extra = open("/etc/passwd", O_RDONLY); /* something that must not be inherited */
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    for (int who = 0; who < CREW_CHILDREN; who++)
        assert_int_equal(descriptors_of(pid_of(&s, (enum crew_child)who)), 4);
    assert_int_equal(descriptors_of(s.crew->spawner), 3 + 1 + CREW_CHILDREN);
    close(extra);
    scene_end(&s);
}

static void a_file_reaches_the_parser_by_descriptor(void **state UNUSED)
{
    struct scene s;
    struct error err;
    char *folder = scratch_new();
    const char *path = path_of(folder, "f.txt");
    assert_ok(file_write(path, SLICE("from a file"), 0600, FAULT_INPUT, &err), err);
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    for (int round = 0; round < 3; round++) {
        AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
        struct parsed parsed;
        assert_ok(
            keeper_parse(&s.keeper, PARSE_FILE, SLICE("f.txt"), fd, (struct slice){NULL, 11}, &parsed, &err),
            err);
        assert_true(slice_equal(parsed.text, SLICE("from a file")));
        parsed_clear(&parsed);
    }
    assert_int_equal(descriptors_of(pid_of(&s, CREW_PARSER)), 4); /* closed again */
    scene_end(&s);
    scratch_drop(folder);
}

static void a_document_that_cannot_be_parsed_keeps_its_child(void **state UNUSED)
{
    struct scene s;
    struct error err;
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    pid_t before = pid_of(&s, CREW_PARSER);
    assert_null(scene_parse(&s, (struct slice){"a\0b", 3}, &err));
    assert_int_equal(err.code, FAULT_DOCUMENT);
    assert_non_null(strstr(err.message, "byte 1: NUL"));
    assert_int_equal(pid_of(&s, CREW_PARSER), before);
    scene_end(&s);
}

static void a_line_brings_its_id(void **state UNUSED)
{
    struct scene s;
    struct error err;
    struct parsed parsed;
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    struct slice line = SLICE("{\"id\":\"n-1\",\"text\":\"words\"}"),
                 bad = SLICE("{\"id\":\"n-2\",\"text\":\"\"}");
    assert_ok(keeper_parse(&s.keeper, PARSE_LINE, SLICE("-"), -1, line, &parsed, &err), err);
    assert_true(slice_equal(parsed.id, SLICE("n-1")));
    assert_true(slice_equal(parsed.text, SLICE("words")));
    parsed_clear(&parsed);
    assert_int_equal(keeper_parse(&s.keeper, PARSE_LINE, SLICE("-"), -1, bad, &parsed, &err), -1);
    assert_true(slice_equal(parsed.id, SLICE("n-2")));
    parsed_clear(&parsed);
    scene_end(&s);
}

static int64_t now_ns(void)
{
    return 1;
}

static void a_stop_drops_the_document_in_hand(void **state UNUSED)
{
    struct scene s;
    struct error err;
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    s.keeper.drop_at_ns = now_ns;
    kill(pid_of(&s, CREW_WORKER), SIGSTOP);
    assert_null(scene_analyze(&s, "in hand", &err));
    assert_int_equal(err.code, FAULT_INTERRUPTED);
    scene_end(&s);
}

static void without_a_spawner_the_run_ends(void **state UNUSED)
{
    struct scene s;
    struct error err;
    assert_ok(scene_start(&s, NULL, NULL, &err), err);
    kill(s.crew->spawner, SIGKILL);
    usleep(50 * 1000);
    assert_null(scene_analyze(&s, "too late", &err));
    assert_int_equal(err.code, FAULT_TEMPORARY);
    assert_true(s.keeper.is_broken);
    assert_null(scene_analyze(&s, "still", &err));
    assert_int_equal(err.code, FAULT_TEMPORARY);
    scene_end(&s);
}

static bool is_running(pid_t pid)
{
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    bool read = fgets(text, sizeof text, f) != NULL;
    fclose(f);
    const char *name_end = strrchr(text, ')');
    return read && name_end && name_end[2] != 'Z';
}

static void when_the_keeper_is_killed_all_go(void **state UNUSED)
{
    int out[2];
    pid_t pids[3] = {0};
    assert_int_equal(pipe(out), 0);
    fflush(NULL);
    pid_t keeper = fork();
    if (keeper == 0) {
        struct scene s;
        struct error err;
        if (scene_start(&s, NULL, NULL, &err))
            _exit(1);
        pid_t mine[3] = {s.crew->spawner, pid_of(&s, CREW_PARSER), pid_of(&s, CREW_WORKER)};
        (void)!write(out[1], mine, sizeof mine);
        pause();
    }
    close(out[1]);
    assert_int_equal(read(out[0], pids, sizeof pids), sizeof pids);
    for (int i = 0; i < 3; i++)
        assert_true(is_running(pids[i]));
    kill(keeper, SIGKILL);
    waitpid(keeper, NULL, 0);
    bool alive = true;
    for (int tries = 0; tries < 200 && alive; tries++) {
        usleep(20 * 1000);
        alive = is_running(pids[0]) || is_running(pids[1]) || is_running(pids[2]);
    }
    assert_false(alive);
    close(out[0]);
}

static void a_missing_pack_is_the_runs_error(void **state UNUSED)
{
    struct error err;
    AUTO(pipeline) *p = NULL;
    AUTO(crew) *crew = NULL;
    assert_ok(pipeline_read(&p, SLICE("version: 1\nname: x\npurpose: x\nredact: {rules: [no-such-pack]}\n"),
                            "x", NULL, 0, &err),
              err);
    struct crew_plan plan = {
        .pipeline = p, .rules_folder = source_file("rules/packs"), .models_folder = "", .threads = 1};
    assert_int_equal(crew_start(&crew, &plan, &err), -1);
    assert_int_equal(err.code, FAULT_PIPELINE);
    assert_null(crew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_goes_through_both),
        cmocka_unit_test(a_killed_child_costs_one_document),
        cmocka_unit_test(a_hanging_child_costs_one_document),
        cmocka_unit_test(a_child_that_died_between_documents_is_replaced),
        cmocka_unit_test(restarts_leak_no_descriptor),
        cmocka_unit_test(children_hold_their_channel_and_nothing_else),
        cmocka_unit_test(a_file_reaches_the_parser_by_descriptor),
        cmocka_unit_test(a_document_that_cannot_be_parsed_keeps_its_child),
        cmocka_unit_test(a_line_brings_its_id),
        cmocka_unit_test(a_stop_drops_the_document_in_hand),
        cmocka_unit_test(without_a_spawner_the_run_ends),
        cmocka_unit_test(when_the_keeper_is_killed_all_go),
        cmocka_unit_test(a_missing_pack_is_the_runs_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
