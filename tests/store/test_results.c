/* test_results.c - what is committed comes back, whole or not at all; done means done. */
#include "tests/store/fixture.h"

struct rows {
    size_t count;
    char document[8][64], status[8][16], results[8][200], text[8][64];
    uint64_t leaf[8];
};

static int keep(void *context, const struct result_row *row, struct error *err UNUSED)
{
    struct rows *rows = context;
    size_t i = rows->count++;
    assert_true(i < COUNT_OF(rows->leaf));
    snprintf(rows->document[i], 64, "%.*s", (int)row->document.bytes, row->document.data);
    snprintf(rows->status[i], 16, "%s", row->status);
    snprintf(rows->results[i], 200, "%.*s", (int)row->results.bytes, row->results.data);
    snprintf(rows->text[i], 64, "%.*s", (int)row->redacted_text.bytes,
             row->redacted_text.data ? row->redacted_text.data : "");
    rows->leaf[i] = row->audit_leaf;
    assert_int_equal(strlen(row->id), 32);
    assert_int_equal(strlen(row->time), 30);
    return 0;
}

static struct rows list(struct world *w, struct result_filter filter)
{
    struct rows rows = {0};
    struct error err;
    assert_ok(store_results(w->store, &filter, true, keep, &rows, &err), err);
    return rows;
}

static void what_is_committed_comes_back(void **state UNUSED)
{
    struct world w;
    char run[33];
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, run);
    struct outcome o = outcome_of(&w, "notes/a.txt", "[NAME_1] was seen.");
    uint64_t leaf = commit(&w, run, &o);
    for (int again = 0; again < 2; again++) {
        struct rows rows = list(&w, (struct result_filter){0});
        assert_int_equal(rows.count, 1);
        assert_string_equal(rows.document[0], "notes/a.txt");
        assert_string_equal(rows.status[0], "done");
        assert_string_equal(rows.text[0], "[NAME_1] was seen.");
        assert_string_equal(rows.results[0], o.results.data);
        assert_true(rows.leaf[0] == leaf);
        world_reopen(&w, again ? STORE_WRITE : STORE_READ);
    }
    world_end(&w);
}

static int count_spans(void *context, const struct outcome_span *span, struct error *err UNUSED)
{
    size_t *count = context;
    static const char *const labels[] = {"NAME", "SSN"}, *const operators[] = {"tag", "mask"};
    assert_true(*count < 2);
    assert_string_equal(span->label, labels[*count]);
    assert_string_equal(span->operator_name, operators[*count]);
    assert_int_equal(span->start, *count ? 20 : 0);
    assert_int_equal(span->out_end, *count ? 25 : 8);
    assert_true(span->score == (*count ? 0.75 : 0.9));
    ++*count;
    return 0;
}

static void spans_come_back_in_order(void **state UNUSED)
{
    struct world w;
    struct error err;
    char run[33];
    size_t count = 0;
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, run);
    struct outcome o = outcome_of(&w, "a", "x");
    commit(&w, run, &o);
    assert_ok(store_spans(w.store, o.document_id, count_spans, &count, &err), err);
    assert_int_equal(count, 2);
    world_end(&w);
}

static void a_document_is_done_only_as_it_was_done(void **state UNUSED)
{
    struct world w;
    struct error err;
    char run[33];
    world_start(&w);
    struct hash input = store_commit_bytes(w.store, SLICE("text")),
                other = store_commit_bytes(w.store, SLICE("texu"));
    run_start(&w, "clinical-note", DIGEST_A, run);
    struct outcome o = outcome_of(&w, "a.txt", "x");
    o.input = input;
    assert_int_equal(store_is_done(w.store, SLICE("a.txt"), &input, DIGEST_A, &err), 0);
    o.status = OUTCOME_QUARANTINED;
    commit(&w, run, &o);
    assert_int_equal(store_is_done(w.store, SLICE("a.txt"), &input, DIGEST_A, &err), 0);
    o = outcome_of(&w, "a.txt", "x");
    o.input = input;
    commit(&w, run, &o);
    assert_int_equal(store_is_done(w.store, SLICE("a.txt"), &input, DIGEST_A, &err), 1);
    assert_int_equal(store_is_done(w.store, SLICE("a.txt"), &other, DIGEST_A, &err),
                     0); /* the file changed */
    assert_int_equal(store_is_done(w.store, SLICE("b.txt"), &input, DIGEST_A, &err), 0);
    assert_int_equal(store_is_done(w.store, SLICE("a.txt"), &input, DIGEST_B, &err),
                     0); /* another pipeline */
    world_reopen(&w, STORE_WRITE);
    assert_int_equal(store_is_done(w.store, SLICE("a.txt"), &input, DIGEST_A, &err), 1);
    run_start(&w, "clinical-note", DIGEST_A, run);
    o = outcome_of(&w, "a.txt", "x");
    o.status = OUTCOME_FAILED;
    commit(&w, run, &o); /* --force, and it failed: the last word counts */
    assert_int_equal(store_is_done(w.store, SLICE("a.txt"), &input, DIGEST_A, &err), 0);
    world_end(&w);
}

