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

/* Their check digits catch every wrong digit: weights prime to the modulus, or (Luhn) a permutation of the
 * digits. */
static const char *const catch_one_digit[] = {
    "card",         "luhn",     "us-npi", "us-aba", "iban",     "lei",        "uk-nhs",      "es-dni",
    "de-steuer-id", "fr-nir",   "nl-bsn", "ch-ahv", "pl-pesel", "in-aadhaar", "au-tfn",      "ca-sin",
    "za-id",        "isin",     "sedol",  "cusip",  "uk-utr",   "hr-oib",     "icao-number", "it-piva",
    "hu-taj",       "pl-dowod", "pl-nip", "no-fnr", "imei",     "gr-amka",    "hu-tax",      "uk-upn",
};

static bool catches_one_digit(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(catch_one_digit); i++)
        if (strcmp(catch_one_digit[i], name) == 0)
            return true;
    return false;
}

static void a_single_wrong_digit_is_refused(void **state UNUSED)
{
    AUTO(buffer) *cases = NULL;
    struct error err;
    size_t changed = 0;
    assert_ok(
        file_read(&cases, source_file("tests/cases/validators.txt"), CASES_BYTES_MAX, FAULT_INPUT, &err),
        err);
    for (char *rest = cases->data, *line; (line = strsep(&rest, "\n"));) {
        if (line[0] == '#' || line[0] == 0)
            continue;
        char *name = trimmed(strsep(&line, "|")), *value = trimmed(strsep(&line, "|"));
        if (!catches_one_digit(name) || strcmp(trimmed(line), "valid") != 0)
            continue;
        for (char *c = value; *c; c++) {
            char right = *c;
            for (char digit = '0'; right >= '0' && right <= '9' && digit <= '9'; digit++) {
                *c = digit;
                bool is_valid = validator_find(name)->is_valid(slice_of(value));
                if (is_valid != (digit == right))
                    fail_msg("%s: %s should be %s", name, value, digit == right ? "valid" : "invalid");
                changed += digit != right;
            }
            *c = right;
        }
    }
    assert_true(changed > COUNT_OF(catch_one_digit) * 9 * 6);
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
        cmocka_unit_test(a_single_wrong_digit_is_refused),
        cmocka_unit_test(any_bytes_at_all_are_judged_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
