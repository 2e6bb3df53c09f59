/* pack.c - see pack.h. Each pack function moves bits, none rounds: the unpack functions give the file's numbers. */
#include "models/kernels/pack.h"

#include "models/format/quant.h"
#include "models/kernels/pack_bits.h"

#include <string.h>

/* ---- in place ---- */

static void f32_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    memcpy(ret, (const float *)weights + row * width, width * sizeof *ret);
}

static void f16_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const uint16_t *w = (const uint16_t *)weights + row * width;
    for (size_t i = 0; i < width; i++)
        ret[i] = half_to_float(w[i]);
}

static void bf16_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const uint16_t *w = (const uint16_t *)weights + row * width;
    for (size_t i = 0; i < width; i++)
        ret[i] = bfloat_to_float(w[i]);
}

/* ---- packed ---- */

/* Spreads `groups` times four bytes of column c: four bytes meet four inputs. */
static void spread(const unsigned char *from, size_t groups, size_t c, void *to)
{
    for (size_t g = 0; g < groups; g++)
        memcpy((unsigned char *)to + 64 * g + 4 * c, from + 4 * g, 4);
}

static void q8_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q8 *w = panel;
    for (size_t c = 0; c < count; c++) {
        const unsigned char *from = rows + c * row_bytes;
        for (size_t b = 0; b < width / BLOCK; b++, from += 34) {
            memcpy(&w[b].d[c], from, 2);
            spread(from + 2, 8, c, w[b].q);
        }
    }
}

static void q8_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q8 *w = (const struct block_q8 *)weights + row / PANEL * (width / BLOCK);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++) {
        const struct block_q8 *b = &w[i / BLOCK];
        ret[i] = half_to_float(b->d[c]) * (float)b->q[i % BLOCK / 4 * 64 + 4 * c + i % 4];
    }
}

static void q4_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q4 *w = panel;
    for (size_t c = 0; c < count; c++) {
        const unsigned char *from = rows + c * row_bytes;
        for (size_t b = 0; b < width / BLOCK; b++, from += 18) {
            memcpy(&w[b].d[c], from, 2);
            spread(from + 2, 4, c, w[b].q);
        }
    }
}

static void q4_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q4 *w = (const struct block_q4 *)weights + row / PANEL * (width / BLOCK);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++)
        ret[i] = half_to_float(w[i / BLOCK].d[c]) * (float)(nibble(w[i / BLOCK].q, i, c) - 8);
}

static void q4m_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q4m *w = panel;
    for (size_t c = 0; c < count; c++) {
        const unsigned char *from = rows + c * row_bytes;
        for (size_t b = 0; b < width / BLOCK; b++, from += 20) {
            memcpy(&w[b].d[c], from, 2);
            memcpy(&w[b].m[c], from + 2, 2);
            spread(from + 4, 4, c, w[b].q);
        }
    }
}

static void q4m_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q4m *w = (const struct block_q4m *)weights + row / PANEL * (width / BLOCK);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++) {
        const struct block_q4m *b = &w[i / BLOCK];
        ret[i] = half_to_float(b->d[c]) * (float)nibble(b->q, i, c) + half_to_float(b->m[c]);
    }
}

/* ---- five bits ---- */

/* Q5_0 and Q5_1: the nibbles after four bytes of fifth bits. */
static void put_five(const unsigned char *fifths, size_t c, uint8_t *q, uint8_t *high)
{
    uint8_t all[BLOCK];
    for (size_t i = 0; i < 16; i++) {
        all[i] = (uint8_t)((fifths[4 + i] & 15) | (fifths[i / 8] >> i % 8 & 1) << 4);
        all[i + 16] = (uint8_t)(fifths[4 + i] >> 4 | (fifths[2 + i / 8] >> i % 8 & 1) << 4);
    }
    struct column column = column_of(all);
    put_nibbles(&column, c, q);
    put_singles(&column, 4, c, high);
}

