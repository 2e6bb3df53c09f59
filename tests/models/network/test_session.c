/* test_session.c - the same tokens give the same bits, whatever the threads, the split into calls, and what the cache
 * held before. On tiny random models of every weight type, so on any machine. */
#include "tests/support/support.h"

#include "models/format/quant.h"
#include "models/session.h"
#include "tests/support/tiny_model.h"

#define TOKENS 150 /* more than one pass of the decoder */

struct run {
    struct pool *pool;
    struct model *model;
    struct session *session;
    struct model_info info;
};

static const struct tiny_model models[] = {
    {.kind = TENSOR_F32, .embedding_kind = TENSOR_F32, .layers = 2, .dim = 64, .heads = 4, .kv_heads = 2, .head_size = 16, .ffn_dim = 96, .context = 256, .seed = 1},
    {.kind = TENSOR_F16, .embedding_kind = TENSOR_BF16, .layers = 2, .dim = 96, .heads = 3, .kv_heads = 1, .head_size = 32, .ffn_dim = 160, .context = 256, .seed = 2, .is_untied = true},
    {.kind = TENSOR_Q8_0, .embedding_kind = TENSOR_Q8_0, .layers = 2, .dim = 64, .heads = 2, .kv_heads = 2, .head_size = 48, .ffn_dim = 96, .context = 256, .seed = 3, .has_rope_divisors = true},
    {.kind = TENSOR_Q4_0, .embedding_kind = TENSOR_F16, .layers = 2, .dim = 96, .heads = 9, .kv_heads = 3, .head_size = 32, .ffn_dim = 192, .context = 256, .seed = 4},
    {.kind = TENSOR_Q4_1, .embedding_kind = TENSOR_Q8_0, .layers = 2, .dim = 64, .heads = 4, .kv_heads = 1, .head_size = 16, .ffn_dim = 96, .context = 256, .seed = 5},
    {.kind = TENSOR_Q6_K, .embedding_kind = TENSOR_Q6_K, .layers = 1, .dim = 256, .heads = 4, .kv_heads = 2, .head_size = 64, .ffn_dim = 256, .context = 256, .seed = 6, .is_untied = true},
    {.kind = TENSOR_Q5_0, .embedding_kind = TENSOR_Q8_0, .layers = 1, .dim = 64, .heads = 4, .kv_heads = 2, .head_size = 16, .ffn_dim = 96, .context = 256, .seed = 7},
    {.kind = TENSOR_Q5_1, .embedding_kind = TENSOR_Q8_0, .layers = 1, .dim = 64, .heads = 4, .kv_heads = 2, .head_size = 16, .ffn_dim = 96, .context = 256, .seed = 8},
    {.kind = TENSOR_IQ4_NL, .embedding_kind = TENSOR_Q8_0, .layers = 1, .dim = 64, .heads = 4, .kv_heads = 2, .head_size = 16, .ffn_dim = 96, .context = 256, .seed = 9},
    {.kind = TENSOR_Q2_K, .embedding_kind = TENSOR_Q6_K, .layers = 1, .dim = 256, .heads = 4, .kv_heads = 2, .head_size = 64, .ffn_dim = 256, .context = 256, .seed = 10},
    {.kind = TENSOR_Q3_K, .embedding_kind = TENSOR_Q6_K, .layers = 1, .dim = 256, .heads = 4, .kv_heads = 2, .head_size = 64, .ffn_dim = 256, .context = 256, .seed = 11},
    {.kind = TENSOR_Q4_K, .embedding_kind = TENSOR_Q6_K, .layers = 1, .dim = 256, .heads = 4, .kv_heads = 2, .head_size = 64, .ffn_dim = 512, .context = 256, .seed = 12},
    {.kind = TENSOR_Q5_K, .embedding_kind = TENSOR_Q6_K, .layers = 1, .dim = 256, .heads = 4, .kv_heads = 2, .head_size = 64, .ffn_dim = 256, .context = 256, .seed = 13},
    {.architecture = "qwen2", .kind = TENSOR_Q8_0, .embedding_kind = TENSOR_Q8_0, .layers = 2, .dim = 64, .heads = 4, .kv_heads = 2, .head_size = 16, .ffn_dim = 96, .context = 256, .seed = 14},
    {.architecture = "qwen3", .kind = TENSOR_Q4_0, .embedding_kind = TENSOR_F16, .layers = 2, .dim = 64, .heads = 3, .kv_heads = 1, .head_size = 64, .ffn_dim = 96, .context = 256, .seed = 15},
    {.architecture = "gemma3", .kind = TENSOR_Q8_0, .embedding_kind = TENSOR_Q8_0, .layers = 7, .dim = 64, .heads = 4, .kv_heads = 1, .head_size = 32, .ffn_dim = 96, .context = 256, .seed = 16, .window = 19},
};

