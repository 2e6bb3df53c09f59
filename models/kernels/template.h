/* template.h - the SIMD columns: included once a column, after the words it is written in (vector_*.h and the dots).
 *
 * A dot is a vector of sums in the making, a lane an output, over products of four neighbours:
 *   nibble_start, nibble_add(dot, w 0..15, x), nibble_end -> int32 lanes    at most 8 steps
 *   small_add(dot, w 0..63, x)                                              on int32 lanes
 *   struct signed_weights, signed_of(w), signed_start(sum of x), signed_add(dot, w -128..127, x)
 * x is four int8 activations in every lane. UNROLL is on fixed small counts: tiles stay in registers. */
#include "models/kernels/kernels.h"
#include "models/kernels/scalar_math.h"

#include <float.h>

#define UNROLL _Pragma("GCC unroll 16")
#define VECTORS (PANEL / LANES)           /* of a panel, and of the partial sums */
#define WIDTH (TILE_PANELS * VECTORS)     /* vectors of a tile */

/* Four activations of token t, at input 4 g of block b, in every lane. */
INLINE vi four(const struct input *in, size_t t, size_t b, size_t g)
{
    int32_t x;
    memcpy(&x, in->quantised.q + t * in->width + b * BLOCK + 4 * g, sizeof x);
    return vi_set(x);
}

INLINE int32_t half_sum(const struct input *in, size_t t, size_t b, size_t h)
{
    return in->quantised.halves[2 * (t * (in->width / BLOCK) + b) + h];
}

INLINE float scale_of(const struct input *in, size_t t, size_t b)
{
    return in->quantised.d[t * (in->width / BLOCK) + b];
}

INLINE void store_tile(vf sums[][WIDTH], const int tokens, const int panels, size_t t, size_t row, size_t rows, float *y,
                       size_t stride)
{
    UNROLL for (int r = 0; r < tokens; r++) {
        float *to = y + (t + (size_t)r) * stride + row;
        if (rows >= (size_t)panels * PANEL) {
            UNROLL for (int v = 0; v < panels * (int)VECTORS; v++)
                vf_store(to + v * LANES, sums[r][v]);
        } else { /* the last panel of a matrix may have fewer outputs */
            float all[TILE_PANELS * PANEL];
            UNROLL for (int v = 0; v < panels * (int)VECTORS; v++)
                vf_store(all + v * LANES, sums[r][v]);
            memcpy(to, all, rows * sizeof *to);
        }
    }
}

#define START_TILE                                                                                           \
    size_t blocks = in->width / BLOCK;                                                                       \
    vf sums[TILE_TOKENS][WIDTH];                                                                             \
    UNROLL for (int r = 0; r < tokens; r++)                                                                  \
        UNROLL for (int v = 0; v < panels * (int)VECTORS; v++)                                               \
            sums[r][v] = vf_zero();

/* The tile functions: `tokens` x `panels` outputs from token t and row on; both counts are constants where called. */
#define TILE_PARAMETERS                                                                                      \
    const void *weights, size_t row, size_t rows, const struct input *in, size_t t, float *y, size_t stride, \
        const int tokens, const int panels

/* Dots of one block of nibbles, of all outputs of the tile, into dots. */
#define NIBBLE_DOTS(block_of)                                                                                \
    nibble_dot dots[TILE_TOKENS][WIDTH];                                                                     \
    UNROLL for (int r = 0; r < tokens; r++)                                                                  \
        UNROLL for (int v = 0; v < panels * (int)VECTORS; v++)                                               \
            dots[r][v] = nibble_start();                                                                     \
    UNROLL for (size_t g = 0; g < 4; g++) {                                                                  \
        vi low[WIDTH], high[WIDTH];                                                                          \
        UNROLL for (int v = 0; v < panels * (int)VECTORS; v++) {                                             \
            vi both = vi_load((block_of)->q + 64 * g + (size_t)(v % (int)VECTORS * LANES * 4));              \
            low[v] = vi_and(both, vi_bytes(15));                                                             \
            high[v] = vi_and(vi_right(both, 4), vi_bytes(15));                                               \
        }                                                                                                    \
        UNROLL for (int r = 0; r < tokens; r++) {                                                            \
            vi x = four(in, t + (size_t)r, b, g), later = four(in, t + (size_t)r, b, g + 4);                 \
            UNROLL for (int v = 0; v < panels * (int)VECTORS; v++)                                           \
                dots[r][v] = nibble_add(nibble_add(dots[r][v], low[v], x), high[v], later);                  \
        }                                                                                                    \
    }

