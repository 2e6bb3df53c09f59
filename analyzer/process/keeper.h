/* keeper.h - one document through parser and worker, as the keeper sees it: bytes go out, checked answers
 * come back.
 *
 * A child that is killed, late or talks nonsense costs the document in hand and is started again. */
#ifndef ALCOVE_ANALYZER_PROCESS_KEEPER_H
#define ALCOVE_ANALYZER_PROCESS_KEEPER_H

#include "analyzer/process/crew.h"
#include "analyzer/process/requests.h"
#include "base/buffer.h"
#include "base/secret.h"
#include "rules/rule.h"

struct parsed {
    struct message *message; /* owns what the slices borrow */
    struct slice id;         /* PARSE_LINE: known even when parsing failed, else empty */
    struct slice text, charset;
};
void parsed_clear(struct parsed *parsed);

struct analysis_span {
    size_t start, end, out_start, out_end;
    enum label label;
    enum operator_kind operator_kind;
    double score;
    struct slice rule, explanation; /* printable ASCII */
};

struct analysis {
    struct message *message; /* owns what the slices borrow */
    struct slice redacted_text;
    struct analysis_span *spans; /* sorted, disjoint */
    size_t span_count;
    uint32_t label_counts[LABEL_COUNT];
    struct slice results; /* one JSON object, canonical; empty = no steps */
    struct slice shown;   /* the results for a person, lines of UTF-8 */
    bool is_leaking;      /* with verify: warn, an output holds a value that was found */
    double redact_ms, step_ms[STEPS_MAX];
};
void analysis_clear(struct analysis *analysis);

struct keeper {
    struct crew *crew; /* borrowed */
    const struct pipeline *pipeline;
    struct secret *subkey;       /* borrowed: answers MSG_KEYED_HASHES */
    int64_t (*drop_at_ns)(void); /* monotonic time from which the document in hand is dropped; may be NULL */
    int64_t parser_ms,
        worker_ms;  /* time allowed a document, plus more for each MB; set by keeper_init, tests change it */
    bool is_broken; /* a child could not be started again: end the run */

    /* the document in hand */
    uint32_t document;
    size_t text_bytes, hashes_left;
    bool is_answered;
    const struct message_wait *wait; /* of the request being served */
    struct parsed *parsed;
    struct analysis *analysis;
    struct error child_error; /* what the child said of the document */
    bool has_child_error;
};

void keeper_init(struct keeper *keeper, struct crew *crew, const struct pipeline *pipeline,
                 struct secret *subkey);

/* Turns bytes into text. PARSE_FILE: `fd` is passed on, at its start, and
 * bytes.bytes is its size; else `bytes`. 0; -1 with why this document cannot
 * be processed (FAULT_DOCUMENT, FAULT_TEMPORARY): *ret may then still hold the id. Clear *ret in any case. */
CHECKED int keeper_parse(struct keeper *keeper, enum parse_how how, struct slice name, int fd,
                         struct slice bytes, struct parsed *ret, struct error *err);

/* Redacts the text and runs the steps. -1 with FAULT_DOCUMENT, FAULT_PRIVACY (a leak), FAULT_MODEL,
 * FAULT_TEMPORARY. */
CHECKED int keeper_analyze(struct keeper *keeper, struct slice text, struct analysis *ret, struct error *err);

#endif
