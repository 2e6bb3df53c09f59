/* test_load.c - a pipeline file: values, defaults, every refusal with its place, ${VAR}, --set, digest,
 * remarks. */
#include "base/buffer.h"
#include "pipelines/pipeline.h"
#include "tests/support/support.h"

#define MINIMAL "version: 1\nname: p\npurpose: test\nredact: {rules: [common]}\n"

static int read_text(struct pipeline **ret, const char *text, struct error *err)
{
    return pipeline_read(ret, slice_of(text), "p.yaml", NULL, 0, err);
}

static void everything_that_was_written_is_there(void **state UNUSED)
{
    AUTO(pipeline) *p = NULL;
    struct error err;
    assert_ok(
        read_text(
            &p,
            "version: 1\nname: clinical-note\npurpose: \"Summarise: for the clinician\"\n"
            "ingest: {formats: [text], max_bytes: 2 MiB}\n"
            "redact:\n  rules: [us-hipaa, common]\n  profile: hipaa-safe-harbor\n  threshold: 0.25\n"
            "  operators: {NAME: surrogate, DATE: year, default: mask}\n  verify: warn\n"
            "steps:\n"
            "  - classify: {name: specialty, model: m.gguf, labels: [Cardiology, {Neurology: brain}, no], "
            "abstain_below: 0.2, prior_correction: off,\n"
            "      examples: [{text: chest pain, label: Cardiology}], instruction: Choose.}\n"
            "  - summarize: {name: summary, style: plain, max_tokens: 99, grounded: lenient}\n"
            "store: {keep: [results, spans], retention: 30d, anchor: /a}\n"
            "tests: [{text: Dr Ann Lee, expect: {labels: {NAME: 1}, spans: [{label: NAME, text: Ann Lee}], "
            "results: {specialty: Neurology}}}]\n",
            &err),
        err);
    assert_string_equal(p->name, "clinical-note");
    assert_string_equal(p->purpose, "Summarise: for the clinician");
    assert_int_equal(p->bytes_max, 2 << 20);
    assert_int_equal(p->pack_count, 2);
    assert_string_equal(p->packs[1], "common");
    assert_true(p->threshold == 0.25);
    assert_int_equal(p->operator_count, 3);
    assert_string_equal(p->operators[1].label, "DATE");
    assert_int_equal(p->operators[1].kind, OPERATOR_YEAR);
    assert_int_equal(p->operators[1].line, 9);
    assert_false(p->is_verify_fail);
    assert_int_equal(p->step_count, 2);
    const struct step *classify = &p->steps[0], *summarize = &p->steps[1];
    assert_int_equal(classify->kind, STEP_CLASSIFY);
    assert_string_equal(classify->model, "m.gguf");
    assert_int_equal(classify->label_count, 3);
    assert_string_equal(classify->labels[1], "Neurology");
    assert_string_equal(classify->descriptions[1], "brain");
    assert_null(classify->descriptions[0]);
    assert_string_equal(classify->labels[2], "no");
    assert_true(classify->abstain_below == 0.2);
    assert_false(classify->has_prior_correction);
    assert_int_equal(classify->example_count, 1);
    assert_string_equal(classify->examples[0].label, "Cardiology");
    assert_string_equal(classify->instruction, "Choose.");
    assert_int_equal(classify->line, 12);
    assert_int_equal(summarize->kind, STEP_SUMMARIZE);
    assert_string_equal(summarize->model, "default");
    assert_string_equal(summarize->style, "plain");
    assert_int_equal(summarize->tokens_max, 99);
    assert_false(summarize->is_strict);
    assert_int_equal(p->keep, KEEP_SPANS | KEEP_RESULTS);
    assert_int_equal(p->retention_days, 30);
    assert_string_equal(p->anchor, "/a");
    assert_int_equal(p->test_count, 1);
    assert_string_equal(p->tests[0].label_counts[0].label, "NAME");
    assert_string_equal(p->tests[0].spans[0].text, "Ann Lee");
    assert_string_equal(p->tests[0].results[0].label, "Neurology");
}

