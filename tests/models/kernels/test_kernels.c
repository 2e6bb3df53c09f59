/* test_kernels.c - every column of kernels gives the bits of the scalar one, and writes nowhere else.
 *
 * Walks kernels_all over shapes and random data, with guard bytes around every output. A column that this CPU lacks is
 * reported. The products are also checked against plain double arithmetic on the unpacked weights. */
#include "tests/support/support.h"

#include "models/format/quant.h"
#include "models/kernels/pack.h"

#include <math.h>

#define GUARD_BYTES 64u
#define GUARD 0xa5

static uint64_t random_state;

/* ---- memory with guards ---- */

static void *guarded(size_t bytes)
{
    unsigned char *all = aligned_alloc(64, (bytes + 2 * GUARD_BYTES + 63) / 64 * 64);
    assert_non_null(all);
    memset(all, GUARD, bytes + 2 * GUARD_BYTES);
    return all + GUARD_BYTES;
}

static void assert_guards(const void *p, size_t bytes)
{
    const unsigned char *all = (const unsigned char *)p - GUARD_BYTES;
    for (size_t i = 0; i < GUARD_BYTES; i++) {
        assert_int_equal(all[i], GUARD);
        assert_int_equal(all[GUARD_BYTES + bytes + i], GUARD);
    }
}

static void release(void *p)
{
    free((unsigned char *)p - GUARD_BYTES);
}

static float between(float low, float high)
{
    return low + (high - low) * (float)(random_next(&random_state) >> 40) * 0x1p-24f;
}

static float *random_floats(size_t count, float most)
{
    float *x = guarded(count * sizeof *x);
    for (size_t i = 0; i < count; i++)
        x[i] = between(-most, most);
    return x;
}

static uint16_t *random_halves(size_t count)
{
    uint16_t *x = guarded(count * sizeof *x);
    for (size_t i = 0; i < count; i++)
        x[i] = half_from_float(between(-2, 2));
    return x;
}

typedef void check(const struct kernels *scalar, const struct kernels *other);

static void with_every_column(check *run)
{
    const struct kernels *scalar = NULL;
    for (const struct kernels *const *k = kernels_all; *k; k++)
        scalar = *k;
    assert_string_equal(scalar->name, "scalar");
    random_state = test_seed();
    for (const struct kernels *const *k = kernels_all; *k; k++) {
        if ((*k)->usable())
            run(scalar, *k);
        else
            print_message("SKIPPED: kernels %s (this CPU lacks them)\n", (*k)->name);
    }
}

/* ---- quantise ---- */

struct tokens {
    float *x;
    struct quantised q;
    size_t count, width;
};

static struct quantised quantised_new(size_t tokens, size_t width)
{
    size_t blocks = tokens * width / BLOCK;
    return (struct quantised){guarded(tokens * width), guarded(blocks * 4), guarded(blocks * 4), guarded(blocks * 4)};
}

static void quantised_drop(struct quantised *q)
{
    release(q->q);
    release(q->d);
    release(q->s);
    release(q->halves);
}

static struct tokens tokens_new(const struct kernels *k, size_t count, size_t width)
{
    struct tokens t = {random_floats(count * width, 3), quantised_new(count, width), count, width};
    k->quantise(t.x, count * width, &t.q);
    return t;
}

static void tokens_drop(struct tokens *t)
{
    release(t->x);
    quantised_drop(&t->q);
}

