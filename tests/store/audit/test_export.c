/* test_export.c - a stretch of the log convinces without store and key, and nothing of it may be left out. */
#include "store/audit/bundle.h"
#include "tests/store/fixture.h"

#define EXPORT_BYTES_MAX (4u << 20)

static int keep_line(void *context, struct slice line, struct error *err)
{
    return buffer_append(context, line, err);
}

static struct buffer *export_of(struct world *w, const char *from, const char *to)
{
    struct buffer *lines;
    struct error err;
    assert_ok(buffer_new(&lines, EXPORT_BYTES_MAX, &err), err);
    assert_ok(audit_export(w->store, from, to, keep_line, lines, &err), err);
    return lines;
}

static int verify(struct slice bytes, const struct bundle_wish *wish, struct bundle_verdict *ret,
                  struct error *err)
{
    FILE *file = fmemopen((void *)bytes.data, bytes.bytes, "r");
    assert_non_null(file);
    int failed = bundle_verify(file, wish, ret, err);
    fclose(file);
    return failed;
}

static struct bundle_verdict accepted(const struct buffer *lines, const char *anchor)
{
    struct bundle_verdict verdict;
    struct error err;
    assert_ok(verify(buffer_slice(lines), &(struct bundle_wish){.anchor = anchor}, &verdict, &err), err);
    assert_string_equal(verdict.kind, "export");
    return verdict;
}

/* The time of a leaf. */
static int keep_time(void *context, uint64_t leaf UNUSED, struct slice record, const struct hash *hash UNUSED,
                     struct error *err)
{
    json_t *json;
    if (json_read(&json, record, err))
        return -1;
    snprintf(context, 32, "%s", json_string_value(json_object_get(json, "time")));
    json_decref(json);
    return 0;
}

static void time_of(struct world *w, uint64_t leaf, char ret[32])
{
    struct error err;
    assert_ok(
        audit_walk(w->store, &(struct audit_filter){.before = leaf + 1, .limit = 1}, keep_time, ret, &err),
        err);
}

static void the_whole_log_is_exported(void **state UNUSED)
{
    struct world w;
    world_start(&w);
    for (int runs = 0; runs < 3; runs++) {
        run_of(&w, 3);
        AUTO(buffer) *lines = export_of(&w, NULL, NULL);
        struct bundle_verdict v = accepted(lines, w.anchor);
        assert_int_equal(v.first, 0);
        assert_int_equal(v.records, w.store->tree.size);
        assert_int_equal(v.size, w.store->tree.size);
        assert_int_equal(v.checkpoints, w.store->checkpoints);
        assert_true(v.is_anchored);
        assert_null(strstr(lines->data, "note-"));
        assert_null(strstr(lines->data, "was seen"));
    }
    world_end(&w);
}

/* Every pair of ends, on the records' own times. */
static void every_range_comes_with_its_neighbours(void **state UNUSED)
{
    struct world w;
    char from[32], to[32];
    world_start(&w);
    run_of(&w, 3);
    run_of(&w, 2); /* leaves 0 to 9 */
    for (uint64_t a = 0; a < 10; a++)
        for (uint64_t b = a; b < 10; b++) {
            time_of(&w, a, from);
            time_of(&w, b, to);
            AUTO(buffer) *lines = export_of(&w, from, to);
            struct bundle_verdict v = accepted(lines, a % 3 ? NULL : w.anchor);
            assert_int_equal(v.first, a ? a - 1 : 0);
            assert_int_equal(v.first + v.records, b + 2);
            assert_string_equal(v.from, from);
            assert_string_equal(v.to, to);
        }
    world_end(&w);
}

static void that_nothing_happened_is_proved_too(void **state UNUSED)
{
    struct world w;
    world_start(&w);
    run_of(&w, 2);
    AUTO(buffer) *before = export_of(&w, "2001", "2002"), *after = export_of(&w, "9001", NULL);
    struct bundle_verdict v = accepted(before, w.anchor);
    assert_int_equal(v.first, 0);
    assert_int_equal(v.records, 1);
    v = accepted(after, w.anchor);
    assert_int_equal(v.records, 1);
    assert_int_equal(v.first + 1, v.size);
    world_end(&w);
}

/* ---- alterations ---- */
struct lines {
    struct slice line[64];
    size_t count;
};

static struct lines split(const struct buffer *text)
{
    struct lines lines = {.count = 0};
    for (const char *at = text->data; *at;) {
        size_t bytes = strcspn(at, "\n") + 1;
        assert_true(lines.count < COUNT_OF(lines.line));
        lines.line[lines.count++] = (struct slice){at, bytes};
        at += bytes;
    }
    return lines;
}

static void refused(const struct lines *lines, const struct bundle_wish *wish, const char *words)
{
    AUTO(buffer) *text = NULL;
    struct bundle_verdict verdict;
    struct error err;
    assert_ok(buffer_new(&text, EXPORT_BYTES_MAX, &err), err);
    for (size_t i = 0; i < lines->count; i++)
        assert_ok(buffer_append(text, lines->line[i], &err), err);
    if (verify(buffer_slice(text), wish, &verdict, &err) == 0)
        fail_msg("accepted; expected \"%s\"", words);
    assert_int_equal(err.code, FAULT_AUDIT);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" is not said in \"%s\"", words, err.message);
}

