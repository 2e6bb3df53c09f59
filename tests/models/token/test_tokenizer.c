/* test_tokenizer.c - ids equal those of other implementations, text comes back, no text becomes a control token, and
 * a vocabulary that lies is refused. */
#include "models/token/tokenizer.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/support.h"
#include "tests/support/tiny_model.h"

#include "base/file.h"
#include "base/utf8.h"
#include "models/format/gguf.h"
#include "models/model.h"

#include <jansson.h>

static struct tokenizer *open_tokenizer(const char *path)
{
    struct error err;
    AUTO(gguf) *file = NULL;
    struct tokenizer *t = NULL;
    assert_ok(gguf_open(&file, path, &err), err);
    assert_ok(tokenizer_new(&t, file, &err), err);
    return t;
}

static void check_ids(const struct tokenizer *t, struct slice text, const token *wanted, size_t count, size_t nth)
{
    struct error err;
    AUTO_TOKENS got = {0};
    assert_ok(tokenizer_encode(t, text, false, &got, &err), err);
    for (size_t i = 0; i < MIN(got.count, count); i++)
        if (got.ids[i] != wanted[i])
            fail_msg("text %zu: id %zu is %d, not %d", nth, i, got.ids[i], wanted[i]);
    if (got.count != count)
        fail_msg("text %zu: %zu ids, not %zu", nth, got.count, count);
}

/* Reads decimal ids of one line; returns where the next line starts. */
static char *read_ids(char *line, token *ids, size_t *ret_count)
{
    size_t n = 0;
    while (*line && *line != '\n') {
        char *end;
        long id = strtol(line, &end, 10);
        if (end == line)
            break;
        assert_true(n < 512);
        ids[n++] = (token)id;
        line = end;
    }
    *ret_count = n;
    line = strchr(line, '\n');
    return line ? line + 1 : NULL;
}

/* Texts separated by `marker`, and a line of ids for each; returns how many were compared. */
static size_t check_files(const struct tokenizer *t, const char *texts, const char *lines, const char *marker)
{
    struct error err;
    AUTO(buffer) *in = NULL, *out = NULL;
    assert_ok(file_read(&in, texts, 1 << 20, FAULT_INPUT, &err), err);
    assert_ok(file_read(&out, lines, 1 << 20, FAULT_INPUT, &err), err);
    size_t n = 0;
    char *line = out->data;
    for (char *text = in->data; line && *line; n++) {
        char *end = memmem(text, (size_t)(in->data + in->bytes - text), marker, strlen(marker));
        token ids[512];
        size_t count, bytes = (size_t)((end ? end : in->data + in->bytes) - text);
        line = read_ids(line, ids, &count);
        check_ids(t, (struct slice){text, bytes}, ids, count, n);
        if (!end)
            return n + 1;
        text = end + strlen(marker);
    }
    return n;
}

static const char *vector_file(const char *name, const char *suffix)
{
    char file[96];
    snprintf(file, sizeof file, "data/tokenizer-vectors/ggml-vocab-%s.gguf%s", name, suffix);
    return shared_file(file);
}

static void ids_are_those_of_the_published_vectors(void **state UNUSED)
{
    static const char *const names[] = {"gpt-2", "phi-3", "llama-spm", "bert-bge"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *vocabulary = vector_file(names[i], "");
        if (!vocabulary)
            skip_loudly("tokenizer vectors", "the shared data is not beside this checkout");
        AUTO(tokenizer) *t = open_tokenizer(vocabulary);
        size_t n = check_files(t, vector_file(names[i], ".inp"), vector_file(names[i], ".out"),
                               "\n__ggml_vocab_test__\n");
        assert_int_equal(n, 46);
    }
}

