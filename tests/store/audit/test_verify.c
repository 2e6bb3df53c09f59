/* test_verify.c - whatever is done to a store from outside, audit_verify refuses it and names the place. */
#include "tests/store/fixture.h"

#include <sys/stat.h>

/* 0 store-create; 1 run-start; 2..6 documents; 7 run-end. */
#define DOCUMENTS 5u
#define FIRST 2u

static void refused(struct world *w, uint64_t leaf, const char *words)
{
    struct error err;
    struct audit_verdict verdict;
    if (audit_verify(w->store, NULL, 0, &verdict, &err) == 0)
        fail_msg("accepted; expected \"%s\"", words);
    assert_int_equal(err.code, FAULT_AUDIT);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" is not said in \"%s\"", words, err.message);
    assert_int_equal(verdict.first_bad_leaf, leaf);
}

static void accepted(struct world *w, struct audit_verdict *ret)
{
    struct error err;
    assert_ok(audit_verify(w->store, NULL, 0, ret, &err), err);
}

/* Without the triggers that keep our own mistakes away from the log. */
static void unlock(struct world *w)
{
    execute(w, "DROP TRIGGER audit_leaves_stay; DROP TRIGGER audit_leaves_remain;"
               "DROP TRIGGER checkpoints_stay; DROP TRIGGER checkpoints_remain; PRAGMA foreign_keys = OFF");
}

static void an_untouched_store_verifies(void **state UNUSED)
{
    struct world w;
    struct audit_verdict verdict;
    world_start(&w);
    assert_int_equal(run_of(&w, DOCUMENTS), FIRST);
    for (int i = 0; i < 2; i++) {
        accepted(&w, &verdict);
        assert_int_equal(verdict.size, DOCUMENTS + 3);
        assert_int_equal(verdict.checkpoints, 2);
        assert_int_equal(verdict.anchors, 1);
        assert_int_equal(verdict.results_rehashed, DOCUMENTS);
        assert_int_equal(verdict.counts.done, DOCUMENTS);
        assert_int_equal(verdict.counts.documents, DOCUMENTS);
        world_reopen(&w, STORE_READ);
    }
    world_end(&w);
}

