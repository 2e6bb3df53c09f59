/* scalar_products.c - the definition of every matrix product, plain enough to be checked by eye. */
#include "models/kernels/scalar_products.h"

#include "models/format/quant.h"
#include "models/kernels/scalar_math.h"

/* ---- float weights ---- */

static float f32_at(const void *weights, size_t at)
{
    return ((const float *)weights)[at];
}

static float f16_at(const void *weights, size_t at)
{
    return half_to_float(((const uint16_t *)weights)[at]);
}

static float bf16_at(const void *weights, size_t at)
{
    return bfloat_to_float(((const uint16_t *)weights)[at]);
}

static inline void float_product(float (*at)(const void *, size_t), const void *weights, size_t first, size_t count,
                                 const struct input *in, float *y, size_t stride)
{
    for (size_t t = 0; t < in->tokens; t++)
        for (size_t row = first; row < first + count; row++) {
            float sums[SUMS] = {0};
            for (size_t i = 0; i < in->width; i++)
                sums[i % SUMS] = fmaf(at(weights, row * in->width + i), in->x[t * in->width + i], sums[i % SUMS]);
            y[t * stride + row] = tree_sum(sums);
        }
}

#define FLOAT_PRODUCT(kind)                                                                                  \
    void scalar_##kind##_product(const void *weights, size_t first, size_t count, const struct input *in,    \
                                 float *y, size_t stride)                                                    \
    {                                                                                                        \
        float_product(kind##_at, weights, first, count, in, y, stride);                                      \
    }

FLOAT_PRODUCT(f32)
FLOAT_PRODUCT(f16)
FLOAT_PRODUCT(bf16)

/* ---- packed weights: a term is what one block of 32 inputs adds to one output ---- */

struct block_input {
    const int8_t *q; /* [32] */
    float d, s;
    const int16_t *halves;
};

typedef float term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum);

static float q8_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q8 *w = (const struct block_q8 *)blocks + at;
    int32_t dot = 0;
    for (size_t i = 0; i < BLOCK; i++)
        dot += w->q[i / 4 * 64 + c * 4 + i % 4] * x->q[i];
    return fmaf(half_to_float(w->d[c]) * x->d, (float)dot, sum);
}

static int32_t nibble_dot(const uint8_t *nibbles, size_t c, const int8_t *q)
{
    int32_t dot = 0;
    for (size_t i = 0; i < BLOCK; i++)
        dot += (nibbles[i % 16 / 4 * 64 + c * 4 + i % 4] >> (i < 16 ? 0 : 4) & 15) * q[i];
    return dot;
}

static float q4_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q4 *w = (const struct block_q4 *)blocks + at;
    int32_t dot = nibble_dot(w->q, c, x->q) - 8 * (x->halves[0] + x->halves[1]);
    return fmaf(half_to_float(w->d[c]) * x->d, (float)dot, sum);
}

static float q4m_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q4m *w = (const struct block_q4m *)blocks + at;
    sum = fmaf(half_to_float(w->m[c]), x->s, sum);
    return fmaf(half_to_float(w->d[c]) * x->d, (float)nibble_dot(w->q, c, x->q), sum);
}

static float q6_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q6 *w = (const struct block_q6 *)blocks + at;
    int32_t dots[2] = {0, 0};
    for (size_t i = 0; i < BLOCK; i++) {
        size_t g = i / 4, lane = c * 4 + i % 4;
        int low = w->low[g % 4 * 64 + lane] >> (g < 4 ? 0 : 4) & 15;
        int high = w->high[g / 4 * 64 + lane] >> 2 * (g % 4) & 3;
        dots[i / 16] += (low | high << 4) * x->q[i];
    }
    int32_t dot = 0; /* at most 2 * 128 * 16 * 32 * 127 < 2^24: exact as a float */
    for (size_t h = 0; h < 2; h++)
        dot += w->scale[h][c] * (dots[h] - 32 * x->halves[h]);
    return fmaf(half_to_float(w->d[c]) * x->d, (float)dot, sum);
}

/* The rest of the types by the same three steps: an exact sum of integers, its scale, a fused multiply-add. */

static int pair_of(const uint8_t *pairs, size_t i, size_t c)
{
    return pairs[i / 16 * 64 + c * 4 + i % 4] >> 2 * (i / 4 % 4) & 3;
}

static int single_of(const uint8_t *high, size_t i, size_t c)
{
    return high[c * 4 + i % 4] >> i / 4 & 1;
}

static int32_t nl_dot(const uint8_t *nibbles, size_t c, const int8_t *q)
{
    int32_t dot = 0;
    for (size_t i = 0; i < BLOCK; i++)
        dot += iq4_nl_values[nibbles[i % 16 / 4 * 64 + c * 4 + i % 4] >> (i < 16 ? 0 : 4) & 15] * q[i];
    return dot;
}