static void reference_models_tokenize_as_the_reference_did(void **state UNUSED)
{
    static const char *const names[] = {"llama-f32",  "llama-q6_k",  "qwen2-f32",     "qwen3-f32", "llama-q4_k",
                                        "gemma3-f32", "gemma3-q8_0", "bert-mean-f32", "bert-cls-q8_0"};
    size_t compared = 0;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char file[64];
        snprintf(file, sizeof file, "reference/%s.gguf", names[i]);
        const char *model = shared_file(file);
        snprintf(file, sizeof file, "reference/%s.json", names[i]);
        const char *cases = shared_file(file);
        if (!model || !cases)
            skip_loudly("reference models", "the shared data is not beside this checkout");
        AUTO(tokenizer) *t = open_tokenizer(model);
        json_t *root = json_load_file(cases, 0, NULL), *each;
        size_t at;
        assert_non_null(root);
        json_array_foreach(json_object_get(root, "cases"), at, each)
        {
            const char *text = json_string_value(json_object_get(each, "text"));
            json_t *tokens = json_object_get(each, "tokens");
            token ids[512];
            if (!text)
                continue;
            for (size_t k = 0; k < json_array_size(tokens); k++)
                ids[k] = (token)json_integer_value(json_array_get(tokens, k));
            AUTO_TOKENS got = {0};
            struct error err;
            if (tokenizer_first(t) >= 0)
                assert_ok(token_list_add(&got, tokenizer_first(t), &err), err);
            assert_ok(tokenizer_encode(t, slice_of(text), false, &got, &err), err);
            if (tokenizer_last(t) >= 0)
                assert_ok(token_list_add(&got, tokenizer_last(t), &err), err);
            assert_true(got.count >= json_array_size(tokens)); /* the reference cut at 90 ids */
            assert_true(got.count == json_array_size(tokens) || json_array_size(tokens) >= 90);
            assert_memory_equal(got.ids, ids, json_array_size(tokens) * sizeof *ids);
            compared++;
        }
        json_decref(root);
    }
    assert_true(compared >= 20);
}

static void ids_of_mixed_texts_are_those_of_other_tokenizers(void **state UNUSED)
{
    static const char *const files[][2] = {{"llama-spm", "tests/golden/spm-ids.txt"},
                                           {"bert-bge", "tests/golden/bert-ids.txt"}};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const char *vocabulary = vector_file(files[i][0], "");
        if (!vocabulary)
            skip_loudly("golden ids of the vector vocabularies", "the shared data is not beside this checkout");
        AUTO(tokenizer) *t = open_tokenizer(vocabulary);
        size_t n = check_files(t, source_file("tests/golden/texts.txt"), source_file(files[i][1]), "\n----\n");
        assert_int_equal(n, 59);
    }
}

static const char *default_model(void)
{
    static struct registry_entry entry;
    const char *build = getenv("ALCOVE_BUILD_DIR");
    struct hash digest;
    struct error err;
    return registry_find("default", path_of(build ? build : ".", "models"), &entry, &digest, &err) ? NULL : entry.path;
}

static void smollm_ids_are_those_of_another_tokenizer(void **state UNUSED)
{
    const char *model = default_model();
    if (!model)
        skip_loudly("golden ids of the default model", "the default model is not here");
    AUTO(tokenizer) *t = open_tokenizer(model);
    size_t n = check_files(t, source_file("tests/golden/texts.txt"), source_file("tests/golden/smollm-ids.txt"),
                           "\n----\n");
    assert_int_equal(n, 59);
}

/* Of a vocabulary of all bytes and some merges, with the control tokens 0 endoftext, 1 im_start, 2 im_end. */
static struct tokenizer *tiny_tokenizer(void)
{
    struct error err;
    struct tiny_model tiny = tiny_model_default();
    struct tokenizer *t = NULL;
    AUTO(gguf) *file = NULL;
    size_t bytes;
    unsigned char *data = tiny_model_bytes(&tiny, &bytes);
    assert_ok(gguf_read(&file, (struct slice){(char *)data, bytes}, "tiny", &err), err);
    assert_ok(tokenizer_new(&t, file, &err), err);
    gguf_drop(&file);
    free(data);
    return t;
}