static void no_line_may_go_twice_or_elsewhere(void **state UNUSED)
{
    struct world w;
    char from[32], to[32];
    size_t checkpoints = 0;
    world_start(&w);
    run_of(&w, 3);
    run_of(&w, 3); /* 0 .. 10 */
    time_of(&w, 3, from);
    time_of(&w, 8, to);
    AUTO(buffer) *text = export_of(&w, from, to);
    const struct lines lines = split(text);
    assert_int_equal(accepted(text, NULL).records, 8);
    for (size_t i = 0; i < lines.count; i++) {
        bool is_checkpoint = strncmp(lines.line[i].data, "{\"checkpoint\":", 14) == 0 && i + 1 < lines.count;
        struct lines without = lines, twice = lines, swapped = lines;
        memmove(&without.line[i], &without.line[i + 1], (lines.count - i - 1) * sizeof lines.line[0]);
        without.count--;
        checkpoints += is_checkpoint;
        if (!is_checkpoint) /* those on the way may be left out: the last one covers all */
            refused(&without, &(struct bundle_wish){0}, "");
        memmove(&twice.line[i + 1], &twice.line[i], (lines.count - i) * sizeof lines.line[0]);
        twice.count++;
        if (!is_checkpoint)
            refused(&twice, &(struct bundle_wish){0}, "");
        if (i + 1 == lines.count)
            continue;
        swapped.line[i] = lines.line[i + 1];
        swapped.line[i + 1] = lines.line[i];
        refused(&swapped, &(struct bundle_wish){0}, "");
    }
    assert_true(checkpoints > 0);
    world_end(&w);
}

/* As `an export` of less than it says: both are well-formed, one hides records. */
static void a_range_that_hides_its_ends_is_refused(void **state UNUSED)
{
    struct world w;
    char from[32], to[32], narrow[32];
    world_start(&w);
    run_of(&w, 6); /* 0 .. 8 */
    time_of(&w, 2, from);
    time_of(&w, 5, to);
    time_of(&w, 4, narrow);
    AUTO(buffer) *late = export_of(&w, narrow, to), *early = export_of(&w, from, narrow);
    static const struct {
        const char *key, *words;
    } rows[] = {{"from", "what was before the range is not shown"},
                {"to", "what was after the range is not shown"}};
    struct buffer *texts[] = {late, early};
    const char *wider[] = {from, to};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct lines lines = split(texts[i]);
        json_t *first = json_loadb(lines.line[0].data, lines.line[0].bytes, 0, NULL);
        json_object_set_new(first, rows[i].key, json_string(wider[i]));
        char *dumped = json_dumps(first, JSON_COMPACT);
        lines.line[0] = slice_of(dumped);
        refused(&lines, &(struct bundle_wish){0}, rows[i].words);
        json_object_set_new(first, rows[i].key, json_null());
        free(dumped);
        dumped = json_dumps(first, JSON_COMPACT);
        lines.line[0] = slice_of(dumped);
        refused(&lines, &(struct bundle_wish){0}, rows[i].words);
        free(dumped);
        json_decref(first);
    }
    world_end(&w);
}

static void no_byte_of_a_record_may_change(void **state UNUSED)
{
    struct world w;
    struct error err;
    world_start(&w);
    run_of(&w, 2);
    AUTO(buffer) *text = export_of(&w, "2026", NULL);
    size_t from = strcspn(text->data, "\n"), refusals = 0;
    for (size_t i = from; i < text->bytes; i++) {
        char kept = text->data[i];
        struct bundle_verdict verdict;
        text->data[i] = kept == '0' ? '1' : '0';
        if (verify(buffer_slice(text), &(struct bundle_wish){0}, &verdict, &err) == 0)
            fail_msg("byte %zu may change", i);
        assert_int_equal(err.code, FAULT_AUDIT);
        refusals++;
        text->data[i] = kept;
    }
    assert_true(refusals > 3000);
    world_end(&w);
}

static void an_export_is_recorded_and_needs_a_whole_log(void **state UNUSED)
{
    struct world w;
    struct error err;
    AUTO(buffer) *lines = NULL;
    world_start(&w);
    run_of(&w, 3);
    AUTO(buffer) *whole = export_of(&w, NULL, NULL);
    assert_non_null(strstr(whole->data, "audit-export"));
    execute(&w,
            "DROP TRIGGER audit_leaves_stay; UPDATE audit_leaves SET record = replace(record, 'done', 'dome')"
            " WHERE leaf = 3");
    assert_ok(buffer_new(&lines, EXPORT_BYTES_MAX, &err), err);
    assert_int_equal(audit_export(w.store, NULL, NULL, keep_line, lines, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    execute(&w, "DROP TRIGGER audit_leaves_remain; PRAGMA foreign_keys = OFF; DELETE FROM audit_leaves WHERE "
                "leaf = 3");
    buffer_clear(lines);
    assert_int_equal(audit_export(w.store, NULL, NULL, keep_line, lines, &err), -1);
    assert_non_null(strstr(err.message, "audit leaf 3"));
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_log_is_exported),
        cmocka_unit_test(every_range_comes_with_its_neighbours),
        cmocka_unit_test(that_nothing_happened_is_proved_too),
        cmocka_unit_test(no_line_may_go_twice_or_elsewhere),
        cmocka_unit_test(a_range_that_hides_its_ends_is_refused),
        cmocka_unit_test(no_byte_of_a_record_may_change),
        cmocka_unit_test(an_export_is_recorded_and_needs_a_whole_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