static void commitments_depend_on_the_store_and_the_bytes(void **state UNUSED)
{
    struct world w, x;
    world_start(&w);
    world_start(&x);
    struct hash plain = hash_bytes(SLICE("text"));
    struct hash a = store_commit_bytes(w.store, SLICE("text")),
                b = store_commit_bytes(x.store, SLICE("text")), c = store_commit_hash(w.store, &plain);
    assert_true(hash_equal(&a, &c));
    assert_false(hash_equal(&a, &plain));
    assert_false(hash_equal(&a, &b));
    world_end(&x);
    world_end(&w);
}

static void the_newest_result_of_a_document_is_listed(void **state UNUSED)
{
    struct world w;
    char first[33], second[33], third[33];
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, first);
    struct outcome o = outcome_of(&w, "a", "old");
    commit(&w, first, &o);
    o = outcome_of(&w, "b", "only");
    commit(&w, first, &o);
    run_start(&w, "clinical-note", DIGEST_B, second);
    o = outcome_of(&w, "a", "new");
    commit(&w, second, &o);
    run_start(&w, "triage", DIGEST_B, third);
    o = outcome_of(&w, "a", "other pipeline");
    o.results = SLICE("{\"specialty\":{\"label\":\"Neurology\",\"score\":0.5},\"note\":\"plain\"}");
    commit(&w, third, &o);
    struct rows rows = list(&w, (struct result_filter){0});
    assert_int_equal(rows.count, 3);
    assert_string_equal(rows.text[0], "only");
    assert_string_equal(rows.text[1], "new");
    assert_string_equal(rows.text[2], "other pipeline");
    assert_int_equal(list(&w, (struct result_filter){.run = first}).count, 2);
    assert_int_equal(list(&w, (struct result_filter){.document = "a"}).count, 2);
    assert_int_equal(list(&w, (struct result_filter){.document = "none"}).count, 0);
    assert_int_equal(list(&w, (struct result_filter){.status = "done"}).count, 3);
    assert_int_equal(list(&w, (struct result_filter){.status = "failed"}).count, 0);
    assert_int_equal(list(&w, (struct result_filter){.step = "specialty", .label = "Neurology"}).count, 1);
    assert_int_equal(list(&w, (struct result_filter){.step = "specialty", .label = "Cardiology"}).count, 2);
    assert_int_equal(list(&w, (struct result_filter){.step = "special'ty\"$", .label = "x"}).count, 0);
    assert_int_equal(list(&w, (struct result_filter){.limit = 1}).count, 1);
    rows = list(&w, (struct result_filter){.limit = 5, .offset = 2});
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.text[0], "other pipeline");
    world_end(&w);
}

static void a_result_is_found_by_id_and_by_document(void **state UNUSED)
{
    struct world w;
    struct error err;
    char run[33];
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, run);
    struct outcome a = outcome_of(&w, "a.txt", "first"), b = outcome_of(&w, "a.txt", "second");
    commit(&w, run, &a);
    commit(&w, run, &b);
    struct rows rows = {0};
    assert_ok(store_result(w.store, a.document_id, keep, &rows, &err), err);
    assert_string_equal(rows.text[0], "first");
    assert_ok(store_result(w.store, "a.txt", keep, &rows, &err), err);
    assert_string_equal(rows.text[1], "second");
    assert_int_equal(rows.count, 2);
    assert_int_equal(store_result(w.store, "b.txt", keep, &rows, &err), -1);
    assert_int_equal(err.code, FAULT_INPUT);
    assert_int_equal(store_result(w.store, "00000000000000000000000000000000", keep, &rows, &err), -1);
    assert_int_equal(err.code, FAULT_INPUT);
    world_end(&w);
}

static void bytes_that_are_no_text_are_a_name_too(void **state UNUSED)
{
    struct world w;
    char run[33];
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, run);
    struct outcome o = outcome_of(&w, "x", "text");
    o.document = (struct slice){"a\xff\xfe\0b", 5};
    o.redacted_text = (struct slice){"one\0two", 7};
    uint64_t leaf = commit(&w, run, &o);
    struct rows rows = list(&w, (struct result_filter){0});
    assert_int_equal(rows.count, 1);
    assert_true(rows.leaf[0] == leaf);
    assert_memory_equal(rows.document[0], "a\xff\xfe", 3);
    world_end(&w);
}

static uint64_t size_of(struct world *w)
{
    struct store_info info;
    struct error err;
    assert_ok(store_info(w->store, &info, &err), err);
    return info.audit_size + 1000 * (info.done + info.quarantined + info.failed) + 1000000 * info.documents;
}

/* Whatever table refuses, nothing of the document stays, and only a refused record is a fault of the audit.
 */
