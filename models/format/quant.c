/* quant.c - see quant.h. Plain loops: this file is the definition, the kernels are the speed. */
#include "models/format/quant.h"

#include "base/contract.h"

#include <math.h>
#include <string.h>

/* ---- 16-bit floats ---- */

static float float_from_bits(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static uint32_t bits_of_float(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

float half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 0x3ff;
    if (exponent == 31)
        return float_from_bits(sign | 0x7f800000 | (fraction ? fraction << 13 | 0x400000 : 0)); /* quiet, as F16C */
    if (exponent == 0) { /* zero or subnormal: fraction * 2^-24, exact */
        float f = (float)fraction * 0x1p-24f;
        return sign ? -f : f;
    }
    return float_from_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t half_from_float(float value)
{
    uint32_t bits = bits_of_float(value), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    if (rest > 0x7f800000)
        return (uint16_t)(sign | 0x7e00 | (rest >> 13 & 0x3ff)); /* NaN */
    if (rest >= 0x477ff000) /* 65520 and more round to infinity */
        return (uint16_t)(sign | 0x7c00);
    if (rest < 0x38800000) { /* below 2^-14: subnormal, in steps of 2^-24; the float adder rounds to even */
        float shifted = float_from_bits(rest) + 0.5f;
        return (uint16_t)(sign | (bits_of_float(shifted) - 0x3f000000));
    }
    uint32_t odd = rest >> 13 & 1;
    return (uint16_t)(sign | (rest - 0x38000000 + 0xfff + odd) >> 13);
}

float bfloat_to_float(uint16_t value)
{
    return float_from_bits((uint32_t)value << 16);
}

static uint16_t u16_at(const unsigned char *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static bool half_is_finite(uint16_t half)
{
    return (half & 0x7c00) != 0x7c00;
}

/* ---- whole numbers of bits per weight: a block is a single number ---- */

static void f32_dequantise(const unsigned char *blocks, float *ret, size_t count)
{
    memcpy(ret, blocks, count * sizeof *ret);
}

static bool f32_finite(const unsigned char *blocks, size_t count)
{
    uint32_t bits, found = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(&bits, blocks + 4 * i, sizeof bits);
        found |= (bits & 0x7f800000) == 0x7f800000;
    }
    return !found;
}

static void f16_dequantise(const unsigned char *blocks, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = half_to_float(u16_at(blocks + 2 * i));
}

static bool f16_finite(const unsigned char *blocks, size_t count)
{
    uint16_t bits, found = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(&bits, blocks + 2 * i, sizeof bits);
        found |= (bits & 0x7c00) == 0x7c00;
    }
    return !found;
}

static void bf16_dequantise(const unsigned char *blocks, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = bfloat_to_float(u16_at(blocks + 2 * i));
}

static bool bf16_finite(const unsigned char *blocks, size_t count)
{
    uint16_t bits, found = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(&bits, blocks + 2 * i, sizeof bits);
        found |= (bits & 0x7f80) == 0x7f80;
    }
    return !found;
}

/* ---- Q8_0: half d | int8 q[32]                       w = d q ---- */

static void q8_0_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 32, b += 34) {
        float d = half_to_float(u16_at(b));
        for (size_t j = 0; j < 32; j++)
            ret[i + j] = d * (float)(int8_t)b[2 + j];
    }
}

/* ---- Q4_0: half d | nibbles, low halves first         w = d (q - 8) ---- */

static void q4_0_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 32, b += 18) {
        float d = half_to_float(u16_at(b));
        for (size_t j = 0; j < 16; j++) {
            ret[i + j] = d * (float)((b[2 + j] & 15) - 8);
            ret[i + j + 16] = d * (float)((b[2 + j] >> 4) - 8);
        }
    }
}

/* ---- Q4_1: half d, m | nibbles                        w = d q + m ---- */

static void q4_1_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 32, b += 20) {
        float d = half_to_float(u16_at(b)), m = half_to_float(u16_at(b + 2));
        for (size_t j = 0; j < 16; j++) {
            ret[i + j] = d * (float)(b[4 + j] & 15) + m;
            ret[i + j + 16] = d * (float)(b[4 + j] >> 4) + m;
        }
    }
}

/* ---- Q5_0: half d | u32 fifth bits | nibbles          w = d (q - 16)
 * ---- Q5_1: half d, m | u32 fifth bits | nibbles       w = d q + m ---- */

/* Element i of 32, its fifth bit at bit i of the four bytes before the nibbles. */
static unsigned five_bits(const unsigned char *fifths, unsigned i)
{
    unsigned nibble = fifths[4 + i % 16] >> (i < 16 ? 0 : 4) & 15;
    return nibble | ((unsigned)fifths[i / 8] >> i % 8 & 1) << 4;
}

