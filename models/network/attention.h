/* attention.h - attention of a run of tokens over the cache, query heads grouped by the head they share.
 *
 * A row is one query head of one token. Rows that share a key and value head (grouped-query attention, Ainslie et al.,
 * 2023) are taken up to 8 at a time, so that keys and values are read once for all of them. A row's result depends on
 * its own query and the keys it sees, not on the company. */
#ifndef ALCOVE_MODELS_NETWORK_ATTENTION_H
#define ALCOVE_MODELS_NETWORK_ATTENTION_H

#include "models/kernels/kernels.h"
#include "models/network/kv_cache.h"

struct attention {
    const struct model *model;
    const struct kv_cache *cache; /* holds the keys and values of the tokens themselves already */
    struct pool *pool;
    float *scratch;               /* [threads][attention_scratch_floats] */
    uint32_t capacity;
    bool sees_all;                /* later tokens too, as encoders do */
    uint32_t window;              /* of the layer: positions that a token sees, itself among them; 0 = all */
};

/* Floats of scratch a thread, for a cache of `capacity` positions. */
size_t attention_scratch_floats(const struct shape *shape, uint32_t capacity);

/* y[t] = attention of token t, at position `start` + t.
 *   q  [tokens][heads][head_size], rotated and scaled by 1 / sqrt(head_size)
 *   y  [tokens][heads][head_size] */
void attention_run(const struct attention *a, uint32_t layer, uint32_t start, size_t tokens, const float *q, float *y);

#endif
