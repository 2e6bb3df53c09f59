/* test_packs.c - the shipped packs: no lint problem, every example holds, all that Safe Harbor lists is
 * covered. */
#include "tests/support/support.h"

#include "rules/rule.h"

static void print(void *context UNUSED, const char *file, unsigned line, unsigned column, bool is_error,
                  const char *message)
{
    if (is_error)
        print_message("%s:%u:%u: %s\n", file, line, column, message);
}

static const char *const packs[] = {"rules/packs/common.yaml", "rules/packs/us-hipaa.yaml",
                                    "rules/packs/pci.yaml",    "rules/packs/us-finance.yaml",
                                    "rules/packs/uk.yaml",     "rules/packs/eu-gdpr.yaml"};

static void no_pack_has_a_lint_problem(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(packs); i++) {
        struct error err;
        size_t problems = 1;
        assert_ok(pack_lint(source_file(packs[i]), print, NULL, &problems, &err), err);
        assert_int_equal(problems, 0);
    }
}

static void every_example_holds(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(packs); i++) {
        struct error err;
        size_t examples = 0, failed = 1;
        assert_ok(pack_test(source_file(packs[i]), print, NULL, &examples, &failed, &err), err);
        assert_int_equal(failed, 0);
        assert_true(examples > 100);
    }
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
        cmocka_unit_test(every_kind_of_safe_harbor_has_a_rule_with_a_source),
        cmocka_unit_test(the_folder_lists_its_packs_in_order),
        cmocka_unit_test(labels_have_names_and_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
