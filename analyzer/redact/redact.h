/* redact.h - from text to redacted text: find, resolve overlaps, replace, and prove that nothing is left.
 *
 * The one place that makes a redacted_text. A redactor belongs to one thread of one worker; it holds no key:
 * what depends on one (surrogates, keyed hashes) is asked for through `keyed_hashes`. */
#ifndef ALCOVE_ANALYZER_REDACT_REDACT_H
#define ALCOVE_ANALYZER_REDACT_REDACT_H

#include "base/contract.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/redacted.h"
#include "base/slice.h"
#include "pipelines/pipeline.h"
#include "rules/rule.h"

/* HMAC(subkey of the store, purpose, value) for many values at once. In a worker this asks the keeper. */
struct keyed_hashes {
    int (*of)(void *context, const char *purpose, const struct slice *values, size_t count, struct hash *ret,
              struct error *err);
    void *context;
};

struct redactor;
CHECKED int redactor_new(struct redactor **ret, const struct ruleset *rules, const struct pipeline *pipeline,
                         struct error *err);
void redactor_drop(struct redactor **redactor);

struct redacted_span {
    size_t start, end;         /* in the input */
    size_t out_start, out_end; /* of the replacement, in the output */
    enum label label;
    const struct rule *rule; /* NULL: a value found elsewhere in the document by a rule (name consistency) */
    const char *rule_id;
    float score;
    enum operator_kind operator_kind;
    const struct finding
        *finding; /* parts of the score for --explain; NULL for consistency spans; owned by the redaction */
};

struct redaction {
    struct redacted_text *text;
    struct redacted_span *spans; /* sorted, disjoint; never `keep` */
    size_t span_count;
    uint32_t label_counts[LABEL_COUNT];
    struct leak_set *values;  /* what was found, for leak checks; wiped on drop */
    struct finding *findings; /* those of the spans */
    bool is_leaking;          /* only with verify: warn: the output still holds a found value */
};
void redaction_drop(struct redaction **redaction);

/* -1 with FAULT_DOCUMENT (limits: quarantine) or FAULT_PRIVACY (the output still held a found value and the
 * pipeline says verify: fail). */
CHECKED int redactor_run(struct redactor *redactor, struct slice text, const struct keyed_hashes *keys,
                         struct redaction **ret, struct error *err);

/* Searches any output made from the redacted text for every found value and its variants. 0 = clean; -1 with
 * FAULT_PRIVACY, naming label and rule, never the value. */
CHECKED int redaction_verify(const struct redaction *redaction, struct slice output, struct error *err);

#endif
