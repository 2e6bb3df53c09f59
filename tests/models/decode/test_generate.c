/* test_generate.c - generation is what choosing step by step gives, with drafts and without; limits hold. */
#include "models/model.h"
#include "models/session.h"
#include "tests/support/support.h"
#include "tests/support/tiny_model.h"

#include "base/buffer.h"
#include "base/redacted_make.h"
#include "base/utf8.h"

/* Repeats itself, so that drafts are made and some of them hold. */
static const char *const texts[] = {
    "The patient takes aspirin. The patient takes ibuprofen. The patient takes",
    "1 2 3 4 1 2 3 4 1 2 3 4 1 2",
    "Invoice 2024-118: total due 4,310.50 EUR by 3 March.",
    "a",
};

static struct model *model;
static uint32_t vocabulary;

static int open_model(void **state UNUSED)
{
    struct error err;
    struct model_info info;
    struct tiny_model tiny = tiny_model_default();
    char *folder = scratch_new();
    const char *path = path_of(folder, "tiny.gguf");
    tiny_model_write(&tiny, path);
    int r = model_load(&model, path, NULL, &err);
    if (r)
        print_error("%s (%s)\n", err.message, err.hint);
    else
        model_info(model, &info);
    vocabulary = r ? 0 : info.vocabulary;
    scratch_drop(folder);
    return r;
}

static int close_model(void **state UNUSED)
{
    model_drop(&model);
    return 0;
}

static struct prompt *prompt_of(const char *text)
{
    struct error err;
    struct prompt *prompt = NULL;
    AUTO(redacted_text) *redacted = NULL;
    assert_ok(redacted_text_make(&redacted, slice_of(text), &err), err);
    assert_ok(prompt_new(&prompt, model, false, &err), err);
    assert_ok(prompt_add(prompt, redacted, &err), err);
    return prompt;
}

/* Generates in a fresh session; the text is the caller's. */
static struct generated generate(const char *text, const struct generation *how)
{
    struct error err;
    struct generated got = {0};
    struct session *session = NULL;
    AUTO(prompt) *prompt = prompt_of(text);
    assert_ok(session_new(&session, model, 256, NULL, &err), err);
    assert_ok(session_generate(session, prompt, how, &got, &err), err);
    session_drop(&session);
    return got;
}

/* The definition: the likeliest token of the last row, appended to the prompt, and all of it again. */
static void greedy_by_definition(const char *text, uint32_t tokens_max, struct buffer *out)
{
    struct error err;
    AUTO(prompt) *prompt = prompt_of(text);
    for (uint32_t n = 0; n < tokens_max; n++) {
        const float *logits;
        size_t rows;
        AUTO(session) *session = NULL;
        assert_ok(session_new(&session, model, 256, NULL, &err), err);
        assert_ok(session_logits(session, prompt, false, &logits, &rows, &err), err);
        token best = 0;
        for (token t = 1; t < (token)vocabulary; t++)
            best = logits[t] > logits[best] ? t : best;
        if (model_token_is_end(model, best))
            break;
        assert_ok(prompt_add_tokens(prompt, &best, 1, &err), err);
        assert_ok(buffer_append(out, model_token_text(model, best), &err), err);
    }
}

static void greedy_is_the_likeliest_token_again_and_again(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct error err;
        AUTO(buffer) *wanted = NULL;
        assert_ok(buffer_new(&wanted, 1 << 20, &err), err);
        greedy_by_definition(texts[i], 24, wanted);
        struct generated got = generate(texts[i], &(struct generation){.tokens_max = 24});
        if (utf8_valid(buffer_slice(wanted)) == wanted->bytes)
            assert_true(slice_equal(buffer_slice(got.text), buffer_slice(wanted)));
        assert_int_equal(utf8_valid(buffer_slice(got.text)), got.text->bytes);
        buffer_drop(&got.text);
    }
}

