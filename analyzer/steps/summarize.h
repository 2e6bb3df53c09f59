/* summarize.h - a summary whose every sentence cites its source.
 *
 * Sentences are chosen (extract.h); the model then rewrites each of them shorter, may use only the tokens of
 * its source and of a closed list of function words, and what it writes must pass all checks
 * (grounding/grounding.h) and still name the drugs of its source. A sentence that fails is replaced by its
 * source as it stands: so nothing is invented, and nothing chosen is lost. */
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

/* {"sentences":[{"text","cites":[[start,end]],"origin":"written|extracted","refused":["number",...]}],
 *  "not_stated":["medication",...],"written":n}. cites: bytes of the redacted text. refused: the checks that
 * the model's attempts at that sentence failed. Owned by the caller. */
CHECKED int summarizer_run(struct summarizer *summarizer, const struct redacted_text *text, json_t **ret,
                           struct error *err);

#endif