static int32_t five_dot(const uint8_t *nibbles, const uint8_t *high, size_t c, const int8_t *q)
{
    int32_t dot = nibble_dot(nibbles, c, q);
    for (size_t i = 0; i < BLOCK; i++)
        dot += 16 * single_of(high, i, c) * q[i];
    return dot;
}

static float nl_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q4 *w = (const struct block_q4 *)blocks + at;
    return fmaf(half_to_float(w->d[c]) * x->d, (float)nl_dot(w->q, c, x->q), sum);
}

static float q5_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q5 *w = (const struct block_q5 *)blocks + at;
    int32_t dot = five_dot(w->q, w->high, c, x->q) - 16 * (x->halves[0] + x->halves[1]);
    return fmaf(half_to_float(w->d[c]) * x->d, (float)dot, sum);
}

static float q5m_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q5m *w = (const struct block_q5m *)blocks + at;
    sum = fmaf(half_to_float(w->m[c]), x->s, sum);
    return fmaf(half_to_float(w->d[c]) * x->d, (float)five_dot(w->q, w->high, c, x->q), sum);
}

static float q4k_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q4k *w = (const struct block_q4k *)blocks + at / PARTS;
    const struct part_q4k *p = &w->parts[at % PARTS];
    float d = half_to_float(w->d[c]) * (float)p->scale[c], m = half_to_float(w->m[c]) * (float)p->least[c]; /* exact */
    sum = fmaf(-m, x->s, sum);
    return fmaf(d * x->d, (float)nibble_dot(p->q, c, x->q), sum);
}

static float q5k_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q5k *w = (const struct block_q5k *)blocks + at / PARTS;
    const struct part_q5k *p = &w->parts[at % PARTS];
    float d = half_to_float(w->d[c]) * (float)p->scale[c], m = half_to_float(w->m[c]) * (float)p->least[c]; /* exact */
    sum = fmaf(-m, x->s, sum);
    return fmaf(d * x->d, (float)five_dot(p->q, p->high, c, x->q), sum);
}

static float q2k_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q2k *w = (const struct block_q2k *)blocks + at / PARTS;
    const struct part_q2k *p = &w->parts[at % PARTS];
    int32_t dots[2] = {0, 0}, dot = 0, least = 0;
    for (size_t i = 0; i < BLOCK; i++)
        dots[i / 16] += pair_of(p->pairs, i, c) * x->q[i];
    for (size_t h = 0; h < 2; h++) {
        dot += (p->scale[h][c] & 15) * dots[h];
        least += (p->scale[h][c] >> 4) * -x->halves[h];
    }
    sum = fmaf(half_to_float(w->m[c]) * x->d, (float)least, sum);
    return fmaf(half_to_float(w->d[c]) * x->d, (float)dot, sum);
}

static float q3k_term(const void *blocks, size_t at, size_t c, const struct block_input *x, float sum)
{
    const struct block_q3k *w = (const struct block_q3k *)blocks + at / PARTS;
    const struct part_q3k *p = &w->parts[at % PARTS];
    int32_t dots[2] = {0, 0}, dot = 0;
    for (size_t i = 0; i < BLOCK; i++)
        dots[i / 16] += (pair_of(p->pairs, i, c) | single_of(p->high, i, c) << 2) * x->q[i];
    for (size_t h = 0; h < 2; h++)
        dot += p->scale[h][c] * (dots[h] - 4 * x->halves[h]);
    return fmaf(half_to_float(w->d[c]) * x->d, (float)dot, sum);
}

static inline void packed_product(term *add_term, const void *weights, size_t first, size_t count,
                                  const struct input *in, float *y, size_t stride)
{
    size_t blocks = in->width / BLOCK;
    for (size_t t = 0; t < in->tokens; t++)
        for (size_t row = first; row < first + count; row++) {
            float sum = 0;
            for (size_t b = 0; b < blocks; b++) {
                const struct quantised *x = &in->quantised;
                struct block_input block = {x->q + t * in->width + b * BLOCK, x->d[t * blocks + b],
                                            x->s[t * blocks + b], x->halves + 2 * (t * blocks + b)};
                sum = add_term(weights, row / PANEL * blocks + b, row % PANEL, &block, sum);
            }
            y[t * stride + row] = sum;
        }
}

#define PACKED_PRODUCT(kind)                                                                                 \
    void scalar_##kind##_product(const void *weights, size_t first, size_t count, const struct input *in,    \
                                 float *y, size_t stride)                                                    \
    {                                                                                                        \
        packed_product(kind##_term, weights, first, count, in, y, stride);                                   \
    }

PACKED_PRODUCT(q8)
PACKED_PRODUCT(q4)
PACKED_PRODUCT(q4m)
PACKED_PRODUCT(nl)
PACKED_PRODUCT(q5)
PACKED_PRODUCT(q5m)
PACKED_PRODUCT(q2k)
PACKED_PRODUCT(q3k)
PACKED_PRODUCT(q4k)
PACKED_PRODUCT(q5k)
PACKED_PRODUCT(q6)
