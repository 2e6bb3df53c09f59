/* scalar_math.h - inside kernels/: the float exp and erfc, in the steps that every column takes.
 *
 * exp(x) = 2^n * exp(r), n = rint(x / ln 2), r = x - n ln 2 in two fused steps, then Taylor to r^7 by Horner:
 * |r| <= 0.347, so the rest is below 6e-9. Arguments are clamped to [-87, 88]; NaN becomes -87.
 *
 * erfc(a) = t P(t) exp(-a^2), t = 1 / (1 + 0.4 a), a >= 0: P is our own fit of degree 9, 1.5e-9 of the value in [0, 6.6]. */
#ifndef ALCOVE_MODELS_KERNELS_SCALAR_MATH_H
#define ALCOVE_MODELS_KERNELS_SCALAR_MATH_H

#include "models/kernels/kernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define EXP_LOWEST (-87.0f)
#define EXP_HIGHEST 88.0f
#define EXP_IS_ZERO (-69.0f)           /* the softmax's cut */
#define LOG2_E 1.44269504f
#define LN2_HIGH 0x1.62e4p-1f          /* 15 bits, so that n * LN2_HIGH is exact */
#define LN2_LOW 0x1.7f7d1cf79abcap-20f
#define EXP_SERIES {1 / 5040.0f, 1 / 720.0f, 1 / 120.0f, 1 / 24.0f, 1 / 6.0f, 0.5f, 1.0f, 1.0f}

#define ERFC_STEP 0.4f
#define ERFC_SERIES {-0.0370562635f, 0.239702478f, -0.600047648f, 0.68748194f,  -0.405825347f,                 \
                     0.340461791f,   0.104701228f, 0.220618606f,  0.224215165f, 0.225748017f}
#define ROOT_HALF 0.707106781f
#define GELU_LINEAR 1.59576912f /* 2 sqrt(2 / pi), and 0.044715 of it */
#define GELU_CUBIC 0.0713548163f

#define QUANTISE_LEAST 0x0da24260 /* the bits of 1e-30f */
#define NOT_FINITE 0x7f800000     /* magnitudes from here on are infinite or NaN */

static inline float float_exp(float x)
{
    static const float series[] = EXP_SERIES;
    x = x > EXP_LOWEST ? x : EXP_LOWEST;
    x = x < EXP_HIGHEST ? x : EXP_HIGHEST;
    float n = rintf(x * LOG2_E), r = fmaf(n, -LN2_LOW, fmaf(n, -LN2_HIGH, x)), y = series[0];
    for (int i = 1; i < 8; i++)
        y = fmaf(y, r, series[i]);
    uint32_t bits = (uint32_t)((int32_t)n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return y * power;
}

static inline float float_erfc(float a) /* a >= 0 */
{
    static const float series[] = ERFC_SERIES;
    float t = 1.0f / fmaf(a, ERFC_STEP, 1.0f), y = series[0];
    for (int i = 1; i < 10; i++)
        y = fmaf(y, t, series[i]);
    return y * t * float_exp(-(a * a));
}

/* A block b whose largest magnitude (as bits) is not worth rounding, or not finite. */
static inline bool quantise_edge(uint32_t most, const struct quantised *to, size_t b)
{
    if (most >= QUANTISE_LEAST && most < NOT_FINITE)
        return false;
    memset(to->q + b * BLOCK, 0, BLOCK);
    to->halves[2 * b] = to->halves[2 * b + 1] = 0;
    to->d[b] = to->s[b] = most < QUANTISE_LEAST ? 0 : NAN;
    return true;
}

/* The tree over the 16 partial sums. */
static inline float tree_sum(float sums[16])
{
    for (int step = 8; step > 0; step /= 2)
        for (int i = 0; i < step; i++)
            sums[i] += sums[i + step];
    return sums[0];
}

#endif
