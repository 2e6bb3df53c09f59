/* test_events.c - the records: as documented, findable, and without a trace of what was in a document. */
#include "store/audit/log.h"
#include "store/audit/record.h"
#include "tests/store/fixture.h"

/* ---- the documentation ---- */
struct documented {
    char event[64];
    char fields[AUDIT_FIELDS_MAX][64];
    size_t count;
    bool is_of_run;
};

/* The table under the section that `heading` begins. False when there is none. */
static bool read_section(const char *document, const char *heading, struct documented *ret)
{
    const char *at = strstr(document, heading);
    *ret = (struct documented){0};
    if (!at)
        return false;
    const char *end = strstr(at + strlen(heading), "\n## "), *next = strstr(at + strlen(heading), "\n### ");
    end = next && (!end || next < end) ? next : end ? end : at + strlen(at);
    const char *of_run = strstr(at, "Has the fields"), *row = at;
    ret->is_of_run = of_run && of_run < end;
    while ((row = strstr(row, "\n| `")) && row < end) {
        row += 4;
        assert_true(ret->count < AUDIT_FIELDS_MAX);
        snprintf(ret->fields[ret->count++], 64, "%.*s", (int)strcspn(row, "`"), row);
    }
    return true;
}

static bool has_field(const struct documented *d, const char *name)
{
    for (size_t i = 0; i < d->count; i++)
        if (strcmp(d->fields[i], name) == 0)
            return true;
    return false;
}

static void same_fields(const struct documented *d, const char *const *fields)
{
    size_t count = 0;
    for (; fields[count]; count++)
        if (!has_field(d, fields[count]))
            fail_msg("field %s is not documented", fields[count]);
    assert_int_equal(count, d->count);
}

static struct buffer *read_document(void)
{
    struct buffer *document;
    struct error err;
    assert_ok(file_read(&document, source_file("docs/audit-events.md"), 1 << 20, FAULT_INPUT, &err), err);
    return document;
}

static void the_documentation_lists_every_event_and_field(void **state UNUSED)
{
    AUTO(buffer) *document = read_document();
    struct documented d;
    char heading[80];
    size_t kinds = 0, sections = 0;
    assert_true(read_section(document->data, "\n## Common fields\n", &d));
    same_fields(&d, audit_common_fields);
    assert_true(read_section(document->data, "\n## Fields of a run\n", &d));
    same_fields(&d, audit_run_fields);
    for (const struct audit_kind *kind = audit_kinds; kind->event; kind++, kinds++) {
        snprintf(heading, sizeof heading, "\n### `%s`\n", kind->event);
        if (!read_section(document->data, heading, &d))
            fail_msg("event %s is not documented", kind->event);
        same_fields(&d, kind->fields);
        assert_int_equal(d.is_of_run, kind->is_of_run);
    }
    for (const char *at = document->data; (at = strstr(at, "\n### `")); at++)
        sections++;
    assert_int_equal(sections, kinds);
}

/* ---- the records ---- */
struct walk {
    size_t count;
    const char *document; /* audit-events.md */
    char events[400];
    uint64_t last;
};

/* The keys of a record are those documented, neither more nor fewer. */
static int check_record(void *context, uint64_t leaf, struct slice record, const struct hash *leaf_hash,
                        struct error *err)
{
    struct walk *walk = context;
    struct documented common, run, own;
    char heading[80];
    json_t *json;
    struct hash hash = merkle_leaf(record);
    assert_true(hash_equal(&hash, leaf_hash));
    assert_ok(json_read(&json, record, err), *err);
    const char *event = json_string_value(json_object_get(json, "event"));
    snprintf(heading, sizeof heading, "\n### `%s`\n", event);
    assert_true(read_section(walk->document, "\n## Common fields\n", &common));
    assert_true(read_section(walk->document, "\n## Fields of a run\n", &run));
    assert_true(read_section(walk->document, heading, &own));
    size_t expected = common.count + own.count + (own.is_of_run ? run.count : 0);
    assert_int_equal(json_object_size(json), expected);
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value) if (!has_field(&common, key) && !has_field(&own, key) &&
                                              !(own.is_of_run && has_field(&run, key)))
        fail_msg("%s: field %s is not documented", event, key);
    assert_int_equal(json_integer_value(json_object_get(json, "seq")), leaf);
    size_t used = strlen(walk->events);
    snprintf(walk->events + used, sizeof walk->events - used, "%s ", event);
    json_decref(json);
    walk->last = leaf;
    walk->count++;
    return 0;
}

static void event(struct world *w, const char *name, json_t *fields)
{
    struct error err;
    assert_ok(audit_event(w->store, name, "ok", fields, NULL, &err), err);
}

