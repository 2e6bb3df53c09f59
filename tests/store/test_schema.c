/* test_schema.c - the tables come about from every older version, and a newer one is left alone. */
#include "tests/store/fixture.h"

/* What the VFS makes is a database without tables: version 0. */
static void an_empty_database_gets_its_tables(void **state UNUSED)
{
    struct world w = {.folder = scratch_new()};
    struct error err;
    struct audit_verdict verdict;
    struct crypt *crypt = NULL;
    snprintf(w.path, sizeof w.path, "%s", path_of(w.folder, "s.alc"));
    snprintf(w.key, sizeof w.key, "%s", path_of(w.folder, "s.key"));
    setenv("XDG_STATE_HOME", path_of(w.folder, "state"), 1);
    struct store_options options = {
        .path = w.path, .key = {.key_file = w.key}, .mode = STORE_CREATE, .make_key_file = true};
    assert_ok(crypt_open(&crypt, &options, NULL, &err), err);
    crypt_drop(&crypt);
    assert_int_equal(world_open(&w, STORE_READ, &err), -1); /* reading makes nothing */
    assert_int_equal(err.code, FAULT_STORE);
    assert_ok(world_open(&w, STORE_WRITE, &err), err);
    int version;
    assert_ok(schema_version(w.store, &version, &err), err);
    assert_int_equal(version, SCHEMA_VERSION);
    run_of(&w, 2);
    assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
    world_end(&w);
}

static void opening_again_changes_nothing(void **state UNUSED)
{
    struct world w;
    world_start(&w);
    for (int i = 0; i < 3; i++) {
        world_reopen(&w, STORE_WRITE);
        assert_int_equal(w.store->tree.size, 1);
    }
    world_end(&w);
}

static void tables_of_a_newer_program_are_refused(void **state UNUSED)
{
    struct world w;
    struct error err;
    world_start(&w);
    execute(&w, "PRAGMA user_version = 99");
    store_drop(&w.store);
    for (int mode = STORE_READ; mode <= STORE_CREATE; mode++) {
        assert_int_equal(world_open(&w, (enum store_mode)mode, &err), -1);
        assert_int_equal(err.code, FAULT_STORE);
        assert_non_null(strstr(err.message, "newer program"));
    }
    scratch_drop(w.folder);
}

/* The log refuses change even by our own mistakes. */
static void records_and_checkpoints_cannot_be_changed(void **state UNUSED)
{
    static const char *const tries[] = {"UPDATE audit_leaves SET record = '{}'",
                                        "DELETE FROM audit_leaves",
                                        "UPDATE checkpoints SET note = ''",
                                        "DELETE FROM checkpoints",
                                        "DELETE FROM documents",
                                        "UPDATE results SET status = 'maybe'",
                                        "UPDATE results SET leaf = 1000"};
    struct world w;
    world_start(&w);
    run_of(&w, 2);
    for (size_t i = 0; i < COUNT_OF(tries); i++)
        assert_int_equal(sqlite3_exec(w.store->db, tries[i], NULL, NULL, NULL) & 0xff, SQLITE_CONSTRAINT);
    world_end(&w);
}

static void a_place_for_the_anchor_is_needed(void **state UNUSED)
{
    struct world w = {.folder = scratch_new()};
    struct error err;
    snprintf(w.path, sizeof w.path, "%s", path_of(w.folder, "s.alc"));
    snprintf(w.key, sizeof w.key, "%s", path_of(w.folder, "s.key"));
    setenv("XDG_STATE_HOME", "/proc/none", 1);
    assert_int_equal(world_open(&w, STORE_CREATE, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_int_equal(world_open(&w, STORE_WRITE, &err),
                     -1); /* and still: nothing is done that is not anchored */
    assert_int_equal(err.code, FAULT_AUDIT);
    scratch_drop(w.folder);
}

static void info_counts(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct store_info info;
    world_start(&w);
    run_of(&w, 3);
    run_of(&w, 2);
    assert_ok(store_info(w.store, &info, &err), err);
    assert_int_equal(info.runs, 2);
    assert_int_equal(info.documents, 3);
    assert_int_equal(info.done, 5);
    assert_int_equal(info.audit_size, 1 + 2 + 3 + 2 + 2);
    assert_string_equal(info.anchor, w.anchor);
    assert_int_equal(strlen(info.database_id), 32);
    world_end(&w);
}

static void count_problem(void *context, const char *problem)
{
    print_message("%s\n", problem);
    ++*(size_t *)context;
}

static void a_sound_store_checks_and_a_broken_reference_is_found(void **state UNUSED)
{
    struct world w;
    struct error err;
    size_t problems = 0;
    world_start(&w);
    run_of(&w, 2);
    assert_ok(store_check(w.store, count_problem, &problems, &err), err);
    assert_int_equal(problems, 0);
    execute(&w, "PRAGMA foreign_keys = OFF; DELETE FROM results WHERE number = 1");
    assert_int_equal(store_check(w.store, count_problem, &problems, &err), -1);
    assert_int_equal(err.code, FAULT_STORE);
    assert_int_equal(problems, 2); /* its two spans */
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_database_gets_its_tables),
        cmocka_unit_test(opening_again_changes_nothing),
        cmocka_unit_test(tables_of_a_newer_program_are_refused),
        cmocka_unit_test(records_and_checkpoints_cannot_be_changed),
        cmocka_unit_test(a_place_for_the_anchor_is_needed),
        cmocka_unit_test(info_counts),
        cmocka_unit_test(a_sound_store_checks_and_a_broken_reference_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
