/* rewrite.h - lets the model say a sentence shorter, in bounds, and keeps what passes the checks
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

/* Several wordings of the request are tried until an answer passes. *ret is NULL when none did (or the source
 * is too short to gain by it); each failure's check is appended to the JSON array `refused`. */
CHECKED int rewriter_run(struct rewriter *rewriter, const struct redacted_text *source,
                         const struct terms *terms, struct buffer **ret, json_t *refused, struct error *err);

#endif
