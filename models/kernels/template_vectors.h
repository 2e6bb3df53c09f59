/* template_vectors.h - the second half of template.h: what works on rows of activations, and attention. */

static void quantise(const float *x, size_t count, const struct quantised *to)
{
    for (size_t b = 0; b < count / BLOCK; b++, x += BLOCK) {
        vf in[BLOCK / LANES];
        vi most = vi_zero(), rounded[BLOCK / LANES], sums[2] = {vi_zero(), vi_zero()};
        UNROLL for (int v = 0; v < (int)(BLOCK / LANES); v++) {
            in[v] = vf_load(x + v * LANES);
            most = vi_max(most, vi_and(vi_of_bits(in[v]), vi_set(0x7fffffff)));
        }
        int32_t highest = vi_highest(most);
        if (quantise_edge((uint32_t)highest, to, b))
            continue;
        float largest;
        memcpy(&largest, &highest, sizeof largest);
        vf inverse = vf_set(127.0f / largest);
        UNROLL for (int v = 0; v < (int)(BLOCK / LANES); v++) {
            rounded[v] = vi_round(vf_mul(in[v], inverse));
            sums[v * LANES / 16] = vi_add(sums[v * LANES / 16], rounded[v]);
        }
        vi_store_bytes(to->q + b * BLOCK, rounded);
        int32_t first = vi_total(sums[0]), second = vi_total(sums[1]);
        to->halves[2 * b] = (int16_t)first;
        to->halves[2 * b + 1] = (int16_t)second;
        to->d[b] = largest / 127.0f;
        to->s[b] = to->d[b] * (float)(first + second);
    }
}

static bool rms_norm(const float *x, const float *w, size_t count, float epsilon, float *y)
{
    vf sums[VECTORS];
    UNROLL for (int v = 0; v < (int)VECTORS; v++)
        sums[v] = vf_zero();
    for (size_t i = 0; i < count; i += SUMS)
        UNROLL for (int v = 0; v < (int)VECTORS; v++) {
            vf a = vf_load(x + i + v * LANES);
            sums[v] = vf_fma(a, a, sums[v]);
        }
    float total = vf_tree(sums);
    vf inverse = vf_set(1.0f / sqrtf(total / (float)count + epsilon));
    for (size_t i = 0; i < count; i += LANES)
        vf_store(y + i, vf_mul(vf_mul(vf_load(x + i), inverse), vf_load(w + i)));
    return isfinite(total);
}

static void add(float *y, const float *x, size_t count)
{
    for (size_t i = 0; i < count; i += LANES)
        vf_store(y + i, vf_add(vf_load(y + i), vf_load(x + i)));
}

INLINE vf vf_exp(vf x)
{
    static const float series[] = EXP_SERIES;
    x = vf_min(vf_max(x, vf_set(EXP_LOWEST)), vf_set(EXP_HIGHEST));
    vf n = vf_round(vf_mul(x, vf_set(LOG2_E)));
    vf r = vf_fma(n, vf_set(-LN2_LOW), vf_fma(n, vf_set(-LN2_HIGH), x)), y = vf_set(series[0]);
    UNROLL for (int i = 1; i < 8; i++)
        y = vf_fma(y, r, vf_set(series[i]));
    return vf_mul(y, vf_power_of_two(n));
}

static void silu_times(const float *gate, const float *up, size_t count, float *y)
{
    for (size_t i = 0; i < count; i += LANES) {
        vf g = vf_load(gate + i);
        vf silu = vf_div(g, vf_add(vf_set(1), vf_exp(vf_negate(g))));
        vf_store(y + i, vf_mul(silu, vf_load(up + i)));
    }
}

static bool to_halves(const float *x, size_t count, uint16_t *to)
{
    unsigned found = 0;
    for (size_t i = 0; i < count; i += LANES)
        vf_to_half(vf_load(x + i), to + i);
    for (size_t i = 0; i < count; i++)
        found |= (to[i] & 0x7c00) == 0x7c00;
    return !found;
}

/* ---- attention ---- */

/* Panels of 16 keys, or of 16 elements of a head, that `rows` rows take in one tile: as many as there are accumulators. */
#define AT_ONCE_MAX 4
#define AT_ONCE(rows) MIN(AT_ONCE_MAX, SCORE_SUMS / ((rows) * (int)VECTORS))

/* `rows` queries against `blocks` blocks of 16 keys. */
INLINE void score_tile(const float *q, size_t size, const uint16_t *k, float *s, size_t stride, const int rows,
                       const int blocks)
{
    vf sums[SCORE_ROWS][AT_ONCE_MAX * VECTORS];
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int v = 0; v < blocks * (int)VECTORS; v++)
            sums[r][v] = vf_zero();
    for (size_t i = 0; i < size; i++) {
        vf keys[AT_ONCE_MAX * VECTORS];
        UNROLL for (int v = 0; v < blocks * (int)VECTORS; v++)
            keys[v] = vf_from_half(k + ((size_t)(v / (int)VECTORS) * size + i) * PANEL + LANE_OF(v));
        UNROLL for (int r = 0; r < rows; r++) {
            vf x = vf_set(q[(size_t)r * size + i]);
            UNROLL for (int v = 0; v < blocks * (int)VECTORS; v++)
                sums[r][v] = vf_fma(x, keys[v], sums[r][v]);
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int v = 0; v < blocks * (int)VECTORS; v++)
            vf_store(s + (size_t)r * stride + v * LANES, sums[r][v]);
}

