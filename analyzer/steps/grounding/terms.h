/* terms.h - the words of a sentence as the checks see them: folded, numbers read, each with what cues say
 * about it. */
#ifndef ALCOVE_ANALYZER_STEPS_GROUNDING_TERMS_H
#define ALCOVE_ANALYZER_STEPS_GROUNDING_TERMS_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/wordlist.h"

#include <stdint.h>

/* What a cue in the sentence says about a word (cues.c). */
enum attribute {
    IS_NEGATED = 1,
    IS_FAMILY = 2,
    IS_HEDGED = 4,
    IS_LEFT = 8,
    IS_RIGHT = 16,
    IS_BOTH = 32,
    IS_STARTED = 64,
    IS_STOPPED = 128,
    IS_RAISED = 256,
    IS_LOWERED = 512,
    IS_PAST = 1024
};

#define TERM_BYTES_MAX 24u

struct term {
    struct span at;
    char text[TERM_BYTES_MAX + 1]; /* folded, cut; a number in digits ("four" -> "4", "1,200" -> "1200") */
    char stem[TERM_BYTES_MAX + 1]; /* without plural and verb endings */
    uint32_t attributes;           /* enum attribute, or'ed */
    bool is_number, is_function, is_drug;
    bool ends_clause; /* followed by a sign that ends the reach of a cue: . ; : ? ! */
    bool is_percent;  /* a number in front of % */
    char behind;      /* the byte that follows, 0 at the end */
    bool has_slash;   /* a number joined to the next one: 148/86 */
};

struct terms {
    struct term *list;
    size_t count;
};

/* The closed lists behind the checks, opened once. */
struct grounding_lists {
    struct wordlist drugs, function_words;
};
CHECKED int grounding_lists_open(struct grounding_lists *ret, struct error *err);
void grounding_lists_close(struct grounding_lists *lists);

CHECKED int terms_read(struct terms *ret, struct slice text, const struct grounding_lists *lists,
                       struct error *err);
void terms_close(struct terms *terms);

/* Sets the attributes (cues.c); terms_read has called it. */
void cues_mark(struct terms *terms);

#endif
