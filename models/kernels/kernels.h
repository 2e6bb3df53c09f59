/* kernels.h - the arithmetic of a forward pass: one table of functions, a column an instruction set.
 *
 * scalar.c is the definition; every other column gives the same bits. That holds because each rounding is fixed here:
 *   - int8 products are summed in int32, which is exact in any order;
 *   - a float sum has one accumulator an output and runs over blocks (or keys, or head elements) in ascending order, by
 *     fused multiply-add; SIMD lanes lie across outputs;
 *   - where an output needs a sum across a vector (norms, float weights, softmax), element i goes to partial sum
 *     i mod 16, and the 16 are added as a tree: i + 8, i + 4, i + 2, i + 1;
 *   - nothing depends on how many tokens or rows share a call.
 *
 * Weights of 4 to 8 bits are packed into panels of 16 rows of the matrix (16 outputs), a block 16 outputs x 32 inputs:
 * input 4 g + j of output c lies at byte 64 g + 4 c + j, so that 64 bytes meet four broadcast activations.
 * Nibbles: the low ones hold inputs 0 to 15, the high ones 16 to 31. K types: a block is 256 inputs, 8 parts of 32. */
#ifndef ALCOVE_MODELS_KERNELS_KERNELS_H
#define ALCOVE_MODELS_KERNELS_KERNELS_H

#include "base/contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PANEL 16u         /* outputs side by side in a packed block; also keys in a block of the key cache */
#define BLOCK 32u         /* inputs of a block: one scale of the activations */
#define SUMS 16u          /* partial sums of a vector */
#define SCORE_ROWS_MAX 8u /* rows that one call of scores and mix takes */

#define PARTS 8u          /* blocks that share the scales of a K type: 256 inputs */

enum gate_kind { GATE_SILU, GATE_GELU, GATE_KINDS };

enum weight_kind {
    WEIGHT_F32, WEIGHT_F16, WEIGHT_BF16, WEIGHT_Q8, WEIGHT_Q4, WEIGHT_Q4M, WEIGHT_NL, WEIGHT_Q5, WEIGHT_Q5M,
    WEIGHT_Q2K, WEIGHT_Q3K, WEIGHT_Q4K, WEIGHT_Q5K, WEIGHT_Q6, WEIGHT_KINDS
};

struct block_q8 {  /* w = d q */
    int8_t q[512];
    uint16_t d[PANEL];
};
struct block_q4 {  /* w = d (q - 8); as WEIGHT_NL w = d iq4_nl_values[q] (models/format/quant.h) */
    uint8_t q[256];
    uint16_t d[PANEL];
};
struct block_q4m { /* w = d q + m */
    uint8_t q[256];
    uint16_t d[PANEL], m[PANEL];
};
struct block_q5 {  /* w = d (q - 16); high: bit 4 of input 4 g + j at bit g of byte 4 c + j */
    uint8_t q[256], high[64];
    uint16_t d[PANEL];
};
struct block_q5m { /* w = d q + m */
    uint8_t q[256], high[64];
    uint16_t d[PANEL], m[PANEL];
};
struct block_q4k { /* w = d scale q - m least: six-bit scale and least for 32 inputs */
    uint16_t d[PANEL], m[PANEL];
    struct part_q4k {
        uint8_t q[256];
        int8_t scale[PANEL], least[PANEL];
    } parts[PARTS];
};
struct block_q5k { /* the same; high as in block_q5 */
    uint16_t d[PANEL], m[PANEL];
    struct part_q5k {
        uint8_t q[256], high[64];
        int8_t scale[PANEL], least[PANEL];
    } parts[PARTS];
};
struct block_q2k { /* w = d (scale & 15) q - m (scale >> 4), for 16 inputs; q as bits 4, 5 of block_q6 */
    uint16_t d[PANEL], m[PANEL];
    struct part_q2k {
        uint8_t pairs[128], scale[2][PANEL];
    } parts[PARTS];
};
struct block_q3k { /* w = d scale (q - 4); high: bit 2, as in block_q5 */
    uint16_t d[PANEL];
    struct part_q3k {
        uint8_t pairs[128], high[64];
        int8_t scale[2][PANEL];
    } parts[PARTS];
};
struct block_q6 {  /* w = d scale (q - 32): a scale for 16 inputs; bits 4 and 5 of input 4 g + j at bit 2 (g % 4) of
                    * byte 64 (g / 4) + 4 c + j */
    uint8_t low[256], high[128];
    int8_t scale[2][PANEL];
    uint16_t d[PANEL];
};

/* Tokens as the packed kernels read them: int8 a block of 32 inputs, its scale, scale * sum, and its two half sums. */
struct quantised {
    int8_t *q;      /* [tokens][width] */
    float *d, *s;   /* [tokens][width / 32] */
    int16_t *halves; /* [tokens][width / 32][2] */
};

