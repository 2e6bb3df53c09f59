/* kv_cache.h - keys and values of the tokens seen, as halves.
 *
 *   keys    [layer][kv head][position / 16][head_size][position % 16]   transposed by 16, as the score kernel reads
 *   values  [layer][kv head][position][head_size]
 *
 * Memory is mapped and becomes resident as positions are written. It holds document content: dropping wipes it. */
#ifndef ALCOVE_MODELS_NETWORK_KV_CACHE_H
#define ALCOVE_MODELS_NETWORK_KV_CACHE_H

#include "models/internal.h"

struct kv_cache;

CHECKED int kv_cache_new(struct kv_cache **ret, const struct shape *shape, uint32_t capacity, struct error *err);
void kv_cache_drop(struct kv_cache **cache);

/* Bytes that a position takes. */
size_t kv_cache_bytes_per_token(const struct shape *shape);

/* Says that positions below `length` are about to be written (so that dropping wipes them). */
void kv_cache_reach(struct kv_cache *cache, uint32_t length);

/* Writes one position of one layer: k and v are [kv_heads][head_size] halves.
 * Different positions may be written by different threads. */
void kv_cache_put(struct kv_cache *cache, uint32_t layer, uint32_t position, const uint16_t *k, const uint16_t *v);

/* The start of one head's keys and values. */
const uint16_t *kv_cache_keys(const struct kv_cache *cache, uint32_t layer, uint32_t head);
const uint16_t *kv_cache_values(const struct kv_cache *cache, uint32_t layer, uint32_t head);

#endif
