/* steps.h - what is done with redacted text: classify and summarize, each a file.
 *
 * Nothing here can lead back to the original: the only document type in sight is redacted_text. */
#ifndef ALCOVE_ANALYZER_STEPS_STEPS_H
#define ALCOVE_ANALYZER_STEPS_STEPS_H

#include "base/contract.h"
#include "base/error.h"
#include "base/json.h"
#include "base/redacted.h"
#include "models/model.h"
#include "pipelines/pipeline.h"

struct steps;

/* models[i] is the loaded model of pipeline->steps[i] (the same pointer where steps share one). The pool is
 * borrowed. */
CHECKED int steps_new(struct steps **ret, const struct pipeline *pipeline, const struct model *const *models,
                      struct pool *pool, struct error *err);
void steps_drop(struct steps **steps);

struct step_time {
    const char *name;
    double ms;
};

/* Runs every step. *ret_results: {"specialty":{"label","score",...},"summary":{"sentences":[...]}} (DESIGN
 * section 4), owned by the caller. times: [pipeline->step_count], filled. -1 with FAULT_DOCUMENT (does not
 * fit the context) or FAULT_MODEL. */
CHECKED int steps_run(struct steps *steps, const struct redacted_text *text, json_t **ret_results,
                      struct step_time *times, struct error *err);

#endif
