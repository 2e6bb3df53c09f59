/* results_common.h - what the results commands share: which rows are meant, and a row as JSON. */
#ifndef ALCOVE_ANALYZER_COMMAND_RESULTS_COMMON_H
#define ALCOVE_ANALYZER_COMMAND_RESULTS_COMMON_H

#include "analyzer/command/open_store.h"
#include "base/json.h"

#define OPTION_ROWS_RESULTS                                                                                  \
    {.name = "run",                                                                                          \
     .kind = OPTION_TEXT,                                                                                    \
     .value = "RUN",                                                                                         \
     .help = "all results of this run (default: the newest of each "                                         \
             "document and pipeline)"},                                                                      \
        {.name = "status",                                                                                   \
         .kind = OPTION_CHOICE,                                                                              \
         .value = "STATUS",                                                                                  \
         .choices = result_statuses,                                                                         \
         .help = "only done, quarantined or failed"},                                                        \
        {.name = "document", .kind = OPTION_TEXT, .value = "DOCUMENT", .help = "only of this document"},     \
        {.name = "where",                                                                                    \
         .kind = OPTION_TEXT,                                                                                \
         .value = "STEP=LABEL",                                                                              \
         .help = "only where this step gave this label"},                                                    \
    {                                                                                                        \
        .name = "limit", .kind = OPTION_NUMBER, .value = "N", .min = 1, .help = "only the first N"           \
    }
extern const char *const result_statuses[];

struct result_wish {
    struct result_filter filter;
    char step[256]; /* of --where; filter points to it */
};

/* Reads OPTION_ROWS_RESULTS. -1 with FAULT_USAGE. */
CHECKED int result_wish_fill(struct result_wish *ret, const struct arguments *arguments, struct error *err);

/* How many rows are meant: for the audit record, which is written before anything is shown. */
CHECKED int results_count(struct store *store, const struct result_filter *filter, uint64_t *ret,
                          struct error *err);

/* For a wish that gave no row: warns when no result has the step of its --where, with the steps that there
 * are. */
CHECKED int results_warn_of_step(const struct context *context, struct store *store,
                                 const struct result_wish *wish, struct error *err);

/* Text that should be UTF-8 but need not be (a file's name): what is not becomes U+FFFD. NULL when memory is
 * out. */
json_t *json_name(struct slice bytes);

/* {"document","id","run","status","reason"?,"results","labels","redactions","pipeline","time","audit_leaf"}.
 * NULL with err set. */
json_t *result_json(const struct result_row *row, struct error *err);

/* What a step says, in a few words: its label, else its sentences, else its JSON. Appended to `to`. */
CHECKED int step_text(const json_t *step, struct buffer *to, struct error *err);

/* Where a sentence of a summary comes from: `lines 4-5, shortened by the model`, counted in the redacted text, or
 * `bytes 510-574` where the store keeps no text (NULL). Appended to `to`. */
CHECKED int sentence_source(const json_t *sentence, const json_t *redacted, struct buffer *to,
                            struct error *err);

#endif
