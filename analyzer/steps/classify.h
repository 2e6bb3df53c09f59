/* classify.h - which label fits a text: labels are scored as continuations of the text, never generated.
 *
 *   score(label) = sum over views of weight * (logP(label | examples, text, view) - strength * prior(label,
 * view))
 *
 * A view is a way to ask ("Topic:", "This document is about"): a small model's choice swings with the
 * wording, the mean of several swings less. The prior is what the model says to texts without content,
 * averaged over several (Zhao et al. 2021, Calibrate Before Use), computed once; half of it is subtracted,
 * since a real text overrides a part of that leaning already. A text longer than the context is scored by
 * parts, and the log scores are averaged by their tokens: nothing is cut. */
#ifndef ALCOVE_ANALYZER_STEPS_CLASSIFY_H
#define ALCOVE_ANALYZER_STEPS_CLASSIFY_H

#include "base/json.h"
#include "base/redacted.h"
#include "models/model.h"
#include "pipelines/pipeline.h"

struct classifier;

#define STEP_CONTEXT_TOKENS 2048u /* of the session of a step: bounds the memory of its cache */

/* The step, model and session are borrowed; a session may be shared by the steps of one model. context: its
 * tokens. */
CHECKED int classifier_new(struct classifier **ret, const struct step *step, const struct model *model,
                           struct session *session, uint32_t context, struct error *err);
void classifier_drop(struct classifier **classifier);

/* {"label","score","scores":{...},"tokens","parts"}: label is null and "nearest" names the best one when its
 * score lies below abstain_below. scores: softmax over the labels. Owned by the caller. */
CHECKED int classifier_run(struct classifier *classifier, const struct redacted_text *text, json_t **ret,
                           struct error *err);

#endif