/* Vector v of a tile lies in panel v / VECTORS at lane v % VECTORS * LANES. */
#define BLOCK_OF(type) ((const struct type *)weights + (row / PANEL + (size_t)(v / (int)VECTORS)) * blocks + b)
#define LANE_OF(v) ((v) % (int)VECTORS * LANES)

INLINE void q4_tile(TILE_PARAMETERS)
{
    START_TILE
    for (size_t b = 0; b < blocks; b++) {
        NIBBLE_DOTS(BLOCK_OF(block_q4))
        UNROLL for (int r = 0; r < tokens; r++) {
            vf scale = vf_set(scale_of(in, t + (size_t)r, b));
            vi less = vi_set(-8 * (half_sum(in, t + (size_t)r, b, 0) + half_sum(in, t + (size_t)r, b, 1)));
            UNROLL for (int v = 0; v < panels * (int)VECTORS; v++)
                sums[r][v] = vf_fma(vf_mul(vf_from_half(BLOCK_OF(block_q4)->d + LANE_OF(v)), scale),
                                    vi_to_float(vi_add(nibble_end(dots[r][v]), less)), sums[r][v]);
        }
    }
    store_tile(sums, tokens, panels, t, row, rows, y, stride);
}

INLINE void q4m_tile(TILE_PARAMETERS)
{
    START_TILE
    for (size_t b = 0; b < blocks; b++) {
        NIBBLE_DOTS(BLOCK_OF(block_q4m))
        vf d[WIDTH], m[WIDTH];
        UNROLL for (int v = 0; v < panels * (int)VECTORS; v++) {
            d[v] = vf_from_half(BLOCK_OF(block_q4m)->d + LANE_OF(v));
            m[v] = vf_from_half(BLOCK_OF(block_q4m)->m + LANE_OF(v));
        }
        UNROLL for (int r = 0; r < tokens; r++) {
            vf scale = vf_set(scale_of(in, t + (size_t)r, b));
            vf sum = vf_set(in->quantised.s[(t + (size_t)r) * blocks + b]);
            UNROLL for (int v = 0; v < panels * (int)VECTORS; v++) {
                sums[r][v] = vf_fma(m[v], sum, sums[r][v]);
                sums[r][v] = vf_fma(vf_mul(d[v], scale), vi_to_float(nibble_end(dots[r][v])), sums[r][v]);
            }
        }
    }
    store_tile(sums, tokens, panels, t, row, rows, y, stride);
}

INLINE void q8_tile(TILE_PARAMETERS)
{
    START_TILE
    for (size_t b = 0; b < blocks; b++) {
        vi dots[TILE_TOKENS][WIDTH];
        UNROLL for (int r = 0; r < tokens; r++) {
            int32_t sum = half_sum(in, t + (size_t)r, b, 0) + half_sum(in, t + (size_t)r, b, 1);
            UNROLL for (int v = 0; v < panels * (int)VECTORS; v++)
                dots[r][v] = signed_start(sum);
        }
        UNROLL for (size_t g = 0; g < 8; g++) {
            struct signed_weights w[WIDTH];
            UNROLL for (int v = 0; v < panels * (int)VECTORS; v++)
                w[v] = signed_of(vi_load(BLOCK_OF(block_q8)->q + 64 * g + (size_t)(LANE_OF(v) * 4)));
            UNROLL for (int r = 0; r < tokens; r++) {
                vi x = four(in, t + (size_t)r, b, g);
                UNROLL for (int v = 0; v < panels * (int)VECTORS; v++)
                    dots[r][v] = signed_add(dots[r][v], w[v], x);
            }
        }
        UNROLL for (int v = 0; v < panels * (int)VECTORS; v++) {
            vf d = vf_from_half(BLOCK_OF(block_q8)->d + LANE_OF(v));
            UNROLL for (int r = 0; r < tokens; r++)
                sums[r][v] = vf_fma(vf_mul(d, vf_set(scale_of(in, t + (size_t)r, b))), vi_to_float(dots[r][v]),
                                    sums[r][v]);
        }
    }
    store_tile(sums, tokens, panels, t, row, rows, y, stride);
}

