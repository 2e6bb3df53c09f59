/* scalar.c - the definition of every kernel, plain enough to be checked by eye. */
#include "models/format/quant.h"
#include "models/kernels/kernels.h"
#include "models/kernels/scalar_math.h"

static bool usable(void)
{
    return true;
}

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

static void f32_product(const void *weights, size_t first, size_t count, const struct input *in, float *y,
                        size_t stride)
{
    float_product(f32_at, weights, first, count, in, y, stride);
}

static void f16_product(const void *weights, size_t first, size_t count, const struct input *in, float *y,
                        size_t stride)
{
    float_product(f16_at, weights, first, count, in, y, stride);
}

static void bf16_product(const void *weights, size_t first, size_t count, const struct input *in, float *y,
                         size_t stride)
{
    float_product(bf16_at, weights, first, count, in, y, stride);
}

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

static void q8_product(const void *weights, size_t first, size_t count, const struct input *in, float *y,
                       size_t stride)
{
    packed_product(q8_term, weights, first, count, in, y, stride);
}

static void q4_product(const void *weights, size_t first, size_t count, const struct input *in, float *y,
                       size_t stride)
{
    packed_product(q4_term, weights, first, count, in, y, stride);
}

static void q4m_product(const void *weights, size_t first, size_t count, const struct input *in, float *y,
                        size_t stride)
{
    packed_product(q4m_term, weights, first, count, in, y, stride);
}

static void q6_product(const void *weights, size_t first, size_t count, const struct input *in, float *y,
                       size_t stride)
{
    packed_product(q6_term, weights, first, count, in, y, stride);
}

/* ---- vectors ---- */

static void quantise(const float *x, size_t count, const struct quantised *to)
{
    for (size_t b = 0; b < count / BLOCK; b++, x += BLOCK) {
        uint32_t most = 0;
        for (size_t i = 0; i < BLOCK; i++) { /* as bits: magnitudes order like integers, NaN above all */
            uint32_t bits;
            memcpy(&bits, &x[i], sizeof bits);
            bits &= 0x7fffffff;
            most = bits > most ? bits : most;
        }
        if (quantise_edge(most, to, b))
            continue;
        float largest;
        memcpy(&largest, &most, sizeof largest);
        float inverse = 127.0f / largest;
        int sums[2] = {0, 0};
        for (size_t i = 0; i < BLOCK; i++) {
            to->q[b * BLOCK + i] = (int8_t)rintf(x[i] * inverse);
            sums[i / 16] += to->q[b * BLOCK + i];
        }
        to->halves[2 * b] = (int16_t)sums[0];
        to->halves[2 * b + 1] = (int16_t)sums[1];
        to->d[b] = largest / 127.0f;
        to->s[b] = to->d[b] * (float)(sums[0] + sums[1]);
    }
}

static bool rms_norm(const float *x, const float *w, size_t count, float epsilon, float *y)
{
    float sums[SUMS] = {0};
    for (size_t i = 0; i < count; i++)
        sums[i % SUMS] = fmaf(x[i], x[i], sums[i % SUMS]);
    float total = tree_sum(sums), inverse = 1.0f / sqrtf(total / (float)count + epsilon);
    for (size_t i = 0; i < count; i++)
        y[i] = x[i] * inverse * w[i];
    return isfinite(total);
}

static void add(float *y, const float *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] += x[i];
}

static void silu_times(const float *gate, const float *up, size_t count, float *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] = gate[i] / (1.0f + float_exp(-gate[i])) * up[i];
}

static bool to_halves(const float *x, size_t count, uint16_t *to)
{
    bool finite = true;
    for (size_t i = 0; i < count; i++) {
        to[i] = half_from_float(x[i]);
        finite &= (to[i] & 0x7c00) != 0x7c00;
    }
    return finite;
}

/* ---- attention ---- */

static void scores(const float *q, size_t rows, size_t size, const uint16_t *k, size_t blocks, float *s, size_t stride)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t key = 0; key < blocks * PANEL; key++) {
            float sum = 0;
            for (size_t i = 0; i < size; i++)
                sum = fmaf(q[r * size + i], half_to_float(k[(key / PANEL * size + i) * PANEL + key % PANEL]), sum);
            s[r * stride + key] = sum;
        }
}

static float softmax(float *s, size_t count)
{
    float most = s[0], sums[SUMS] = {0};
    for (size_t i = 1; i < count; i++)
        most = s[i] > most ? s[i] : most;
    for (size_t i = 0; i < (count + SUMS - 1) / SUMS * SUMS; i++) {
        float x = i < count ? s[i] - most : EXP_LOWEST;
        s[i] = x < EXP_IS_ZERO ? 0.0f : float_exp(x);
        sums[i % SUMS] += s[i];
    }
    return tree_sum(sums);
}

static void mix(const float *s, size_t stride, size_t rows, const uint16_t *v, size_t count, size_t size,
                const float *sums, float *y)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < size; i++) {
            float sum = 0;
            for (size_t key = 0; key < count; key++)
                sum = fmaf(s[r * stride + key], half_to_float(v[key * size + i]), sum);
            y[r * size + i] = sum / sums[r];
        }
}

const struct kernels kernels_scalar = {
    .name = "scalar",
    .usable = usable,
    .products = {[WEIGHT_F32] = f32_product,
                 [WEIGHT_F16] = f16_product,
                 [WEIGHT_BF16] = bf16_product,
                 [WEIGHT_Q8] = q8_product,
                 [WEIGHT_Q4] = q4_product,
                 [WEIGHT_Q4M] = q4m_product,
                 [WEIGHT_Q6] = q6_product},
    .quantise = quantise,
    .rms_norm = rms_norm,
    .add = add,
    .silu_times = silu_times,
    .to_halves = to_halves,
    .scores = scores,
    .softmax = softmax,
    .mix = mix,
};
