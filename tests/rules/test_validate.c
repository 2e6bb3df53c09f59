/* test_validate.c - every validator against published values (tests/cases/validators.txt). */
#include "tests/support/support.h"

#include "base/buffer.h"
#include "base/file.h"
#include "rules/validate.h"

#define CASES_BYTES_MAX (1u << 20)

/* Cuts blanks off both ends. */
static char *trimmed(char *text)
{
    text += strspn(text, " ");
    for (size_t n = strlen(text); n > 0 && text[n - 1] == ' ';)
        text[--n] = 0;
    return text;
}

static void published_values_are_judged_as_published(void **state UNUSED)
{
    AUTO(buffer) *cases = NULL;
    struct error err;
    unsigned seen[128][2] = {{0}};
    assert_ok(
        file_read(&cases, source_file("tests/cases/validators.txt"), CASES_BYTES_MAX, FAULT_INPUT, &err),
        err);
    for (char *rest = cases->data, *line; (line = strsep(&rest, "\n"));) {
        if (line[0] == '#' || line[0] == 0)
            continue;
        char *name = trimmed(strsep(&line, "|")), *value = trimmed(strsep(&line, "|")),
             *judgement = trimmed(line);
        const struct validator *validator = validator_find(name);
        assert_non_null(validator);
        bool expected = strcmp(judgement, "valid") == 0;
        assert_true(expected || strcmp(judgement, "invalid") == 0);
        if (validator->is_valid(slice_of(value)) != expected)
            fail_msg("%s: %s should be %s", name, value, judgement);
        seen[validator - validators][expected]++;
    }
    for (size_t i = 0; i < validator_count; i++)
        if (!seen[i][0] || !seen[i][1])
            fail_msg("%s has no valid or no invalid case", validators[i].name);
}

static void any_bytes_at_all_are_judged_without_harm(void **state UNUSED)
{
    static const char alphabet[] = "0123456789ABZXYTxyz:.-+/ <\xc3\xa9";
    uint64_t random = test_seed();
    for (int round = 0; round < 20000; round++) {
        char text[80];
        size_t bytes = random_next(&random) % sizeof text;
        for (size_t i = 0; i < bytes; i++)
            text[i] = alphabet[random_next(&random) % (sizeof alphabet - 1)];
        char *exact = malloc(bytes + 1); /* so that a read beyond the end is seen */
        assert_non_null(exact);
        char *end = realloc(exact, bytes ? bytes : 1);
        assert_non_null(end);
        memcpy(end, text, bytes);
        validators[(size_t)round % validator_count].is_valid((struct slice){end, bytes});
        free(end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values_are_judged_as_published),
        cmocka_unit_test(any_bytes_at_all_are_judged_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