static void what_is_not_written_has_its_default(void **state UNUSED)
{
    AUTO(pipeline) *p = NULL;
    struct error err;
    assert_ok(read_text(&p,
                        MINIMAL "steps: [{classify: {name: a, labels: [x, y]}}, {summarize: {name: b}}]\n",
                        &err),
              err);
    assert_int_equal(p->format_count, 1);
    assert_string_equal(p->formats[0], "text");
    assert_int_equal(p->bytes_max, 20 << 20);
    assert_int_equal(p->profile, PROFILE_HIPAA_SAFE_HARBOR);
    assert_true(p->threshold == 0.5);
    assert_int_equal(p->operator_count, 0);
    assert_true(p->is_verify_fail);
    assert_int_equal(p->keep, KEEP_REDACTED_TEXT | KEEP_SPANS | KEEP_RESULTS);
    assert_int_equal(p->retention_days, 2192); /* six years are never fewer days than the calendar's */
    assert_null(p->anchor);
    assert_true(p->steps[0].has_prior_correction);
    assert_true(p->steps[0].abstain_below == 0);
    assert_int_equal(p->steps[1].tokens_max, 160);
    assert_string_equal(p->steps[1].style, "clinical");
    assert_true(p->steps[1].is_strict);
}

static const struct refusal {
    const char *text;
    unsigned line, column;
    const char *message, *hint;
} refusals[] = {
    {"", 1, 1, "the pipeline is empty", ""},
    {"- a\n", 1, 1, "a pipeline is a mapping: version: 1, name: ..., redact: ...", ""},
    {"name: p\n", 1, 1, "\"version\" is missing", "of this format: 1"},
    {"version: 2\n", 1, 10, "version \"2\" is not known; this one is 1", ""},
    {"version: 1\nname: P\n", 2, 7, "\"name\" may hold lower-case letters, digits, - and _ only, not \"P\"",
     ""},
    {"version: 1\nname: p\npurpose: ' '\n", 3, 10, "\"purpose\" is empty", ""},
    {MINIMAL "stpes: []\n", 5, 1, "\"stpes\" is not a key of a pipeline", "did you mean \"steps\"?"},
    {"version: 1\nname: p\npurpose: x\nredact:\n  rules: [a]\n  retention: 6y\n", 6, 3,
     "\"retention\" is not a key of \"redact\"; it belongs to \"store\"", ""},
    {"version: 1\nname: p\npurpose: x\nredact:\n  rules: [a]\n  purpose: y\n", 6, 3,
     "\"purpose\" is not a key of \"redact\"; it belongs to the top level", ""},
    {MINIMAL "threshold: 1\n", 5, 1, "\"threshold\" is not a key of a pipeline; it belongs to \"redact\"",
     ""},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: [a], treshold: 1}\n", 4, 22,
     "\"treshold\" is not a key of \"redact\"", "did you mean \"threshold\"?"},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: [a], threshold: abc}\n", 4, 33,
     "\"threshold\" must be a number between 0 and 1, not \"abc\"", ""},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: a}\n", 4, 17,
     "\"rules\" must be a list, written rules: [...], not text", ""},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: []}\n", 4, 17, "\"rules\" needs at least 1", ""},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: [a, a]}\n", 4, 21, "\"a\" is given twice in \"rules\"",
     ""},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: [a], operators: {NAME: maskk}}\n", 4, 40,
     "unknown operator \"maskk\"", "did you mean \"mask\"?"},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: [a], operators: {DATE: shift}}\n", 4, 40,
     "operator \"shift\" is not part of this version: use \"year\" for dates", ""},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: [a], operators: {NMAE: tag}}\n", 4, 34,
     "unknown label \"NMAE\"", "did you mean \"NAME\"?"},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: [a], operators: {NAME: year}}\n", 4, 40,
     "operator \"year\" is for DATE, not for NAME", ""},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: [a], ner: {model: m}}\n", 4, 22,
     "\"ner\" is not part of this version: names are found by rules", ""},
    {"version: 1\nname: p\npurpose: x\nredact: {rules: [a], profile: hipaa}\n", 4, 31,
     "unknown profile \"hipaa\"", "it is one of hipaa-safe-harbor"},
    {MINIMAL "ingest: {formats: [text, pdf]}\n", 5, 26,
     "format \"pdf\" is not part of this version: text is the only format so far", ""},
    {MINIMAL "ingest: {max_bytes: 20 megs}\n", 5, 21,
     "\"max_bytes\" must be a size such as 20MiB (units: B kB MB GB KiB MiB GiB), not \"20 megs\"", ""},
    {MINIMAL "ingest: {max_bytes: 2GiB}\n", 5, 21,
     "\"max_bytes\" must be between 1 and 268435456 bytes, not \"2GiB\"", ""},
    {MINIMAL "store: {retention: 6}\n", 5, 20,
     "\"retention\" must be a time such as 30d, 26w or 6y, not \"6\"", ""},
    {MINIMAL "store: {keep: [text]}\n", 5, 16, "unknown item \"text\"",
     "it is one of redacted_text, spans, results"},
    {MINIMAL "steps:\n  - classify: {name: a, labels: [x]}\n", 6, 33, "\"labels\" needs at least 2", ""},
    {MINIMAL "steps:\n  - classify: {name: a, labels: [x, x]}\n", 6, 37, "label \"x\" is given twice", ""},
    {MINIMAL "steps:\n  - clasify: {name: a}\n", 6, 5, "unknown step \"clasify\"",
     "did you mean \"classify\"?"},
    {MINIMAL "steps:\n  - score: {name: a}\n", 6, 5,
     "step \"score\" is not part of this version: the steps are classify and summarize", ""},
    {MINIMAL "steps:\n  - classify: {labels: [x, y]}\n", 6, 15, "\"name\" is missing", "name of the result"},
    {MINIMAL "steps:\n  - classify: {name: a, labels: [x, y], max_tokens: 9}\n", 6, 41,
     "\"max_tokens\" is not a key of \"classify\"; it belongs to \"summarize\"", ""},
    {MINIMAL "steps:\n  - summarize: {name: a}\n  - summarize: {name: a}\n", 7, 5,
     "two steps are named \"a\"", ""},
    {MINIMAL "steps:\n  - summarize: {name: a, max_tokens: 9}\n", 6, 38,
     "\"max_tokens\" must be a whole number between 16 and 2048, not \"9\"", ""},
    {MINIMAL "steps:\n  - name: a\n    model: b\n", 6, 5,
     "a step is written \"- classify: {...}\": one kind with its settings", ""},
    {MINIMAL "steps:\n  - classify: {name: a, labels: [x, y], examples: [{text: t, label: z}]}\n", 6, 5,
     "an example of step \"a\" has the label \"z\", which is none of its labels", ""},
    {MINIMAL "tests: [{text: a, expect: {labels: {NAMES: 1}}}]\n", 5, 37, "unknown label \"NAMES\"",
     "did you mean \"NAME\"?"},
    {MINIMAL "tests: [{text: a, expect: {spans: [{label: NAME, text: b}]}}]\n", 5, 56,
     "this span does not stand in the test's text", ""},
    {MINIMAL "tests: [{text: a, expect: {results: {s: x}}}]\n", 5, 9,
     "this test expects a label of \"s\", but no classify step has that name", ""},
    {MINIMAL "tests: [{text: a, expect: {}}]\n", 5, 27, "this test expects nothing", ""},
    {"version: 1\nname: p\npurpose: ${WHY}\nredact: {rules: [a]}\n", 3, 10,
     "${WHY} is not declared; add WHY under \"env\"", ""},
    {"version: 1\nname: p\nenv: [ALCOVE_TEST_UNSET]\npurpose: x\nredact: {rules: [a]}\n", 3, 7,
     "environment variable ALCOVE_TEST_UNSET is not set",
     "set it, or give it a default: env: {ALCOVE_TEST_UNSET: ...}"},
};

