/* extract.h - chooses the sentences of a text that a summary must have, without a model.
 *
 * A sentence is worth what its section announces, what its words announce (cues), the drugs and numbers in it
 * and how much it shares with the rest of the text; letterheads, greetings and signatures are worth nothing.
 * The best are taken while they fit, no two alike, and every section that a reader expects is represented. */
#ifndef ALCOVE_ANALYZER_STEPS_EXTRACT_H
#define ALCOVE_ANALYZER_STEPS_EXTRACT_H

#include "analyzer/steps/grounding/terms.h"
#include "analyzer/steps/sentence.h"

struct candidate {
    struct sentence sentence;
    struct span body;   /* without the heading in front */
    struct terms terms; /* of the body */
    double worth;
    bool is_chosen;
};

struct candidates {
    struct candidate *list; /* in the order of the text */
    size_t count;
    uint32_t not_stated; /* bits of enum section: expected, and nowhere in the text */
};
void candidates_close(struct candidates *candidates);

/* Reads the text and weighs its sentences. is_clinical: sections and clinical cues count. */
CHECKED int candidates_read(struct candidates *ret, struct slice text, const struct grounding_lists *lists,
                            bool is_clinical, struct error *err);

/* Chooses sentences of together at most words_max words (at least one sentence if there is any of worth). */
void candidates_choose(struct candidates *candidates, size_t words_max);

#endif
