/* finder.h - finders: what a rule names instead of a pattern (finder: person). Linear in the text, no state.
 */
#ifndef ALCOVE_RULES_NAMES_FINDER_H
#define ALCOVE_RULES_NAMES_FINDER_H

#include "base/error.h"
#include "base/slice.h"
#include "rules/names/token.h"

/* What a rule gives (docs/rules.md, "The score"), or how much of each a find gets. */
struct finder_points {
    float pattern, valid, context, negative;
};

struct finder_find {
    struct span at; /* in the text given */
    struct finder_points points;
};

/* Takes one find; -1 ends the search with `err`. */
typedef int finder_take(void *context, const struct finder_find *find, struct error *err);

struct finder {
    const char *name, *help;
    /* Calls `take` for each find in a run of capitalised words whose points reach `threshold`, in the order
     * of the text. The evidence is multiplied by what `points` says: `valid` what the words are, `context`
     * what stands beside, `negative` what speaks against. */
    int (*run)(struct slice text, const struct name_run *run, const struct finder_points *points,
               double threshold, finder_take *take, void *context, struct error *err);
};

extern const struct finder finder_person, finder_place, finder_hospital;
extern const struct finder *const finders[]; /* NULL at the end */
const struct finder *finder_find(const char *name);

#endif
