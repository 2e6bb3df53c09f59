/* test_store_commands.c - the store, results and audit commands, run as a person would, on a store whose one
 * document tries everything: escape sequences, markup, formulas, quotes, bytes that are no text. */
#include "base/json.h"
#include "store/audit/merkle.h"
#include "tests/store/fixture.h"

#include <sys/wait.h>

#define NASTY_NAME "=cmd|' /C calc'!A0 <script>alert(1)</script>\xff.txt"
#define NASTY_TEXT "\033[2J=HYPERLINK(\"http://x\") <img src=x onerror=alert(1)> & \"quoted\"\r\nline two"
#define NASTY_RESULTS                                                                                        \
    "{\"specialty\":{\"label\":\"=1+1\",\"score\":0.25},\"summary\":{\"sentences\":[{\"cites\":[[0,3]],"     \
    "\"text\":\"+49 <b>one</b>, \\\"two\\\"\"},{\"cites\":[[60,76],[0,3]],\"origin\":\"shortened\","           \
    "\"text\":\"three\\u001b[31m\"}]}}"

struct output {
    char *text;
    size_t bytes;
    int status;
};

/* Runs `alcove ARGUMENTS` with the store of the world; stderr goes to a file in its folder. */
static struct output alcove(const struct world *w, const char *arguments)
{
    char line[4 * PATH_MAX];
    struct error err;
    struct buffer *bytes;
    const char *program = getenv("ALCOVE_PROGRAM");
    snprintf(line, sizeof line, "'%s' %s --store '%s' 2>'%s/stderr'", program ? program : "./alcove",
             arguments, w->path, w->folder);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    assert_ok(file_read_fd(&bytes, fileno(pipe), 1 << 24, FAULT_INPUT, &err), err);
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    struct output o = {strndup(bytes->data, bytes->bytes), bytes->bytes, WEXITSTATUS(status)};
    assert_int_equal(strlen(o.text), o.bytes); /* no NUL is ever printed */
    buffer_drop(&bytes);
    return o;
}

static void expect_status(const struct world *w, const char *arguments, int status, const char *on_stderr)
{
    struct error err;
    AUTO(buffer) *said = NULL;
    struct output o = alcove(w, arguments);
    assert_ok(file_read(&said, path_of(w->folder, "stderr"), 1 << 20, FAULT_INPUT, &err), err);
    if (o.status != status)
        fail_msg("%s: exit %d, expected %d: %s", arguments, o.status, status, said->data);
    if (on_stderr && !strstr(said->data, on_stderr))
        fail_msg("%s: \"%s\" is not in \"%s\"", arguments, on_stderr, said->data);
    free(o.text);
}

static struct output succeed(const struct world *w, const char *arguments)
{
    struct output o = alcove(w, arguments);
    if (o.status != 0) {
        AUTO(buffer) *said = NULL;
        struct error err;
        assert_ok(file_read(&said, path_of(w->folder, "stderr"), 1 << 20, FAULT_INPUT, &err), err);
        fail_msg("%s: exit %d: %s", arguments, o.status, said->data);
    }
    return o;
}

static void has(const struct output *o, const char *text)
{
    if (!strstr(o->text, text))
        fail_msg("\"%s\" is not in \"%s\"", text, o->text);
}

static void has_not(const struct output *o, const char *text)
{
    if (strstr(o->text, text))
        fail_msg("\"%s\" is in \"%s\"", text, o->text);
}

static char result_id[ID_BYTES];

static void nasty_world(struct world *w)
{
    char run[33];
    world_start(w);
    run_start(w, "clinical-note", DIGEST_A, run);
    struct outcome o = outcome_of(w, NASTY_NAME, NASTY_TEXT);
    o.results = SLICE(NASTY_RESULTS);
    memcpy(result_id, o.document_id, sizeof result_id);
    commit(w, run, &o);
    o = outcome_of(w, "plain.txt", "");
    o.status = OUTCOME_QUARANTINED;
    o.reason = "text is not UTF-8";
    o.results = SLICE("");
    o.span_count = 0;
    o.redactions = 0;
    commit(w, run, &o);
    store_drop(&w->store);
}

