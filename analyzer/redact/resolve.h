/* resolve.h - from findings that overlap to disjoint ranges under one label each. */
#ifndef ALCOVE_ANALYZER_REDACT_RESOLVE_H
#define ALCOVE_ANALYZER_REDACT_RESOLVE_H

#include "base/slice.h"
#include "rules/rule.h"

struct mark {
    size_t start, end;
    enum label label;
    const char *rule_id;
    const struct finding *finding; /* NULL: found by its value (consistency.c) */
    float score;
    bool
        is_whole; /* the finding that gave the label covers the whole range; true for a mark not yet joined */
};

/* Sorts the marks and joins every group of overlapping ones into one: its range is the union, its label,
 * score and rule those of the mark with the highest score x share of the union (then the higher score, the
 * earlier start, the lower label). Ranges that only touch stay apart. Returns the new count; the order and
 * result do not depend on the order of the input. Empty marks are dropped. */
size_t marks_resolve(struct mark *marks, size_t count);

#endif