static void check_round_trip(const struct tokenizer *t, struct slice text, bool special)
{
    struct error err;
    AUTO_TOKENS ids = {0};
    size_t at = 0;
    assert_ok(tokenizer_encode(t, text, special, &ids, &err), err);
    for (size_t k = 0; k < ids.count; k++) {
        struct slice piece = tokenizer_text(t, ids.ids[k]);
        assert_true(piece.bytes > 0 && at + piece.bytes <= text.bytes);
        assert_memory_equal(piece.data, text.data + at, piece.bytes);
        at += piece.bytes;
    }
    assert_int_equal(at, text.bytes);
}

static void check_round_trips(const struct tokenizer *t, uint64_t *seed)
{
    for (int round = 0; round < 400; round++) {
        char text[600];
        size_t n = 0;
        for (size_t wanted = random_next(seed) % 500; n < wanted;) {
            uint64_t r = random_next(seed);
            n += utf8_encode((uint32_t)(r >> 8) % (r & 1 ? 0x110000 : r & 2 ? 0x80 : 0x300), text + n);
        }
        check_round_trip(t, (struct slice){text, n}, round & 1);
    }
}

static void any_text_comes_back_byte_for_byte(void **state UNUSED)
{
    uint64_t seed = test_seed();
    AUTO(tokenizer) *tiny = tiny_tokenizer();
    check_round_trips(tiny, &seed);
}

static void any_text_comes_back_in_larger_vocabularies(void **state UNUSED)
{
    static const char *const files[] = {"data/tokenizer-vectors/ggml-vocab-gpt-2.gguf", "reference/qwen2-f32.gguf"};
    uint64_t seed = test_seed();
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const char *path = shared_file(files[i]);
        if (!path)
            skip_loudly("round trip in larger vocabularies", "the shared data is not beside this checkout");
        AUTO(tokenizer) *t = open_tokenizer(path);
        check_round_trips(t, &seed);
    }
}

static void control_tokens_are_recognised_only_when_asked(void **state UNUSED)
{
    AUTO(tokenizer) *t = tiny_tokenizer();
    static const struct slice text = SLICE("<|im_start|>user\n<|im_end|>\xc3\xa9<|endoftext|>");
    AUTO_TOKENS asked = {0}, not_asked = {0};
    struct error err;
    assert_ok(tokenizer_encode(t, text, true, &asked, &err), err);
    size_t controls = 0;
    for (size_t i = 0; i < asked.count; i++)
        controls += asked.ids[i] <= 2;
    assert_int_equal(controls, 3);
    assert_int_equal(asked.ids[0], 1);
    assert_int_equal(asked.ids[asked.count - 1], 0);
    assert_ok(tokenizer_encode(t, text, false, &not_asked, &err), err);
    for (size_t i = 0; i < not_asked.count; i++)
        assert_true(not_asked.ids[i] > 2);
    assert_int_equal(tokenizer_text(t, 1).bytes, 0);
    assert_true(tokenizer_is_end(t, 2) && tokenizer_is_end(t, 0) && !tokenizer_is_end(t, 1) && !tokenizer_is_end(t, 3));
}

static void text_that_is_not_utf8_is_refused(void **state UNUSED)
{
    static const struct slice texts[] = {SLICE("abc\xff"), SLICE("abc\xe2\x82"), SLICE("\xed\xa0\x80"),
                                         SLICE("\xc0\x80")};
    AUTO(tokenizer) *t = tiny_tokenizer();
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO_TOKENS ids = {0};
        struct error err;
        assert_int_equal(tokenizer_encode(t, texts[i], i & 1, &ids, &err), -1);
        assert_int_equal(err.code, FAULT_DOCUMENT);
        assert_int_equal(ids.count, 0);
    }
}

/* ---- vocabularies that lie ---- */
struct lie {
    const char *what;
    const char *tokens[6], *merges[3];
    int32_t kinds[6];
    size_t tokens_count, kinds_count, merges_count;
    const char *model, *pre, *named;
    uint32_t named_id;
    bool adds_bos;
    const char *wanted; /* a part of the message; NULL = it is a good one */
};

static char long_token[5000];

