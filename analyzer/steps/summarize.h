/* summarize.h - a summary whose every sentence cites its source.
 *
 * Sentences are chosen (extract.h). From each the versions are made that leave out what a reader can spare, in
 * the source's own order of words (shorten.h); those that pass all checks (grounding/grounding.h) and keep every
 * drug, number and side are scored by the model, and the likeliest stands. Where none passes the source stands
 * as it is: so nothing is invented, and nothing chosen is lost. */
#ifndef ALCOVE_ANALYZER_STEPS_SUMMARIZE_H
#define ALCOVE_ANALYZER_STEPS_SUMMARIZE_H

#include "analyzer/steps/grounding/terms.h"
#include "base/json.h"
#include "base/redacted.h"
#include "models/model.h"
#include "pipelines/pipeline.h"

struct summarizer;

/* The step, model, session and lists are borrowed. */
CHECKED int summarizer_new(struct summarizer **ret, const struct step *step, const struct model *model,
                           struct session *session, const struct grounding_lists *lists, struct error *err);
void summarizer_drop(struct summarizer **summarizer);

/* {"sentences":[{"text","cites":[[start,end]],"origin":"shortened|extracted","refused":["number",...]}],
 *  "not_stated":["medication",...],"shortened":n}. cites: bytes of the redacted text. shortened: the source sentence with
 * parts left out, in the version that the model finds likeliest among those that pass all checks. refused: the checks
 * that other versions failed. Owned by the caller. */
CHECKED int summarizer_run(struct summarizer *summarizer, const struct redacted_text *text, json_t **ret,
                           struct error *err);

#endif