/* Bits 4 and 5 of group g (0 to 3), moved to their place. */
INLINE vi q6_high(vi h, size_t g)
{
    vi moved = g == 0 ? vi_left(h, 4) : g == 1 ? vi_left(h, 2) : g == 2 ? h : vi_right(h, 2);
    return vi_and(moved, vi_bytes(0x30));
}

INLINE void q6_tile(TILE_PARAMETERS)
{
    START_TILE
    for (size_t b = 0; b < blocks; b++) {
        vi total[TILE_TOKENS][WIDTH];
        UNROLL for (size_t h = 0; h < 2; h++) {
            vi dots[TILE_TOKENS][WIDTH];
            UNROLL for (int r = 0; r < tokens; r++)
                UNROLL for (int v = 0; v < panels * (int)VECTORS; v++)
                    dots[r][v] = vi_set(-32 * half_sum(in, t + (size_t)r, b, h));
            UNROLL for (size_t g = 0; g < 4; g++)
                UNROLL for (int v = 0; v < panels * (int)VECTORS; v++) {
                    vi low = vi_load(BLOCK_OF(block_q6)->low + 64 * g + (size_t)(LANE_OF(v) * 4));
                    vi high = vi_load(BLOCK_OF(block_q6)->high + 64 * h + (size_t)(LANE_OF(v) * 4));
                    vi w = vi_or(vi_and(h ? vi_right(low, 4) : low, vi_bytes(15)), q6_high(high, g));
                    UNROLL for (int r = 0; r < tokens; r++)
                        dots[r][v] = small_add(dots[r][v], w, four(in, t + (size_t)r, b, 4 * h + g));
                }
            UNROLL for (int v = 0; v < panels * (int)VECTORS; v++) {
                vi scale = vi_from_int8(BLOCK_OF(block_q6)->scale[h] + LANE_OF(v));
                UNROLL for (int r = 0; r < tokens; r++)
                    total[r][v] = h ? vi_add(total[r][v], vi_mul(scale, dots[r][v])) : vi_mul(scale, dots[r][v]);
            }
        }
        UNROLL for (int v = 0; v < panels * (int)VECTORS; v++) {
            vf d = vf_from_half(BLOCK_OF(block_q6)->d + LANE_OF(v));
            UNROLL for (int r = 0; r < tokens; r++)
                sums[r][v] = vf_fma(vf_mul(d, vf_set(scale_of(in, t + (size_t)r, b))), vi_to_float(total[r][v]),
                                    sums[r][v]);
        }
    }
    store_tile(sums, tokens, panels, t, row, rows, y, stride);
}

/* A product as tiles: panels outside, so that a panel's weights stay in the first cache for all tokens. A single token
 * reads each weight once: one panel after the other is one stream from memory, which is what bounds it. */
