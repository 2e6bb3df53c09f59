/* shown.h - results as a person reads them: a few lines a step. Made in the worker, so that the keeper need
 * not parse results. */
#ifndef ALCOVE_ANALYZER_PROCESS_SHOWN_H
#define ALCOVE_ANALYZER_PROCESS_SHOWN_H

#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"
#include "base/json.h"
#include "pipelines/pipeline.h"

/* Appends lines, in the order of the steps: "specialty: Cardiology (0.93)"; for a summary each sentence on a
 * line, marked where the model shortened it, then what the note does not state. */
CHECKED int results_show(const json_t *results, const struct pipeline *pipeline, struct buffer *to,
                         struct error *err);

#endif
