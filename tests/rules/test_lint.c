/* test_lint.c - what a pack must not hold, each refusal with its exact line and column. */
#include "tests/support/support.h"

#include "base/file.h"
#include "rules/lint.h"

#define HEAD "pack: p\nversion: 1\nrules:\n"
#define TAIL ", score: {pattern: 1}, examples: {match: [x], reject: [y]}}\n"

struct seen {
    unsigned line, column;
    char message[400];
    size_t errors, remarks;
};

static void note(void *context, const char *file UNUSED, unsigned line, unsigned column, bool is_error,
                 const char *message)
{
    struct seen *seen = context;
    if (is_error && seen->errors++ == 0) {
        seen->line = line;
        seen->column = column;
        snprintf(seen->message, sizeof seen->message, "%s", message);
    }
    seen->remarks += !is_error;
}

static const struct {
    const char *yaml;
    unsigned line, column;
    const char *says;
    size_t errors;
} refused[] = {
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'x[0-9]+'" TAIL, 4, 51, "without an upper bound", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'x{2,}'" TAIL, 4, 46, "without an upper bound", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'it''s\\w*'" TAIL, 4, 52, "without an upper bound", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: '(?:a{1,50}){1,50}b'" TAIL, 4, 56, "bounds multiply",
     1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'a(?R)?b'" TAIL, 4, 46, "recursion", 1},
    {HEAD "  - {id: a, label: IDD, source: s, pattern: 'xy'" TAIL, 4, 20, "did you mean \"ID\"", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'xy', validate: luhm" TAIL, 4, 60,
     "did you mean \"luhn\"", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'x(y'" TAIL, 4, 48, "does not compile", 1},
    {HEAD "  - {id: a, label: ID, source: s, finder: persn" TAIL, 4, 43, "did you mean \"person\"", 1},
    {HEAD "  - {id: a, label: ID, source: s, finder: person, pattern: 'xy'" TAIL, 4, 60, "does not go with",
     1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'x?'" TAIL, 4, 44, "nothing at all", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: '%{nun}x'" TAIL, 4, 44, "\"nun\"", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'xy', at: ['1st']" TAIL, 4, 54,
     "does not begin with a letter", 1},
    {HEAD "  - {id: a, label: ID, source: s, patern: 'xy'" TAIL, 4, 35, "pattern", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'xy', score: {pattern: 1}, examples: {reject: [y]}}\n",
     4, 10, "must match", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'xy', score: {pattern: 1}, examples: {match: [x]}}\n",
     4, 10, "must not match", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'xy', score: {pattern: 0.3}, examples: {match: [x], "
          "reject: [y]}}\n",
     4, 10, "never reach", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'xy', score: {pattern: 2}, examples: {match: [x], "
          "reject: [y]}}\n",
     4, 67, "between 0 and 1", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'xy'" TAIL
          "  - {id: a, label: ID, source: s, pattern: 'zz'" TAIL,
     5, 10, "stands already in line 4", 1},
    {HEAD "  - {id: a, label: ID, source: s, pattern: 'x+'" TAIL
          "  - {id: b, label: IDD, source: s, pattern: 'zz'" TAIL,
     5, 20, "unknown label", 2},
};

static void each_flaw_is_refused_at_its_place(void **state UNUSED)
{
    char *folder = scratch_new();
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct seen seen = {0};
        struct error err;
        size_t problems = 0;
        const char *path = path_of(folder, "p.yaml");
        assert_ok(file_write(path, slice_of(refused[i].yaml), 0600, FAULT_INPUT, &err), err);
        assert_ok(pack_lint(path, note, &seen, &problems, &err), err);
        assert_int_equal(problems, seen.errors);
        if (seen.errors != refused[i].errors || seen.line != refused[i].line ||
            seen.column != refused[i].column || !strstr(seen.message, refused[i].says))
            fail_msg("case %zu: %zu errors, the first at %u:%u: %s", i, seen.errors, seen.line, seen.column,
                     seen.message);
    }
    scratch_drop(folder);
}

static void loading_names_the_same_place(void **state UNUSED)
{
    static const struct {
        const char *yaml;
        unsigned line, column;
    } rows[] = {{HEAD "  - {id: a, label: IDD, source: s, pattern: 'xy'" TAIL, 4, 20},
                {HEAD "  - {id: a, label: ID, source: s, pattern: 'x(y'" TAIL, 4, 48},
                {"pack: p\nversion: 1\nrulez: []\n", 3, 1},
                {"pack: p\nrules: []\n", 1, 1}};
    char *folder = scratch_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(ruleset) *rules = NULL;
        struct error err;
        const char *path = path_of(folder, "p.yaml");
        assert_ok(file_write(path, slice_of(rows[i].yaml), 0600, FAULT_INPUT, &err), err);
        assert_int_equal(ruleset_load(&rules, &path, 1, ".", &err), -1);
        assert_int_equal(err.code, FAULT_PIPELINE);
        if (err.line != rows[i].line || err.column != rows[i].column)
            fail_msg("case %zu: %u:%u: %s", i, err.line, err.column, err.message);
    }
    scratch_drop(folder);
}

