/* test_reference.c - logits of tiny random models against another implementation's, computed in exact arithmetic from
 * the same weights (shared data, reference/README.md says how, and how close one must be). */
#include "tests/support/support.h"

#include "base/buffer.h"
#include "base/file.h"
#include "models/session.h"

#include <jansson.h>
#include <math.h>

#define FILE_BYTES_MAX (16u << 20)
#define MARGIN_OF_TOP 0.3f /* a smaller lead over the second may turn */

struct row {
    const char *model;
    bool is_exact;      /* <model>.exact.f32 is there; else <model>.f32 is exact itself */
    double relative_rms; /* 1.5 times what rounding the activations costs the other implementation */
    double absolute;    /* of F32 models, with the keys and values as halves; 0 = not asked */
};

static const struct row rows[] = {
    {"llama-f32", false, 0.003, 0.03},     {"llama-f16", true, 0.003, 0},       {"llama-bf16", true, 0.008, 0},
    {"llama-q8_0", true, 0.027, 0},        {"llama-q4_0", true, 0.027, 0},      {"llama-q4_1", true, 0.027, 0},
    {"llama-q4_1-embq8", true, 0.027, 0},  {"llama-q6_k", true, 0.032, 0},
    {"llama-q5_0", true, 0.027, 0},        {"llama-q5_1", true, 0.027, 0},      {"llama-q4_k", true, 0.032, 0},
    {"llama-q5_k-untied", true, 0.032, 0},
    {"qwen2-f32", false, 0.003, 0.03},     {"qwen2-q8_0", true, 0.027, 0},      {"qwen2-q4_0", true, 0.027, 0},
    {"qwen2-q4_1", true, 0.027, 0},        {"qwen2-q4_k_m-fallback", true, 0.032, 0},
    {"qwen3-f32", false, 0.003, 0.03},     {"qwen3-q8_0", true, 0.027, 0},      {"qwen3-q4_0", true, 0.027, 0},
    {"gemma3-f32", false, 0.003, 0.03},    {"gemma3-q8_0", true, 0.027, 0},     {"gemma3-q4_0", true, 0.027, 0},
};

static const char *reference(const char *name, const char *suffix)
{
    char relative[128];
    snprintf(relative, sizeof relative, "reference/%s%s", name, suffix);
    return shared_file(relative);
}

static json_t *read_cases(const char *model)
{
    json_error_t error;
    json_t *all = json_load_file(reference(model, ".json"), 0, &error);
    assert_non_null(all);
    return all;
}

static size_t tokens_of(const json_t *one, token ids[256])
{
    json_t *array = json_object_get(one, "tokens");
    size_t count = json_array_size(array);
    assert_in_range(count, 1, 256);
    for (size_t i = 0; i < count; i++)
        ids[i] = (token)json_integer_value(json_array_get(array, i));
    return count;
}

static size_t top_of(const float *x, size_t count, float *ret_margin)
{
    size_t top = 0;
    float second = -INFINITY;
    for (size_t i = 1; i < count; i++)
        if (x[i] > x[top]) {
            second = x[top];
            top = i;
        } else {
            second = fmaxf(second, x[i]);
        }
    *ret_margin = x[top] - second;
    return top;
}

struct distance {
    double relative_rms, absolute;
};

static struct distance distance(const float *got, const float *right, size_t count)
{
    double mean = 0, variance = 0, square = 0, most = 0;
    for (size_t i = 0; i < count; i++)
        mean += (double)right[i] / (double)count;
    for (size_t i = 0; i < count; i++) {
        double d = (double)got[i] - (double)right[i], v = (double)right[i] - mean;
        square += d * d;
        variance += v * v;
        most = fmax(most, fabs(d));
    }
    return (struct distance){sqrt(square / variance), most};
}

static void check_model(const struct row *row, unsigned threads)
{
    struct error err;
    AUTO(pool) *pool = NULL;
    AUTO(model) *model = NULL;
    AUTO(session) *session = NULL;
    AUTO(buffer) *right = NULL;
    assert_ok(pool_new(&pool, threads, &err), err);
    assert_ok(model_load(&model, reference(row->model, ".gguf"), pool, &err), err);
    assert_ok(session_new(&session, model, 0, pool, &err), err);
    assert_ok(file_read(&right, reference(row->model, row->is_exact ? ".exact.f32" : ".f32"), FILE_BYTES_MAX,
                        FAULT_INPUT, &err), err);
    struct model_info info;
    model_info(model, &info);
    json_t *all = read_cases(row->model), *cases = json_object_get(all, "cases");
    assert_int_equal(right->bytes, json_array_size(cases) * info.vocabulary * sizeof(float));
    struct distance worst = {0, 0};
    for (size_t c = 0; c < json_array_size(cases); c++) {
        token ids[256];
        const float *logits, *exact = (const float *)right->data +
                                      (size_t)json_integer_value(json_object_get(json_array_get(cases, c), "row")) * info.vocabulary;
        size_t count = tokens_of(json_array_get(cases, c), ids);
        session_rewind(session, 0);
        assert_ok(session_extend(session, ids, count, ROWS_LAST, &logits, &err), err);
        struct distance d = distance(logits, exact, info.vocabulary);
        worst = (struct distance){fmax(worst.relative_rms, d.relative_rms), fmax(worst.absolute, d.absolute)};
        float margin, ignored;
        size_t top = top_of(exact, info.vocabulary, &margin);
        if (margin > MARGIN_OF_TOP)
            assert_int_equal(top_of(logits, info.vocabulary, &ignored), top);
    }
    json_decref(all);
    print_message("%-18s %-7s relative RMS %.5f, largest difference %.5f\n", row->model, info.kernels,
                  worst.relative_rms, worst.absolute);
    assert_true(worst.relative_rms <= row->relative_rms);
    assert_true(row->absolute == 0 || worst.absolute <= row->absolute);
}

static void logits_agree_with_exact_arithmetic(void **state UNUSED)
{
    if (!reference("llama-f32", ".gguf"))
        skip_loudly("reference logits", "no shared data beside the checkout");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_model(&rows[i], 2);
}

/* Every position's best token, over the whole run and not only at its end. */
static void every_position_has_the_reference_best_token(void **state UNUSED)
{
    if (!reference("llama-f32", ".gguf"))
        skip_loudly("reference logits", "no shared data beside the checkout");
    struct error err;
    AUTO(model) *model = NULL;
    AUTO(session) *session = NULL;
    assert_ok(model_load(&model, reference("llama-f32", ".gguf"), NULL, &err), err);
    assert_ok(session_new(&session, model, 0, NULL, &err), err);
    struct model_info info;
    model_info(model, &info);
    json_t *all = read_cases("llama-f32"), *cases = json_object_get(all, "cases");
    for (size_t c = 0; c < json_array_size(cases); c++) {
        token ids[256];
        const float *logits;
        json_t *best = json_object_get(json_array_get(cases, c), "argmax_each_pos");
        size_t count = tokens_of(json_array_get(cases, c), ids);
        session_rewind(session, 0);
        assert_ok(session_extend(session, ids, count, ROWS_ALL, &logits, &err), err);
        for (size_t i = 0; i < count; i++) {
            float margin;
            size_t top = top_of(logits + i * info.vocabulary, info.vocabulary, &margin);
            if (margin > 0.05f)
                assert_int_equal(top, json_integer_value(json_array_get(best, i)));
        }
    }
    json_decref(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logits_agree_with_exact_arithmetic),
        cmocka_unit_test(every_position_has_the_reference_best_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