static void q5_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q5 *w = panel;
    for (size_t c = 0; c < count; c++) {
        const unsigned char *from = rows + c * row_bytes;
        for (size_t b = 0; b < width / BLOCK; b++, from += 22) {
            memcpy(&w[b].d[c], from, 2);
            put_five(from + 2, c, w[b].q, w[b].high);
        }
    }
}

static void q5_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q5 *w = (const struct block_q5 *)weights + row / PANEL * (width / BLOCK);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++) {
        const struct block_q5 *b = &w[i / BLOCK];
        ret[i] = half_to_float(b->d[c]) * (float)(five(b->q, b->high, i % BLOCK, c) - 16);
    }
}

static void q5m_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q5m *w = panel;
    for (size_t c = 0; c < count; c++) {
        const unsigned char *from = rows + c * row_bytes;
        for (size_t b = 0; b < width / BLOCK; b++, from += 24) {
            memcpy(&w[b].d[c], from, 2);
            memcpy(&w[b].m[c], from + 2, 2);
            put_five(from + 4, c, w[b].q, w[b].high);
        }
    }
}

static void q5m_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q5m *w = (const struct block_q5m *)weights + row / PANEL * (width / BLOCK);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++) {
        const struct block_q5m *b = &w[i / BLOCK];
        ret[i] = half_to_float(b->d[c]) * (float)five(b->q, b->high, i % BLOCK, c) + half_to_float(b->m[c]);
    }
}

static void nl_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q4 *w = (const struct block_q4 *)weights + row / PANEL * (width / BLOCK);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++)
        ret[i] = half_to_float(w[i / BLOCK].d[c]) * (float)iq4_nl_values[nibble(w[i / BLOCK].q, i, c)];
}

/* clang-format off */
#define IN_PLACE 0, BLOCK, NULL
#define BLOCKS(type, width) sizeof(struct block_##type), width, type##_pack
static const struct packing packings[] = {
    {TENSOR_F32,    WEIGHT_F32,  IN_PLACE,             f32_unpack},
    {TENSOR_F16,    WEIGHT_F16,  IN_PLACE,             f16_unpack},
    {TENSOR_BF16,   WEIGHT_BF16, IN_PLACE,             bf16_unpack},
    {TENSOR_Q8_0,   WEIGHT_Q8,   BLOCKS(q8, BLOCK),    q8_unpack},
    {TENSOR_Q4_0,   WEIGHT_Q4,   BLOCKS(q4, BLOCK),    q4_unpack},
    {TENSOR_Q4_1,   WEIGHT_Q4M,  BLOCKS(q4m, BLOCK),   q4m_unpack},
    {TENSOR_IQ4_NL, WEIGHT_NL,   BLOCKS(q4, BLOCK),    nl_unpack}, /* moved like Q4_0, read otherwise */
    {TENSOR_Q5_0,   WEIGHT_Q5,   BLOCKS(q5, BLOCK),    q5_unpack},
    {TENSOR_Q5_1,   WEIGHT_Q5M,  BLOCKS(q5m, BLOCK),   q5m_unpack},
    {TENSOR_Q2_K,   WEIGHT_Q2K,  BLOCKS(q2k, 256),     q2k_unpack},
    {TENSOR_Q3_K,   WEIGHT_Q3K,  BLOCKS(q3k, 256),     q3k_unpack},
    {TENSOR_Q4_K,   WEIGHT_Q4K,  BLOCKS(q4k, 256),     q4k_unpack},
    {TENSOR_Q5_K,   WEIGHT_Q5K,  BLOCKS(q5k, 256),     q5k_unpack},
    {TENSOR_Q6_K,   WEIGHT_Q6,   BLOCKS(q6, BLOCK),    q6_unpack},
};
/* clang-format on */

const struct packing *packing_of(uint32_t tensor_kind)
{
    for (size_t i = 0; i < COUNT_OF(packings); i++)
        if (packings[i].tensor_kind == tensor_kind)
            return &packings[i];
    return NULL;
}

size_t packing_bytes(const struct packing *p, size_t rows, size_t width)
{
    return (rows + PANEL - 1) / PANEL * (width / p->block_width) * p->block_bytes;
}