static void a_sound_pack_with_dates_gets_a_remark_only(void **state UNUSED)
{
    char *folder = scratch_new();
    struct seen seen = {0};
    struct error err;
    size_t problems = 1;
    const char *path = path_of(folder, "p.yaml");
    static const char yaml[] =
        HEAD "  - {id: a, label: DATE, hipaa: 3, source: s, pattern: '\\d{4}-\\d\\d-\\d\\d'" TAIL;
    assert_ok(file_write(path, SLICE(yaml), 0600, FAULT_INPUT, &err), err);
    assert_ok(pack_lint(path, note, &seen, &problems, &err), err);
    assert_int_equal(problems, 0);
    assert_int_equal(seen.remarks, 1);
    scratch_drop(folder);
}

static void wrong_examples_are_reported_where_they_stand(void **state UNUSED)
{
    char *folder = scratch_new();
    struct seen seen = {0};
    struct error err;
    size_t examples = 0, failed = 0;
    const char *path = path_of(folder, "p.yaml");
    static const char yaml[] =
        HEAD "  - id: a\n    label: ID\n    pattern: 'x\\d{2}'\n    score: {pattern: 1}\n"
             "    examples:\n      match: ['a [[x12]] b', 'x1', 'a [[x12 ]]']\n"
             "      reject: ['y', 'x99']\n";
    assert_ok(file_write(path, SLICE(yaml), 0600, FAULT_INPUT, &err), err);
    assert_ok(pack_test(path, note, &seen, &examples, &failed, &err), err);
    assert_int_equal(examples, 5);
    assert_int_equal(failed, 3);
    assert_int_equal(seen.errors, 3);
    assert_int_equal(seen.line, 9);
    assert_int_equal(seen.column, 30);
    scratch_drop(folder);
}

static void the_rule_of_the_design_is_sound_and_holds(void **state UNUSED)
{
    static const char yaml[] =
        "pack: us-hipaa\nversion: 2026.11.0\nrules:\n  - id: us.ssn\n    label: SSN\n    hipaa: 7\n"
        "    pattern: '\\b\\d{3}-\\d{2}-\\d{4}\\b'\n    validate: us-ssn\n"
        "    context: {words: [ssn, social security], negative: [order, ticket]}\n"
        "    score: {pattern: 0.4, context: 0.4, valid: 0.3}\n"
        "    examples: {match: [\"SSN: 219-09-9998\"], reject: [\"ticket 219-09-9998-01\"]}\n";
    char *folder = scratch_new();
    struct seen seen = {0};
    struct error err;
    size_t problems = 1, examples = 0, failed = 1;
    const char *path = path_of(folder, "p.yaml");
    assert_ok(file_write(path, SLICE(yaml), 0600, FAULT_INPUT, &err), err);
    assert_ok(pack_lint(path, note, &seen, &problems, &err), err);
    assert_int_equal(problems, 0);
    assert_ok(pack_test(path, note, &seen, &examples, &failed, &err), err);
    assert_int_equal(examples, 2);
    assert_int_equal(failed, 0);
    scratch_drop(folder);
}

static void two_packs_may_not_share_an_id(void **state UNUSED)
{
    char *folder = scratch_new();
    AUTO(ruleset) *rules = NULL;
    struct error err;
    static const char yaml[] = HEAD "  - {id: a, label: ID, source: s, pattern: 'xy'" TAIL;
    const char *const paths[] = {path_of(folder, "p.yaml"), path_of(folder, "q.yaml")};
    for (size_t i = 0; i < 2; i++)
        assert_ok(file_write(paths[i], SLICE(yaml), 0600, FAULT_INPUT, &err), err);
    assert_int_equal(ruleset_load(&rules, paths, 2, ".", &err), -1);
    assert_non_null(strstr(err.file, "q.yaml"));
    assert_int_equal(err.line, 4);
    scratch_drop(folder);
}

static void a_flaw_is_found_in_any_pattern_without_harm(void **state UNUSED)
{
    static const char alphabet[] = "ab01()[]{}\\*+?|^$.,-:<>=!PR";
    uint64_t random = test_seed();
    for (int round = 0; round < 50000; round++) {
        char pattern[40];
        size_t bytes = random_next(&random) % (sizeof pattern - 1);
        for (size_t i = 0; i < bytes; i++)
            pattern[i] = alphabet[random_next(&random) % (sizeof alphabet - 1)];
        pattern[bytes] = 0;
        struct pattern_flaw flaw;
        size_t from = 0;
        while (pattern_flaw(pattern, from, &flaw)) {
            assert_true(flaw.offset >= from && flaw.offset < bytes);
            from = flaw.offset + 1;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_flaw_is_refused_at_its_place),
        cmocka_unit_test(loading_names_the_same_place),
        cmocka_unit_test(a_sound_pack_with_dates_gets_a_remark_only),
        cmocka_unit_test(wrong_examples_are_reported_where_they_stand),
        cmocka_unit_test(the_rule_of_the_design_is_sound_and_holds),
        cmocka_unit_test(two_packs_may_not_share_an_id),
        cmocka_unit_test(a_flaw_is_found_in_any_pattern_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