static void check_quantise(const struct kernels *scalar, const struct kernels *other)
{
    static const size_t counts[] = {32, 96, 256, 576};
    static const float odd[] = {0, -0.0f, 1e-31f, 1e-29f, 3e38f, INFINITY, -INFINITY, NAN, 1e-45f};
    for (size_t c = 0; c < COUNT_OF(counts); c++)
        for (size_t special = 0; special <= COUNT_OF(odd); special++) {
            size_t count = counts[c], blocks = count / BLOCK;
            struct quantised right = quantised_new(1, count), got = quantised_new(1, count);
            float *x = random_floats(count, special % 2 ? 1e-3f : 100);
            if (special > 0) {
                size_t block = random_next(&random_state) % blocks;
                for (size_t i = 0; special % 3 == 0 && i < BLOCK; i++)
                    x[block * BLOCK + i] = 0;
                x[block * BLOCK + random_next(&random_state) % BLOCK] = odd[special - 1];
            }
            scalar->quantise(x, count, &right);
            other->quantise(x, count, &got);
            assert_memory_equal(got.q, right.q, count);
            assert_memory_equal(got.d, right.d, blocks * 4);
            assert_memory_equal(got.s, right.s, blocks * 4);
            assert_memory_equal(got.halves, right.halves, blocks * 4);
            assert_guards(got.q, count);
            assert_guards(got.d, blocks * 4);
            assert_guards(got.s, blocks * 4);
            assert_guards(got.halves, blocks * 4);
            release(x);
            quantised_drop(&right);
            quantised_drop(&got);
        }
}

static void activations_are_rounded_alike(void **state UNUSED)
{
    with_every_column(check_quantise);
}

/* ---- products ---- */

/* Random bits are weights of any quantised type, once the scales are sane. */
static unsigned char *random_rows(const struct tensor_type *type, size_t rows, size_t width)
{
    size_t blocks = rows * width / type->block;
    unsigned char *data = guarded(blocks * type->bytes);
    for (size_t b = 0; b < blocks; b++) {
        unsigned char *at = data + b * type->bytes;
        for (size_t i = 0; i < type->bytes; i++)
            at[i] = (unsigned char)random_next(&random_state);
        uint16_t d = half_from_float(between(-0.02f, 0.02f)), m = half_from_float(between(-0.1f, 0.1f));
        float value = between(-1, 1);
        uint16_t half = half_from_float(value);
        switch (type->kind) {
        case TENSOR_F32: memcpy(at, &value, 4); break;
        case TENSOR_F16: memcpy(at, &half, 2); break;
        case TENSOR_BF16: memcpy(at, (unsigned char *)&value + 2, 2); break;
        case TENSOR_Q6_K: memcpy(at + 208, &d, 2); break;
        case TENSOR_Q4_1:
        case TENSOR_Q5_1:
        case TENSOR_Q4_K:
        case TENSOR_Q5_K: memcpy(at, &d, 2); memcpy(at + 2, &m, 2); break;
        case TENSOR_Q2_K: memcpy(at + 80, &d, 2); memcpy(at + 82, &m, 2); break;
        case TENSOR_Q3_K: memcpy(at + 108, &d, 2); break;
        default: memcpy(at, &d, 2);
        }
    }
    return data;
}

static void *packed_new(const struct packing *p, const struct tensor_type *type, const unsigned char *data, size_t rows,
                        size_t width)
{
    size_t row_bytes = width / type->block * type->bytes, bytes = packing_bytes(p, rows, width);
    if (bytes == 0) {
        void *copy = guarded(rows * row_bytes);
        memcpy(copy, data, rows * row_bytes);
        return copy;
    }
    unsigned char *packed = guarded(bytes);
    memset(packed, 0, bytes);
    for (size_t r = 0; r < rows; r += PANEL)
        p->pack(data + r * row_bytes, row_bytes, MIN((size_t)PANEL, rows - r), width,
                packed + r / PANEL * packing_bytes(p, 1, width));
    assert_guards(packed, bytes);
    return packed;
}

static void check_product(const struct kernels *scalar, const struct kernels *other, const struct tensor_type *type,
                          size_t rows, size_t width, size_t tokens)
{
    const struct packing *p = packing_of(type->kind);
    unsigned char *data = random_rows(type, rows, width);
    void *weights = packed_new(p, type, data, rows, width);
    struct tokens t = tokens_new(scalar, tokens, width);
    struct input in = {t.x, t.q, tokens, width};
    size_t stride = rows + 3, bytes = tokens * stride * sizeof(float);
    float *right = guarded(bytes), *got = guarded(bytes);
    scalar->products[p->kind](weights, 0, rows, &in, right, stride);
    other->products[p->kind](weights, 0, rows, &in, got, stride);
    assert_memory_equal(got, right, bytes);
    assert_guards(got, bytes);
    if (rows > PANEL) { /* a part gives the bits of the whole */
        memset(got, GUARD, bytes);
        other->products[p->kind](weights, PANEL, rows - PANEL, &in, got, stride);
        for (size_t r = 0; r < tokens; r++)
            assert_memory_equal(got + r * stride + PANEL, right + r * stride + PANEL, (rows - PANEL) * sizeof *got);
        assert_guards(got, bytes);
    }
    release(right);
    release(got);
    tokens_drop(&t);
    release(weights);
    release(data);
}

