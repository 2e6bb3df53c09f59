/* hashmap.h - a table from 64-bit hashes to 32-bit numbers, for one document: words seen, tags given, names
 * taken.
 *
 * The hash stands for the value: two values with one hash (2^-64 by chance) share a tag, which removes no
 * less. */
#ifndef ALCOVE_ANALYZER_REDACT_HASHMAP_H
#define ALCOVE_ANALYZER_REDACT_HASHMAP_H

#include "base/contract.h"
#include "base/error.h"

#include <stdint.h>

struct hashmap {
    uint64_t *keys; /* 0 = free place */
    uint32_t *values;
    size_t capacity, count;
};

void hashmap_close(struct hashmap *map); /* a zeroed map is an empty one */

/* The value of `key`, or `otherwise`. */
uint32_t hashmap_get(const struct hashmap *map, uint64_t key, uint32_t otherwise);

/* Sets the value if the key is new (*ret_is_new may be NULL). -1 with FAULT_TEMPORARY. */
CHECKED int hashmap_add(struct hashmap *map, uint64_t key, uint32_t value, bool *ret_is_new,
                        struct error *err);

/* Adds one to the value of the key, which begins at 0. -1 with FAULT_TEMPORARY. */
CHECKED int hashmap_bump(struct hashmap *map, uint64_t key, struct error *err);

/* Joins two hashes, in order. */
static inline uint64_t hash_join(uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ (b + 0x9e3779b97f4a7c15u)) * 0xff51afd7ed558ccdu;
    return h ^ (h >> 31);
}

#endif
