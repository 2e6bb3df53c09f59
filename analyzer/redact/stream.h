/* stream.h - digits and letters drawn from one keyed hash, the same ones every time. */
#ifndef ALCOVE_ANALYZER_REDACT_STREAM_H
#define ALCOVE_ANALYZER_REDACT_STREAM_H

#include "base/hash.h"

struct stream { /* SHA-256(seed, attempt, block) for block 0, 1, ... */
    struct hash seed;
    uint32_t attempt, block;
    struct hash bytes;
    size_t used; /* of `bytes`; 0 at the start of a block */
};

/* A number from 0 to below - 1, below at most 65,536 (its bias of at most 2^-16 hides nothing here). */
static inline uint32_t stream_below(struct stream *s, uint32_t below)
{
    if (s->used == 0) {
        const unsigned char place[5] = {(unsigned char)s->attempt, (unsigned char)s->block,
                                        (unsigned char)(s->block >> 8), (unsigned char)(s->block >> 16),
                                        (unsigned char)(s->block >> 24)};
        s->bytes = hash_of(
            (struct slice[]){{(const char *)s->seed.bytes, HASH_BYTES}, {(const char *)place, sizeof place}},
            2);
        s->block++;
    }
    const unsigned char *b = s->bytes.bytes + s->used;
    s->used = (s->used + 4) % HASH_BYTES;
    uint32_t drawn = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    return (uint32_t)((uint64_t)drawn * below >> 32);
}

static inline char stream_digit(struct stream *s)
{
    return (char)('0' + stream_below(s, 10));
}

#endif
