/* pack.c - see pack.h. Each pack function moves bits, none rounds: the unpack functions give the file's numbers. */
#include "models/kernels/pack.h"

#include "models/format/quant.h"

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

static int nibble(const uint8_t *q, size_t i, size_t c)
{
    return q[i % 16 / 4 * 64 + 4 * c + i % 4] >> (i % BLOCK < 16 ? 0 : 4) & 15;
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

/* The six bits of element `at` of a Q6_K block (quant.c draws it). */
static unsigned q6_bits(const unsigned char *b, size_t at)
{
    size_t half = at / 128, r = at / 32 % 4, l = at % 32;
    unsigned low = b[64 * half + l + 32 * (r & 1)] >> 4 * (r / 2) & 15;
    return low | (b[128 + 32 * half + l] >> 2 * r & 3u) << 4;
}

static void q6_pack(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel)
{
    struct block_q6 *w = panel;
    for (size_t c = 0; c < count; c++)
        for (size_t b = 0; b < width / BLOCK; b++) {
            const unsigned char *from = rows + c * row_bytes + b / 8 * 210;
            memcpy(&w[b].d[c], from + 208, 2);
            for (size_t h = 0; h < 2; h++)
                w[b].scale[h][c] = (int8_t)from[192 + b % 8 * 2 + h];
            for (size_t i = 0; i < BLOCK; i++) {
                size_t g = i / 4, lane = 4 * c + i % 4;
                unsigned bits = q6_bits(from, b % 8 * BLOCK + i);
                w[b].low[g % 4 * 64 + lane] |= (uint8_t)((bits & 15) << (g < 4 ? 0 : 4));
                w[b].high[g / 4 * 64 + lane] |= (uint8_t)(bits >> 4 << 2 * (g % 4));
            }
        }
}

static void q6_unpack(const void *weights, size_t row, size_t width, float *ret)
{
    const struct block_q6 *w = (const struct block_q6 *)weights + row / PANEL * (width / BLOCK);
    size_t c = row % PANEL;
    for (size_t i = 0; i < width; i++) {
        const struct block_q6 *b = &w[i / BLOCK];
        size_t g = i % BLOCK / 4, lane = 4 * c + i % 4;
        int q = nibble(b->low, i, c) | (b->high[g / 4 * 64 + lane] >> 2 * (g % 4) & 3) << 4;
        ret[i] = half_to_float(b->d[c]) * (float)b->scale[g / 4][c] * (float)(q - 32);
    }
}

/* clang-format off */
static const struct packing packings[] = {
    {TENSOR_F32,  WEIGHT_F32,  0,                        NULL,     f32_unpack},
    {TENSOR_F16,  WEIGHT_F16,  0,                        NULL,     f16_unpack},
    {TENSOR_BF16, WEIGHT_BF16, 0,                        NULL,     bf16_unpack},
    {TENSOR_Q8_0, WEIGHT_Q8,   sizeof(struct block_q8),  q8_pack,  q8_unpack},
    {TENSOR_Q4_0, WEIGHT_Q4,   sizeof(struct block_q4),  q4_pack,  q4_unpack},
    {TENSOR_Q4_1, WEIGHT_Q4M,  sizeof(struct block_q4m), q4m_pack, q4m_unpack},
    {TENSOR_Q6_K, WEIGHT_Q6,   sizeof(struct block_q6),  q6_pack,  q6_unpack},
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
    return (rows + PANEL - 1) / PANEL * (width / BLOCK) * p->block_bytes;
}
