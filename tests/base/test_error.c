/* test_error.c - the error value: exit codes, precedence, one clean line. */
#include "tests/support/support.h"

#include <errno.h>

static void exit_codes_are_those_of_the_contract(void **state UNUSED)
{
    static const struct {
        enum fault code;
        int exit;
    } rows[] = {{FAULT_NONE, 0},  {FAULT_DOCUMENT, 1}, {FAULT_USAGE, 2},     {FAULT_PIPELINE, 3},
                {FAULT_INPUT, 4}, {FAULT_MODEL, 5},    {FAULT_STORE, 6},     {FAULT_AUDIT, 7},
                {FAULT_PRIVACY, 8}, {FAULT_TEMPORARY, 75}, {FAULT_INTERRUPTED, 130}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(fault_exit(rows[i].code), rows[i].exit);
}

static void the_worse_of_two_faults_decides(void **state UNUSED)
{
    static const enum fault falling[] = {FAULT_PRIVACY,   FAULT_AUDIT, FAULT_STORE, FAULT_MODEL,
                                         FAULT_TEMPORARY, FAULT_INPUT, FAULT_DOCUMENT, FAULT_NONE};
    for (size_t i = 0; i + 1 < COUNT_OF(falling); i++) {
        assert_int_equal(fault_worse(falling[i], falling[i + 1]), falling[i]);
        assert_int_equal(fault_worse(falling[i + 1], falling[i]), falling[i]);
    }
}

static void a_long_message_is_cut_on_a_character_boundary(void **state UNUSED)
{
    struct error err;
    char text[1000];
    for (size_t at = 0; at < sizeof text - 3; at += 3)
        snprintf(text + at, 4, "%s", "\xe2\x82\xac"); /* the euro sign: three bytes */
    for (int shift = 0; shift < 3; shift++) {
        error_set(&err, FAULT_INPUT, "%.*s%s", shift, "xx", text);
        assert_int_equal((strlen(err.message) - (size_t)shift) % 3, 0);
    }
}

static void control_bytes_do_not_reach_the_terminal(void **state UNUSED)
{
    struct error err;
    error_set(&err, FAULT_INPUT, "a\033[2Jb\nc");
    assert_string_equal(err.message, "a?[2Jb?c");
}

static void what_may_pass_by_itself_is_temporary(void **state UNUSED)
{
    static const int passing[] = {ENOSPC, EDQUOT, ENOMEM, EMFILE, ENFILE}, lasting[] = {ENOENT, EACCES, EROFS, EIO};
    struct error err;
    for (size_t i = 0; i < COUNT_OF(passing); i++) {
        errno = passing[i];
        assert_int_equal(error_errno(&err, FAULT_STORE, "cannot be opened", "s.alc"), -1);
        assert_int_equal(err.code, FAULT_TEMPORARY);
        assert_string_equal(err.file, "s.alc");
    }
    for (size_t i = 0; i < COUNT_OF(lasting); i++) {
        errno = lasting[i];
        assert_int_equal(error_errno(&err, FAULT_STORE, "cannot be opened", "s.alc"), -1);
        assert_int_equal(err.code, FAULT_STORE);
    }
}

static void assert_printed(const struct error *err, bool json, const char *wanted)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    error_print(err, to, json);
    fclose(to);
    assert_string_equal(text, wanted);
    free(text);
}

static void an_error_names_place_and_remedy_in_both_forms(void **state UNUSED)
{
    struct error err;
    error_set(&err, FAULT_PIPELINE, "unknown operator \"%s\"", "maskk");
    assert_printed(&err, false, "alcove: error: unknown operator \"maskk\"\n");
    assert_printed(&err, true,
                   "{\"error\":{\"code\":\"pipeline\",\"message\":\"unknown operator \\\"maskk\\\"\",\"file\":null,"
                   "\"line\":null,\"column\":null,\"hint\":null}}\n");
    error_hint(&err, "did you mean \"mask\"?");
    error_at(&err, "clinic.yaml", 12, 7);
    assert_printed(&err, false,
                   "alcove: error: clinic.yaml:12:7: unknown operator \"maskk\" (did you mean \"mask\"?)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_codes_are_those_of_the_contract),
        cmocka_unit_test(the_worse_of_two_faults_decides),
        cmocka_unit_test(a_long_message_is_cut_on_a_character_boundary),
        cmocka_unit_test(what_may_pass_by_itself_is_temporary),
        cmocka_unit_test(control_bytes_do_not_reach_the_terminal),
        cmocka_unit_test(an_error_names_place_and_remedy_in_both_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
