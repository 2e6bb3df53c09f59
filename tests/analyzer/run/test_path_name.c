/* test_path_name.c - names of documents are UTF-8, and no two paths share one. */
#include "tests/support/support.h"

#include "analyzer/run/path_name.h"

static void is_named(const char *path, const char *name)
{
    char *got = path_name(path);
    assert_non_null(got);
    assert_string_equal(got, name);
    free(got);
}

static void a_path_of_utf8_is_its_own_name(void **state UNUSED)
{
    is_named("letters/a.txt", "letters/a.txt");
    is_named("caf\xc3\xa9\n\x1b[31m", "caf\xc3\xa9\n\x1b[31m");
    is_named("a\\b\\x1", "a\\b\\x1");
    is_named("", "");
}

static void other_bytes_are_escaped_and_nothing_reads_as_their_escape(void **state UNUSED)
{
    is_named("a\xff.txt", "a\\xFF.txt");
    is_named("a\\xFF.txt", "a\\x5CxFF.txt");
    is_named("a\\x5CxFF.txt", "a\\x5Cx5CxFF.txt");
    is_named("\xc3(\xe2\x82", "\\xC3(\\xE2\\x82");
    is_named("\\\xff", "\\\\xFF");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_of_utf8_is_its_own_name),
        cmocka_unit_test(other_bytes_are_escaped_and_nothing_reads_as_their_escape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
