/* redact_output.h - the three forms in which `redact` writes a document: text, spans, an object. */
#ifndef ALCOVE_ANALYZER_COMMAND_REDACT_OUTPUT_H
#define ALCOVE_ANALYZER_COMMAND_REDACT_OUTPUT_H

#include "analyzer/command/command.h"
#include "analyzer/process/keeper.h"

struct redact_output {
    const struct context *context;
    bool has_spans_only, has_explanations, is_terminal;
};

void redact_output_init(struct redact_output *output, const struct context *context, bool has_spans_only,
                        bool has_explanations);

/* Writes one document, whole. -1 with FAULT_TEMPORARY when stdout does not take it. */
CHECKED int redact_output_document(const struct redact_output *output, struct slice name,
                                   const struct analysis *analysis, struct error *err);

#endif
