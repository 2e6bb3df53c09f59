/* consistency.h - what was found once is marked wherever it stands in the document. */
#ifndef ALCOVE_ANALYZER_REDACT_CONSISTENCY_H
#define ALCOVE_ANALYZER_REDACT_CONSISTENCY_H

#include "analyzer/redact/leak.h"
#include "analyzer/redact/resolve.h"

#define CONSISTENCY_RULE "document.consistency"

/* Marks of values of `set` that stand in `text` outside `known` (disjoint, sorted): the known marks and the
 * new ones together, joined again, in a new array that the caller frees. The search is that of the leak
 * check, so that what the check would find is marked here, with weak words besides. -1 with FAULT_DOCUMENT
 * (more than SPANS_MAX). */
CHECKED int consistency_mark(const struct leak_set *set, struct slice text, const struct mark *known,
                             size_t count, struct mark **ret, size_t *ret_count, struct error *err);

#endif
