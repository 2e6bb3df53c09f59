/* run_report.h - what `run` says about documents: JSON lines for programs, a few lines each for people. */
#ifndef ALCOVE_ANALYZER_COMMAND_RUN_REPORT_H
#define ALCOVE_ANALYZER_COMMAND_RUN_REPORT_H

#include "analyzer/command/command.h"
#include "analyzer/run/runner.h"

struct run_report {
    struct context *context;
    const struct pipeline *pipeline;
    bool has_lines; /* NDJSON: --json, or input from standard input */
    struct progress *progress;
    size_t seen;
};

/* For run_plan. */
int run_report_document(void *report, const struct run_document *document, struct error *err);
void run_report_trouble(void *report, const struct error *trouble);

/* The last line, or the sums for a person. */
CHECKED int run_report_end(const struct run_report *report, const struct run_end *end, struct error *err);

/* Appends a JSON string of UTF-8 text. */
CHECKED int json_text(struct buffer *to, struct slice text, struct error *err);

/* Writes to stdout and flushes; what does not arrive is FAULT_TEMPORARY. */
CHECKED int output_all(FILE *out, struct slice bytes, struct error *err);

#endif
