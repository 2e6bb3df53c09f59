/* redact_support.h - a redactor on a small pack of literal values, and a key that is the same every time. */
#ifndef ALCOVE_TESTS_ANALYZER_REDACT_SUPPORT_H
#define ALCOVE_TESTS_ANALYZER_REDACT_SUPPORT_H

#include "tests/support/support.h"

#include "analyzer/redact/redact.h"
#include "base/file.h"

/* Each value is found wherever it stands as written; NAME in mid-sentence scores what `score` says. */
static const char pack_text[] = "pack: tiny\nversion: 2026.11.0\nrules:\n"
#define RULE(id, label, pattern, score)                                                                      \
    "  - id: t." id "\n    label: " label "\n    pattern: '" pattern "'\n    score: {pattern: " score "}\n"  \
    "    examples: {match: [\"x\"], reject: [\"y\"]}\n"
    RULE("name", "NAME",
         "\\b(?:Desmond Achterberg|ACHTERBERG, DESMOND|Mary Long|J\\. Okonkwo|Chidi Okonkwo|"
         "Mary Achterberg|Li Wei|Anna Smith-Jones|Fiona O\\x27Brien|Dr Petrosyan|LONG, Mary|JANE ROE)\\b",
         "0.9") RULE("doubt", "NAME", "\\bLaurel Quist\\b", "0.55")
        RULE("mrn", "MRN", "\\bMRN-\\d{7}\\b", "0.9") RULE("ssn", "SSN", "\\b\\d{3}-\\d{2}-\\d{4}\\b", "0.9")
            RULE("phone", "PHONE", "\\(\\d{3}\\) \\d{3}-\\d{4}|\\+44 \\d{4} \\d{6}", "0.9")
                RULE("date", "DATE",
                     "\\b\\d{1,2}/\\d{1,2}/\\d{2,4}\\b|\\b\\d{1,2} (?:March|May) \\d{4}\\b|\\bMay "
                     "\\d{1,2}\\b|\\b(?:19|20)\\d\\d\\b",
                     "0.8") RULE("age", "AGE", "\\b\\d{1,3}-year-old\\b|\\bninety-two years old\\b", "0.8")
                    RULE("zip", "ZIP", "\\b\\d{5}(?:-\\d{4})?\\b|\\b[A-Z]{2}\\d{1,2} \\d[A-Z]{2}\\b", "0.7")
                        RULE("address", "ADDRESS", "\\b\\d+ Bowling Green Terrace(?:, \\d{5})?", "0.8")
                            RULE("city", "CITY", "\\b(?:Ilkley|Reading)(?=,)", "0.8")
                                RULE("email", "EMAIL", "\\b[a-z.]+@[a-z.]+\\b", "0.9")
                                    RULE("ip", "IP", "\\b10\\.\\d+\\.\\d+\\.\\d+\\b", "0.9")
                                        RULE("facility", "FACILITY", "\\bWharfe Valley Hospital\\b", "0.8")
                                            RULE("secret", "SECRET", "\\bhunter2secret\\b", "0.9");

static int fixed_hashes(void *context, const char *purpose, const struct slice *values, size_t count,
                        struct hash *ret, struct error *err)
{
    (void)err;
    unsigned *calls = context;
    (*calls)++;
    for (size_t i = 0; i < count; i++)
        ret[i] = hash_keyed(SLICE("a key for tests"), (struct slice[]){slice_of(purpose), values[i]}, 2);
    return 0;
}

struct bench {
    char *folder;
    struct ruleset *rules;
    struct pipeline pipeline;
    struct redactor *redactor;
    unsigned calls;
};

static void bench_open(struct bench *b, struct operator_setting *operators, size_t count)
{
    struct error err;
    const char *path;
    b->folder = scratch_new();
    path = path_of(b->folder, "tiny.yaml");
    assert_ok(file_write(path, slice_of(pack_text), 0600, FAULT_INPUT, &err), err);
    assert_ok(ruleset_load(&b->rules, &path, 1, b->folder, &err), err);
    b->pipeline = (struct pipeline){.profile = PROFILE_HIPAA_SAFE_HARBOR,
                                    .threshold = 0.5,
                                    .operators = operators,
                                    .operator_count = count,
                                    .is_verify_fail = true};
    assert_ok(redactor_new(&b->redactor, b->rules, &b->pipeline, &err), err);
}

static void bench_close(struct bench *b)
{
    redactor_drop(&b->redactor);
    ruleset_drop(&b->rules);
    scratch_drop(b->folder);
}

static struct redaction *redact_text(struct bench *b, const char *text)
{
    struct error err;
    struct redaction *made = NULL;
    struct keyed_hashes keys = {fixed_hashes, &b->calls};
    assert_ok(redactor_run(b->redactor, slice_of(text), &keys, &made, &err), err);
    return made;
}

/* The output as a C string in a static buffer. */
UNUSED static const char *redact_string(struct bench *b, const char *text)
{
    static char out[8192];
    struct redaction *made = redact_text(b, text);
    struct slice s = redacted_text_slice(made->text);
    assert_true(s.bytes < sizeof out);
    memcpy(out, s.data, s.bytes);
    out[s.bytes] = 0;
    redaction_drop(&made);
    return out;
}

#endif
