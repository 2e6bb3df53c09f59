/* results_export.h - the formats of `alcove results export`: a file and a const struct each. */
#ifndef ALCOVE_ANALYZER_COMMAND_RESULTS_EXPORT_H
#define ALCOVE_ANALYZER_COMMAND_RESULTS_EXPORT_H

#include "analyzer/command/results_common.h"

#define EXPORT_STEPS_MAX 64u

struct export
{
    FILE *to;
    uint64_t rows; /* in all */
    size_t step_count;
    struct export_step {
        char *name;
        bool has_score;
    } steps[EXPORT_STEPS_MAX]; /* every step of every row, in the order of first appearance; owned */
};

struct export_format {
    const char *name;
    int (*begin)(struct export *export, struct error *err); /* any may be NULL */
    int (*row)(struct export *export, const json_t *row,
               struct error *err); /* result_json and "redacted_text" */
    int (*end)(struct export *export, struct error *err);
};
extern const struct export_format export_ndjson, export_csv, export_html;

#endif
