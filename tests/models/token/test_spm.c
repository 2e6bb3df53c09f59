/* test_spm.c - merging by scan and by heap gives what the definition gives, text comes back, and of the tokens added
 * by hand only harmless ones are recognised. */
#include "models/token/spm.h"
#include "tests/support/support.h"

#include "base/utf8.h"

#define WORDS_MAX 80
#define FIRST_WORD 256 /* the tokens before are the bytes */

struct sample {
    struct vocabulary *vocabulary;
    struct spm *spm;
    float scores[FIRST_WORD + WORDS_MAX];
    size_t count;
};

static void sample_start(struct sample *s)
{
    struct error err;
    *s = (struct sample){.count = 0};
    assert_ok(vocabulary_new(&s->vocabulary, alphabet_sentences, FIRST_WORD + WORDS_MAX, 8192, 0, &err), err);
    for (int byte = 0; byte < FIRST_WORD; byte++) {
        char name[8];
        snprintf(name, sizeof name, "<0x%02X>", byte);
        assert_ok(vocabulary_add(s->vocabulary, slice_of(name), KIND_BYTE, &err), err);
        s->scores[s->count++] = 0;
    }
}

static void sample_add(struct sample *s, const char *text, enum token_kind kind, float score)
{
    struct error err;
    assert_ok(vocabulary_add(s->vocabulary, slice_of(text), kind, &err), err);
    s->scores[s->count++] = score;
}

static void sample_end(struct sample *s)
{
    struct error err;
    assert_ok(spm_new(&s->spm, s->vocabulary, s->scores, s->count, &err), err);
}

static void sample_clear(struct sample *s)
{
    spm_drop(&s->spm);
    vocabulary_drop(&s->vocabulary);
}

/* Words over a, b, é and the blank with random scores, many of them equal; some letters are no tokens. */
static void random_sample(struct sample *s, uint64_t *seed)
{
    static const char *const letters[] = {"a", "b", "\xc3\xa9", "\xe2\x96\x81"};
    sample_start(s);
    while (s->count < FIRST_WORD + WORDS_MAX - 20) {
        char text[64] = "", bytes[64];
        for (size_t left = 1 + random_next(seed) % 5; left > 0; left--)
            strncat(text, letters[random_next(seed) % COUNT_OF(letters)], 8);
        size_t n = alphabet_sentences(slice_of(text), bytes);
        if (vocabulary_word(s->vocabulary, (struct slice){bytes, n}) < 0)
            sample_add(s, text, KIND_PLAIN, -(float)(random_next(seed) % 20));
    }
    sample_end(s);
}

/* The definition: again and again the neighbours whose joint token has the best score, the leftmost of equals. */
static void encode_by_definition(const struct sample *s, struct slice text, struct token_list *to)
{
    size_t starts[600], n = 0;
    struct error err;
    for (size_t at = 0; at < text.bytes; at++)
        if (((unsigned char)text.data[at] & 0xc0) != 0x80)
            starts[n++] = at;
    starts[n] = text.bytes;
    for (;;) {
        size_t best = SIZE_MAX;
        float best_score = 0;
        for (size_t i = 0; i + 1 < n; i++) {
            token id = vocabulary_word(s->vocabulary, slice_sub(text, starts[i], starts[i + 2]));
            if (id >= 0 && (best == SIZE_MAX || s->scores[id] > best_score)) {
                best = i;
                best_score = s->scores[id];
            }
        }
        if (best == SIZE_MAX)
            break;
        for (size_t i = best + 1; i < n; i++)
            starts[i] = starts[i + 1];
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        token id = vocabulary_word(s->vocabulary, slice_sub(text, starts[i], starts[i + 1]));
        if (id >= 0)
            assert_ok(token_list_add(to, id, &err), err);
        for (size_t at = starts[i]; id < 0 && at < starts[i + 1]; at++)
            assert_ok(token_list_add(to, vocabulary_byte(s->vocabulary, (unsigned char)text.data[at]), &err), err);
    }
}

static size_t random_text(uint64_t *seed, size_t letters, char *to)
{
    size_t n = 0;
    for (; letters > 0; letters--)
        n += utf8_encode((const uint32_t[]){'a', 'b', 0xe9, ' ', 'a', 'b', 'x'}[random_next(seed) % 7], to + n);
    return n;
}

static void short_and_long_texts_merge_as_defined(void **state UNUSED)
{
    uint64_t seed = test_seed();
    for (int round = 0; round < 20; round++) {
        struct sample s;
        random_sample(&s, &seed);
        for (size_t i = 0; i < 100; i++) {
            char text[600];
            struct error err;
            AUTO_TOKENS got = {0}, wanted = {0};
            struct slice whole = {text, random_text(&seed, random_next(&seed) % (i % 2 ? 20 : 250), text)};
            assert_ok(spm_encode(s.spm, whole, false, &got, &err), err);
            encode_by_definition(&s, whole, &wanted);
            assert_int_equal(got.count, wanted.count);
            if (got.count)
                assert_memory_equal(got.ids, wanted.ids, got.count * sizeof *got.ids);
        }
        sample_clear(&s);
    }
}

