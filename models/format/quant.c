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

static bool q8_0_finite(const unsigned char *b, size_t count)
{
    return scales_finite(b, count / 32, 34, 0, 0);
}

static bool q4_0_finite(const unsigned char *b, size_t count)
{
    return scales_finite(b, count / 32, 18, 0, 0);
}

static bool q4_1_finite(const unsigned char *b, size_t count)
{
    return scales_finite(b, count / 32, 20, 0, 2);
}

static bool q6_k_finite(const unsigned char *b, size_t count)
{
    return scales_finite(b, count / 256, 210, 208, 208);
}

/* clang-format off */
static const struct tensor_type types[] = {
    {TENSOR_F32,  "F32",     1,   4, f32_dequantise,  f32_finite},
    {TENSOR_F16,  "F16",     1,   2, f16_dequantise,  f16_finite},
    {TENSOR_Q4_0, "Q4_0",   32,  18, q4_0_dequantise, q4_0_finite},
    {TENSOR_Q4_1, "Q4_1",   32,  20, q4_1_dequantise, q4_1_finite},
    {6,           "Q5_0",   32,  22, NULL, NULL},
    {7,           "Q5_1",   32,  24, NULL, NULL},
    {TENSOR_Q8_0, "Q8_0",   32,  34, q8_0_dequantise, q8_0_finite},
    {10,          "Q2_K",  256,  84, NULL, NULL},
    {11,          "Q3_K",  256, 110, NULL, NULL},
    {12,          "Q4_K",  256, 144, NULL, NULL},
    {13,          "Q5_K",  256, 176, NULL, NULL},
    {TENSOR_Q6_K, "Q6_K",  256, 210, q6_k_dequantise, q6_k_finite},
    {20,          "IQ4_NL", 32,  18, NULL, NULL},
    {TENSOR_BF16, "BF16",    1,   2, bf16_dequantise, bf16_finite},
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
