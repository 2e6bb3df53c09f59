/* document.h - inside the run: one document from its begin to its commit. */
#ifndef ALCOVE_ANALYZER_RUN_DOCUMENT_H
#define ALCOVE_ANALYZER_RUN_DOCUMENT_H

#include "analyzer/run/runner.h"
#include "base/id.h"

#define RUN_STOP 1 /* ends the run in order: a signal, or the limit */

struct runner {
    const struct run_plan *plan;
    struct store *store;
    struct keeper keeper;
    struct run_end *end;
    bool has_input_trouble; /* some input could not be opened */
    uint64_t taken;         /* documents so far, for the limit */
};

struct in_hand { /* the document that is being processed */
    struct run_document report;
    struct hash input;    /* commitment to its bytes */
    struct error problem; /* why it cannot be processed */
    char id[ID_BYTES];
};

CHECKED int document_begin(struct runner *runner, struct in_hand *d, struct error *err);

/* 1 = done before under this pipeline and input (its status says so), 0, or -1. */
int document_is_done(struct runner *runner, struct in_hand *d, struct error *err);

/* From text to commit and report. 0, RUN_STOP, or -1. */
CHECKED int document_analyze(struct runner *runner, struct in_hand *d, struct slice text, struct error *err);

/* The end of a document without an analysis: skipped, or not to be processed (d->problem says why): committed
 * as such and reported. 0, RUN_STOP, or -1. */
CHECKED int document_end(struct runner *runner, struct in_hand *d, bool has_failed, struct error *err);

/* Milliseconds since *start_ns, which is set to now. */
double document_ms(int64_t *start_ns);

#endif