static void any_text_comes_back(void **state UNUSED)
{
    uint64_t seed = test_seed();
    struct sample s;
    random_sample(&s, &seed);
    for (size_t i = 0; i < 200; i++) {
        char text[600], back[600];
        struct error err;
        AUTO_TOKENS ids = {0};
        size_t n = 0, at = 0;
        for (size_t letters = random_next(&seed) % 100; letters > 0; letters--)
            n += utf8_encode((uint32_t)(random_next(&seed) >> 8) % (i % 2 ? 0x80 : 0x110000), text + n);
        bool prefix = i % 3 == 0 && n > 0;
        assert_ok(spm_encode(s.spm, (struct slice){text, n}, prefix, &ids, &err), err);
        for (size_t k = 0; k < ids.count; k++) {
            struct slice piece = vocabulary_bytes(s.vocabulary, ids.ids[k]);
            assert_true(at + piece.bytes <= sizeof back);
            memcpy(back + at, piece.data, piece.bytes);
            at += piece.bytes;
        }
        assert_int_equal(at, n + prefix);
        assert_true(!prefix || back[0] == ' ');
        assert_memory_equal(back + prefix, text, n);
    }
    sample_clear(&s);
}

static void check(const struct sample *s, const char *text, const token *wanted, size_t count)
{
    struct error err;
    AUTO_TOKENS got = {0};
    assert_ok(spm_encode(s->spm, slice_of(text), false, &got, &err), err);
    assert_int_equal(got.count, count);
    assert_memory_equal(got.ids, wanted, count * sizeof *wanted);
}

static void of_the_tokens_added_by_hand_only_harmless_ones_are_recognised(void **state UNUSED)
{
    struct sample s;
    sample_start(&s);
    sample_add(&s, "\n\n", KIND_USER, 0);              /* 256 */
    sample_add(&s, "\xe2\x96\x81\xe2\x96\x81", KIND_USER, 0); /* two blanks */
    sample_add(&s, "<b>", KIND_USER, 0);
    sample_add(&s, "</s>", KIND_USER, 0); /* its other half is a control token: it ends a text */
    sample_add(&s, "<s>", KIND_CONTROL, 0);
    sample_add(&s, "<|im_end|>", KIND_USER, 0);
    sample_add(&s, "<i>", KIND_CONTROL, 0);
    sample_end(&s);
    check(&s, "\n\n\n", (const token[]){256, '\n'}, 2);
    check(&s, "a  b", (const token[]){'a', 257, 'b'}, 3);
    check(&s, "\xe2\x96\x81 b", (const token[]){' ', ' ', 'b'}, 3);
    check(&s, "<b>", (const token[]){258}, 1);
    check(&s, "</s>", (const token[]){'<', '/', 's', '>'}, 4);
    check(&s, "<s>", (const token[]){'<', 's', '>'}, 3);
    check(&s, "<i>", (const token[]){'<', 'i', '>'}, 3);
    check(&s, "<|im_end|>", (const token[]){'<', '|', 'i', 'm', '_', 'e', 'n', 'd', '|', '>'}, 10);
    sample_clear(&s);
}

static void striking_out_is_an_element_where_both_halves_were_added(void **state UNUSED)
{
    struct sample s;
    sample_start(&s);
    sample_add(&s, "<s>", KIND_USER, 0);
    sample_add(&s, "</s>", KIND_USER, 0);
    sample_end(&s);
    check(&s, "<s></s>", (const token[]){256, 257}, 2);
    sample_clear(&s);
}

static void byte_tokens_are_named_exactly_and_all_there(void **state UNUSED)
{
    static const char *const names[] = {"<0x-1>", "<0x1>", "<0x100>", "<0xZZ>", "<0x0a>", "0x0A", "<0x 1>", "<0xAA"};
    struct error err;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct vocabulary *v = NULL;
        assert_ok(vocabulary_new(&v, alphabet_sentences, 4, 64, 0, &err), err);
        assert_int_equal(vocabulary_add(v, slice_of(names[i]), KIND_BYTE, &err), -1);
        assert_int_equal(err.code, FAULT_MODEL);
        vocabulary_drop(&v);
    }
    struct vocabulary *v = NULL;
    struct spm *spm = NULL;
    assert_ok(vocabulary_new(&v, alphabet_sentences, 2, 64, 0, &err), err);
    assert_ok(vocabulary_add(v, SLICE("<0x0A>"), KIND_BYTE, &err), err);
    assert_int_equal(vocabulary_byte(v, '\n'), 0);
    assert_int_equal(vocabulary_add(v, SLICE("<0x0A>"), KIND_BYTE, &err), -1);
    assert_int_equal(spm_new(&spm, v, (const float[]){0}, 1, &err), -1);
    assert_non_null(strstr(err.message, "<0x00>"));
    assert_int_equal(spm_new(&spm, v, (const float[]){0, 0}, 2, &err), -1);
    assert_non_null(strstr(err.message, "scores"));
    vocabulary_drop(&v);
}

static void a_word_of_a_megabyte_is_merged(void **state UNUSED)
{
    struct sample s;
    struct error err;
    char word[34] = "a";
    sample_start(&s);
    for (size_t n = 1; n <= 32; n *= 2) { /* a, aa, aaaa, ... */
        memset(word, 'a', n);
        sample_add(&s, word, KIND_PLAIN, -(float)n);
    }
    sample_end(&s);
    size_t bytes = 1u << 20;
    char *text = malloc(bytes);
    AUTO_TOKENS ids = {0};
    assert_non_null(text);
    memset(text, 'a', bytes);
    assert_ok(spm_encode(s.spm, (struct slice){text, bytes}, false, &ids, &err), err);
    assert_int_equal(ids.count, bytes / 32);
    free(text);
    sample_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_and_long_texts_merge_as_defined),
        cmocka_unit_test(any_text_comes_back),
        cmocka_unit_test(of_the_tokens_added_by_hand_only_harmless_ones_are_recognised),
        cmocka_unit_test(striking_out_is_an_element_where_both_halves_were_added),
        cmocka_unit_test(byte_tokens_are_named_exactly_and_all_there),
        cmocka_unit_test(a_word_of_a_megabyte_is_merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
