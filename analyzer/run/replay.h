/* replay.h - a document once more through the crew, to be compared with the result that a store holds of it.
 * Nothing is committed.
 *
 *   inputs    pipeline, rules, models, version of the arithmetic, bytes of the document: against the records
 *   outputs   redacted text, spans, results, counts of labels: against the stored row and its record
 *
 * Threads and kernels are no inputs: whatever they are, equal inputs must give equal outputs. */
#ifndef ALCOVE_ANALYZER_RUN_REPLAY_H
#define ALCOVE_ANALYZER_RUN_REPLAY_H

#include "analyzer/process/crew.h"
#include "store/store.h"

enum replay_state { REPLAY_SAME, REPLAY_DIFFERS, REPLAY_NOT_KEPT, REPLAY_NOT_RUN };
const char *replay_state_name(enum replay_state state);

struct replay_row {
    char name[LABEL_BYTES_MAX + 16]; /* "pipeline", "model X", "redacted_text" */
    enum replay_state state;
    enum fault fault; /* what it means when an input differs; NONE: an output */
    char recorded[HASH_HEX_BYTES], now[HASH_HEX_BYTES]; /* digests and commitments; "" = none */
};

#define REPLAY_ROWS_MAX (STEPS_MAX + 8u)

struct replay {
    struct replay_row rows[REPLAY_ROWS_MAX];
    size_t count;
    enum fault inputs;    /* FAULT_NONE: all are those of the record; else the fault that decides */
    bool has_run;         /* the document was processed again */
    bool is_same;         /* it was, and no output differs */
    bool is_row_altered;  /* what is stored is not what its record commits to */
    struct error problem; /* why processing gave no result; code NONE = it gave one */
};

struct replay_plan { /* all borrowed */
    const struct pipeline *pipeline;
    struct crew *crew;
    struct store *store;
    const struct recorded *recorded; /* of a document that is done */
    const char *input; /* a file, or a file with lines of JSON; "-": such lines on standard input */
    bool is_forced;    /* also with other inputs */
};

/* The crew has started, the sandbox is closed. -1: it could not be found out; FAULT_INPUT when the input
 * cannot be opened. */
CHECKED int replay_run(const struct replay_plan *plan, struct replay *ret, struct error *err);

#endif
