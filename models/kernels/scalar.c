/* scalar.c - the definition of every kernel, plain enough to be checked by eye; products are in scalar_products.c. */
#include "models/format/quant.h"
#include "models/kernels/kernels.h"
#include "models/kernels/scalar_math.h"
#include "models/kernels/scalar_products.h"

static bool usable(void)
{
    return true;
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

static bool layer_norm(const float *x, const float *w, const float *b, size_t count, float epsilon, float *y)
{
    float sums[SUMS] = {0}, squares[SUMS] = {0};
    for (size_t i = 0; i < count; i++)
        sums[i % SUMS] += x[i];
    float mean = tree_sum(sums) / (float)count;
    for (size_t i = 0; i < count; i++)
        squares[i % SUMS] = fmaf(x[i] - mean, x[i] - mean, squares[i % SUMS]);
    float total = tree_sum(squares), inverse = 1.0f / sqrtf(total / (float)count + epsilon);
    for (size_t i = 0; i < count; i++)
        y[i] = fmaf((x[i] - mean) * inverse, w[i], b[i]);
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

static void gelu_times(const float *gate, const float *up, size_t count, float *y)
{
    for (size_t i = 0; i < count; i++) {
        float g = gate[i], twice_u = g * fmaf(GELU_CUBIC, g * g, GELU_LINEAR);
        y[i] = g / (1.0f + float_exp(-twice_u)) * up[i];
    }
}

static void gelu(float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float half_erfc = 0.5f * float_erfc((x[i] > -x[i] ? x[i] : -x[i]) * ROOT_HALF);
        x[i] *= x[i] < 0 ? half_erfc : 1.0f - half_erfc; /* no difference of near numbers on the left */
    }
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
    .products = SCALAR_PRODUCTS,
    .quantise = quantise,
    .rms_norm = rms_norm,
    .layer_norm = layer_norm,
    .add = add,
    .gates = {[GATE_SILU] = silu_times, [GATE_GELU] = gelu_times},
    .gelu = gelu,
    .to_halves = to_halves,
    .scores = scores,
    .softmax = softmax,
    .mix = mix,
};