static void drafts_do_not_change_the_output(void **state UNUSED)
{
    static const token allowed[] = {40, 41, 42, 43, 70, 71, 72, 260, 261};
    static const struct generation rows[] = {
        {.tokens_max = 60},
        {.tokens_max = 60, .no_repeat_4gram = true},
        {.tokens_max = 60, .allowed = allowed, .allowed_count = COUNT_OF(allowed)},
        {.tokens_max = 60, .temperature = 0.2f, .seed = 7},
        {.tokens_max = 60, .temperature = 1.5f, .seed = 8, .no_repeat_4gram = true},
        {.tokens_max = 1},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (size_t k = 0; k < COUNT_OF(rows); k++) {
            struct generation how = rows[k];
            struct generated plain = generate(texts[i], &how);
            how.use_lookup = true;
            struct generated drafted = generate(texts[i], &how);
            assert_int_equal(plain.tokens, drafted.tokens);
            assert_int_equal(plain.ended, drafted.ended);
            assert_true(slice_equal(buffer_slice(plain.text), buffer_slice(drafted.text)));
            buffer_drop(&plain.text);
            buffer_drop(&drafted.text);
        }
}

static void one_seed_gives_one_text_and_another_seed_another(void **state UNUSED)
{
    struct generation how = {.tokens_max = 40, .temperature = 4, .seed = 1};
    struct generated a = generate(texts[0], &how), b = generate(texts[0], &how);
    how.seed = 2;
    struct generated c = generate(texts[0], &how);
    assert_true(slice_equal(buffer_slice(a.text), buffer_slice(b.text)));
    assert_false(slice_equal(buffer_slice(a.text), buffer_slice(c.text)));
    buffer_drop(&a.text);
    buffer_drop(&b.text);
    buffer_drop(&c.text);
}

static bool is_listed(const token *ids, size_t count, token id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static void only_allowed_tokens_are_chosen(void **state UNUSED)
{
    static const token allowed[] = {-5, 40, 41, 42, 260, 2000000};
    struct error err;
    struct generated got = {0};
    AUTO(session) *session = NULL;
    AUTO(prompt) *prompt = prompt_of(texts[0]);
    assert_ok(session_new(&session, model, 256, NULL, &err), err);
    struct generation how = {.tokens_max = 30, .allowed = allowed, .allowed_count = COUNT_OF(allowed)};
    assert_ok(session_generate(session, prompt, &how, &got, &err), err);
    size_t count;
    prompt_tokens(prompt, &count);
    assert_int_equal(got.prompt_tokens, count);
    for (size_t i = count; i < session_length(session); i++)
        assert_true(is_listed(allowed, COUNT_OF(allowed), session_tokens(session)[i]));
    buffer_drop(&got.text);
    how.allowed_count = 0; /* nothing but the end */
    assert_ok(session_generate(session, prompt, &how, &got, &err), err);
    assert_true(got.ended);
    assert_int_equal(got.tokens, 0);
    buffer_drop(&got.text);
}

static size_t repeats_of_four(const token *output, size_t count)
{
    size_t repeats = 0;
    for (size_t i = 0; i + 4 <= count; i++)
        for (size_t k = i + 1; k + 4 <= count; k++)
            repeats += memcmp(output + i, output + k, 4 * sizeof *output) == 0;
    return repeats;
}

static void no_group_of_four_comes_twice(void **state UNUSED)
{
    struct error err;
    size_t repeats[2] = {0}, tokens = 0;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (int refuse = 0; refuse < 2; refuse++) {
            struct generated got = {0};
            AUTO(session) *session = NULL;
            AUTO(prompt) *prompt = prompt_of(texts[i]);
            assert_ok(session_new(&session, model, 256, NULL, &err), err);
            struct generation how = {.tokens_max = 150, .no_repeat_4gram = refuse};
            assert_ok(session_generate(session, prompt, &how, &got, &err), err);
            repeats[refuse] += repeats_of_four(session_tokens(session) + got.prompt_tokens,
                                               session_length(session) - got.prompt_tokens);
            tokens += got.tokens;
            buffer_drop(&got.text);
        }
    print_message("%zu tokens; %zu repeats where they are allowed\n", tokens, repeats[0]);
    assert_int_equal(repeats[1], 0);
    assert_true(repeats[0] > 0); /* or the test shows nothing */
}

static bool stop_at_ten(void *context, struct slice text)
{
    *(size_t *)context += 1;
    return text.bytes >= 10;
}

static void a_stop_is_asked_after_each_token_and_obeyed(void **state UNUSED)
{
    size_t asked = 0;
    struct generation how = {.tokens_max = 100, .stop = stop_at_ten, .stop_context = &asked, .use_lookup = true};
    struct generated got = generate(texts[0], &how);
    assert_int_equal(asked, got.tokens);
    assert_true(got.ended || got.tokens < 100);
    buffer_drop(&got.text);
}

static void a_full_context_ends_the_output_but_refuses_the_prompt(void **state UNUSED)
{
    struct error err;
    size_t count;
    static const token allowed[] = {40, 41, 42};
    AUTO(prompt) *prompt = prompt_of(texts[0]);
    prompt_tokens(prompt, &count);
    for (int use_lookup = 0; use_lookup < 2; use_lookup++) {
        struct generated got = {0};
        AUTO(session) *fits = NULL, *tight = NULL;
        assert_ok(session_new(&fits, model, (uint32_t)count + 5, NULL, &err), err);
        assert_ok(session_new(&tight, model, (uint32_t)count - 1, NULL, &err), err);
        struct generation how = {.tokens_max = 50, .allowed = allowed, .allowed_count = 3, .temperature = 1,
                                 .use_lookup = use_lookup};
        assert_ok(session_generate(fits, prompt, &how, &got, &err), err);
        assert_true(got.ended || got.tokens == 6); /* five in the cache and the one they lead to */
        buffer_drop(&got.text);
        assert_int_equal(session_generate(tight, prompt, &how, &got, &err), -1);
        assert_int_equal(err.code, FAULT_DOCUMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greedy_is_the_likeliest_token_again_and_again),
        cmocka_unit_test(drafts_do_not_change_the_output),
        cmocka_unit_test(one_seed_gives_one_text_and_another_seed_another),
        cmocka_unit_test(only_allowed_tokens_are_chosen),
        cmocka_unit_test(no_group_of_four_comes_twice),
        cmocka_unit_test(a_stop_is_asked_after_each_token_and_obeyed),
        cmocka_unit_test(a_full_context_ends_the_output_but_refuses_the_prompt),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