static void check_products(const struct kernels *scalar, const struct kernels *other)
{
    static const size_t rows[] = {1, 2, 7, 16, 17, 31, 33, 48, 80}, widths[] = {32, 96, 256},
                        tokens[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17};
    size_t count;
    const struct tensor_type *types = tensor_types(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t r = 0; packing_of(types[i].kind) && r < COUNT_OF(rows); r++)
            for (size_t w = 0; w < COUNT_OF(widths); w++)
                for (size_t t = 0; t < COUNT_OF(tokens); t++)
                    if (widths[w] % types[i].block == 0)
                        check_product(scalar, other, &types[i], rows[r], widths[w], tokens[t]);
}

static void products_are_the_scalar_ones(void **state UNUSED)
{
    with_every_column(check_products);
}

static void unpacked_rows_are_the_files_numbers(void **state UNUSED)
{
    random_state = test_seed();
    size_t count;
    const struct tensor_type *types = tensor_types(&count);
    for (size_t i = 0; i < count; i++) {
        const struct packing *p = packing_of(types[i].kind);
        if (!p)
            continue;
        enum { ROWS = 21, WIDTH = 512 };
        unsigned char *data = random_rows(&types[i], ROWS, WIDTH);
        void *weights = packed_new(p, &types[i], data, ROWS, WIDTH);
        float *right = guarded(ROWS * WIDTH * 4), *got = guarded(WIDTH * 4);
        types[i].dequantise(data, right, ROWS * WIDTH);
        for (size_t r = 0; r < ROWS; r++) {
            p->unpack(weights, r, WIDTH, got);
            assert_memory_equal(got, right + r * WIDTH, WIDTH * 4);
            assert_guards(got, WIDTH * 4);
        }
        release(right);
        release(got);
        release(weights);
        release(data);
    }
}

/* Against double arithmetic on the same rounded activations: the scalar column is a definition, but not any. */
static void scalar_products_are_products(void **state UNUSED)
{
    random_state = test_seed();
    const struct kernels *scalar = NULL;
    for (const struct kernels *const *k = kernels_all; *k; k++)
        scalar = *k;
    size_t count;
    const struct tensor_type *types = tensor_types(&count);
    for (size_t i = 0; i < count; i++) {
        enum { ROWS = 19, WIDTH = 512 };
        const struct packing *p = packing_of(types[i].kind);
        if (!p)
            continue;
        unsigned char *data = random_rows(&types[i], ROWS, WIDTH);
        void *weights = packed_new(p, &types[i], data, ROWS, WIDTH);
        float *plain = guarded(ROWS * WIDTH * 4), y[ROWS];
        types[i].dequantise(data, plain, ROWS * WIDTH);
        struct tokens t = tokens_new(scalar, 1, WIDTH);
        struct input in = {t.x, t.q, 1, WIDTH};
        scalar->products[p->kind](weights, 0, ROWS, &in, y, ROWS);
        for (size_t r = 0; r < ROWS; r++) {
            double sum = 0, size = 0;
            for (size_t k = 0; k < WIDTH; k++) {
                double x = p->block_bytes ? (double)t.q.d[k / BLOCK] * t.q.q[k] : (double)t.x[k];
                sum += x * (double)plain[r * WIDTH + k];
                size += fabs(x * (double)plain[r * WIDTH + k]);
            }
            assert_true(fabs((double)y[r] - sum) <= 1e-6 * size);
        }
        release(plain);
        release(weights);
        release(data);
        tokens_drop(&t);
    }
}