static void open_run(struct run *r, const struct tiny_model *tiny, unsigned threads)
{
    struct error err;
    char *folder = scratch_new();
    const char *path = path_of(folder, "tiny.gguf");
    tiny_model_write(tiny, path);
    *r = (struct run){0};
    assert_ok(pool_new(&r->pool, threads, &err), err);
    assert_ok(model_load(&r->model, path, r->pool, &err), err);
    assert_ok(session_new(&r->session, r->model, 0, r->pool, &err), err);
    model_info(r->model, &r->info);
    scratch_drop(folder);
}

static void close_run(struct run *r)
{
    session_drop(&r->session);
    model_drop(&r->model);
    pool_drop(&r->pool);
}

static void random_tokens(token *ids, uint32_t vocabulary)
{
    uint64_t state = test_seed();
    for (size_t i = 0; i < TOKENS; i++)
        ids[i] = (token)(random_next(&state) % vocabulary);
}

/* Logits of every position, as a copy. */
static float *all_logits(struct run *r, const token *ids)
{
    struct error err;
    const float *logits;
    session_rewind(r->session, 0);
    assert_ok(session_extend(r->session, ids, TOKENS, ROWS_ALL, &logits, &err), err);
    size_t bytes = TOKENS * r->info.vocabulary * sizeof(float);
    float *copy = malloc(bytes);
    assert_non_null(copy);
    memcpy(copy, logits, bytes);
    return copy;
}

static void assert_last_row(const struct run *r, const float *logits, const float *all, size_t position)
{
    assert_memory_equal(logits, all + position * r->info.vocabulary, r->info.vocabulary * sizeof(float));
}

static void threads_do_not_change_a_bit(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        token ids[TOKENS];
        float *first = NULL;
        for (unsigned threads = 1; threads <= 4; threads++) {
            struct run r;
            open_run(&r, &models[i], threads);
            random_tokens(ids, r.info.vocabulary);
            float *logits = all_logits(&r, ids);
            if (first) {
                assert_memory_equal(logits, first, TOKENS * r.info.vocabulary * sizeof(float));
                free(logits);
            } else {
                first = logits;
            }
            close_run(&r);
        }
        free(first);
    }
}

static void kernel_columns_do_not_change_a_bit(void **state UNUSED)
{
    static const char *const columns[] = {"scalar", "avx2", "avxvnni", "avx512"};
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        token ids[TOKENS];
        float *first = NULL;
        for (size_t c = 0; c < COUNT_OF(columns); c++) {
            struct run r;
            setenv("ALCOVE_KERNELS", columns[c], 1);
            open_run(&r, &models[i], 2);
            random_tokens(ids, r.info.vocabulary);
            if (strcmp(r.info.kernels, columns[c]) != 0)
                print_message("SKIPPED: kernels %s (this CPU lacks them)\n", columns[c]);
            float *logits = all_logits(&r, ids);
            if (first) {
                assert_memory_equal(logits, first, TOKENS * r.info.vocabulary * sizeof(float));
                free(logits);
            } else {
                first = logits;
            }
            close_run(&r);
        }
        free(first);
    }
    unsetenv("ALCOVE_KERNELS");
}

static void every_split_of_a_prompt_gives_the_same_bits(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        struct error err;
        struct run r;
        token ids[TOKENS];
        const float *logits;
        open_run(&r, &models[i], 2);
        random_tokens(ids, r.info.vocabulary);
        float *all = all_logits(&r, ids);
        for (size_t split = 1; split < 40; split++) {
            session_rewind(r.session, 0);
            assert_ok(session_extend(r.session, ids, split, ROWS_LAST, &logits, &err), err);
            assert_last_row(&r, logits, all, split - 1);
            assert_ok(session_extend(r.session, ids + split, 40 - split, ROWS_LAST, &logits, &err), err);
            assert_last_row(&r, logits, all, 39);
        }
        free(all);
        close_run(&r);
    }
}