static const struct lie lies[] = {
    {.what = "a good one", .tokens = {"a", "b", "ab", "<s>"}, .kinds = {1, 1, 1, 3}, .merges = {"a b"}},
    {.what = "another tokenizer", .model = "t5", .tokens = {"a"}, .kinds = {1}, .wanted = "tokenizer.ggml.model"},
    {.what = "another pre-tokenizer", .pre = "gpt-9", .tokens = {"a"}, .kinds = {1}, .wanted = "tokenizer.ggml.pre"},
    {.what = "no tokens", .wanted = "0 tokens"},
    {.what = "fewer kinds than tokens", .tokens = {"a", "b"}, .kinds = {1, 1}, .kinds_count = 1, .wanted = "1 entries"},
    {.what = "an unknown kind", .tokens = {"a", "b"}, .kinds = {1, 7}, .wanted = "unknown type 7"},
    {.what = "a negative kind", .tokens = {"a", "b"}, .kinds = {1, -1}, .wanted = "unknown type -1"},
    {.what = "an empty token", .tokens = {"a", ""}, .kinds = {1, 1}, .wanted = "0 bytes"},
    {.what = "a token of absurd length", .tokens = {"a", long_token}, .kinds = {1, 1}, .wanted = "4999 bytes"},
    {.what = "a letter outside the alphabet", .tokens = {"a", "\u4e2d"}, .kinds = {1, 1}, .wanted = "byte alphabet"},
    {.what = "a space in a plain token", .tokens = {"a", "b c"}, .kinds = {1, 1}, .wanted = "byte alphabet"},
    {.what = "bytes that are no text", .tokens = {"a", "<\xff>"}, .kinds = {1, 3}, .wanted = "UTF-8"},
    {.what = "a token twice", .tokens = {"a", "b", "a"}, .kinds = {1, 1, 1}, .wanted = "tokens 0 and 2"},
    {.what = "a control token twice", .tokens = {"a", "<s>", "<s>"}, .kinds = {1, 3, 3}, .wanted = "tokens 1 and 2"},
    {.what = "a merge without a space", .tokens = {"a", "b"}, .kinds = {1, 1}, .merges = {"ab"}, .wanted = "merge 0"},
    {.what = "an empty merge", .tokens = {"a", "b"}, .kinds = {1, 1}, .merges = {""}, .wanted = "merge 0"},
    {.what = "a merge of nothing", .tokens = {"a", "b"}, .kinds = {1, 1}, .merges = {"a "}, .wanted = "merge 0"},
    {.what = "a merge of three", .tokens = {"a", "aa"}, .kinds = {1, 1}, .merges = {"a a a"}, .wanted = "merge 0"},
    {.what = "a merge of an unknown token", .tokens = {"a", "b"}, .kinds = {1, 1}, .merges = {"a c"},
     .wanted = "merge 0"},
    {.what = "a merge into an unknown token", .tokens = {"a", "b"}, .kinds = {1, 1}, .merges = {"a b"},
     .wanted = "merge 0"},
    {.what = "a merge into a control token", .tokens = {"a", "b", "ab"}, .kinds = {1, 1, 3}, .merges = {"a b"},
     .wanted = "merge 0"},
    {.what = "a merge into the end token", .tokens = {"a", "b", "ab"}, .kinds = {1, 1, 1}, .merges = {"a b"},
     .named = "tokenizer.ggml.eos_token_id", .named_id = 2, .wanted = "merge 0"},
    {.what = "a merge twice", .tokens = {"a", "b", "ab"}, .kinds = {1, 1, 1}, .merges = {"a b", "a b"},
     .wanted = "merges 0 and 1"},
    {.what = "an end token out of range", .tokens = {"a", "b"}, .kinds = {1, 1}, .named = "tokenizer.ggml.eos_token_id",
     .named_id = 2, .wanted = "eos_token_id"},
    {.what = "a huge end token", .tokens = {"a", "b"}, .kinds = {1, 1}, .named = "tokenizer.ggml.eos_token_id",
     .named_id = UINT32_MAX, .wanted = "eos_token_id"},
    {.what = "no scores", .model = "llama", .tokens = {"a"}, .kinds = {1}, .wanted = "tokenizer.ggml.scores"},
    {.what = "no CLS", .model = "bert", .tokens = {"a"}, .kinds = {1}, .wanted = "cls_token_id"},
    {.what = "no SEP", .model = "bert", .tokens = {"a", "b"}, .kinds = {1, 1}, .named = "tokenizer.ggml.cls_token_id",
     .named_id = 1, .wanted = "seperator_token_id"},
    {.what = "a BOS that is not there", .tokens = {"a"}, .kinds = {1}, .adds_bos = true, .wanted = "bos_token_id"},
};

