/* test_anchor.c - the anchor file: it only grows, is shared by origin, and survives an append cut short. */
#include "base/file.h"
#include "store/audit/anchor.h"
#include "tests/support/support.h"

#include <fcntl.h>
#include <sys/stat.h>

#define KEY_A "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n"
#define NOTE_A(n) "PeterNeumann\n" n "\nroot\n\n\xe2\x80\x94 PeterNeumann c2ln\n"
#define NOTE_B "another\n7\nroot\n\n\xe2\x80\x94 another c2ln\n"

struct seen {
    size_t count;
    char text[8][200];
    struct anchor_entry entry[8];
};

static int see(void *context, const struct anchor_entry *entry, struct error *err UNUSED)
{
    struct seen *seen = context;
    assert_true(seen->count < COUNT_OF(seen->entry));
    snprintf(seen->text[seen->count], sizeof seen->text[0], "%.*s", (int)entry->text.bytes, entry->text.data);
    seen->entry[seen->count++] = *entry;
    return 0;
}

static struct seen walk(const char *path, const char *origin, uint64_t from)
{
    struct seen seen = {0};
    struct error err;
    bool is_missing;
    assert_ok(anchor_walk(path, origin, from, see, &seen, &is_missing, &err), err);
    assert_false(is_missing);
    return seen;
}

static uint64_t append(const char *path, struct slice entry)
{
    struct error err;
    uint64_t end;
    assert_ok(anchor_append(path, &entry, 1, &end, &err), err);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_true((uint64_t)st.st_size == end);
    return end;
}

static void cut_to(const char *path, uint64_t bytes)
{
    assert_int_equal(truncate(path, (off_t)bytes), 0);
}

static void entries_come_back_in_order_by_origin(void **state)
{
    const char *path = path_of(*state, "a/b/order.anchor");
    append(path, SLICE(KEY_A));
    append(path, SLICE(NOTE_A("1")));
    uint64_t middle = append(path, SLICE(NOTE_B));
    append(path, SLICE(NOTE_A("2")));
    struct seen seen = walk(path, "PeterNeumann", 0);
    assert_int_equal(seen.count, 3);
    assert_true(seen.entry[0].is_key && !seen.entry[1].is_key && !seen.entry[2].is_torn);
    assert_string_equal(seen.text[1], NOTE_A("1"));
    assert_string_equal(seen.text[2], NOTE_A("2"));
    assert_int_equal(seen.entry[1].line, 3);
    assert_int_equal(seen.entry[2].line, 15);
    assert_int_equal(walk(path, "another", 0).count, 1);
    assert_int_equal(walk(path, "Peter", 0).count, 0);
    assert_int_equal(walk(path, "PeterNeumann", middle).count, 1);
}

static void the_file_and_its_folder_are_private(void **state)
{
    const char *path = path_of(*state, "private/x.anchor");
    struct stat st;
    append(path, SLICE(NOTE_B));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(path_of(*state, "private"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

/* Wherever a crash cuts the last append, the entries before it and the next one are read. */
static void an_append_cut_anywhere_loses_only_itself(void **state)
{
    const char *path = path_of(*state, "torn.anchor");
    uint64_t whole = append(path, SLICE(NOTE_A("1"))), end = append(path, SLICE(NOTE_A("2")));
    for (uint64_t at = whole + 1; at < end; at++) {
        AUTO(buffer) *before = NULL;
        struct error err;
        assert_ok(file_read(&before, path, 1 << 20, FAULT_INPUT, &err), err);
        cut_to(path, at);
        struct seen seen = walk(path, "PeterNeumann", 0);
        bool is_whole = at == end - 1; /* only the empty line behind it is missing */
        if (seen.count == 2)
            assert_true(seen.entry[1].is_torn == !is_whole);
        else
            assert_int_equal(seen.count, 1);
        append(path, SLICE(NOTE_A("3")));
        seen = walk(path, "PeterNeumann", 0);
        assert_int_equal(seen.count, is_whole ? 3 : 2);
        assert_string_equal(seen.text[0], NOTE_A("1"));
        assert_string_equal(seen.text[seen.count - 1], NOTE_A("3"));
        assert_ok(file_write(path, buffer_slice(before), 0600, FAULT_INPUT, &err), err);
    }
}

static void a_shorter_file_than_was_known_is_refused(void **state)
{
    const char *path = path_of(*state, "short.anchor");
    struct seen seen = {0};
    struct error err;
    bool is_missing;
    uint64_t end = append(path, SLICE(NOTE_A("1")));
    cut_to(path, end - 5);
    assert_int_equal(anchor_walk(path, "PeterNeumann", end, see, &seen, &is_missing, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_string_equal(err.file, path);
}

static void a_missing_file_is_told_apart(void **state)
{
    struct seen seen = {0};
    struct error err;
    bool is_missing = false;
    assert_ok(anchor_walk(path_of(*state, "none"), "x", 0, see, &seen, &is_missing, &err), err);
    assert_true(is_missing);
}

static void what_is_no_anchor_is_refused(void **state)
{
    const char *path = path_of(*state, "long.anchor");
    struct seen seen = {0};
    struct error err;
    bool is_missing;
    FILE *f = fopen(path, "w");
    fputs("\nx\n", f);
    for (int i = 0; i < 10000; i++)
        fputc('y', f);
    fclose(f);
    assert_int_equal(anchor_walk(path, "x", 0, see, &seen, &is_missing, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_int_equal(err.line, 3);
    uint64_t end;
    assert_int_equal(anchor_append("/dev/null", &SLICE("x\n"), 1, &end, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
}

static void a_place_that_cannot_be_written_is_an_audit_fault(void **state UNUSED)
{
    struct error err;
    uint64_t end;
    assert_int_equal(anchor_append("/proc/none/x.anchor", &SLICE("x\n"), 1, &end, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
}

static int set_up(void **state)
{
    *state = scratch_new();
    return 0;
}

static int tear_down(void **state)
{
    scratch_drop(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_back_in_order_by_origin),
        cmocka_unit_test(the_file_and_its_folder_are_private),
        cmocka_unit_test(an_append_cut_anywhere_loses_only_itself),
        cmocka_unit_test(a_shorter_file_than_was_known_is_refused),
        cmocka_unit_test(a_missing_file_is_told_apart),
        cmocka_unit_test(what_is_no_anchor_is_refused),
        cmocka_unit_test(a_place_that_cannot_be_written_is_an_audit_fault),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
