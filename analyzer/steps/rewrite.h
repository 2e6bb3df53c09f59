/* rewrite.h - lets the model choose a shorter version of a sentence among those that pass the checks
 * (summarize.h). */
#ifndef ALCOVE_ANALYZER_STEPS_REWRITE_H
#define ALCOVE_ANALYZER_STEPS_REWRITE_H

#include "analyzer/steps/grounding/terms.h"
#include "base/buffer.h"
#include "base/json.h"
#include "base/redacted.h"
#include "models/model.h"

struct rewriter;
CHECKED int rewriter_new(struct rewriter **ret, const struct model *model, struct session *session,
                         const struct grounding_lists *lists, bool is_strict, struct error *err);
void rewriter_drop(struct rewriter **rewriter);

/* The versions of the source that leave out parts (shorten.h) and pass all checks are scored by the model; the
 * likeliest a token is *ret. NULL when none passes or the model finds all much worse than the source; the name of
 * each failed check is appended to the JSON array `refused`. */
CHECKED int rewriter_run(struct rewriter *rewriter, const struct redacted_text *source,
                         const struct terms *terms, struct buffer **ret, json_t *refused, struct error *err);

#endif
