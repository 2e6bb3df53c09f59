/* pack_k.c - see pack.h: the K types, whose blocks hold 256 elements in parts of 16 or 32 with small integer scales.
 * models/format/quant.c draws them. */
#include "models/format/quant.h"
#include "models/kernels/pack_bits.h"

/* ---- Q4_K, Q5_K ---- */

/* Part j of 32: its nibbles lie in 32 bytes that two parts share, its fifth bits at bit j of 32 bytes. */
static struct column k_column(const unsigned char *nibbles, const unsigned char *fifths, size_t j)
{
    uint8_t q[BLOCK];
    for (size_t i = 0; i < BLOCK; i++)
        q[i] = (uint8_t)(nibbles[j / 2 * BLOCK + i] >> (j & 1 ? 4 : 0) & 15);
    for (size_t i = 0; fifths && i < BLOCK; i++)
        q[i] |= (uint8_t)((fifths[i] >> j & 1) << 4);
    return column_of(q);
}

void q4k_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q4k *w = panel;
    for (size_t c = 0; c < count; c++) {
        const unsigned char *from = rows + c * row_bytes;
        for (size_t b = 0; b < width / 256; b++, from += 144) {
            memcpy(&w[b].d[c], from, 2);
            memcpy(&w[b].m[c], from + 2, 2);
            for (size_t j = 0; j < PARTS; j++) {
                struct column column = k_column(from + 16, NULL, j);
                put_nibbles(&column, c, w[b].parts[j].q);
                w[b].parts[j].scale[c] = (int8_t)k_scale(from + 4, j);
                w[b].parts[j].least[c] = (int8_t)k_minimum(from + 4, j);
            }
        }
    }
}

void q5k_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q5k *w = panel;
    for (size_t c = 0; c < count; c++) {
        const unsigned char *from = rows + c * row_bytes;
        for (size_t b = 0; b < width / 256; b++, from += 176) {
            memcpy(&w[b].d[c], from, 2);
            memcpy(&w[b].m[c], from + 2, 2);
            for (size_t j = 0; j < PARTS; j++) {
                struct column column = k_column(from + 48, from + 16, j);
                put_nibbles(&column, c, w[b].parts[j].q);
                put_singles(&column, 4, c, w[b].parts[j].high);
                w[b].parts[j].scale[c] = (int8_t)k_scale(from + 4, j);
                w[b].parts[j].least[c] = (int8_t)k_minimum(from + 4, j);
            }
        }
    }
}

static float k_weight(uint16_t d, int8_t scale, int q, uint16_t m, int8_t least)
{
    return half_to_float(d) * (float)scale * (float)q - half_to_float(m) * (float)least;
}

void q4k_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q4k *w = (const struct block_q4k *)weights + row / PANEL * (width / 256);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++) {
        const struct block_q4k *b = &w[i / 256];
        const struct part_q4k *p = &b->parts[i / BLOCK % PARTS];
        ret[i] = k_weight(b->d[c], p->scale[c], nibble(p->q, i, c), b->m[c], p->least[c]);
    }
}

void q5k_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q5k *w = (const struct block_q5k *)weights + row / PANEL * (width / 256);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++) {
        const struct block_q5k *b = &w[i / 256];
        const struct part_q5k *p = &b->parts[i / BLOCK % PARTS];
        ret[i] = k_weight(b->d[c], p->scale[c], five(p->q, p->high, i % BLOCK, c), b->m[c], p->least[c]);
    }
}

/* ---- Q2_K, Q3_K ---- */

/* Part j of 32: two bits at bit 2 (j % 4) of the 32 bytes of its half, the third at bit j of 32 bytes. */
static struct column pairs_column(const unsigned char *pairs, const unsigned char *thirds, size_t j)
{
    uint8_t q[BLOCK];
    for (size_t i = 0; i < BLOCK; i++)
        q[i] = (uint8_t)(pairs[j / 4 * BLOCK + i] >> 2 * (j % 4) & 3);
    for (size_t i = 0; thirds && i < BLOCK; i++)
        q[i] |= (uint8_t)((thirds[i] >> j & 1) << 2);
    return column_of(q);
}

