/* prefilter.h - one pass over the text that finds, for each set of start bytes, the ranges where a match can
 * begin. */
#ifndef ALCOVE_RULES_PREFILTER_H
#define ALCOVE_RULES_PREFILTER_H

#include "rules/compile.h"

#define RANGE_GAP 24u /* ranges nearer than this are joined: a call of PCRE2 costs more than it saves */

struct ranges {
    struct span *items; /* owned; both ends are places where a match may start; ascending, disjoint */
    size_t count, capacity;
};

/* Fills ranges[set] for every set of the ruleset, on character boundaries of `text`. */
CHECKED int prefilter_run(const struct ruleset *ruleset, struct slice text,
                          struct ranges ranges[START_SETS_MAX], struct error *err);
void ranges_release(struct ranges *ranges);

#endif