static void each_mistake_is_named_with_its_place(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const struct refusal *want = &refusals[i];
        AUTO(pipeline) *p = NULL;
        struct error err = {0};
        if (read_text(&p, want->text, &err) == 0)
            fail_msg("accepted: %s", want->text);
        if (strcmp(err.message, want->message) || strcmp(err.hint, want->hint) || err.line != want->line ||
            err.column != want->column)
            fail_msg("%s: got %u:%u: %s (%s)", want->text, err.line, err.column, err.message, err.hint);
        assert_int_equal(err.code, FAULT_PIPELINE);
        assert_string_equal(err.file, "p.yaml");
    }
}

static void variables_come_from_the_environment_only_where_declared(void **state UNUSED)
{
    AUTO(pipeline) *p = NULL;
    struct error err;
    setenv("ALCOVE_TEST_WHY", "triage: new letters", 1);
    unsetenv("ALCOVE_TEST_TOP");
    assert_ok(read_text(&p,
                        "version: 1\nname: p\nenv: {ALCOVE_TEST_WHY: x, ALCOVE_TEST_TOP: '0.75'}\n"
                        "purpose: For ${ALCOVE_TEST_WHY}, costs $${HOME}\n"
                        "redact: {rules: [common], threshold: '${ALCOVE_TEST_TOP}'}\n",
                        &err),
              err);
    assert_string_equal(p->purpose, "For triage: new letters, costs ${HOME}");
    assert_true(p->threshold == 0.75);
}