/* ---- vectors ---- */

static void check_vectors(const struct kernels *scalar, const struct kernels *other)
{
    static const size_t counts[] = {16, 32, 48, 96, 576, 1536};
    for (size_t c = 0; c < COUNT_OF(counts); c++) {
        size_t count = counts[c], bytes = count * sizeof(float);
        float *a = random_floats(count, 30), *b = random_floats(count, 2), *right = guarded(bytes), *got = guarded(bytes);
        uint16_t *right_halves = guarded(count * 2), *got_halves = guarded(count * 2);
        a[0] = 0;
        a[1] = -0.0f;
        a[2] = 200; /* beyond both ends of the exp */
        a[3] = -200;
        assert_int_equal(scalar->rms_norm(a, b, count, 1e-5f, right), other->rms_norm(a, b, count, 1e-5f, got));
        assert_memory_equal(got, right, bytes);
        for (int gate = 0; gate < GATE_KINDS; gate++) {
            scalar->gates[gate](a, b, count, right);
            other->gates[gate](a, b, count, got);
            assert_memory_equal(got, right, bytes);
        }
        memcpy(right, a, bytes);
        memcpy(got, a, bytes);
        scalar->gelu(right, count);
        other->gelu(got, count);
        assert_memory_equal(got, right, bytes);
        assert_true(scalar->layer_norm(a, b, a, count, 1e-12f, right) && other->layer_norm(a, b, a, count, 1e-12f, got));
        assert_memory_equal(got, right, bytes);
        scalar->add(right, a, count);
        other->add(got, a, count);
        assert_memory_equal(got, right, bytes);
        for (size_t i = 4; i < count; i++) /* halves of every size, subnormal ones too */
            a[i] = between(-1, 1) * powf(2, between(-30, 15));
        assert_true(scalar->to_halves(a, count, right_halves) && other->to_halves(a, count, got_halves));
        assert_memory_equal(got_halves, right_halves, count * 2);
        a[5] = 65520;
        assert_false(scalar->to_halves(a, count, right_halves) || other->to_halves(a, count, got_halves));
        assert_memory_equal(got_halves, right_halves, count * 2);
        a[5] = INFINITY;
        assert_false(scalar->rms_norm(a, b, count, 1e-5f, right) || other->rms_norm(a, b, count, 1e-5f, got));
        assert_false(scalar->layer_norm(a, b, b, count, 1e-5f, right) || other->layer_norm(a, b, b, count, 1e-5f, got));
        assert_guards(got, bytes);
        assert_guards(got_halves, count * 2);
        release(a);
        release(b);
        release(right);
        release(got);
        release(right_halves);
        release(got_halves);
    }
}

static void norms_gates_and_halves_are_the_scalar_ones(void **state UNUSED)
{
    with_every_column(check_vectors);
}

/* The definitions against libm in long double. */
static void activations_are_what_they_are_called(void **state UNUSED)
{
    random_state = test_seed();
    const struct kernels *scalar = NULL;
    for (const struct kernels *const *k = kernels_all; *k; k++)
        scalar = *k;
    enum { COUNT = 1 << 14 };
    float *x = guarded(COUNT * 4), *ones = guarded(COUNT * 4), *gelu = guarded(COUNT * 4), *gated = guarded(COUNT * 4),
          *silu = guarded(COUNT * 4);
    for (size_t i = 0; i < COUNT; i++) {
        gelu[i] = x[i] = between(-9, 9);
        ones[i] = 1;
    }
    scalar->gelu(gelu, COUNT);
    scalar->gates[GATE_GELU](x, ones, COUNT, gated);
    scalar->gates[GATE_SILU](x, ones, COUNT, silu);
    long double worst[3] = {0, 0, 0}; /* of the argument's size */
    for (size_t i = 0; i < COUNT; i++) {
        long double a = (long double)x[i], u = 0.79788456080286535588L * (a + 0.044715L * a * a * a), size = fabsl(a);
        worst[0] = fmaxl(worst[0], fabsl((long double)gelu[i] - a / 2 * erfcl(-a * 0.70710678118654752440L)) / size);
        worst[1] = fmaxl(worst[1], fabsl((long double)gated[i] - a / 2 * (1 + tanhl(u))) / size);
        worst[2] = fmaxl(worst[2], fabsl((long double)silu[i] - a / (1 + expl(-a))) / size);
    }
    print_message("gelu %.1Le, gelu by tanh %.1Le, silu %.1Le of the argument\n", worst[0], worst[1], worst[2]);
    assert_true(worst[0] < 2.5e-7L && worst[1] < 2e-7L && worst[2] < 1.5e-7L);
    release(x);
    release(ones);
    release(gelu);
    release(gated);
    release(silu);
}

