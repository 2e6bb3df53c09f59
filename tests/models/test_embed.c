/* test_embed.c - embeddings of tiny random encoders against another implementation's, computed in exact arithmetic from
 * the same weights (shared data, reference/README.md), and the same bits whatever the threads and kernels. */
#include "tests/support/support.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/redacted_make.h"
#include "models/model.h"

#include <jansson.h>
#include <math.h>

#define FILE_BYTES_MAX (1u << 20)
#define DIM_MAX 128

static const struct row {
    const char *model;
    bool is_exact;       /* <model>.exact.f32 is there; else <model>.f32 is exact itself */
    double relative_rms; /* as in network/test_reference.c, for encoders */
} rows[] = {{"bert-mean-f32", false, 0.001}, {"bert-mean-f16", true, 0.001}, {"bert-mean-q8_0", true, 0.015},
            {"bert-cls-q8_0", true, 0.015}};

static const char *reference(const char *name, const char *suffix)
{
    char relative[128];
    snprintf(relative, sizeof relative, "reference/%s%s", name, suffix);
    return shared_file(relative);
}

static double relative_rms(const float *got, const float *right, size_t count)
{
    double mean = 0, variance = 0, square = 0;
    for (size_t i = 0; i < count; i++)
        mean += (double)right[i] / (double)count;
    for (size_t i = 0; i < count; i++) {
        square += ((double)got[i] - (double)right[i]) * ((double)got[i] - (double)right[i]);
        variance += ((double)right[i] - mean) * ((double)right[i] - mean);
    }
    return sqrt(square / variance);
}

/* The ids of a case as they are; its text, where it has one, must give the same bits. */
static void embed_case(const struct model *model, const json_t *one, struct pool *pool, size_t dim, float *ret)
{
    struct error err;
    AUTO(prompt) *prompt = NULL;
    json_t *tokens = json_object_get(one, "tokens"), *text = json_object_get(one, "text");
    assert_ok(prompt_new(&prompt, model, false, &err), err);
    for (size_t i = 0; i < json_array_size(tokens); i++) {
        token id = (token)json_integer_value(json_array_get(tokens, i));
        assert_ok(prompt_add_tokens(prompt, &id, 1, &err), err);
    }
    assert_ok(model_embed_prompt(model, prompt, pool, ret, &err), err);
    if (!json_is_string(text))
        return;
    AUTO(redacted_text) *redacted = NULL;
    float of_text[DIM_MAX];
    assert_ok(redacted_text_make(&redacted, slice_of(json_string_value(text)), &err), err);
    assert_ok(model_embed(model, redacted, pool, of_text, &err), err);
    assert_memory_equal(of_text, ret, dim * sizeof *ret);
}

static void check_model(const struct row *row, unsigned threads, float *ret_all)
{
    struct error err;
    AUTO(pool) *pool = NULL;
    AUTO(model) *model = NULL;
    AUTO(buffer) *right = NULL;
    struct model_info info;
    json_error_t error;
    assert_ok(pool_new(&pool, threads, &err), err);
    assert_ok(model_load(&model, reference(row->model, ".gguf"), pool, &err), err);
    assert_ok(file_read(&right, reference(row->model, row->is_exact ? ".exact.f32" : ".f32"), FILE_BYTES_MAX,
                        FAULT_INPUT, &err), err);
    model_info(model, &info);
    json_t *all = json_load_file(reference(row->model, ".json"), 0, &error), *cases = json_object_get(all, "cases");
    assert_int_equal(right->bytes, json_array_size(cases) * info.dim * sizeof(float));
    double worst = 0;
    for (size_t c = 0; c < json_array_size(cases); c++) {
        float *got = ret_all + c * info.dim;
        embed_case(model, json_array_get(cases, c), pool, info.dim, got);
        size_t at = (size_t)json_integer_value(json_object_get(json_array_get(cases, c), "row"));
        worst = fmax(worst, relative_rms(got, (const float *)right->data + at * info.dim, info.dim));
    }
    json_decref(all);
    print_message("%-15s %-7s relative RMS %.5f\n", row->model, info.kernels, worst);
    assert_true(worst <= row->relative_rms);
}

static void embeddings_agree_with_exact_arithmetic_and_each_other(void **state UNUSED)
{
    if (!reference("bert-mean-f32", ".gguf"))
        skip_loudly("reference embeddings", "no shared data beside the checkout");
    static const char *const columns[] = {"scalar", "avx2", "avxvnni", "avx512"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        float first[8 * DIM_MAX] = {0}, got[8 * DIM_MAX] = {0};
        for (size_t c = 0; c < COUNT_OF(columns); c++) {
            setenv("ALCOVE_KERNELS", columns[c], 1);
            check_model(&rows[i], 1 + (unsigned)c, c ? got : first);
            if (c)
                assert_memory_equal(got, first, sizeof first);
        }
    }
    unsetenv("ALCOVE_KERNELS");
}

static void what_does_not_fit_or_has_no_embedding_is_refused(void **state UNUSED)
{
    if (!reference("bert-mean-f32", ".gguf"))
        skip_loudly("reference embeddings", "no shared data beside the checkout");
    struct error err;
    AUTO(model) *encoder = NULL;
    AUTO(model) *decoder = NULL;
    AUTO(prompt) *prompt = NULL;
    AUTO(prompt) *other = NULL;
    struct session *session = NULL;
    float vector[DIM_MAX];
    assert_ok(model_load(&encoder, reference("bert-mean-f32", ".gguf"), NULL, &err), err);
    assert_ok(model_load(&decoder, reference("llama-f32", ".gguf"), NULL, &err), err);
    assert_ok(prompt_new(&prompt, encoder, false, &err), err);
    assert_int_equal(model_embed_prompt(encoder, prompt, NULL, vector, &err), -1);
    assert_int_equal(err.code, FAULT_DOCUMENT);
    for (int i = 0; i < 129; i++)
        assert_ok(prompt_add_tokens(prompt, (token[]){7}, 1, &err), err);
    assert_int_equal(model_embed_prompt(encoder, prompt, NULL, vector, &err), -1);
    assert_int_equal(err.code, FAULT_DOCUMENT);
    assert_int_equal(session_new(&session, encoder, 0, NULL, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
    assert_ok(prompt_new(&other, decoder, false, &err), err);
    assert_ok(prompt_add_tokens(other, (token[]){7}, 1, &err), err);
    assert_int_equal(model_embed_prompt(decoder, other, NULL, vector, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embeddings_agree_with_exact_arithmetic_and_each_other),
        cmocka_unit_test(what_does_not_fit_or_has_no_embedding_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
