/* sample.h - which token comes next, and how likely it was: the same bits on every machine.
 *
 * Sums are in double and in a fixed order, exp and log are our own; random numbers are SplitMix64 (Steele, Lea and
 * Flood 2014), one for each token drawn. Logits are finite: a session gives no others. */
#ifndef ALCOVE_MODELS_DECODE_SAMPLE_H
#define ALCOVE_MODELS_DECODE_SAMPLE_H

#include "models/model.h"

/* log of the sum of exp(logits): log P(i) = logits[i] - this. */
double log_normaliser(const float *logits /*[count]*/, size_t count);

/* What may be chosen. */
struct choices {
    const token *ids; size_t ids_count;       /* ascending; NULL = all of [0, vocabulary) */
    size_t vocabulary;
    const token *banned; size_t banned_count; /* of those, these not; few */
};

/* The likeliest of the choices, the lowest id of equals; -1 if there is none. */
token sample_greedy(const float *logits /*[vocabulary]*/, const struct choices *choices);

/* One of the choices with probability proportional to exp(logit / temperature); -1 if there is none.
 *   temperature  > 0
 *   state        of the generator: the seed at first, then as it was left */
token sample_random(const float *logits, const struct choices *choices, float temperature, uint64_t *state);

#endif
