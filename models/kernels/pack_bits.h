/* pack_bits.h - inside kernels/: where the bits of a packed block lie, for those who write and unpack them; and the
 * rows of the K types, which have a file of their own (pack_k.c). kernels.h draws the blocks. */
#ifndef ALCOVE_MODELS_KERNELS_PACK_BITS_H
#define ALCOVE_MODELS_KERNELS_PACK_BITS_H

#include "models/kernels/pack.h"

#include <string.h>

static inline int nibble(const uint8_t *q, size_t i, size_t c)
{
    return q[i % 16 / 4 * 64 + 4 * c + i % 4] >> (i % BLOCK < 16 ? 0 : 4) & 15;
}

/* ---- a column's 32 inputs, one a byte, four in a word: every shift stays within its byte under the mask ---- */

struct column {
    uint32_t q[BLOCK / 4];
};

static inline struct column column_of(const uint8_t q[BLOCK])
{
    struct column column;
    memcpy(column.q, q, BLOCK);
    return column;
}

static inline void put_word(uint32_t word, size_t g, size_t c, uint8_t *to)
{
    memcpy(to + 64 * g + 4 * c, &word, 4);
}

/* Bits 0 to 3 as nibbles. */
static inline void put_nibbles(const struct column *from, size_t c, uint8_t *to)
{
    for (size_t g = 0; g < 4; g++)
        put_word((from->q[g] & 0x0f0f0f0f) | (from->q[g + 4] & 0x0f0f0f0f) << 4, g, c, to);
}

/* Bits `at` and at + 1: four groups share a byte. */
static inline void put_pairs(const struct column *from, unsigned at, size_t c, uint8_t *to)
{
    for (size_t h = 0; h < 2; h++) {
        uint32_t word = 0;
        for (unsigned g = 0; g < 4; g++)
            word |= (from->q[4 * h + g] >> at & 0x03030303) << 2 * g;
        put_word(word, h, c, to);
    }
}

/* Bit `at`: all eight groups share a byte. */
static inline void put_singles(const struct column *from, unsigned at, size_t c, uint8_t *to)
{
    uint32_t word = 0;
    for (unsigned g = 0; g < 8; g++)
        word |= (from->q[g] >> at & 0x01010101) << g;
    put_word(word, 0, c, to);
}

static inline unsigned pair(const uint8_t *pairs, size_t i, size_t c)
{
    return pairs[i / 16 * 64 + 4 * c + i % 4] >> 2 * (i % 16 / 4) & 3;
}

static inline unsigned single(const uint8_t *high, size_t i, size_t c)
{
    return high[4 * c + i % 4] >> i / 4 & 1;
}

static inline int five(const uint8_t *q, const uint8_t *high, size_t i, size_t c)
{
    return nibble(q, i, c) | (int)single(high, i, c) << 4;
}

/* ---- as struct packing says ---- */
void q2k_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel);
void q2k_unpack(const void *weights, size_t row, size_t width, float *ret);
void q3k_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel);
void q3k_unpack(const void *weights, size_t row, size_t width, float *ret);
void q4k_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel);
void q4k_unpack(const void *weights, size_t row, size_t width, float *ret);
void q5k_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel);
void q5k_unpack(const void *weights, size_t row, size_t width, float *ret);
void q6_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel);
void q6_unpack(const void *weights, size_t row, size_t width, float *ret);

#endif