static void an_altered_row_is_named(void **state UNUSED)
{
    static const struct {
        const char *sql, *words;
        uint64_t leaf;
    } rows[] = {
        {"UPDATE results SET results = replace(results, 'Cardio', 'Neuro') WHERE leaf = 4",
         "results of its document", 4},
        {"UPDATE results SET redacted_text = CAST('x' AS BLOB) WHERE leaf = 3", "redacted text", 3},
        {"UPDATE results SET redacted_text = NULL WHERE leaf = 3", "redacted text", 3},
        {"UPDATE results SET labels = '{}' WHERE leaf = 6", "labels", 6},
        {"UPDATE results SET reason = 'none' WHERE leaf = 6", "reason", 6},
        {"UPDATE results SET status = 'failed' WHERE leaf = 5", "row of its document was altered", 5},
        {"UPDATE results SET redactions = 1 WHERE leaf = 5", "row of its document was altered", 5},
        {"UPDATE results SET input = zeroblob(32) WHERE leaf = 5", "row of its document was altered", 5},
        {"UPDATE results SET salt = zeroblob(16) WHERE leaf = 5", "of its document", 5},
        {"UPDATE results SET id = '00000000000000000000000000000000' WHERE leaf = 2", "altered", 2},
        {"UPDATE spans SET start = 1 WHERE result = 2 AND number = 0", "spans", 3},
        {"UPDATE spans SET score = score - 0.01 WHERE result = 2 AND number = 1", "spans", 3},
        {"DELETE FROM spans WHERE result = 5 AND number = 1", "spans", 6},
        {"DELETE FROM spans WHERE result = 5; DELETE FROM results WHERE leaf = 6", "is missing", 6},
        {"UPDATE documents SET name = CAST('other.txt' AS BLOB) WHERE number = 1", "that of another", 2},
        {"UPDATE results SET document = 2 WHERE leaf = 2", "that of another", 2},
        {"UPDATE results SET leaf = 100 WHERE leaf = 2; UPDATE results SET leaf = 2 WHERE leaf = 3;"
         "UPDATE results SET leaf = 3 WHERE leaf = 100",
         "that of another", 2},
        {"UPDATE runs SET pipeline_digest = 'b'", "row of its run", 1},
        {"UPDATE runs SET pipeline_name = 'b'", "row of its run", 1},
        {"UPDATE runs SET end_leaf = NULL", "row of its run", 7},
        {"INSERT INTO results SELECT 99, 'ffffffffffffffffffffffffffffffff', document, run, 1, status, "
         "redactions, input,"
         " salt, reason, labels, results, redacted_text FROM results WHERE leaf = 6",
         "run counted other results", 7},
        {"INSERT INTO spans SELECT 77, number, start, end, out_start, out_end, label, rule, operator, score "
         "FROM spans"
         " WHERE result = 1",
         "no audit record speaks of", 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world w;
        world_start(&w);
        run_of(&w, DOCUMENTS);
        unlock(&w);
        execute(&w, rows[i].sql);
        refused(&w, rows[i].leaf, rows[i].words);
        world_end(&w);
    }
}

static void an_altered_log_is_named(void **state UNUSED)
{
    static const struct {
        const char *sql, *words;
        uint64_t leaf;
    } rows[] = {
        {"UPDATE audit_leaves SET record = replace(record, 'ok', 'no') WHERE leaf = 1",
         "its record was altered", 1},
        {"UPDATE audit_leaves SET hash = zeroblob(32) WHERE leaf = 5", "its record was altered", 5},
        {"DELETE FROM audit_leaves WHERE leaf = 3", "its record is missing", 3},
        {"DELETE FROM audit_leaves WHERE leaf = 0", "its record is missing", 0},
        {"DELETE FROM audit_leaves WHERE leaf = 7", "cut off at the end", 7},
        {"UPDATE audit_leaves SET leaf = 100 WHERE leaf = 2; UPDATE audit_leaves SET leaf = 2 WHERE leaf = 3;"
         "UPDATE audit_leaves SET leaf = 3 WHERE leaf = 100",
         "belongs to another place", 2},
        {"UPDATE audit_leaves SET object = NULL WHERE leaf = 4", "not be found by its document", 4},
        {"INSERT INTO audit_leaves SELECT 8, hash, object, record FROM audit_leaves WHERE leaf = 7",
         "another place", 8},
        {"UPDATE audit_tree SET edge = zeroblob(32)", "another root", 8},
        {"UPDATE checkpoints SET size = 7 WHERE number = 2", "checkpoint that covers it was altered", 1},
        {"UPDATE checkpoints SET note = replace(note, char(10) || '8' || char(10), char(10) || '7' || "
         "char(10))",
         "not signed by this store", 1},
        {"DELETE FROM checkpoints WHERE number = 1", "has no such checkpoint of 1", 8}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world w;
        world_start(&w);
        run_of(&w, DOCUMENTS);
        unlock(&w);
        execute(&w, rows[i].sql);
        if (strstr(rows[i].sql, "audit_tree"))
            assert_true(merkle_load(&w.store->tree, 8, (struct slice){(char[32]){0}, 32}));
        refused(&w, rows[i].leaf, rows[i].words);
        world_end(&w);
    }
}

/* Someone with the data key alters a record and its hash alike: the next checkpoint does not fit. */
static void a_record_altered_with_its_hash_fails_at_the_checkpoint(void **state UNUSED)
{
    struct world w;
    AUTO(query) *q = NULL;
    struct error err;
    world_start(&w);
    run_of(&w, 1);
    run_of(&w, 2);
    unlock(&w);
    execute(&w, "UPDATE audit_leaves SET record = replace(record, 'scalar', 'avx512') WHERE leaf = 4");
    assert_ok(query_start(w.store, &q, &err, "SELECT record FROM audit_leaves WHERE leaf = 4", ""), err);
    assert_int_equal(query_next(q, &err), 1);
    struct hash hash = merkle_leaf(query_bytes(q, 0));
    query_drop(&q);
    assert_ok(query_run(w.store, &err, "UPDATE audit_leaves SET hash = ? WHERE leaf = 4", "h", &hash), err);
    refused(&w, 4, "up to the checkpoint");
    world_end(&w);
}

/* The last leaves are cut off together with all that the database knows of them: only the anchor is left to
 * tell. */
static void a_log_cut_with_its_checkpoints_is_caught_by_the_anchor(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct merkle tree = {0};
    uint64_t place;
    AUTO(query) *q = NULL;
    world_start(&w);
    run_of(&w, DOCUMENTS);
    unlock(&w);
    execute(
        &w,
        "DELETE FROM spans; DELETE FROM results; DELETE FROM runs; DELETE FROM checkpoints WHERE number > 1;"
        "DELETE FROM audit_leaves WHERE leaf > 0");
    assert_ok(query_start(w.store, &q, &err, "SELECT hash FROM audit_leaves", ""), err);
    struct hash hash;
    assert_true(query_next(q, &err) == 1 && query_hash(q, 0, &hash));
    query_drop(&q);
    assert_ok(merkle_append(&tree, &hash, &place, &err), err);
    w.store->tree = tree;
    w.store->checkpoints = 1;
    refused(&w, 1, "rolled back");
    assert_string_equal(err.file[0] ? err.file : w.anchor, w.anchor);
    world_end(&w);
}

static void a_rolled_back_store_is_refused_by_its_anchor(void **state UNUSED)
{
    struct world w;
    struct error err;
    world_start(&w);
    run_of(&w, 1);
    store_drop(&w.store);
    copy_file(w.path, path_of(w.folder, "old.alc"));
    assert_ok(world_open(&w, STORE_WRITE, &err), err);
    run_of(&w, 1);
    store_drop(&w.store);
    copy_file(path_of(w.folder, "old.alc"), w.path);
    assert_int_equal(world_open(&w, STORE_WRITE, &err), -1); /* nothing may be added to it */
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_non_null(strstr(err.message, "rolled back"));
    assert_ok(world_open(&w, STORE_READ, &err), err);
    refused(&w, 4, "rolled back");
    world_end(&w);
}

/* An old copy that was written to: two histories under one key. */
static void a_forked_store_is_refused_by_its_anchor(void **state UNUSED)
{
    struct world w;
    struct error err;
    char old[PATH_MAX], kept[PATH_MAX];
    world_start(&w);
    snprintf(old, sizeof old, "%s", path_of(w.folder, "old.alc"));
    snprintf(kept, sizeof kept, "%s", path_of(w.folder, "kept.anchor"));
    run_of(&w, 1);
    store_drop(&w.store);
    copy_file(w.path, old);
    copy_file(w.anchor, kept);
    assert_ok(world_open(&w, STORE_WRITE, &err), err);
    run_of(&w, 1);
    store_drop(&w.store);
    copy_file(w.anchor, path_of(w.folder, "witness.anchor"));
    copy_file(old, w.path);
    copy_file(kept, w.anchor);
    assert_ok(world_open(&w, STORE_WRITE, &err), err);
    run_of(&w, 1);
    struct audit_verdict verdict;
    accepted(&w, &verdict); /* by itself it is whole */
    const char *witness = path_of(w.folder, "witness.anchor");
    assert_int_equal(audit_verify(w.store, &witness, 1, &verdict, &err), -1);
    assert_non_null(strstr(err.message, "rewritten"));
    assert_string_equal(err.file, witness);
    assert_int_equal(err.line, 17);
    world_end(&w);
}

static off_t bytes_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

/* Reads are recorded, but the anchor follows with the next change. */
static void reads_do_not_move_the_anchor(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    world_start(&w);
    run_of(&w, 1);
    store_drop(&w.store);
    off_t before = bytes_of(w.anchor);
    uint64_t size = 0;
    for (int i = 0; i < 3; i++) {
        assert_ok(world_open(&w, STORE_WRITE, &err), err);
        assert_ok(audit_event(w.store, "results-list", "ok", json_pack("{s:i}", "rows", 1), NULL, &err), err);
        assert_ok(audit_event(w.store, "audit-read", "ok", json_pack("{s:n}", "object"), &size, &err), err);
        store_drop(&w.store);
        assert_int_equal(bytes_of(w.anchor), before);
    }
    assert_ok(world_open(&w, STORE_READ, &err), err);
    accepted(&w, &verdict);
    assert_int_equal(verdict.size, size + 1);
    assert_int_equal(verdict.checkpoints, 2);
    world_reopen(&w, STORE_WRITE);
    run_start(&w, "clinical-note", DIGEST_A, (char[33]){0}); /* without an end: signed when the store is closed */
    world_reopen(&w, STORE_READ);
    assert_true(bytes_of(w.anchor) > before);
    accepted(&w, &verdict);
    assert_int_equal(verdict.checkpoints, 3);
    world_end(&w);
}

/* Original and copy know one anchor: whoever looks at the copy, even at a damaged one, does not lock out the original. */
static void a_copy_that_is_read_does_not_lock_out_the_original(void **state UNUSED)
{
    struct world w, copy;
    struct error err;
    struct audit_verdict verdict;
    world_start(&w);
    run_of(&w, 1);
    store_drop(&w.store);
    copy = w;
    snprintf(copy.path, sizeof copy.path, "%s", path_of(w.folder, "copy.alc"));
    copy_file(w.path, copy.path);
    assert_ok(world_open(&copy, STORE_WRITE, &err), err);
    assert_ok(audit_event(copy.store, "results-list", "ok", json_pack("{s:i}", "rows", 1), NULL, &err), err);
    store_drop(&copy.store);
    assert_ok(world_open(&w, STORE_WRITE, &err), err);
    run_of(&w, 1);
    accepted(&w, &verdict);
    assert_int_equal(world_open(&copy, STORE_WRITE, &err), -1); /* now it is the older of two */
    assert_int_equal(err.code, FAULT_AUDIT);
    world_end(&w);
}

static void a_cut_anchor_is_refused(void **state UNUSED)
{
    struct world w;
    struct error err;
    world_start(&w);
    off_t first = bytes_of(w.anchor);
    run_of(&w, 1);
    store_drop(&w.store);
    off_t whole = bytes_of(w.anchor);
    for (off_t at = whole - 2; at > 0; at -= 29) {
        assert_int_equal(truncate(w.anchor, at), 0);
        assert_int_equal(world_open(&w, STORE_WRITE, &err), -1);
        assert_int_equal(err.code, FAULT_AUDIT);
        assert_non_null(strstr(err.message, "cut"));
        assert_string_equal(err.file, w.anchor);
        assert_ok(world_open(&w, STORE_READ, &err), err);
        refused(&w, 0, at < first ? "lacks the checkpoint of 1" : "lacks the checkpoint of 4");
        store_drop(&w.store);
    }
    scratch_drop(w.folder);
}

static void a_missing_anchor_is_refused_until_another_is_begun(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    world_start(&w);
    run_of(&w, 1);
    store_drop(&w.store);
    assert_int_equal(remove(w.anchor), 0);
    assert_int_equal(world_open(&w, STORE_WRITE, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_non_null(strstr(err.message, "gone"));
    assert_ok(world_open(&w, STORE_READ, &err), err);
    refused(&w, 0, "not there");
    store_drop(&w.store);
    struct store_options options = {
        .path = w.path, .key = {.key_file = w.key}, .mode = STORE_WRITE, .new_anchor = true};
    assert_ok(store_open(&w.store, &options, NULL, &err), err);
    accepted(&w, &verdict);
    assert_int_equal(verdict.checkpoints, 3); /* the loss itself is in the log and signed */
    world_reopen(&w, STORE_WRITE);
    accepted(&w, &verdict);
    world_end(&w);
}

static void an_anchor_elsewhere_takes_over(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    world_start(&w);
    run_of(&w, 1);
    store_drop(&w.store);
    const char *place = path_of(w.folder, "stick/other.anchor");
    struct store_options options = {
        .path = w.path, .key = {.key_file = w.key}, .mode = STORE_WRITE, .anchor = place};
    assert_ok(store_open(&w.store, &options, NULL, &err), err);
    store_drop(&w.store);
    assert_int_equal(remove(w.anchor), 0); /* no longer needed, and the store knows its place */
    assert_ok(world_open(&w, STORE_WRITE, &err), err);
    run_of(&w, 1);
    accepted(&w, &verdict);
    assert_int_equal(verdict.anchors, 1);
    assert_int_equal(verdict.checkpoints, 4);
    store_drop(&w.store);
    assert_int_equal(truncate(place, 200), 0);
    assert_int_equal(world_open(&w, STORE_WRITE, &err), -1);
    scratch_drop(w.folder);
}

static void replace_in(const char *path, const char *from, const char *to)
{
    struct error err;
    AUTO(buffer) *bytes = NULL;
    assert_ok(file_read(&bytes, path, 1 << 20, FAULT_INPUT, &err), err);
    char *at = strstr(bytes->data, from);
    assert_non_null(at);
    memcpy(at, to, strlen(to));
    assert_ok(file_write(path, buffer_slice(bytes), 0600, FAULT_INPUT, &err), err);
}

static void a_forged_anchor_is_refused_at_its_line(void **state UNUSED)
{
    static const struct {
        const char *from, *to, *words;
        unsigned line;
    } rows[] = {{"\n4\n", "\n9\n", "signature", 10},
                {"\n4\n", "\n04", "", 10},
                {"\npages ", "\npages=", "signature", 3},
                {"+A", "+B", "another key", 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world w;
        struct error err;
        struct audit_verdict verdict;
        world_start(&w);
        run_of(&w, 1);
        store_drop(&w.store);
        replace_in(w.anchor, rows[i].from, rows[i].to);
        assert_ok(world_open(&w, STORE_READ, &err), err);
        assert_int_equal(audit_verify(w.store, NULL, 0, &verdict, &err), -1);
        assert_int_equal(err.code, FAULT_AUDIT);
        assert_string_equal(err.file, w.anchor);
        if (strcmp(rows[i].from, "+A") !=
            0) { /* no longer a key line: then it is the start of a malformed note */
            assert_non_null(strstr(err.message, rows[i].words));
            assert_int_equal(err.line, rows[i].line);
        }
        world_end(&w);
    }
}

static void another_signing_key_is_refused(void **state UNUSED)
{
    struct world w;
    struct error err;
    world_start(&w);
    run_of(&w, 1);
    execute(&w, "UPDATE settings SET value = zeroblob(32) WHERE name = 'signing seed'");
    store_drop(&w.store);
    assert_int_equal(world_open(&w, STORE_WRITE, &err), 0); /* nothing new in the anchor to compare */
    refused(&w, 0, "signing key");
    world_end(&w);
}

static void a_store_without_a_place_for_its_anchor_is_not_made(void **state UNUSED)
{
    struct world w = {.folder = scratch_new()};
    struct error err;
    char *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    snprintf(w.path, sizeof w.path, "%s", path_of(w.folder, "s.alc"));
    snprintf(w.key, sizeof w.key, "%s", path_of(w.folder, "s.key"));
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_int_equal(world_open(&w, STORE_CREATE, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_non_null(strstr(err.hint, "--anchor"));
    if (home)
        setenv("HOME", home, 1);
    free(home);
    scratch_drop(w.folder);
}

static void stores_share_an_anchor(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    AUTO(store) *other = NULL;
    world_start(&w);
    struct store_options options = {.path = path_of(w.folder, "t.alc"),
                                    .key = {.key_file = path_of(w.folder, "t.key")},
                                    .mode = STORE_CREATE,
                                    .make_key_file = true,
                                    .anchor = w.anchor};
    assert_ok(store_open(&other, &options, NULL, &err), err);
    run_of(&w, 1);
    struct world x = w;
    x.store = other;
    run_of(&x, 2);
    run_of(&w, 1);
    accepted(&w, &verdict);
    accepted(&x, &verdict);
    store_drop(&other);
    world_reopen(&w, STORE_WRITE);
    accepted(&w, &verdict);
    world_end(&w);
}

static void what_a_crash_left_unanchored_is_anchored_later(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    world_start(&w);
    off_t before = bytes_of(w.anchor);
    run_of(&w, 1);
    store_drop(&w.store);
    /* as if the crash came between the database's commit and the anchor's append */
    assert_ok(world_open(&w, STORE_WRITE, &err), err);
    execute(&w, "UPDATE anchor SET checkpoints = 1, bytes = 1");
    w.store->is_open = false;
    store_drop(&w.store);
    assert_int_equal(truncate(w.anchor, before), 0);
    assert_ok(world_open(&w, STORE_READ, &err), err);
    accepted(&w, &verdict); /* one behind is no fault */
    store_drop(&w.store);
    assert_ok(world_open(&w, STORE_WRITE, &err), err);
    accepted(&w, &verdict);
    assert_true(bytes_of(w.anchor) > before);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_store_verifies),
        cmocka_unit_test(an_altered_row_is_named),
        cmocka_unit_test(an_altered_log_is_named),
        cmocka_unit_test(a_record_altered_with_its_hash_fails_at_the_checkpoint),
        cmocka_unit_test(a_log_cut_with_its_checkpoints_is_caught_by_the_anchor),
        cmocka_unit_test(a_rolled_back_store_is_refused_by_its_anchor),
        cmocka_unit_test(a_forked_store_is_refused_by_its_anchor),
        cmocka_unit_test(reads_do_not_move_the_anchor),
        cmocka_unit_test(a_copy_that_is_read_does_not_lock_out_the_original),
        cmocka_unit_test(a_cut_anchor_is_refused),
        cmocka_unit_test(a_missing_anchor_is_refused_until_another_is_begun),
        cmocka_unit_test(an_anchor_elsewhere_takes_over),
        cmocka_unit_test(a_forged_anchor_is_refused_at_its_line),
        cmocka_unit_test(another_signing_key_is_refused),
        cmocka_unit_test(a_store_without_a_place_for_its_anchor_is_not_made),
        cmocka_unit_test(stores_share_an_anchor),
        cmocka_unit_test(what_a_crash_left_unanchored_is_anchored_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