static void every_kind_of_event(struct world *w)
{
    struct error err;
    char run[33], other[PATH_MAX];
    AUTO(buffer) *checkpoint = NULL;
    event(w, "key-add", json_pack("{s:i, s:s, s:i}", "slot", 2, "type", "passphrase", "slots", 2));
    event(w, "store-backup", json_pack("{s:s, s:i, s:s}", "file", DIGEST_A, "size", 2, "root", DIGEST_B));
    event(w, "key-remove", json_pack("{s:i, s:s, s:i}", "slot", 2, "type", "passphrase", "slots", 1));
    run_start(w, "clinical-note", DIGEST_A, run);
    for (int i = 0; i < 3; i++) {
        struct outcome o = outcome_of(w, "a", "x");
        o.status = (enum outcome_status)i;
        commit(w, run, &o);
    }
    assert_ok(buffer_new(&checkpoint, NOTE_BYTES_MAX, &err), err);
    struct run_counts counts = {.documents = 3, .done = 1, .quarantined = 1, .failed = 1};
    assert_ok(store_run_end(w->store, run, &counts, "completed", checkpoint, &err), err);
    event(w, "results-list", json_pack("{s:i}", "rows", 1));
    event(w, "result-show", json_pack("{s:s, s:s}", "object", DIGEST_A, "result", run));
    event(w, "result-prove", json_pack("{s:s, s:s}", "object", DIGEST_A, "result", run));
    event(w, "audit-replay",
          json_pack("{s:s, s:s, s:[s], s:[], s:[]}", "object", DIGEST_A, "result", run, "same", "input", "differs",
                    "not_kept"));
    event(w, "results-export", json_pack("{s:i, s:s}", "rows", 1, "format", "csv"));
    event(w, "audit-export", json_pack("{s:s, s:n}", "from", "2026", "to"));
    event(w, "audit-read", json_pack("{s:n}", "object"));
    snprintf(other, sizeof other, "%s", path_of(w->folder, "other.anchor"));
    store_drop(&w->store);
    struct store_options options = {
        .path = w->path, .key = {.key_file = w->key}, .mode = STORE_WRITE, .anchor = other};
    assert_ok(store_open(&w->store, &options, NULL, &err), err);
}

static void every_record_has_the_documented_fields(void **state UNUSED)
{
    AUTO(buffer) *document = read_document();
    struct world w;
    struct error err;
    struct walk walk = {.document = document->data};
    world_start(&w);
    every_kind_of_event(&w);
    assert_ok(audit_walk(w.store, &(struct audit_filter){0}, check_record, &walk, &err), err);
    assert_string_equal(
        walk.events,
        "store-create key-add store-backup key-remove run-start document-done document-quarantined document-failed run-end results-list "
        "result-show result-prove audit-replay results-export audit-export audit-read anchor-change ");
    for (const struct audit_kind *kind = audit_kinds; kind->event; kind++)
        assert_non_null(strstr(walk.events, kind->event));
    world_end(&w);
}

