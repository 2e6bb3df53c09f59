/* pipeline.h - front door of the pipelines room: a pipeline file, read and checked, as plain values.
 *
 * Loading checks everything that can be known without rules, models or documents; each refusal has
 * file:line:column. All pointers live as long as the pipeline. */
#ifndef ALCOVE_PIPELINES_PIPELINE_H
#define ALCOVE_PIPELINES_PIPELINE_H

#include "base/contract.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/slice.h"

#include <stdint.h>

enum operator_kind {
    OPERATOR_TAG,
    OPERATOR_MASK,
    OPERATOR_HASH,
    OPERATOR_REMOVE,
    OPERATOR_SURROGATE,
    OPERATOR_YEAR,
    OPERATOR_AGE90,
    OPERATOR_ZIP3,
    OPERATOR_KEEP,
    OPERATOR_COUNT
};
const char *operator_name(enum operator_kind kind);

enum profile { PROFILE_HIPAA_SAFE_HARBOR, PROFILE_COUNT };
const char *profile_name(enum profile profile);

struct operator_setting { /* operators: {NAME: surrogate, default: tag} in the order of the file */
    const char *label;    /* a label of rules/rule.h, or "default" */
    enum operator_kind kind;
    unsigned line, column;
};

enum step_kind { STEP_CLASSIFY, STEP_SUMMARIZE };

struct step {
    enum step_kind kind;
    const char *name;  /* unique in the pipeline */
    const char *model; /* registered name or path */
    unsigned line, column;
    /* classify */
    const char **labels;       /* [label_count], at least 2 */
    const char **descriptions; /* [label_count], an entry may be NULL */
    size_t label_count;
    const char *instruction; /* NULL = the built-in one */
    struct step_example {
        const char *text, *label;
    } * examples; /* worked examples shown to the model */
    size_t example_count;
    double abstain_below;      /* probability below which no label is given; 0 = never */
    bool has_prior_correction; /* default true */
    /* summarize */
    const char *style;   /* "clinical", "plain" */
    uint32_t tokens_max; /* default 160 */
    bool is_strict;      /* grounded: strict (default) | lenient */
};

struct pipeline_test { /* tests: [{text, expect: {labels: {NAME: 1}, spans: [...], results: {specialty:
                          Cardiology}}}] */
    const char *text;
    struct {
        const char *label;
        uint32_t count;
    } * label_counts;
    size_t label_count;
    struct {
        const char *label, *text;
    } * spans; /* each must be among the redacted spans */
    size_t span_count;
    struct {
        const char *step, *label;
    } * results;
    size_t result_count;
    unsigned line, column;
};

enum keep { KEEP_REDACTED_TEXT = 1, KEEP_SPANS = 2, KEEP_RESULTS = 4 };

struct pipeline {
    const char *path, *name, *purpose;
    /* ingest */
    const char **formats;
    size_t format_count; /* "text" so far */
    uint64_t bytes_max;
    /* redact */
    const char **packs;
    size_t pack_count;
    enum profile profile;
    double threshold; /* lowest score redacted */
    struct operator_setting *operators;
    size_t operator_count;
    bool is_verify_fail; /* verify: fail (default) | warn */
    /* steps */
    struct step *steps;
    size_t step_count;
    /* store */
    unsigned keep; /* enum keep, or'ed */
    uint64_t retention_days;
    const char *anchor; /* NULL = the default place */
    /* tests */
    struct pipeline_test *tests;
    size_t test_count;
    const char *const *overrides;
    size_t override_count; /* --set as given, for the run record */
    /* SHA-256 of the canonical JSON of all values in effect: defaults, ${VAR} and --set included, `tests` and
     * everything that is only spelling left out. */
    struct hash digest;
};

/* Reads a pipeline; overrides: `PATH=VALUE` strings of --set ("steps.specialty.model=m.gguf",
 * "redact.threshold=0.4"). -1 with FAULT_PIPELINE. Values of `${VAR}` are taken only from names under `env:`.
 */
CHECKED int pipeline_load(struct pipeline **ret, const char *path, const char *const *overrides, size_t count,
                          struct error *err);
CHECKED int pipeline_read(struct pipeline **ret, struct slice bytes, const char *name,
                          const char *const *overrides, size_t count, struct error *err);
void pipeline_drop(struct pipeline **pipeline);

/* The canonical JSON of all values in effect, of which the digest is made; appended to `to`. */
struct buffer;
CHECKED int pipeline_canonical(const struct pipeline *pipeline, struct buffer *to, struct error *err);

/* JSON Schema (draft 2020-12) of a pipeline file, made from the same table of keys; appended to `to`. */
CHECKED int pipeline_schema(struct buffer *to, struct error *err);

/* A commented starting pipeline for `pipeline init`. */
CHECKED int pipeline_template(struct buffer *to, const char *name, struct error *err);

/* Non-fatal remarks of the last load ("profile hipaa-safe-harbor needs dates as year"). */
struct pipeline_warning {
    unsigned line, column;
    const char *message;
};
const struct pipeline_warning *pipeline_warnings(const struct pipeline *pipeline, size_t *ret_count);

#endif
