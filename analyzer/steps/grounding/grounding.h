/* grounding.h - is a written sentence true to its source? A table of checks; the first that fails names
 * itself.
 *
 * The checks are lexical and strict: what they cannot follow they refuse, and a refused sentence is replaced
 * by its source. They look for the flips that do harm: another number, dose, drug, date or side, a lost or
 * added negation, a relative's illness given to the patient, a doubt made a fact, a stopped drug started. */
#ifndef ALCOVE_ANALYZER_STEPS_GROUNDING_GROUNDING_H
#define ALCOVE_ANALYZER_STEPS_GROUNDING_GROUNDING_H

#include "analyzer/steps/grounding/terms.h"

struct claim {
    const struct terms *written, *source; /* the source: the sentences that the written one stands for */
    bool is_strict;
};

struct check {
    const char *name;
    bool (*holds)(const struct claim *claim, const struct check *check);
    uint32_t mask;   /* for the checks by attribute */
    bool is_one_way; /* what the written says must be in the source, but it may say less */
};

extern const struct check grounding_checks[]; /* ends with a NULL name */

/* The name of the first check that fails, or NULL when all hold. */
const char *grounding_refuses(const struct claim *claim);

/* The checks of their own files. */
bool numbers_hold(const struct claim *claim, const struct check *check);
bool doses_hold(const struct claim *claim, const struct check *check);
bool drugs_hold(const struct claim *claim, const struct check *check);
bool dates_hold(const struct claim *claim, const struct check *check);
bool attributes_hold(const struct claim *claim, const struct check *check);
bool words_hold(const struct claim *claim, const struct check *check);
bool order_holds(const struct claim *claim, const struct check *check);
bool repeats_hold(const struct claim *claim, const struct check *check);
bool form_holds(const struct claim *claim, const struct check *check);
bool opening_holds(const struct claim *claim, const struct check *check);
bool verb_holds(const struct claim *claim, const struct check *check);
bool doubled_holds(const struct claim *claim, const struct check *check);
bool joined_holds(const struct claim *claim, const struct check *check);
bool main_clause_holds(const struct claim *claim, const struct check *check);

/* By a closed list (verbs.c). */
bool is_finite_verb(const struct term *t);

/* The words of an opening that says nothing of the patient ("On examination", "I would be grateful for your
 * opinion on this"), if what follows it stands by itself; 0 = none (frames.c). */
size_t frame_words(const struct terms *terms);

/* "partner", "daughter": a relative or other person by their place in the patient's life. */
bool is_kin(const struct term *t);

/* The canonical name of a unit of measure or time ("milligrams" -> "mg"); NULL for another word. */
const char *unit_of(const char *word);

/* What a word of frequency means ("twice" -> "2"); NULL for another word. */
const char *rate_of(const char *word);

#endif