static void an_event_that_is_not_in_the_table_is_refused(void **state UNUSED)
{
    struct world w;
    struct error err;
    world_start(&w);
    assert_int_equal(audit_event(w.store, "no-such", "ok", json_object(), NULL, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_int_equal(audit_event(w.store, "results-list", "ok", json_object(), NULL, &err), -1);
    assert_non_null(strstr(err.message, "lacks its field \"rows\""));
    assert_int_equal(audit_event(w.store, "results-list", "ok",
                                 json_pack("{s:i, s:s}", "rows", 1, "value", "Ann"), NULL, &err),
                     -1);
    assert_non_null(strstr(err.message, "not its own"));
    assert_int_equal(audit_event(w.store, "results-list", "ok", NULL, NULL, &err), -1);
    assert_int_equal(w.store->tree.size, 1);
    world_end(&w);
}

static size_t found(struct world *w, struct audit_filter filter, uint64_t *ret_last)
{
    AUTO(buffer) *document = read_document();
    struct walk walk = {.document = document->data};
    struct error err;
    assert_ok(audit_walk(w->store, &filter, check_record, &walk, &err), err);
    *ret_last = walk.last;
    return walk.count;
}

static void filters_find_events(void **state UNUSED)
{
    struct world w;
    uint64_t last;
    world_start(&w);
    store_set_actor(w.store, &(struct store_actor){.login = "auditor", .uid = 1234, .host = "h"});
    run_of(&w, 4); /* 1 start, 2..5 documents, 6 end */
    assert_int_equal(found(&w, (struct audit_filter){0}, &last), 7);
    assert_int_equal(found(&w, (struct audit_filter){.event = "document-done"}, &last), 4);
    assert_int_equal(found(&w, (struct audit_filter){.event = "run-end,run-start"}, &last), 2);
    assert_int_equal(found(&w, (struct audit_filter){.event = "run"}, &last), 0);
    assert_int_equal(found(&w, (struct audit_filter){.document = "note-2.txt"}, &last), 1);
    assert_int_equal(last, 4);
    assert_int_equal(
        found(&w, (struct audit_filter){.document = "note-2.txt", .event = "result-show"}, &last), 0);
    assert_int_equal(found(&w, (struct audit_filter){.document = "note-9.txt"}, &last), 0);
    assert_int_equal(found(&w, (struct audit_filter){.actor = "auditor"}, &last), 6);
    assert_int_equal(found(&w, (struct audit_filter){.actor = "1234"}, &last), 6);
    assert_int_equal(found(&w, (struct audit_filter){.actor = "nobody"}, &last), 0);
    assert_int_equal(found(&w, (struct audit_filter){.limit = 2}, &last), 2);
    assert_int_equal(last, 6);
    assert_int_equal(found(&w, (struct audit_filter){.event = "document-done", .limit = 3}, &last), 3);
    assert_int_equal(last, 5);
    assert_int_equal(found(&w, (struct audit_filter){.before = 4, .limit = 2}, &last), 2);
    assert_int_equal(last, 3);
    assert_int_equal(found(&w, (struct audit_filter){.from = "2020"}, &last), 7);
    assert_int_equal(found(&w, (struct audit_filter){.from = "9020-01-01"}, &last), 0);
    assert_int_equal(found(&w, (struct audit_filter){.to = "2020-12-31"}, &last), 0);
    assert_int_equal(found(&w, (struct audit_filter){.from = "2020", .to = "9020"}, &last), 7);
    world_end(&w);
}

/* ---- privacy ---- */
static int no_canary(void *context, uint64_t leaf, struct slice record, const struct hash *leaf_hash UNUSED,
                     struct error *err UNUSED)
{
    static const char *const canaries[] = {"Zebulon", "219-09-9998", "Quackenbush", "seven-canaries",
                                           "MRN-55"};
    for (size_t i = 0; i < COUNT_OF(canaries); i++)
        if (memmem(record.data, record.bytes, canaries[i], strlen(canaries[i])))
            fail_msg("record %d holds %s", (int)leaf, canaries[i]);
    ++*(size_t *)context;
    return 0;
}

static void no_record_and_no_anchor_holds_a_canary(void **state UNUSED)
{
    struct world w;
    struct error err;
    char run[33];
    uint64_t leaf;
    size_t count = 0;
    AUTO(buffer) *anchor = NULL, *checkpoint = NULL;
    world_start(&w);
    const char *names[] = {"/home/Zebulon/models/Quackenbush/m.gguf"}, *digests[] = {DIGEST_A};
    struct run_record record = {.pipeline_name = "p",
                                .purpose = "q",
                                .pipeline_digest = DIGEST_A,
                                .rules_digest = DIGEST_B,
                                .program_version = "0",
                                .kernels = "scalar",
                                .model_names = names,
                                .model_digests = digests,
                                .model_count = 1,
                                .sandbox = "none"};
    assert_ok(store_run_start(w.store, &record, run, &err), err);
    struct outcome_span span = {0, 7, 0, 8, "NAME", "names", "tag", 1};
    struct outcome o =
        outcome_of(&w, "/data/Zebulon Quackenbush MRN-55.txt", "Zebulon Quackenbush, SSN 219-09-9998");
    o.results = SLICE("{\"summary\":\"seven-canaries Zebulon\"}");
    o.labels = SLICE("{\"seven-canaries\":1}");
    o.reason = "seven-canaries";
    o.spans = &span;
    o.span_count = 1;
    commit(&w, run, &o);
    o.document_id = run; /* refused: the id is not new; the error must not quote what was bound */
    o.span_count = 0;
    commit(&w, run, &o);
    assert_int_equal(store_commit(w.store, run, &o, &leaf, &err), -1);
    assert_null(strstr(err.message, "Zebulon"));
    assert_ok(buffer_new(&checkpoint, NOTE_BYTES_MAX, &err), err);
    assert_ok(audit_checkpoint(w.store, checkpoint, &err), err);
    assert_ok(audit_walk(w.store, &(struct audit_filter){0}, no_canary, &count, &err), err);
    assert_int_equal(count, 4);
    assert_ok(file_read(&anchor, w.anchor, 1 << 20, FAULT_INPUT, &err), err);
    assert_ok(no_canary(&count, 0, buffer_slice(anchor), NULL, &err), err);
    world_end(&w);
}

static void a_checkpoint_without_growth_is_the_one_before(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct store_info info;
    struct verifier verifier;
    struct slice text;
    AUTO(buffer) *first = NULL, *second = NULL;
    world_start(&w);
    run_of(&w, 1);
    assert_ok(buffer_new(&first, NOTE_BYTES_MAX, &err), err);
    assert_ok(buffer_new(&second, NOTE_BYTES_MAX, &err), err);
    assert_ok(audit_checkpoint(w.store, first, &err), err);
    world_reopen(&w, STORE_WRITE);
    assert_ok(audit_checkpoint(w.store, second, &err), err);
    assert_string_equal(first->data, second->data);
    assert_ok(store_info(w.store, &info, &err), err);
    assert_true(verifier_read(&verifier, slice_of(info.signer))); /* the key that info shows verifies it */
    assert_ok(note_open(buffer_slice(first), &verifier, &text, &err), err);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documentation_lists_every_event_and_field),
        cmocka_unit_test(every_record_has_the_documented_fields),
        cmocka_unit_test(an_event_that_is_not_in_the_table_is_refused),
        cmocka_unit_test(filters_find_events),
        cmocka_unit_test(no_record_and_no_anchor_holds_a_canary),
        cmocka_unit_test(a_checkpoint_without_growth_is_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
