/* bundle_text.h - what a bundle proves, for people and for programs: audit prove, export and verify-bundle
 * share it. */
#ifndef ALCOVE_ANALYZER_COMMAND_BUNDLE_TEXT_H
#define ALCOVE_ANALYZER_COMMAND_BUNDLE_TEXT_H

#include "analyzer/command/command.h"
#include "store/store.h"

#define EXPORT_FILE_NAME "audit.ndjson" /* the bundle within the folder of an export */

/* Prints the verdict on context->out, as text or with --json as one object. What it names may come from a
 * hostile file: control bytes are made harmless. */
void bundle_print(const struct context *context, const struct bundle_verdict *verdict);

#endif
