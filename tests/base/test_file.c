/* test_file.c - whole or as before; errors name the path; XDG folders as their specification says. */
#include "tests/support/support.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "base/json.h"
#include "base/suggest.h"

#include <dirent.h>
#include <sys/stat.h>

static int setup(void **state)
{
    *state = scratch_new();
    return 0;
}

static int teardown(void **state)
{
    scratch_drop(*state);
    return 0;
}

static size_t files_in(const char *folder)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void what_is_written_is_read_back_and_nothing_else_is_left(void **state)
{
    struct error err;
    AUTO(buffer) *back = NULL;
    const char *path = path_of(*state, "x");
    assert_ok(file_write(path, SLICE("one"), 0600, FAULT_STORE, &err), err);
    assert_ok(file_write(path, SLICE("two\0three"), 0600, FAULT_STORE, &err), err);
    assert_ok(file_read(&back, path, 100, FAULT_INPUT, &err), err);
    assert_true(slice_equal(buffer_slice(back), SLICE("two\0three")));
    assert_int_equal(files_in(*state), 1);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_file_beyond_the_limit_is_refused_at_exactly_one_byte_more(void **state)
{
    struct error err;
    struct buffer *back = NULL;
    const char *path = path_of(*state, "x");
    assert_ok(file_write(path, SLICE("1234567890"), 0600, FAULT_STORE, &err), err);
    assert_ok(file_read(&back, path, 10, FAULT_INPUT, &err), err);
    buffer_drop(&back);
    assert_int_equal(file_read(&back, path, 9, FAULT_INPUT, &err), -1);
    assert_int_equal(err.code, FAULT_INPUT);
    assert_string_equal(err.file, path);
}

static void missing_files_and_folders_are_named(void **state)
{
    struct error err;
    struct buffer *back = NULL;
    assert_int_equal(file_read(&back, path_of(*state, "none"), 10, FAULT_INPUT, &err), -1);
    assert_non_null(strstr(err.message, "No such file"));
    assert_int_equal(file_read(&back, *state, 10, FAULT_INPUT, &err), -1);
    assert_non_null(strstr(err.message, "folder"));
    assert_int_equal(file_write(path_of(*state, "no/such/x"), SLICE("x"), 0600, FAULT_STORE, &err), -1);
    assert_int_equal(err.code, FAULT_STORE);
}

static void xdg_variables_win_over_home_and_relative_ones_are_ignored(void **state UNUSED)
{
    struct error err;
    char path[200];
    setenv("HOME", "/home/x", 1);
    setenv("XDG_STATE_HOME", "/state", 1);
    setenv("XDG_CACHE_HOME", "relative", 1);
    assert_ok(xdg_path(XDG_STATE, "a.anchor", path, sizeof path, &err), err);
    assert_string_equal(path, "/state/alcove/a.anchor");
    assert_ok(xdg_path(XDG_CACHE, NULL, path, sizeof path, &err), err);
    assert_string_equal(path, "/home/x/.cache/alcove");
    assert_int_equal(xdg_path(XDG_STATE, "a.anchor", path, 10, &err), -1);
}

static void times_are_rfc_3339_in_utc_with_nanoseconds(void **state UNUSED)
{
    char text[CLOCK_TEXT_BYTES];
    clock_write(951827696000000007, text); /* a leap day */
    assert_string_equal(text, "2000-02-29T12:34:56.000000007Z");
    clock_write(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000000000Z");
    assert_true(clock_monotonic_ns() <= clock_monotonic_ns());
}

static void ids_are_version_7_and_differ(void **state UNUSED)
{
    struct error err;
    char a[ID_BYTES], b[ID_BYTES];
    assert_ok(id_new(a, &err), err);
    assert_ok(id_new(b, &err), err);
    assert_int_equal(strlen(a), 32);
    assert_string_not_equal(a, b);
    assert_int_equal(a[12], '7');
    assert_non_null(strchr("89ab", a[16]));
}

static void canonical_json_does_not_depend_on_the_order_of_insertion(void **state UNUSED)
{
    struct error err;
    AUTO(buffer) *a = NULL;
    json_t *value = json_pack("{s:i, s:[f, s], s:{s:b, s:n}}", "z", 1, "a", 0.488, "x\n", "m", "q", 1, "b");
    assert_ok(buffer_new(&a, 1000, &err), err);
    assert_ok(json_canonical(value, a, &err), err);
    assert_string_equal(a->data, "{\"a\":[0.488,\"x\\n\"],\"m\":{\"b\":null,\"q\":true},\"z\":1}");
    json_t *back = NULL;
    assert_ok(json_read(&back, buffer_slice(a), &err), err);
    assert_true(json_equal(value, back));
    json_decref(value);
    json_decref(back);
    assert_int_equal(json_read(&back, SLICE("{\"a\":1,\"a\":2}"), &err), -1);
}

static void slips_are_recognised_and_strangers_are_not(void **state UNUSED)
{
    static const char *const names[] = {"mask", "remove", "surrogate", "year"};
    assert_string_equal(suggest_nearest("maskk", names, 4), "mask");
    assert_string_equal(suggest_nearest("Mask", names, 4), "mask");
    assert_string_equal(suggest_nearest("yaer", names, 4), "year");
    assert_string_equal(suggest_nearest("surogate", names, 4), "surrogate");
    assert_null(suggest_nearest("encrypt", names, 4));
    assert_null(suggest_nearest("x", names, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read_back_and_nothing_else_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_beyond_the_limit_is_refused_at_exactly_one_byte_more, setup, teardown),
        cmocka_unit_test_setup_teardown(missing_files_and_folders_are_named, setup, teardown),
        cmocka_unit_test(xdg_variables_win_over_home_and_relative_ones_are_ignored),
        cmocka_unit_test(times_are_rfc_3339_in_utc_with_nanoseconds),
        cmocka_unit_test(ids_are_version_7_and_differ),
        cmocka_unit_test(canonical_json_does_not_depend_on_the_order_of_insertion),
        cmocka_unit_test(slips_are_recognised_and_strangers_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