static void batches_of_any_size_give_the_same_bits(void **state UNUSED)
{
    static const size_t sizes[] = {1, 2, 3, 5, 7, 8, 9, 16, 17, 64, 127, 128, 129};
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        struct run r;
        token ids[TOKENS];
        open_run(&r, &models[i], 2);
        random_tokens(ids, r.info.vocabulary);
        float *all = all_logits(&r, ids);
        for (size_t s = 0; s < COUNT_OF(sizes); s++) {
            session_rewind(r.session, 0);
            for (size_t at = 0; at < TOKENS; at += sizes[s]) {
                struct error err;
                const float *logits;
                size_t count = MIN(sizes[s], (size_t)TOKENS - at);
                assert_ok(session_extend(r.session, ids + at, count, ROWS_LAST, &logits, &err), err);
                assert_last_row(&r, logits, all, at + count - 1);
            }
        }
        free(all);
        close_run(&r);
    }
}

static void what_was_rewound_leaves_no_trace(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        struct error err;
        struct run r;
        token ids[TOKENS], others[TOKENS];
        const float *logits;
        open_run(&r, &models[i], 2);
        random_tokens(ids, r.info.vocabulary);
        for (size_t t = 0; t < TOKENS; t++)
            others[t] = (token)((uint32_t)(ids[t] + 1) % r.info.vocabulary);
        float *all = all_logits(&r, ids);
        for (uint32_t keep = 0; keep < 100; keep += 7) {
            session_rewind(r.session, 0);
            assert_ok(session_extend(r.session, ids, keep, ROWS_NONE, NULL, &err), err);
            assert_ok(session_extend(r.session, others, TOKENS - keep, ROWS_NONE, NULL, &err), err);
            session_rewind(r.session, keep);
            assert_int_equal(session_length(r.session), keep);
            assert_ok(session_extend(r.session, ids + keep, 20, ROWS_LAST, &logits, &err), err);
            assert_last_row(&r, logits, all, keep + 19);
            assert_memory_equal(session_tokens(r.session), ids, (keep + 20) * sizeof *ids);
        }
        free(all);
        close_run(&r);
    }
}

static void what_does_not_fit_is_refused_and_changes_nothing(void **state UNUSED)
{
    struct error err;
    struct run r;
    token ids[TOKENS];
    const float *logits;
    open_run(&r, &models[0], 1);
    random_tokens(ids, r.info.vocabulary);
    float *all = all_logits(&r, ids);
    assert_int_equal(session_extend(r.session, ids, 256 - TOKENS + 1, ROWS_LAST, &logits, &err), -1);
    assert_int_equal(err.code, FAULT_DOCUMENT);
    assert_int_equal(session_length(r.session), TOKENS);
    assert_int_equal(session_extend(r.session, (token[]){(token)r.info.vocabulary}, 1, ROWS_LAST, &logits, &err), -1);
    assert_int_equal(session_extend(r.session, (token[]){-1}, 1, ROWS_LAST, &logits, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
    session_rewind(r.session, TOKENS - 1);
    assert_ok(session_extend(r.session, ids + TOKENS - 1, 1, ROWS_LAST, &logits, &err), err);
    assert_last_row(&r, logits, all, TOKENS - 1);
    free(all);
    close_run(&r);
}

static void a_whole_context_can_be_filled(void **state UNUSED)
{
    struct error err;
    struct run r;
    token ids[256];
    open_run(&r, &models[4], 2);
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        ids[i] = (token)(i % r.info.vocabulary);
    assert_int_equal(session_capacity(r.session), 256);
    assert_ok(session_extend(r.session, ids, 256, ROWS_NONE, NULL, &err), err);
    assert_int_equal(session_length(r.session), 256);
    struct session *longer = NULL;
    assert_int_equal(session_new(&longer, r.model, 257, NULL, &err), -1);
    assert_null(longer);
    close_run(&r);
}

static void the_model_describes_itself(void **state UNUSED)
{
    struct run r;
    open_run(&r, &models[4], 1);
    assert_string_equal(r.info.architecture, "llama");
    assert_string_equal(r.info.name, "tiny random llama");
    assert_string_equal(r.info.pre_tokenizer, "smollm");
    assert_string_equal(r.info.types, "F32 x 5, Q4_1 x 14, Q8_0 x 1");
    assert_int_equal(r.info.kv_bytes_per_token, 2 * 2 * 1 * 16 * 2);
    assert_int_equal(r.info.layers, 2);
    close_run(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(kernel_columns_do_not_change_a_bit),
        cmocka_unit_test(every_split_of_a_prompt_gives_the_same_bits),
        cmocka_unit_test(batches_of_any_size_give_the_same_bits),
        cmocka_unit_test(what_was_rewound_leaves_no_trace),
        cmocka_unit_test(what_does_not_fit_is_refused_and_changes_nothing),
        cmocka_unit_test(a_whole_context_can_be_filled),
        cmocka_unit_test(the_model_describes_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
