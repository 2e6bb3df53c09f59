/* outcome.h - the message in which a worker reports on a document: written by the worker, checked by the
 * keeper. */
#ifndef ALCOVE_ANALYZER_PROCESS_OUTCOME_H
#define ALCOVE_ANALYZER_PROCESS_OUTCOME_H

#include "analyzer/process/keeper.h"
#include "analyzer/redact/redact.h"
#include "analyzer/steps/steps.h"

struct work { /* what the worker made of a document */
    const struct redaction *redaction;
    struct slice results, shown;
    double redact_ms;
    const struct step_time *times; /* [pipeline->step_count] */
    bool has_explanations;
    bool is_leaking; /* with verify: warn, an output holds a value that was found */
};

void outcome_put(struct message *message, const struct pipeline *pipeline, const struct work *work);

/* Reads what outcome_put wrote and checks every bound; trusts nothing. text_bytes: of the text that was
 * analysed. *ret borrows from the message. -1 with FAULT_DOCUMENT. */
CHECKED int outcome_get(struct message *message, const struct pipeline *pipeline, size_t text_bytes,
                        struct analysis *ret, struct error *err);

#endif
