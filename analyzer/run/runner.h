/* runner.h - a run: documents one after the other through the crew and into the store, each committed with
 * its audit record before the next one begins. */
#ifndef ALCOVE_ANALYZER_RUN_RUNNER_H
#define ALCOVE_ANALYZER_RUN_RUNNER_H

#include "analyzer/process/keeper.h"
#include "analyzer/run/shard.h"
#include "pipelines/pipeline.h"
#include "store/store.h"

enum run_status { RUN_DONE, RUN_SKIPPED, RUN_QUARANTINED, RUN_FAILED };
const char *run_status_name(enum run_status status);

struct run_document {      /* one document, as the run reports it; borrowed for the call */
    struct slice document; /* UTF-8 */
    const char *id;        /* 32 hex digits */
    enum run_status status;
    const char *reason;              /* quarantined or failed; "" otherwise */
    const struct analysis *analysis; /* only with RUN_DONE */
    bool has_leaf;
    uint64_t leaf;
    double read_ms, parse_ms, commit_ms;
};

struct run_plan { /* all borrowed */
    const struct pipeline *pipeline;
    const char *const *inputs;
    size_t input_count;
    struct shard shard;
    uint64_t limit; /* 0 = none */
    bool is_forced; /* do again what is done */
    /* Called in order for every document; non-zero ends the run (the output is broken). */
    int (*on_document)(void *context, const struct run_document *document, struct error *err);
    /* For what is no document: a folder that was not entered, an INPUT that is missing. */
    void (*on_trouble)(void *context, const struct error *trouble);
    void *context;
};

struct run_end {
    char run[33];
    struct run_counts counts;
    size_t redactions;
    struct buffer *checkpoint; /* owned by the caller; NULL if none was signed */
    enum fault worst;          /* decides the exit status */
};

/* Runs. The crew has started, the store is open, the sandbox is closed. The run row is written first and its
 * end last, whatever happens between. 0: ret->worst says how it went; -1: the run had to end early, err says
 * why, *ret holds what was done. Drop ret->checkpoint in any case. */
CHECKED int runner_run(const struct run_plan *plan, struct crew *crew, struct store *store,
                       struct run_end *ret, struct error *err);

/* Documents that the inputs hold (lines of standard input are not counted), for a progress bar. */
size_t runner_count(const char *const *inputs, size_t input_count, const struct shard *shard);

#endif