static struct hash digest_of(const char *text, const char *const *overrides, size_t count)
{
    AUTO(pipeline) *p = NULL;
    struct error err;
    assert_ok(pipeline_read(&p, slice_of(text), "p.yaml", overrides, count, &err), err);
    return p->digest;
}

static void overrides_change_values_and_the_digest(void **state UNUSED)
{
    static const char text[] = MINIMAL "steps: [{classify: {name: specialty, labels: [x, y]}}]\n";
    static const char *const overrides[] = {
        "redact.threshold=0.4",       "steps.specialty.model=m.gguf", "redact.rules=[us-hipaa, common]",
        "redact.operators.NAME=mask", "store.retention=1y",           "purpose=audit: yearly"};
    AUTO(pipeline) *p = NULL;
    struct error err;
    assert_ok(pipeline_read(&p, slice_of(text), "p.yaml", overrides, COUNT_OF(overrides), &err), err);
    assert_true(p->threshold == 0.4);
    assert_string_equal(p->steps[0].model, "m.gguf");
    assert_int_equal(p->pack_count, 2);
    assert_int_equal(p->operators[0].kind, OPERATOR_MASK);
    assert_int_equal(p->retention_days, 366);
    assert_string_equal(p->purpose, "audit: yearly");
    assert_int_equal(p->override_count, COUNT_OF(overrides));
    assert_string_equal(p->overrides[1], overrides[1]);
    struct hash plain = digest_of(text, NULL, 0);
    for (size_t i = 0; i < COUNT_OF(overrides); i++) {
        struct hash other = digest_of(text, &overrides[i], 1);
        assert_false(hash_equal(&plain, &other));
    }
}

static void a_wrong_override_is_named(void **state UNUSED)
{
    static const char text[] = MINIMAL "steps: [{classify: {name: specialty, labels: [x, y]}}]\n";
    static const struct {
        const char *override, *message, *hint;
        enum fault code;
    } rows[] = {
        {"redact.threshold=abc", "\"threshold\" must be a number between 0 and 1, not \"abc\"", "",
         FAULT_PIPELINE},
        {"redact.treshold=1", "\"treshold\" is not a key of \"redact\"", "did you mean \"threshold\"?",
         FAULT_PIPELINE},
        {"steps.speciality.model=m", "no step is named \"speciality\"", "did you mean \"specialty\"?",
         FAULT_PIPELINE},
        {"name.x=1", "\"x\" lies in nothing that has keys", "", FAULT_PIPELINE},
        {"redact.operators.NAME=maskk", "unknown operator \"maskk\"", "did you mean \"mask\"?",
         FAULT_PIPELINE},
        {"threshold", "--set wants PATH=VALUE, not \"threshold\"", "for example --set redact.threshold=0.4",
         FAULT_USAGE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(pipeline) *p = NULL;
        struct error err = {0};
        assert_int_equal(pipeline_read(&p, slice_of(text), "p.yaml", &rows[i].override, 1, &err), -1);
        assert_string_equal(err.message, rows[i].message);
        assert_string_equal(err.hint, rows[i].hint);
        assert_int_equal(err.code, rows[i].code);
        if (rows[i].code == FAULT_PIPELINE) {
            assert_memory_equal(err.file, "--set ", 6);
            assert_int_equal(err.line, 0);
        }
    }
}

/* The digest is of values: spelling, order, comments, defaults written out and tests do not count; every
 * value does. */
static void the_digest_is_of_the_values_in_effect(void **state UNUSED)
{
    static const char *const same[] = {
        "# remark\npurpose: \"test\"\nredact:\n    rules:\n        - common\nname: p\nversion: 1\n",
        MINIMAL "ingest: {max_bytes: 20480KiB}\nstore: {retention: 6y}\nsteps: []\n",
        MINIMAL "tests: [{text: Ann, expect: {labels: {NAME: 0}}}]\n",
    };
    static const char *const other[] = {
        "version: 1\nname: q\npurpose: test\nredact: {rules: [common]}\n",
        "version: 1\nname: p\npurpose: tests\nredact: {rules: [common]}\n",
        "version: 1\nname: p\npurpose: test\nredact: {rules: [us-hipaa]}\n",
        "version: 1\nname: p\npurpose: test\nredact: {rules: [common], threshold: 0.49}\n",
        "version: 1\nname: p\npurpose: test\nredact: {rules: [common], operators: {default: mask}}\n",
        "version: 1\nname: p\npurpose: test\nredact: {rules: [common], verify: warn}\n",
        MINIMAL "ingest: {max_bytes: 21MiB}\n",
        MINIMAL "store: {retention: 5y}\n",
        MINIMAL "store: {keep: [results]}\n",
        MINIMAL "steps: [{summarize: {name: s}}]\n",
    };
    struct hash plain = digest_of(MINIMAL, NULL, 0);
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        struct hash digest = digest_of(same[i], NULL, 0);
        assert_true(hash_equal(&plain, &digest));
    }
    for (size_t i = 0; i < COUNT_OF(other); i++) {
        struct hash digest = digest_of(other[i], NULL, 0);
        assert_false(hash_equal(&plain, &digest));
    }
}