static void a_terminal_gets_no_control_bytes(void **state UNUSED)
{
    struct world w;
    char show[100];
    const char *const lines[] = {"results list", show, "audit log", "results list --where specialty==1+1"};
    nasty_world(&w);
    snprintf(show, sizeof show, "results show %s", result_id);
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct output o = succeed(&w, lines[i]);
        for (const char *c = o.text; *c; c++)
            if (((unsigned char)*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f)
                fail_msg("%s prints byte %d", lines[i], *c);
        free(o.text);
    }
    world_end(&w);
}

static void a_page_holds_text_and_no_markup_of_a_document(void **state UNUSED)
{
    struct world w;
    nasty_world(&w);
    struct output o = succeed(&w, "results export --format html");
    has(&o, "<!DOCTYPE html>");
    has(&o, "content=\"default-src 'none'; style-src 'sha256-");
    has(&o, "&lt;script&gt;alert(1)&lt;/script&gt;");
    has(&o, "&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;");
    has(&o, "&lt;b&gt;one&lt;/b&gt;");
    has_not(&o, "<script");
    has_not(&o, "<img");
    has_not(&o, "<b>");
    has_not(&o, "\033");
    has_not(&o, "href=");
    has_not(&o, "src=\"");
    has_not(&o, "url(");
    free(o.text);
    world_end(&w);
}

static void each_sentence_says_where_it_comes_from(void **state UNUSED)
{
    struct world w;
    char line[100];
    nasty_world(&w);
    snprintf(line, sizeof line, "results show %s", result_id);
    struct output o = succeed(&w, line);
    has(&o, "\n- +49 <b>one</b>, \"two\"  [line 1, taken from the text]\n");
    has(&o, "[lines 1-2, line 1, shortened by the model]\n");
    free(o.text);
    o = succeed(&w, "results export --format html");
    has(&o, "<small>line 1, taken from the text</small></li>");
    has(&o, "<small>lines 1-2, line 1, shortened by the model</small></li>");
    free(o.text);
    world_end(&w);
}

static void csv_is_quoted_and_holds_no_formula(void **state UNUSED)
{
    struct world w;
    nasty_world(&w);
    struct output o = succeed(&w, "results export --format csv");
    has(&o, "document,id,run,status,pipeline,time,redactions,reason,specialty,specialty_score,summary\n");
    has(&o, "\n\"'=cmd|' /C calc'!A0 <script>alert(1)</script>\xef\xbf\xbd.txt\",");
    has(&o, ",done,clinical-note,");
    has(&o, ",2,,\"'=1+1\",0.25,\"'+49 <b>one</b>, \"\"two\"\" three\xef\xbf\xbd[31m\"\n");
    has(&o, "plain.txt,");
    has(&o, ",quarantined,clinical-note,");
    has(&o, ",0,\"text is not UTF-8\",,,\n");
    free(o.text);
    world_end(&w);
}

static json_t *parse(struct slice line)
{
    struct error err;
    json_t *json;
    assert_ok(json_read(&json, line, &err), err);
    return json;
}

static void json_lines_carry_the_contract(void **state UNUSED)
{
    static const char *const lines[] = {"results list --json", "results export",
                                        "results export --json --format ndjson"};
    static const char *const names[] = {"document", "id", "run", "status", "results", "audit_leaf"};
    struct world w;
    nasty_world(&w);
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct output o = succeed(&w, lines[i]);
        char *end = strchr(o.text, '\n');
        assert_non_null(end);
        json_t *first = parse((struct slice){o.text, (size_t)(end - o.text)}),
               *second = parse(slice_of(end + 1));
        for (size_t n = 0; n < COUNT_OF(names); n++)
            assert_true(json_object_get(first, names[n]) && json_object_get(second, names[n]));
        assert_string_equal(json_string_value(json_object_get(first, "document")),
                            "=cmd|' /C calc'!A0 <script>alert(1)</script>\xef\xbf\xbd.txt");
        assert_string_equal(json_string_value(json_object_get(second, "reason")), "text is not UTF-8");
        assert_true((json_object_get(first, "redacted_text") != NULL) == (i > 0));
        json_decref(first);
        json_decref(second);
        free(o.text);
    }
    struct output o = succeed(&w, "results list --json --status quarantined");
    json_t *only = parse(slice_of(o.text));
    assert_string_equal(json_string_value(json_object_get(only, "document")), "plain.txt");
    json_decref(only);
    free(o.text);
    world_end(&w);
}