/* ---- attention ---- */

static void check_attention_of(const struct kernels *scalar, const struct kernels *other, size_t rows, size_t size,
                               size_t keys)
{
    size_t blocks = (keys + PANEL - 1) / PANEL, stride = blocks * PANEL, bytes = rows * stride * 4;
    float *q = random_floats(rows * size, 2), *right = guarded(bytes), *got = guarded(bytes);
    uint16_t *k = random_halves(blocks * size * PANEL), *v = random_halves(keys * size);
    scalar->scores(q, rows, size, k, blocks, right, stride);
    other->scores(q, rows, size, k, blocks, got, stride);
    assert_memory_equal(got, right, bytes);
    float sums[SCORE_ROWS_MAX];
    for (size_t r = 0; r < rows; r++) {
        sums[r] = scalar->softmax(right + r * stride, keys);
        float sum = other->softmax(got + r * stride, keys);
        assert_memory_equal(&sum, &sums[r], sizeof sum);
    }
    assert_memory_equal(got, right, bytes);
    assert_guards(got, bytes);
    size_t out_bytes = rows * size * 4;
    float *right_out = guarded(out_bytes), *got_out = guarded(out_bytes);
    scalar->mix(right, stride, rows, v, keys, size, sums, right_out);
    other->mix(right, stride, rows, v, keys, size, sums, got_out);
    assert_memory_equal(got_out, right_out, out_bytes);
    assert_guards(got_out, out_bytes);
    release(q);
    release(k);
    release(v);
    release(right);
    release(got);
    release(right_out);
    release(got_out);
}

static void check_attention(const struct kernels *scalar, const struct kernels *other)
{
    static const size_t sizes[] = {16, 32, 48, 64, 80, 128}, keys[] = {1, 2, 15, 16, 17, 63, 64, 65, 130};
    for (size_t rows = 1; rows <= SCORE_ROWS_MAX; rows++)
        for (size_t s = 0; s < COUNT_OF(sizes); s++)
            for (size_t n = 0; n < COUNT_OF(keys); n++)
                check_attention_of(scalar, other, rows, sizes[s], keys[n]);
}

static void attention_is_the_scalar_one(void **state UNUSED)
{
    with_every_column(check_attention);
}

/* ---- choice ---- */

static void a_column_can_be_forced_and_falls_back(void **state UNUSED)
{
    const struct kernels *best = NULL;
    unsetenv("ALCOVE_KERNELS");
    best = kernels_choose();
    for (const struct kernels *const *k = kernels_all; *k; k++) {
        setenv("ALCOVE_KERNELS", (*k)->name, 1);
        assert_ptr_equal(kernels_choose(), (*k)->usable() ? *k : best);
    }
    setenv("ALCOVE_KERNELS", "neon", 1);
    assert_ptr_equal(kernels_choose(), best);
    unsetenv("ALCOVE_KERNELS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations_are_rounded_alike),
        cmocka_unit_test(products_are_the_scalar_ones),
        cmocka_unit_test(unpacked_rows_are_the_files_numbers),
        cmocka_unit_test(scalar_products_are_products),
        cmocka_unit_test(norms_gates_and_halves_are_the_scalar_ones),
        cmocka_unit_test(activations_are_what_they_are_called),
        cmocka_unit_test(attention_is_the_scalar_one),
        cmocka_unit_test(a_column_can_be_forced_and_falls_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
