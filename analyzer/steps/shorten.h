/* shorten.h - the parts of a sentence that may be left out so that the rest still is one.
 *
 * After the sentence compression of Jing (2000) and Zajic et al. (2007) in method, without a parser: openings
 * of letters, what stands in brackets, names of relatives, times told by the next day, clauses behind a comma
 * that tell nothing clinical. A part that holds a number, drug, side, negation, doubt, change or finding is
 * never one of them, except within an opening or a reference. */
#ifndef ALCOVE_ANALYZER_STEPS_SHORTEN_H
#define ALCOVE_ANALYZER_STEPS_SHORTEN_H

#include "analyzer/steps/grounding/terms.h"

#define SHORTEN_PARTS_MAX 4u

/* Fills `ret` with parts (bytes of `source`), ascending and apart, each with the comma and blank that go with
 * it; returns how many. */
size_t shorten_parts(struct slice source, const struct terms *terms, struct span ret[SHORTEN_PARTS_MAX]);

/* True for a term within a tag: "[DATE_1]". */
bool shorten_is_tagged(struct slice source, const struct term *t);

#endif