static void weak_settings_are_remarked_on(void **state UNUSED)
{
    AUTO(pipeline) *p = NULL;
    struct error err;
    size_t count;
    assert_ok(read_text(&p,
                        "version: 1\nname: p\npurpose: x\nredact:\n  rules: [a]\n  operators:\n    DATE: "
                        "keep\n    SSN: keep\n"
                        "    PROFESSION: keep\n    NAME: tag\n",
                        &err),
              err);
    const struct pipeline_warning *warnings = pipeline_warnings(p, &count);
    assert_int_equal(count, 2);
    assert_int_equal(warnings[0].line, 7);
    assert_int_equal(warnings[0].column, 11);
    assert_string_equal(
        warnings[0].message,
        "profile hipaa-safe-harbor needs dates as year; operator \"keep\" keeps days (use \"year\")");
    assert_int_equal(warnings[1].line, 8);
    AUTO(pipeline) *plain = NULL;
    assert_ok(read_text(&plain, MINIMAL, &err), err);
    pipeline_warnings(plain, &count);
    assert_int_equal(count, 0);
}

static void the_template_loads_without_remarks(void **state UNUSED)
{
    AUTO(buffer) *text = NULL;
    AUTO(pipeline) *p = NULL;
    struct error err;
    size_t count;
    assert_ok(buffer_new(&text, 1 << 16, &err), err);
    assert_ok(pipeline_template(text, "my-notes", &err), err);
    assert_ok(pipeline_read(&p, buffer_slice(text), "my.yaml", NULL, 0, &err), err);
    assert_string_equal(p->name, "my-notes");
    pipeline_warnings(p, &count);
    assert_int_equal(count, 0);
}

static void a_missing_file_is_a_pipeline_fault(void **state UNUSED)
{
    AUTO(pipeline) *p = NULL;
    struct error err;
    assert_int_equal(pipeline_load(&p, "/nonexistent/p.yaml", NULL, 0, &err), -1);
    assert_int_equal(err.code, FAULT_PIPELINE);
    assert_string_equal(err.file, "/nonexistent/p.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_that_was_written_is_there),
        cmocka_unit_test(what_is_not_written_has_its_default),
        cmocka_unit_test(each_mistake_is_named_with_its_place),
        cmocka_unit_test(variables_come_from_the_environment_only_where_declared),
        cmocka_unit_test(overrides_change_values_and_the_digest),
        cmocka_unit_test(a_wrong_override_is_named),
        cmocka_unit_test(the_digest_is_of_the_values_in_effect),
        cmocka_unit_test(weak_settings_are_remarked_on),
        cmocka_unit_test(the_template_loads_without_remarks),
        cmocka_unit_test(a_missing_file_is_a_pipeline_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