static void a_result_is_shown_with_its_spans(void **state UNUSED)
{
    struct world w;
    char line[100];
    nasty_world(&w);
    snprintf(line, sizeof line, "results show --json %s", result_id);
    struct output o = succeed(&w, line);
    json_t *json = parse(slice_of(o.text));
    const json_t *text = json_object_get(json, "redacted_text");
    assert_int_equal(json_string_length(text), sizeof NASTY_TEXT - 1);
    assert_string_equal(json_string_value(text), NASTY_TEXT);
    assert_int_equal(json_array_size(json_object_get(json, "spans")), 2);
    json_decref(json);
    free(o.text);
    expect_status(&w, "results show nothing.txt", 4, "no result of that id or document");
    expect_status(&w, "results show", 2, NULL);
    expect_status(&w, "audit log --event show", 2, "there is no audit event");
    expect_status(&w, "audit log --event document-done,result-shown", 2, "result-show");
    expect_status(&w, "audit log --event document-done,", 2, NULL);
    expect_status(&w, "audit log --from yesterday", 2, "--from wants a time");
    expect_status(&w, "audit log --to 2026-11-24T10:30+02:00", 2, "--to wants a time");
    expect_status(&w, "audit log --from 2026 --to 2026-11-24T10:30:00.000000000Z", 0, NULL);
    expect_status(&w, "results list --where nothing", 2, "STEP=LABEL");
    expect_status(&w, "results list --status maybe", 2, NULL);
    expect_status(&w, "results export --format xml", 2, NULL);
    world_end(&w);
}

/* Every look is in the log, with the document's commitment; the lines of the log are what was hashed. */
static void looking_is_recorded(void **state UNUSED)
{
    struct world w;
    struct merkle tree = {0};
    struct error err;
    char line[100];
    nasty_world(&w);
    snprintf(line, sizeof line, "results show %s", result_id);
    free(succeed(&w, line).text);
    free(succeed(&w, "results list").text);
    free(succeed(&w, "results export --format csv").text);
    struct output o = succeed(&w, "audit log --object plain.txt");
    has(&o, "document-quarantined");
    has_not(&o, "result-show");
    free(o.text);
    o = succeed(&w, "audit log --event result-show,results-list,results-export,audit-read --json");
    has(&o, "\"event\":\"result-show\"");
    has(&o, "\"rows\":2");
    has(&o, "\"format\":\"csv\"");
    has(&o, "\"event\":\"audit-read\"");
    has_not(&o, "plain.txt");
    free(o.text);
    o = succeed(&w, "audit log --json"); /* the last before: this very reading is one leaf more */
    for (char *at = o.text, *end; (end = strchr(at, '\n')); at = end + 1) {
        struct hash leaf = merkle_leaf((struct slice){at, (size_t)(end - at)});
        uint64_t place;
        assert_ok(merkle_append(&tree, &leaf, &place, &err), err);
    }
    free(o.text);
    assert_ok(world_open(&w, STORE_READ, &err), err);
    assert_int_equal(w.store->tree.size, tree.size + 1);
    struct hash hash;
    uint64_t place;
    AUTO(query) *q = NULL;
    assert_ok(query_start(w.store, &q, &err, "SELECT hash FROM audit_leaves ORDER BY leaf DESC LIMIT 1", ""),
              err);
    assert_true(query_next(q, &err) == 1 && query_hash(q, 0, &hash));
    assert_ok(merkle_append(&tree, &hash, &place, &err), err);
    struct hash root = merkle_root(&tree), expected = merkle_root(&w.store->tree);
    assert_memory_equal(&root, &expected, HASH_BYTES);
    query_drop(&q);
    world_end(&w);
}

static void verification_says_what_it_saw(void **state UNUSED)
{
    struct world w;
    nasty_world(&w);
    struct output o = succeed(&w, "audit verify");
    has(&o, "verified");
    has(&o, "2/2 re-hashed");
    has(&o, "2 = 1 done + 0 skipped + 1 quarantined + 0 failed");
    free(o.text);
    o = succeed(&w, "audit verify --json");
    json_t *json = parse(slice_of(o.text));
    assert_true(json_is_true(json_object_get(json, "ok")));
    assert_int_equal(json_integer_value(json_object_get(json, "size")), 4);
    assert_int_equal(json_integer_value(json_object_get(json, "results_rehashed")), 2);
    json_decref(json);
    free(o.text);
    world_end(&w);
}