static void q5_0_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 32, b += 22) {
        float d = half_to_float(u16_at(b));
        for (unsigned j = 0; j < 32; j++)
            ret[i + j] = d * (float)((int)five_bits(b + 2, j) - 16);
    }
}

static void q5_1_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 32, b += 24) {
        float d = half_to_float(u16_at(b)), m = half_to_float(u16_at(b + 2));
        for (unsigned j = 0; j < 32; j++)
            ret[i + j] = d * (float)five_bits(b + 4, j) + m;
    }
}

/* ---- IQ4_NL: half d | nibbles                         w = d values[q] ---- */

const int8_t iq4_nl_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

static void iq4_nl_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 32, b += 18) {
        float d = half_to_float(u16_at(b));
        for (size_t j = 0; j < 16; j++) {
            ret[i + j] = d * (float)iq4_nl_values[b[2 + j] & 15];
            ret[i + j + 16] = d * (float)iq4_nl_values[b[2 + j] >> 4];
        }
    }
}

/* ---- Q4_K: half d, m | scales[12] | nibbles[128]              w = d scale q - m minimum
 * ---- Q5_K: half d, m | scales[12] | fifth bits[32] | nibbles[128]
 * Scale and minimum for 32 elements. Part j has its nibbles in bytes 32 (j / 2) and on, low halves if j is even, and its
 * fifth bits at bit j. ---- */

unsigned k_scale(const unsigned char *packed, size_t j)
{
    return j < 4 ? packed[j] & 63u : (packed[j + 4] & 15u) | (unsigned)packed[j - 4] >> 6 << 4;
}

unsigned k_minimum(const unsigned char *packed, size_t j)
{
    return j < 4 ? packed[j + 4] & 63u : (unsigned)packed[j + 4] >> 4 | (unsigned)packed[j] >> 6 << 4;
}

static void k_dequantise(const unsigned char *b, float *ret, const unsigned char *fifths, const unsigned char *nibbles)
{
    for (size_t j = 0; j < 8; j++) {
        float d = half_to_float(u16_at(b)) * (float)k_scale(b + 4, j);
        float m = half_to_float(u16_at(b + 2)) * (float)k_minimum(b + 4, j);
        for (size_t l = 0; l < 32; l++) {
            unsigned q = nibbles[j / 2 * 32 + l] >> (j & 1 ? 4 : 0) & 15;
            if (fifths)
                q |= ((unsigned)fifths[l] >> j & 1) << 4;
            ret[32 * j + l] = d * (float)q - m;
        }
    }
}

static void q4_k_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 256, b += 144)
        k_dequantise(b, ret + i, NULL, b + 16);
}

static void q5_k_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 256, b += 176)
        k_dequantise(b, ret + i, b + 16, b + 48);
}

/* ---- Q2_K: scales[16] | pairs of bits[64] | half d, m         w = d (scale & 15) q - m (scale >> 4)
 * ---- Q3_K: third bits[32] | pairs of bits[64] | scales[12] | half d     w = d scale (q - 4)
 * A scale for 16 elements. Element 32 r + l of a half of 128 has its two bits in byte l of that half's 32, at bit 2 r; of
 * the whole block its third bit in byte at % 32, at bit at / 32. ---- */

int q3_k_scale(const unsigned char *packed, size_t j)
{
    unsigned low = packed[j % 8] >> (j < 8 ? 0 : 4) & 15;
    return (int)(low | ((unsigned)packed[8 + j % 4] >> 2 * (j / 4) & 3) << 4) - 32;
}

static unsigned two_bits(const unsigned char *pairs, unsigned at)
{
    return pairs[at / 128 * 32 + at % 32] >> 2 * (at / 32 % 4) & 3;
}

static void q2_k_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 256, b += 84) {
        float d = half_to_float(u16_at(b + 80)), m = half_to_float(u16_at(b + 82));
        for (unsigned at = 0; at < 256; at++)
            ret[i + at] = d * (float)(b[at / 16] & 15) * (float)two_bits(b + 16, at) - m * (float)(b[at / 16] >> 4);
    }
}

static void q3_k_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 256, b += 110) {
        float d = half_to_float(u16_at(b + 108));
        for (unsigned at = 0; at < 256; at++) {
            unsigned q = two_bits(b + 32, at) | ((unsigned)b[at % 32] >> at / 32 & 1) << 2;
            ret[i + at] = d * (float)q3_k_scale(b + 96, at / 16) * (float)((int)q - 4);
        }
    }
}

/* ---- Q6_K: ql[128], qh[64], int8 scale[16], half d    w = d scale[i / 16] (q - 32)
 * In each half of 128, element 32 r + l has its low four bits in ql[l + 32 (r & 1)] (high nibble for r >= 2) and its
 * high two in qh[l] at bit 2 r. ---- */