static void a_document_is_committed_whole_or_not_at_all(void **state UNUSED)
{
    static const struct {
        const char *table;
        enum fault fault;
    } rows[] = {{"audit_leaves", FAULT_AUDIT},
                {"audit_tree", FAULT_AUDIT},
                {"documents", FAULT_STORE},
                {"results", FAULT_STORE},
                {"spans", FAULT_STORE}};
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    char run[33], sql[200];
    uint64_t leaf;
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, run);
    uint64_t before = size_of(&w);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct outcome o = outcome_of(&w, "a", "x");
        snprintf(sql, sizeof sql,
                 "CREATE TEMP TRIGGER refuse BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, 'refused'); END",
                 strcmp(rows[i].table, "audit_tree") == 0 ? "UPDATE" : "INSERT", rows[i].table);
        execute(&w, sql);
        assert_int_equal(store_commit(w.store, run, &o, &leaf, &err), -1);
        assert_int_equal(err.code, rows[i].fault);
        assert_true(size_of(&w) == before);
        execute(&w, "DROP TRIGGER refuse");
        assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
    }
    struct outcome o = outcome_of(&w, "a", "x");
    commit(&w, run, &o);
    assert_true(size_of(&w) == before + 1 + 1000 + 1000000);
    assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
    world_end(&w);
}

static void a_manifest_that_miscounts_is_refused(void **state UNUSED)
{
    struct world w;
    struct error err;
    char run[33];
    AUTO(buffer) *checkpoint = NULL;
    world_start(&w);
    assert_ok(buffer_new(&checkpoint, NOTE_BYTES_MAX, &err), err);
    run_start(&w, "clinical-note", DIGEST_A, run);
    struct outcome o = outcome_of(&w, "a", "x");
    commit(&w, run, &o);
    struct run_counts counts = {.documents = 3, .done = 2, .skipped = 1};
    assert_int_equal(store_run_end(w.store, run, &counts, "completed", checkpoint, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    counts = (struct run_counts){.documents = 3, .done = 1, .skipped = 1};
    assert_int_equal(store_run_end(w.store, run, &counts, "completed", checkpoint, &err), -1);
    counts = (struct run_counts){.documents = 2, .done = 1, .skipped = 1};
    assert_ok(store_run_end(w.store, run, &counts, "completed", checkpoint, &err), err);
    assert_non_null(strstr(checkpoint->data, "\n4\n"));
    world_end(&w);
}

static void an_unknown_run_is_refused(void **state UNUSED)
{
    struct world w;
    struct error err;
    uint64_t leaf;
    world_start(&w);
    struct outcome o = outcome_of(&w, "a", "x");
    assert_int_equal(store_commit(w.store, "00000000000000000000000000000000", &o, &leaf, &err), -1);
    assert_int_equal(err.code, FAULT_STORE);
    world_end(&w);
}

/* A run goes on in another opening: its records still carry its context. */
static void a_run_continues_after_reopening(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    char run[33];
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, run);
    struct outcome o = outcome_of(&w, "a", "x");
    commit(&w, run, &o);
    world_reopen(&w, STORE_WRITE);
    o = outcome_of(&w, "b", "x");
    commit(&w, run, &o);
    assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
    assert_int_equal(verdict.results_rehashed, 2);
    world_end(&w);
}

static void a_long_run_is_anchored_on_the_way(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    char run[33], name[32];
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, run);
    for (unsigned i = 0; i < CHECKPOINT_LEAVES_MAX + 10; i++) {
        snprintf(name, sizeof name, "%u", i);
        struct outcome o = outcome_of(&w, name, "x");
        commit(&w, run, &o);
    }
    assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
    assert_int_equal(verdict.checkpoints, 2);
    world_end(&w);
}

static void a_store_open_for_reading_is_not_written(void **state UNUSED)
{
    struct world w;
    struct error err;
    char run[33];
    uint64_t leaf;
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, run);
    world_reopen(&w, STORE_READ);
    struct outcome o = outcome_of(&w, "a", "x");
    assert_int_equal(store_commit(w.store, run, &o, &leaf, &err), -1);
    assert_int_equal(audit_event(w.store, "audit-read", "ok", json_pack("{s:n}", "object"), NULL, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_committed_comes_back),
        cmocka_unit_test(spans_come_back_in_order),
        cmocka_unit_test(a_document_is_done_only_as_it_was_done),
        cmocka_unit_test(commitments_depend_on_the_store_and_the_bytes),
        cmocka_unit_test(the_newest_result_of_a_document_is_listed),
        cmocka_unit_test(a_result_is_found_by_id_and_by_document),
        cmocka_unit_test(bytes_that_are_no_text_are_a_name_too),
        cmocka_unit_test(a_document_is_committed_whole_or_not_at_all),
        cmocka_unit_test(a_manifest_that_miscounts_is_refused),
        cmocka_unit_test(an_unknown_run_is_refused),
        cmocka_unit_test(a_run_continues_after_reopening),
        cmocka_unit_test(a_long_run_is_anchored_on_the_way),
        cmocka_unit_test(a_store_open_for_reading_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