#define PRODUCT(kind)                                                                                        \
    static inline void kind##_tokens(const void *weights, size_t row, size_t rows, const struct input *in,   \
                                     float *y, size_t stride, const int panels)                              \
    {                                                                                                        \
        size_t t = 0;                                                                                        \
        for (; t + TILE_TOKENS <= in->tokens; t += TILE_TOKENS)                                              \
            kind##_tile(weights, row, rows, in, t, y, stride, TILE_TOKENS, panels);                          \
        for (; t + 2 <= in->tokens; t += 2)                                                                  \
            kind##_tile(weights, row, rows, in, t, y, stride, 2, panels);                                    \
        if (t < in->tokens)                                                                                  \
            kind##_tile(weights, row, rows, in, t, y, stride, 1, panels);                                    \
    }                                                                                                        \
    static void kind##_product(const void *weights, size_t first, size_t count, const struct input *in,      \
                               float *y, size_t stride)                                                      \
    {                                                                                                        \
        size_t row = first, end = first + count;                                                             \
        while (TILE_PANELS > 1 && in->tokens > 1 && row + (TILE_PANELS - 1) * PANEL < end) {                 \
            kind##_tokens(weights, row, end - row, in, y, stride, TILE_PANELS);                              \
            row += TILE_PANELS * PANEL;                                                                      \
        }                                                                                                    \
        for (; row < end; row += PANEL)                                                                      \
            kind##_tokens(weights, row, end - row, in, y, stride, 1);                                        \
    }

PRODUCT(q4)
PRODUCT(q4m)
PRODUCT(q8)
PRODUCT(q6)

/* ---- float weights ---- */

INLINE vf load_f32(const void *weights, size_t at) { return vf_load((const float *)weights + at); }
INLINE vf load_f16(const void *weights, size_t at) { return vf_from_half((const uint16_t *)weights + at); }
INLINE vf load_bf16(const void *weights, size_t at) { return vf_from_bfloat((const uint16_t *)weights + at); }

INLINE void float_tile(vf (*load)(const void *, size_t), const void *weights, size_t row, const struct input *in,
                       size_t t, float *y, size_t stride, const int rows, const int tokens)
{
    vf sums[FLOAT_ROWS][FLOAT_TOKENS][VECTORS];
    UNROLL for (int n = 0; n < rows; n++)
        UNROLL for (int r = 0; r < tokens; r++)
            UNROLL for (int v = 0; v < (int)VECTORS; v++)
                sums[n][r][v] = vf_zero();
    for (size_t i = 0; i < in->width; i += SUMS)
        UNROLL for (int v = 0; v < (int)VECTORS; v++) {
            vf w[FLOAT_ROWS];
            size_t at = i + (size_t)(v * LANES);
            UNROLL for (int n = 0; n < rows; n++)
                w[n] = load(weights, (row + (size_t)n) * in->width + at);
            UNROLL for (int r = 0; r < tokens; r++) {
                vf x = vf_load(in->x + (t + (size_t)r) * in->width + at);
                UNROLL for (int n = 0; n < rows; n++)
                    sums[n][r][v] = vf_fma(w[n], x, sums[n][r][v]);
            }
        }
    UNROLL for (int n = 0; n < rows; n++)
        UNROLL for (int r = 0; r < tokens; r++)
            y[(t + (size_t)r) * stride + row + (size_t)n] = vf_tree(sums[n][r]);
}

#define FLOAT_PRODUCT(kind)                                                                                  \
    static inline void kind##_tokens(const void *weights, size_t row, const struct input *in, float *y,      \
                                     size_t stride, const int rows)                                          \
    {                                                                                                        \
        size_t t = 0;                                                                                        \
        for (; t + FLOAT_TOKENS <= in->tokens; t += FLOAT_TOKENS)                                            \
            float_tile(load_##kind, weights, row, in, t, y, stride, rows, FLOAT_TOKENS);                     \
        for (; t < in->tokens; t++)                                                                          \
            float_tile(load_##kind, weights, row, in, t, y, stride, rows, 1);                                \
    }                                                                                                        \
    static void kind##_product(const void *weights, size_t first, size_t count, const struct input *in,      \
                               float *y, size_t stride)                                                      \
    {                                                                                                        \
        size_t row = first, end = first + count;                                                             \
        for (; row + FLOAT_ROWS <= end; row += FLOAT_ROWS)                                                   \
            kind##_tokens(weights, row, in, y, stride, FLOAT_ROWS);                                          \
        for (; row < end; row++)                                                                             \
            kind##_tokens(weights, row, in, y, stride, 1);                                                   \
    }

FLOAT_PRODUCT(f32)
FLOAT_PRODUCT(f16)
FLOAT_PRODUCT(bf16)