static void q6_k_dequantise(const unsigned char *b, float *ret, size_t count)
{
    for (size_t i = 0; i < count; i += 256, b += 210) {
        const int8_t *scales = (const int8_t *)b + 192;
        float d = half_to_float(u16_at(b + 208));
        for (unsigned at = 0; at < 256; at++) {
            unsigned half = at / 128, r = at / 32 % 4, l = at % 32;
            unsigned low = b[64 * half + l + 32 * (r & 1)] >> 4 * (r / 2) & 15;
            unsigned high = b[128 + 32 * half + l] >> 2 * r & 3;
            ret[i + at] = d * (float)scales[at / 16] * (float)((int)(low | high << 4) - 32);
        }
    }
}

/* The scales of blocks of `bytes`, halves at the given places, are finite. */
static bool scales_finite(const unsigned char *b, size_t blocks, size_t bytes, size_t first, size_t second)
{
    bool finite = true;
    for (size_t i = 0; i < blocks; i++, b += bytes)
        finite &= half_is_finite(u16_at(b + first)) && half_is_finite(u16_at(b + second));
    return finite;
}

#define FINITE(type, block, bytes, first, second)                                                            \
    static bool type##_finite(const unsigned char *b, size_t count)                                          \
    {                                                                                                        \
        return scales_finite(b, count / (block), bytes, first, second);                                      \
    }

FINITE(q8_0, 32, 34, 0, 0)
FINITE(q4_0, 32, 18, 0, 0)
FINITE(q4_1, 32, 20, 0, 2)
FINITE(q5_0, 32, 22, 0, 0)
FINITE(q5_1, 32, 24, 0, 2)
FINITE(iq4_nl, 32, 18, 0, 0)
FINITE(q2_k, 256, 84, 80, 82)
FINITE(q3_k, 256, 110, 108, 108)
FINITE(q4_k, 256, 144, 0, 2)
FINITE(q5_k, 256, 176, 0, 2)
FINITE(q6_k, 256, 210, 208, 208)

/* clang-format off */
static const struct tensor_type types[] = {
    {TENSOR_F32,    "F32",     1,   4, f32_dequantise,    f32_finite},
    {TENSOR_F16,    "F16",     1,   2, f16_dequantise,    f16_finite},
    {TENSOR_Q4_0,   "Q4_0",   32,  18, q4_0_dequantise,   q4_0_finite},
    {TENSOR_Q4_1,   "Q4_1",   32,  20, q4_1_dequantise,   q4_1_finite},
    {TENSOR_Q5_0,   "Q5_0",   32,  22, q5_0_dequantise,   q5_0_finite},
    {TENSOR_Q5_1,   "Q5_1",   32,  24, q5_1_dequantise,   q5_1_finite},
    {TENSOR_Q8_0,   "Q8_0",   32,  34, q8_0_dequantise,   q8_0_finite},
    {TENSOR_Q2_K,   "Q2_K",  256,  84, q2_k_dequantise,   q2_k_finite},
    {TENSOR_Q3_K,   "Q3_K",  256, 110, q3_k_dequantise,   q3_k_finite},
    {TENSOR_Q4_K,   "Q4_K",  256, 144, q4_k_dequantise,   q4_k_finite},
    {TENSOR_Q5_K,   "Q5_K",  256, 176, q5_k_dequantise,   q5_k_finite},
    {TENSOR_Q6_K,   "Q6_K",  256, 210, q6_k_dequantise,   q6_k_finite},
    {TENSOR_IQ4_NL, "IQ4_NL", 32,  18, iq4_nl_dequantise, iq4_nl_finite},
    {TENSOR_BF16,   "BF16",    1,   2, bf16_dequantise,   bf16_finite},
    /* known, so that they are refused by name */
    {16, "IQ2_XXS", 256,  66, NULL, NULL}, {17, "IQ2_XS", 256, 74, NULL, NULL}, {18, "IQ3_XXS", 256, 98, NULL, NULL},
    {19, "IQ1_S",   256,  50, NULL, NULL}, {21, "IQ3_S", 256, 110, NULL, NULL}, {22, "IQ2_S",   256, 82, NULL, NULL},
    {23, "IQ4_XS",  256, 136, NULL, NULL}, {29, "IQ1_M", 256,  56, NULL, NULL}, {34, "TQ1_0",   256, 54, NULL, NULL},
    {35, "TQ2_0",   256,  66, NULL, NULL}, {39, "MXFP4",  32,  17, NULL, NULL},
};
/* clang-format on */

const struct tensor_type *tensor_type_of(uint32_t kind)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (types[i].kind == kind)
            return &types[i];
    return NULL;
}

const struct tensor_type *tensor_types(size_t *ret_count)
{
    *ret_count = COUNT_OF(types);
    return types;
}