static void an_altered_store_exits_7_and_names_the_leaf(void **state UNUSED)
{
    struct world w;
    struct error err;
    nasty_world(&w);
    assert_ok(world_open(&w, STORE_WRITE, &err), err);
    execute(&w, "UPDATE results SET labels = '{\"NAME\":9}' WHERE leaf = 2");
    store_drop(&w.store);
    expect_status(&w, "audit verify", 7, "audit leaf 2");
    struct output o = alcove(&w, "audit verify --json");
    assert_int_equal(o.status, 7);
    has(&o, "\"first_bad_leaf\":2");
    free(o.text);
    world_end(&w);
}

static void faults_have_the_exits_of_the_contract(void **state UNUSED)
{
    struct world w;
    struct error err;
    char line[PATH_MAX + 64];
    nasty_world(&w);
    assert_ok(file_write(path_of(w.folder, "wrong.key"), SLICE("0123456789abcdef0123456789abcdef"), 0600,
                         FAULT_INPUT, &err),
              err);
    snprintf(line, sizeof line, "results list --key-file '%s'", path_of(w.folder, "wrong.key"));
    expect_status(&w, line, 6, NULL);
    assert_int_equal(rename(w.anchor, path_of(w.folder, "kept.anchor")), 0);
    expect_status(&w, "audit verify", 7, "--anchor");
    expect_status(&w, "results list", 7, "anchor");
    snprintf(line, sizeof line, "audit verify --anchor '%s'", path_of(w.folder, "kept.anchor"));
    expect_status(&w, line, 0, NULL);
    expect_status(&w, "audit checkpoint --new-anchor", 0, NULL);
    expect_status(&w, "audit verify", 0, NULL);
    struct output o = succeed(&w, "audit log --event anchor-change --json");
    has(&o, "\"event\":\"anchor-change\"");
    free(o.text);
    assert_int_equal(remove(w.path), 0);
    expect_status(&w, "store info", 6, NULL);
    expect_status(&w, "results list", 6, NULL); /* reading makes no store */
    assert_int_not_equal(access(w.path, F_OK), 0);
    world_end(&w);
}

static void a_store_is_made_once_and_told_of(void **state UNUSED)
{
    struct world w = {.folder = scratch_new()};
    snprintf(w.path, sizeof w.path, "%s", path_of(w.folder, "made.alc"));
    setenv("XDG_STATE_HOME", path_of(w.folder, "state"), 1);
    expect_status(&w, "store init", 0, "its key is");
    struct output first = succeed(&w, "store info --json"), again = succeed(&w, "store init --json");
    has(&again, "\"made\":false");
    json_t *a = parse(slice_of(first.text)), *b = parse(slice_of(again.text));
    assert_true(json_equal(json_object_get(a, "database"), json_object_get(b, "database")));
    assert_true(json_equal(json_object_get(a, "verifier_key"), json_object_get(b, "verifier_key")));
    assert_string_equal(json_string_value(json_object_get(a, "cipher")), "XAES-256-GCM");
    struct output checked = succeed(&w, "store check --json");
    has(&checked, "{\"ok\":true,\"problems\":[]}");
    struct output note = succeed(&w, "audit checkpoint");
    struct verifier verifier;
    struct slice text;
    struct error err;
    assert_true(verifier_read(&verifier, slice_of(json_string_value(json_object_get(a, "verifier_key")))));
    assert_ok(note_open(slice_of(note.text), &verifier, &text, &err), err);
    json_decref(a);
    json_decref(b);
    free(first.text);
    free(again.text);
    free(checked.text);
    free(note.text);
    scratch_drop(w.folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_gets_no_control_bytes),
        cmocka_unit_test(a_page_holds_text_and_no_markup_of_a_document),
        cmocka_unit_test(csv_is_quoted_and_holds_no_formula),
        cmocka_unit_test(json_lines_carry_the_contract),
        cmocka_unit_test(each_sentence_says_where_it_comes_from),
        cmocka_unit_test(a_result_is_shown_with_its_spans),
        cmocka_unit_test(looking_is_recorded),
        cmocka_unit_test(verification_says_what_it_saw),
        cmocka_unit_test(an_altered_store_exits_7_and_names_the_leaf),
        cmocka_unit_test(faults_have_the_exits_of_the_contract),
        cmocka_unit_test(a_store_is_made_once_and_told_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