/* Input of a matrix product. `width` is a multiple of 32. */
struct input {
    const float *x; /* [tokens][width] */
    struct quantised quantised; /* of x; read by the packed kinds alone */
    size_t tokens, width;
};

/* y[token][output] for outputs [first, first + count) of a matrix with `rows` outputs. first is a multiple of 16.
 *   weights  the whole matrix: [rows][width] floats, or [ceil(rows / 16)][width / 32 or 256] blocks, aligned to 32 bytes
 *   y        [tokens][stride], written at [first, first + count) */
typedef void product(const void *weights, size_t first, size_t count, const struct input *in, float *y, size_t stride);

/* The row `products` of a column whose functions are named prefix_kind_product. */
/* clang-format off */
#define PRODUCTS(prefix) { \
        [WEIGHT_F32] = prefix##f32_product, [WEIGHT_F16] = prefix##f16_product, \
        [WEIGHT_BF16] = prefix##bf16_product, [WEIGHT_Q8] = prefix##q8_product, \
        [WEIGHT_Q4] = prefix##q4_product, [WEIGHT_Q4M] = prefix##q4m_product, \
        [WEIGHT_NL] = prefix##nl_product, [WEIGHT_Q5] = prefix##q5_product, \
        [WEIGHT_Q5M] = prefix##q5m_product, [WEIGHT_Q2K] = prefix##q2k_product, \
        [WEIGHT_Q3K] = prefix##q3k_product, [WEIGHT_Q4K] = prefix##q4k_product, \
        [WEIGHT_Q5K] = prefix##q5k_product, [WEIGHT_Q6] = prefix##q6_product, \
    }
/* clang-format on */

struct kernels {
    const char *name;
    bool (*usable)(void); /* asks the CPU, nothing else */

    product *products[WEIGHT_KINDS];

    /* Rounds x[count] (a multiple of 32) to int8 by blocks: d = max |x| / 127, q = x * (127 / max) to nearest even.
     * A block with NaN or infinity gives q = 0, d = s = NaN; one below 1e-30 gives zeros. `to` points at the token. */
    void (*quantise)(const float *x, size_t count, const struct quantised *to);

    /* y = x / sqrt(mean(x^2) + epsilon) * w. False when the sum of squares is not finite. count: a multiple of 16. */
    bool (*rms_norm)(const float *x, const float *w, size_t count, float epsilon, float *y);

    /* y = (x - mean) / sqrt(variance + epsilon) * w + b. False when the variance is not finite. count as above. */
    bool (*layer_norm)(const float *x, const float *w, const float *b, size_t count, float epsilon, float *y);

    /* y += x. count: a multiple of 16. */
    void (*add)(float *y, const float *x, size_t count);

    /* y = act(gate) * up. y may be gate. count: a multiple of 16.
     *   silu(g) = g / (1 + exp(-g))
     *   gelu(g) = g / 2 (1 + tanh(u)) = g / (1 + exp(-2 u)), u = sqrt(2 / pi) (g + 0.044715 g^3)
     *             (Hendrycks and Gimpel, 2016) */
    void (*gates[GATE_KINDS])(const float *gate, const float *up, size_t count, float *y);

    /* x = x / 2 (1 + erf(x / sqrt(2))): the exact gelu, to 2.5e-7 of x. count: a multiple of 16. */
    void (*gelu)(float *x, size_t count);

    /* Floats to halves, to nearest even. count: a multiple of 16. False when one is NaN or becomes infinite. */
    bool (*to_halves)(const float *x, size_t count, uint16_t *to);

    /* Attention, for `rows` (at most 8) query rows against one head of keys and values.
     * scores: s[r * stride + key] = sum over i of q[r * size + i] * k[key][i], for key in [0, blocks * 16).
     *   k  [blocks][size][16] halves: a block holds 16 keys, transposed */
    void (*scores)(const float *q, size_t rows, size_t size, const uint16_t *k, size_t blocks, float *s, size_t stride);

    /* Softmax over s[0, count), in place, not yet divided; elements from count to the next multiple of 16 become 0.
     * Returns the sum. exp(s - max) below 2^-100 is 0. */
    float (*softmax)(float *s, size_t count);

    /* y[r * size + i] = (sum over key of s[r * stride + key] * v[key][i]) / sum[r].  v [count][size] halves */
    void (*mix)(const float *s, size_t stride, size_t rows, const uint16_t *v, size_t count, size_t size,
                const float *sums, float *y);
};

extern const struct kernels *const kernels_all[]; /* best first, scalar last, NULL */

/* The best column that this CPU has, or the one that ALCOVE_KERNELS names if it has that. */
const struct kernels *kernels_choose(void);

#endif
