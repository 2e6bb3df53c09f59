/* kept.h - an analysis in the form in which a store keeps it. */
#ifndef ALCOVE_ANALYZER_RUN_KEPT_H
#define ALCOVE_ANALYZER_RUN_KEPT_H

#include "analyzer/process/keeper.h"
#include "store/store.h"

struct kept { /* owns what the outcome borrows */
    struct buffer *labels;
    struct outcome_span *spans;
    char *names;
};
void kept_clear(struct kept *kept);

/* Fills in labels and redactions of the outcome, and its redacted text, spans and results as far as `keep`
 * (enum keep, or'ed) says. The outcome then borrows from *ret and from the analysis. Clear *ret in any case.
 */
CHECKED int kept_fill(struct kept *ret, struct outcome *outcome, const struct analysis *analysis,
                      unsigned keep, struct error *err);

#endif
