/* test_packs.c - the shipped packs: no lint problem, every example holds, all that Safe Harbor lists is
 * covered. */
#include "tests/support/support.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "rules/rule.h"

#define RULES_MAX 2048u
#define CLEAN_BYTES_MAX (16u << 20)

static void print(void *context UNUSED, const char *file, unsigned line, unsigned column, bool is_error,
                  const char *message)
{
    if (is_error)
        print_message("%s:%u:%u: %s\n", file, line, column, message);
}

static const char *const shipped[] = {"common", "us-hipaa", "pci", "us-finance", "uk", "eu-gdpr", "secrets"};

static const char *pack_file(size_t i)
{
    static char path[64];
    snprintf(path, sizeof path, "rules/packs/%s.yaml", shipped[i]);
    return source_file(path);
}

static void no_pack_has_a_lint_problem(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(shipped); i++) {
        struct error err;
        size_t problems = 1;
        assert_ok(pack_lint(pack_file(i), print, NULL, &problems, &err), err);
        assert_int_equal(problems, 0);
    }
}

static void every_example_holds(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(shipped); i++) {
        struct error err;
        size_t examples = 0, failed = 1;
        assert_ok(pack_test(pack_file(i), print, NULL, &examples, &failed, &err), err);
        assert_int_equal(failed, 0);
        assert_true(examples > 100);
    }
}

/* ruleset_load refuses an id that stands twice. */
static void all_packs_load_together(void **state UNUSED)
{
    AUTO(ruleset) *rules = NULL;
    struct error err;
    char **names;
    size_t count;
    assert_ok(pack_names(&names, &count, source_file("rules/packs"), &err), err);
    assert_int_equal(count, COUNT_OF(shipped));
    assert_ok(ruleset_load(&rules, (const char *const *)names, count, source_file("rules/packs"), &err), err);
    pack_names_free(names, count);
    assert_true(ruleset_count(rules) >= 150);
    for (size_t i = 0; i < ruleset_count(rules); i++)
        assert_non_null(rule_source(ruleset_rule(rules, i)));
}

static bool is_further(const struct rule *rule)
{
    return strcmp(rule_pack(rule), "common") != 0 && strcmp(rule_pack(rule), "us-hipaa") != 0;
}

static size_t words_of(const char *text)
{
    size_t words = 0;
    for (const char *c = text; *c; c++)
        words += *c != ' ' && (c[1] == ' ' || c[1] == 0);
    return words;
}

/* What the packs beyond common and us-hipaa find in documents that hold no such numbers: counted by rule. */
static void find_in_clean_text(const char *path)
{
    AUTO(ruleset) *rules = NULL;
    AUTO(scanner) *scanner = NULL;
    AUTO(buffer) *lines = NULL;
    struct error err;
    size_t words = 0, total = 0, hits[RULES_MAX] = {0};
    const char *file = shared_file(path);
    if (!file)
        skip_loudly(path, "no shared data");
    assert_ok(ruleset_load(&rules, shipped, COUNT_OF(shipped), source_file("rules/packs"), &err), err);
    assert_true(ruleset_count(rules) <= RULES_MAX);
    assert_ok(scanner_new(&scanner, rules, &err), err);
    assert_ok(file_read(&lines, file, CLEAN_BYTES_MAX, FAULT_INPUT, &err), err);
    for (char *rest = lines->data, *line; (line = strsep(&rest, "\n")) && *line;) {
        json_t *document = NULL;
        const struct finding *findings;
        size_t count;
        assert_ok(json_read(&document, slice_of(line), &err), err);
        const char *text = json_string_value(json_object_get(document, "text"));
        assert_non_null(text);
        assert_ok(scanner_scan(scanner, slice_of(text), 0.5, &findings, &count, &err), err);
        words += words_of(text);
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < ruleset_count(rules); j++)
                hits[j] += is_further(findings[i].rule) && ruleset_rule(rules, j) == findings[i].rule;
        json_decref(document);
    }
    for (size_t j = 0; j < ruleset_count(rules); j++) {
        total += hits[j];
        if (hits[j])
            print_message("%s: %s finds %zu in %zu words\n", path, rule_id(ruleset_rule(rules, j)), hits[j],
                          words);
    }
    assert_true(words > 1000);
    if (total * 5000 > words)
        fail_msg("%s: %zu findings in %zu words", path, total, words);
}

