/* rope.h - rotary position embedding (Su et al., 2021): pairs of a head's elements turned by position * frequency. */
#ifndef ALCOVE_MODELS_NETWORK_ROPE_H
#define ALCOVE_MODELS_NETWORK_ROPE_H

#include "models/network/arch.h"

#include <stddef.h>
#include <stdint.h>

/* Cosines and sines of one position: ret is [pairs][2]. Angles are computed in double, rounded once. */
void rope_turns(const double *frequencies, size_t pairs, uint32_t position, float *ret);

/* Turns the first 2 * pairs elements of each head of x [heads][head_size] in place. */
void rope_apply(float *x, size_t heads, size_t head_size, enum rope_order order, const float *turns, size_t pairs);

#endif
