/* test_cases.c - the spans of tests/cases/spans.txt, found by both packs together. */
#include "tests/support/support.h"

#include "base/buffer.h"
#include "base/file.h"
#include "rules/rule.h"

#define CASES_BYTES_MAX (1u << 20)
#define SPANS 16

struct expected {
    size_t start, end;
    enum label label;
};

static void unescape(char *text)
{
    char *to = text;
    for (const char *c = text; *c; c++)
        *to++ = (char)(c[0] == '\\' && c[1] == 'n' ? (c++, '\n') : *c);
    *to = 0;
}

static void check(const char *text, const struct expected *expected, size_t expected_count,
                  const struct finding *findings, size_t count)
{
    for (size_t i = 0; i < expected_count; i++) {
        bool is_found = false;
        for (size_t j = 0; j < count; j++)
            is_found |= findings[j].start == expected[i].start && findings[j].end == expected[i].end &&
                        rule_label(findings[j].rule) == expected[i].label;
        if (!is_found)
            fail_msg("%s: %zu-%zu %s is not found", text, expected[i].start, expected[i].end,
                     label_name(expected[i].label));
    }
    for (size_t j = 0; j < count; j++) {
        bool is_listed = false;
        for (size_t i = 0; i < expected_count; i++)
            is_listed |= findings[j].start < expected[i].end && expected[i].start < findings[j].end;
        if (!is_listed)
            fail_msg("%s: %s finds %zu-%zu", text, rule_id(findings[j].rule), findings[j].start,
                     findings[j].end);
    }
}

static void the_listed_spans_are_found_and_no_others(void **state UNUSED)
{
    static const char *const packs[] = {"common", "us-hipaa"};
    AUTO(buffer) *cases = NULL;
    AUTO(ruleset) *rules = NULL;
    AUTO(scanner) *scanner = NULL;
    struct error err;
    assert_ok(ruleset_load(&rules, packs, COUNT_OF(packs), source_file("rules/packs"), &err), err);
    assert_ok(scanner_new(&scanner, rules, &err), err);
    assert_ok(file_read(&cases, source_file("tests/cases/spans.txt"), CASES_BYTES_MAX, FAULT_INPUT, &err),
              err);
    char *text = NULL, *rest = cases->data;
    struct expected expected[SPANS];
    size_t expected_count = 0, cases_run = 0;
    for (char *line; (line = strsep(&rest, "\n"));) {
        struct expected e;
        char label[32];
        bool is_span = sscanf(line, "%zu-%zu %31s", &e.start, &e.end, label) == 3,
             is_none = strcmp(line, "-") == 0;
        if (is_span) {
            assert_true(label_from(label, &e.label) && expected_count < SPANS);
            expected[expected_count++] = e;
        }
        bool is_last = !rest || (rest[0] != '-' && !(rest[0] >= '0' && rest[0] <= '9'));
        if ((is_span || is_none) && is_last) {
            const struct finding *findings;
            size_t count;
            assert_non_null(text);
            assert_ok(scanner_scan(scanner, slice_of(text), 0.5, &findings, &count, &err), err);
            check(text, expected, expected_count, findings, count);
            cases_run++;
        } else if (!is_span && !is_none && line[0] && line[0] != '#') {
            unescape(line);
            text = line;
            expected_count = 0;
        }
    }
    assert_true(cases_run > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_listed_spans_are_found_and_no_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