static void clinical_text_has_hardly_any_findings(void **state UNUSED)
{
    find_in_clean_text("data/medical-abstracts/dev.jsonl");
}

static void legal_text_has_hardly_any_findings(void **state UNUSED)
{
    find_in_clean_text("data/sec-filings/dev.jsonl");
}

static void a_misspelt_pack_is_named_with_the_nearest(void **state UNUSED)
{
    static const char *const slip[] = {"common", "us-hippa"}, *const strange[] = {"zzzzzzzz"};
    AUTO(ruleset) *rules = NULL;
    struct error err = {0};
    assert_int_equal(ruleset_load(&rules, slip, 2, source_file("rules/packs"), &err), -1);
    assert_int_equal(err.code, FAULT_PIPELINE);
    assert_string_equal(err.message, "unknown rule pack \"us-hippa\"");
    assert_string_equal(err.hint, "did you mean \"us-hipaa\"?");
    assert_int_equal(ruleset_load(&rules, strange, 1, source_file("rules/packs"), &err), -1);
    assert_non_null(strstr(err.hint, "common"));
    assert_null(rules);
}

static void every_kind_of_safe_harbor_has_a_rule_with_a_source(void **state UNUSED)
{
    static const char *const names[] = {"common", "us-hipaa"};
    AUTO(ruleset) *rules = NULL;
    struct error err;
    unsigned kinds[19] = {0};
    assert_ok(ruleset_load(&rules, names, COUNT_OF(names), source_file("rules/packs"), &err), err);
    assert_true(ruleset_count(rules) >= 60);
    for (size_t i = 0; i < ruleset_count(rules); i++) {
        const struct rule *rule = ruleset_rule(rules, i);
        assert_non_null(rule_source(rule));
        kinds[rule_hipaa(rule)]++;
    }
    for (int kind = 1; kind <= 18; kind++)
        if (kinds[kind] == 0)
            fail_msg("no rule for kind %d of 164.514(b)(2)", kind);
}

static void the_folder_lists_its_packs_in_order(void **state UNUSED)
{
    char **names;
    size_t count;
    struct error err;
    assert_ok(pack_names(&names, &count, source_file("rules/packs"), &err), err);
    assert_true(count >= 2);
    assert_string_equal(names[0], "common");
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(names[i - 1], names[i]) < 0);
    pack_names_free(names, count);
    assert_int_equal(pack_names(&names, &count, source_file("rules/none"), &err), -1);
    assert_int_equal(err.code, FAULT_PIPELINE);
}

static void labels_have_names_and_parents(void **state UNUSED)
{
    for (int i = 0; i < LABEL_COUNT; i++) {
        enum label label;
        assert_true(label_from(label_name((enum label)i), &label));
        assert_int_equal(label, i);
        assert_int_equal(label_parent(label_parent(label)), label_parent(label));
    }
    enum label label;
    assert_int_equal(label_parent(LABEL_ZIP), LABEL_LOCATION);
    assert_int_equal(label_parent(LABEL_VIN), LABEL_VEHICLE);
    assert_false(label_from("NOBODY", &label));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_pack_has_a_lint_problem),
        cmocka_unit_test(every_example_holds),
        cmocka_unit_test(all_packs_load_together),
        cmocka_unit_test(clinical_text_has_hardly_any_findings),
        cmocka_unit_test(legal_text_has_hardly_any_findings),
        cmocka_unit_test(a_misspelt_pack_is_named_with_the_nearest),
        cmocka_unit_test(every_kind_of_safe_harbor_has_a_rule_with_a_source),
        cmocka_unit_test(the_folder_lists_its_packs_in_order),
        cmocka_unit_test(labels_have_names_and_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