static size_t filled(const char *const *texts, size_t max)
{
    size_t n = 0;
    while (n < max && texts[n])
        n++;
    return n;
}

static void a_vocabulary_that_lies_is_refused(void **state UNUSED)
{
    memset(long_token, 'x', sizeof long_token - 1);
    for (size_t i = 0; i < COUNT_OF(lies); i++) {
        const struct lie *lie = &lies[i];
        struct gguf_writer w;
        struct error err = {0};
        AUTO(gguf) *file = NULL;
        AUTO(tokenizer) *t = NULL;
        size_t tokens = filled(lie->tokens, COUNT_OF(lie->tokens));
        gguf_writer_start(&w);
        gguf_write_text(&w, "general.architecture", "llama");
        gguf_write_text(&w, "tokenizer.ggml.model", lie->model ? lie->model : "gpt2");
        gguf_write_text(&w, "tokenizer.ggml.pre", lie->pre ? lie->pre : "smollm");
        gguf_write_texts(&w, "tokenizer.ggml.tokens", lie->tokens, tokens);
        gguf_write_i32s(&w, "tokenizer.ggml.token_type", lie->kinds, lie->kinds_count ? lie->kinds_count : tokens);
        gguf_write_texts(&w, "tokenizer.ggml.merges", lie->merges, filled(lie->merges, COUNT_OF(lie->merges)));
        if (lie->named)
            gguf_write_u32(&w, lie->named, lie->named_id);
        gguf_write_bool(&w, "tokenizer.ggml.add_bos_token", lie->adds_bos);
        assert_ok(gguf_read(&file, gguf_writer_finish(&w), "test", &err), err);
        int r = tokenizer_new(&t, file, &err);
        if (!lie->wanted) {
            assert_ok(r, err);
        } else if (r == 0 || err.code != FAULT_MODEL || !strstr(err.message, lie->wanted)) {
            fail_msg("%s: %d, \"%s\"", lie->what, r, err.message);
        }
        gguf_drop(&file);
        gguf_writer_drop(&w);
    }
}

static void an_unknown_pre_tokenizer_names_the_known_ones(void **state UNUSED)
{
    struct gguf_writer w;
    struct error err = {0};
    AUTO(gguf) *file = NULL;
    struct tokenizer *t = NULL;
    gguf_writer_start(&w);
    gguf_write_text(&w, "tokenizer.ggml.model", "gpt2");
    assert_ok(gguf_read(&file, gguf_writer_finish(&w), "test", &err), err);
    assert_int_equal(tokenizer_new(&t, file, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
    assert_non_null(strstr(err.hint, "smollm"));
    gguf_drop(&file);
    gguf_writer_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_those_of_the_published_vectors),
        cmocka_unit_test(reference_models_tokenize_as_the_reference_did),
        cmocka_unit_test(ids_of_mixed_texts_are_those_of_other_tokenizers),
        cmocka_unit_test(smollm_ids_are_those_of_another_tokenizer),
        cmocka_unit_test(any_text_comes_back_byte_for_byte),
        cmocka_unit_test(any_text_comes_back_in_larger_vocabularies),
        cmocka_unit_test(control_tokens_are_recognised_only_when_asked),
        cmocka_unit_test(text_that_is_not_utf8_is_refused),
        cmocka_unit_test(a_vocabulary_that_lies_is_refused),
        cmocka_unit_test(an_unknown_pre_tokenizer_names_the_known_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
