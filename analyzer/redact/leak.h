/* leak.h - the values found in a document and their variants, searched for in any text in linear time.
 *
 * Values are compared as streams of folded letters and digits (base/fold.h), so case, accents, separators and
 * their absence do not matter: "123-45-6789" is found as "123456789" and as "123 45 6789". All variants stand
 * in one automaton (Aho and Corasick 1975); a hit begins and ends at word boundaries.
 *
 * What counts (variants.c):
 *   - every full value of at least three letters, or four digits alone;
 *   - of a name also each part of at least three letters, but initials only beside the surname;
 *   - *weak* values are words of ordinary prose ("Long", "March", "Reading"): by themselves they count only
 * where a capital is not explained by the place in the sentence, and only for marking the original
 * (consistency.c). In an output they are no leak alone, since the text itself may use the word; with another
 * part of the name they are. */
#ifndef ALCOVE_ANALYZER_REDACT_LEAK_H
#define ALCOVE_ANALYZER_REDACT_LEAK_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/wordlist.h"
#include "rules/rule.h"

struct leak_set;

/* `common` is borrowed: the list of words that are weak. */
CHECKED int leak_set_new(struct leak_set **ret, const struct wordlist *common, struct error *err);
void leak_set_drop(struct leak_set **set); /* wipes */

struct leak_source {
    enum label label;
    const char *rule_id; /* borrowed, as long as the set */
    float score;
};

/* Adds a value with its variants. Only before leak_set_close. -1 with FAULT_TEMPORARY or FAULT_DOCUMENT (too
 * many). */
CHECKED int leak_set_add(struct leak_set *set, struct slice value, const struct leak_source *source,
                         struct error *err);

/* One variant as it is, for variants.c. */
enum leak_strength {
    LEAK_STRONG,
    LEAK_PAIR, /* parts of a name in an order of our making: strong, but no sentence may end between them */
    LEAK_WEAK
};
CHECKED int leak_set_add_folded(struct leak_set *set, struct slice folded, enum leak_strength strength,
                                const struct leak_source *source, struct error *err);
bool leak_set_is_common(const struct leak_set *set, struct slice folded);

/* Builds the automaton. */
CHECKED int leak_set_close(struct leak_set *set, struct error *err);

struct leak_hit {
    struct span at;
    enum leak_strength strength; /* strong or weak; a weak one has its capital checked */
    const struct leak_source *source;
};

/* Calls on_hit in order of the ends of the hits: at each end for the longest strong one and for weak ones
 * longer than it. Stops when it returns non-zero, and returns that; 0 at the end of the text. -1 with
 * FAULT_TEMPORARY is possible before the first call. */
CHECKED int leak_set_find(const struct leak_set *set, struct slice text,
                          int (*on_hit)(void *context, const struct leak_hit *hit, struct error *err),
                          void *context, struct error *err);

/* True if a strong value stands in `text`; true as well when memory is out (fail closed). */
bool leak_set_has(const struct leak_set *set, struct slice text);

#endif