void q2k_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q2k *w = panel;
    for (size_t c = 0; c < count; c++) {
        const unsigned char *from = rows + c * row_bytes;
        for (size_t b = 0; b < width / 256; b++, from += 84) {
            memcpy(&w[b].d[c], from + 80, 2);
            memcpy(&w[b].m[c], from + 82, 2);
            for (size_t j = 0; j < PARTS; j++) {
                struct column column = pairs_column(from + 16, NULL, j);
                put_pairs(&column, 0, c, w[b].parts[j].pairs);
                for (size_t h = 0; h < 2; h++)
                    w[b].parts[j].scale[h][c] = from[2 * j + h];
            }
        }
    }
}

void q2k_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q2k *w = (const struct block_q2k *)weights + row / PANEL * (width / 256);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++) {
        const struct block_q2k *b = &w[i / 256];
        const struct part_q2k *p = &b->parts[i / BLOCK % PARTS];
        unsigned scale = p->scale[i % BLOCK / 16][c];
        int q = (int)pair(p->pairs, i % BLOCK, c);
        ret[i] = k_weight(b->d[c], (int8_t)(scale & 15), q, b->m[c], (int8_t)(scale >> 4));
    }
}

void q3k_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q3k *w = panel;
    for (size_t c = 0; c < count; c++) {
        const unsigned char *from = rows + c * row_bytes;
        for (size_t b = 0; b < width / 256; b++, from += 110) {
            memcpy(&w[b].d[c], from + 108, 2);
            for (size_t j = 0; j < PARTS; j++) {
                struct column column = pairs_column(from + 32, from, j);
                put_pairs(&column, 0, c, w[b].parts[j].pairs);
                put_singles(&column, 2, c, w[b].parts[j].high);
                for (size_t h = 0; h < 2; h++)
                    w[b].parts[j].scale[h][c] = (int8_t)q3_k_scale(from + 96, 2 * j + h);
            }
        }
    }
}

void q3k_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q3k *w = (const struct block_q3k *)weights + row / PANEL * (width / 256);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++) {
        const struct part_q3k *p = &w[i / 256].parts[i / BLOCK % PARTS];
        int q = (int)(pair(p->pairs, i % BLOCK, c) | single(p->high, i % BLOCK, c) << 2);
        ret[i] = half_to_float(w[i / 256].d[c]) * (float)p->scale[i % BLOCK / 16][c] * (float)(q - 4);
    }
}

/* ---- Q6_K ---- */

/* Part j of 32: its low four bits in 32 bytes that parts j and j + 2 of a half share, its high two as in Q2_K. */
static struct column q6_column(const unsigned char *b, size_t j)
{
    const unsigned char *low = b + j / 4 * 64 + j % 2 * BLOCK, *high = b + 128 + j / 4 * BLOCK;
    uint8_t q[BLOCK];
    for (size_t i = 0; i < BLOCK; i++)
        q[i] = (uint8_t)((low[i] >> (j & 2 ? 4 : 0) & 15) | (high[i] >> 2 * (j % 4) & 3) << 4);
    return column_of(q);
}

void q6_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q6 *w = panel;
    for (size_t c = 0; c < count; c++)
        for (size_t b = 0; b < width / BLOCK; b++) {
            const unsigned char *from = rows + c * row_bytes + b / PARTS * 210;
            struct column column = q6_column(from, b % PARTS);
            memcpy(&w[b].d[c], from + 208, 2);
            for (size_t h = 0; h < 2; h++)
                w[b].scale[h][c] = (int8_t)from[192 + b % PARTS * 2 + h];
            put_nibbles(&column, c, w[b].low);
            put_pairs(&column, 4, c, w[b].high);
        }
}

void q6_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q6 *w = (const struct block_q6 *)weights + row / PANEL * (width / BLOCK);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++) {
        const struct block_q6 *b = &w[i / BLOCK];
        int q = nibble(b->low, i, c) | (int)pair(b->high, i % BLOCK, c) << 4;
        ret[i] = half_to_float(b->d[c]) * (float)b->scale[i % BLOCK / 16][c] * (float)(q - 32);
    }
}