INLINE void score_rows(const float *q, size_t size, const uint16_t *k, size_t blocks, float *s, size_t stride,
                       const int rows)
{
    const int at_once = AT_ONCE(rows);
    size_t b = 0;
    for (; b + (size_t)at_once <= blocks; b += (size_t)at_once)
        score_tile(q, size, k + b * size * PANEL, s + b * PANEL, stride, rows, at_once);
    for (; b < blocks; b++)
        score_tile(q, size, k + b * size * PANEL, s + b * PANEL, stride, rows, 1);
}

static void scores(const float *q, size_t rows, size_t size, const uint16_t *k, size_t blocks, float *s, size_t stride)
{
    size_t r = 0;
    for (; r + SCORE_ROWS <= rows; r += SCORE_ROWS)
        score_rows(q + r * size, size, k, blocks, s + r * stride, stride, SCORE_ROWS);
    if (SCORE_ROWS > 4 && r + 4 <= rows) {
        score_rows(q + r * size, size, k, blocks, s + r * stride, stride, 4);
        r += 4;
    }
    if (r + 2 <= rows) {
        score_rows(q + r * size, size, k, blocks, s + r * stride, stride, 2);
        r += 2;
    }
    if (r < rows)
        score_rows(q + r * size, size, k, blocks, s + r * stride, stride, 1);
}

static float softmax(float *s, size_t count)
{
    size_t padded = (count + SUMS - 1) / SUMS * SUMS;
    for (size_t i = count; i < padded; i++)
        s[i] = -FLT_MAX;
    vf most = vf_set(s[0]), sums[VECTORS];
    for (size_t i = 0; i < padded; i += LANES)
        most = vf_max(vf_load(s + i), most);
    float lanes[LANES], highest;
    vf_store(lanes, most);
    highest = lanes[0];
    UNROLL for (int v = 1; v < LANES; v++)
        highest = lanes[v] > highest ? lanes[v] : highest;
    UNROLL for (int v = 0; v < (int)VECTORS; v++)
        sums[v] = vf_zero();
    for (size_t i = 0; i < padded; i += SUMS)
        UNROLL for (int v = 0; v < (int)VECTORS; v++) {
            vf x = vf_sub(vf_load(s + i + v * LANES), vf_set(highest));
            vf e = vf_zero_below(vf_exp(x), x, EXP_IS_ZERO);
            vf_store(s + i + v * LANES, e);
            sums[v] = vf_add(sums[v], e);
        }
    return vf_tree(sums);
}

/* `rows` rows, elements i to i + 16 * width of a head. */
INLINE void mix_tile(const float *s, size_t stride, const uint16_t *v, size_t count, size_t size, const float *totals,
                     float *y, const int rows, const int width)
{
    vf sums[SCORE_ROWS][AT_ONCE_MAX * VECTORS];
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int c = 0; c < width * (int)VECTORS; c++)
            sums[r][c] = vf_zero();
    for (size_t key = 0; key < count; key++) {
        vf values[AT_ONCE_MAX * VECTORS];
        UNROLL for (int c = 0; c < width * (int)VECTORS; c++)
            values[c] = vf_from_half(v + key * size + c * LANES);
        UNROLL for (int r = 0; r < rows; r++) {
            vf p = vf_set(s[(size_t)r * stride + key]);
            UNROLL for (int c = 0; c < width * (int)VECTORS; c++)
                sums[r][c] = vf_fma(p, values[c], sums[r][c]);
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int c = 0; c < width * (int)VECTORS; c++)
            vf_store(y + (size_t)r * size + c * LANES, vf_div(sums[r][c], vf_set(totals[r])));
}

INLINE void mix_rows(const float *s, size_t stride, const uint16_t *v, size_t count, size_t size, const float *totals,
                     float *y, const int rows)
{
    const int at_once = AT_ONCE(rows);
    size_t i = 0;
    for (; i + (size_t)at_once * PANEL <= size; i += (size_t)at_once * PANEL)
        mix_tile(s, stride, v + i, count, size, totals, y + i, rows, at_once);
    for (; i < size; i += PANEL)
        mix_tile(s, stride, v + i, count, size, totals, y + i, rows, 1);
}

static void mix(const float *s, size_t stride, size_t rows, const uint16_t *v, size_t count, size_t size,
                const float *sums, float *y)
{
    size_t r = 0;
    for (; r + SCORE_ROWS <= rows; r += SCORE_ROWS)
        mix_rows(s + r * stride, stride, v, count, size, sums + r, y + r * size, SCORE_ROWS);
    if (SCORE_ROWS > 4 && r + 4 <= rows) {
        mix_rows(s + r * stride, stride, v, count, size, sums + r, y + r * size, 4);
        r += 4;
    }
    if (r + 2 <= rows) {
        mix_rows(s + r * stride, stride, v, count, size, sums + r, y + r * size, 2);
        r += 2;
    }
    if (r < rows)
        mix_rows(s + r * stride, stride, v, count, size, sums + r, y + r * size, 1);
}

#define KERNELS(column, column_name, column_usable)                                                          \
    const struct kernels column = {.name = column_name,                                                      \
                                   .usable = column_usable,                                                  \
                                   .products = {[WEIGHT_F32] = f32_product,                                  \
                                                [WEIGHT_F16] = f16_product,                                  \
                                                [WEIGHT_BF16] = bf16_product,                                \
                                                [WEIGHT_Q8] = q8_product,                                    \
                                                [WEIGHT_Q4] = q4_product,                                    \
                                                [WEIGHT_Q4M] = q4m_product,                                  \
                                                [WEIGHT_Q6] = q6_product},                                   \
                                   .quantise = quantise,                                                     \
                                   .rms_norm = rms_norm,                                                     \
                                   .add = add,                                                               \
                                   .silu_times = silu_times,                                                 \
                                   .to_halves = to_halves,                                                   \
                                   .scores = scores,                                                         \
                                   .softmax = softmax,                                                       \
                                   .mix = mix};
