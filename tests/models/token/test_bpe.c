/* test_bpe.c - merging by scan and by heap gives what the definition gives, and a vocabulary lets nothing wrong in. */
#include "models/token/bpe.h"
#include "tests/support/support.h"

/* A vocabulary over the letters a to d whose merges are drawn at random; every merge makes a new token. */
static struct vocabulary *random_vocabulary(uint64_t *seed, size_t merges)
{
    struct vocabulary *v = NULL;
    struct error err;
    char texts[64][64];
    size_t count = 0;
    struct {
        char text[160];
    } kept[60];
    for (char c = 'a'; c <= 'd'; c++)
        snprintf(texts[count++], sizeof texts[0], "%c", c);
    size_t tries = 0, made = 0;
    while (made < merges && tries++ < 2000) {
        const char *left = texts[random_next(seed) % count], *right = texts[random_next(seed) % count];
        char whole[130];
        snprintf(whole, sizeof whole, "%s%s", left, right);
        bool is_new = strlen(whole) < 40;
        for (size_t i = 0; i < count; i++)
            is_new = is_new && strcmp(texts[i], whole) != 0;
        if (!is_new)
            continue;
        snprintf(kept[made++].text, sizeof kept[0].text, "%s %s", left, right);
        memcpy(texts[count++], whole, strlen(whole) + 1);
    }
    assert_ok(vocabulary_new(&v, alphabet_gpt2, count, 4096, made, &err), err);
    for (size_t i = 0; i < count; i++)
        assert_ok(vocabulary_add(v, slice_of(texts[i]), KIND_PLAIN, &err), err);
    for (size_t i = 0; i < made; i++)
        assert_ok(vocabulary_merge(v, slice_of(kept[i].text), &err), err);
    return v;
}

/* The definition: again and again the lowest rank, the leftmost of equals. */
static size_t merge_by_definition(const struct vocabulary *v, token *ids, size_t n)
{
    for (;;) {
        uint32_t best = RANK_NONE;
        size_t at = 0;
        for (size_t i = 0; i + 1 < n; i++)
            if (vocabulary_rank(v, ids[i], ids[i + 1]) < best) {
                best = vocabulary_rank(v, ids[i], ids[i + 1]);
                at = i;
            }
        if (best == RANK_NONE)
            return n;
        ids[at] = vocabulary_merged(v, best);
        for (size_t i = at + 1; i + 1 < n; i++)
            ids[i] = ids[i + 1];
        n--;
    }
}

static void short_and_long_pieces_merge_as_defined(void **state UNUSED)
{
    uint64_t seed = test_seed();
    for (int round = 0; round < 300; round++) {
        AUTO(vocabulary) *v = random_vocabulary(&seed, 1 + random_next(&seed) % 60);
        AUTO_TOKENS got = {0};
        struct error err;
        char text[400];
        token wanted[400];
        size_t n = 1 + random_next(&seed) % (round % 2 ? 60 : 400), letters = 1 + random_next(&seed) % 4;
        for (size_t i = 0; i < n; i++) {
            text[i] = (char)('a' + random_next(&seed) % letters);
            wanted[i] = vocabulary_byte(v, (unsigned char)text[i]);
        }
        size_t count = merge_by_definition(v, wanted, n);
        assert_ok(bpe_encode(v, (struct slice){text, n}, &got, &err), err);
        assert_int_equal(got.count, count);
        assert_memory_equal(got.ids, wanted, count * sizeof *wanted);
    }
}

static void one_word_of_a_megabyte_is_merged(void **state UNUSED)
{
    uint64_t seed = test_seed();
    struct error err;
    AUTO(vocabulary) *v = random_vocabulary(&seed, 60);
    AUTO_TOKENS got = {0};
    size_t n = 1 << 20, at = 0;
    char *text = malloc(n);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        text[i] = (char)('a' + random_next(&seed) % 4);
    assert_ok(bpe_encode(v, (struct slice){text, n}, &got, &err), err);
    assert_true(got.count < n);
    for (size_t i = 0; i < got.count; i++) { /* the tokens spell the word, and no two neighbours still merge */
        struct slice bytes = vocabulary_bytes(v, got.ids[i]);
        assert_memory_equal(bytes.data, text + at, bytes.bytes);
        at += bytes.bytes;
        assert_true(i == 0 || vocabulary_rank(v, got.ids[i - 1], got.ids[i]) == RANK_NONE);
    }
    assert_int_equal(at, n);
    free(text);
}

static void a_character_without_a_byte_token_becomes_the_replacement(void **state UNUSED)
{
    struct error err;
    AUTO(vocabulary) *v = NULL;
    AUTO_TOKENS got = {0};
    /* a, and the three bytes of U+FFFD in the alphabet: ef -> U+00EF, bf -> U+00BF, bd -> U+00BD */
    static const char *const tokens[] = {"a", "\u00ef", "\u00bf", "\u00bd"};
    assert_ok(vocabulary_new(&v, alphabet_gpt2, 4, 64, 0, &err), err);
    for (size_t i = 0; i < 4; i++)
        assert_ok(vocabulary_add(v, slice_of(tokens[i]), KIND_PLAIN, &err), err);
    static const token wanted[] = {0, 1, 2, 3, 1, 2, 3, 0, 1, 2, 3};
    assert_ok(bpe_encode(v, SLICE("a\x04\x05""a\u00e9"), &got, &err), err);
    assert_int_equal(got.count, COUNT_OF(wanted));
    assert_memory_equal(got.ids, wanted, sizeof wanted);
}

static void without_a_replacement_the_document_is_refused(void **state UNUSED)
{
    struct error err;
    AUTO(vocabulary) *v = NULL;
    AUTO_TOKENS got = {0};
    assert_ok(vocabulary_new(&v, alphabet_gpt2, 1, 64, 0, &err), err);
    assert_ok(vocabulary_add(v, SLICE("a"), KIND_PLAIN, &err), err);
    assert_int_equal(bpe_encode(v, SLICE("ab"), &got, &err), -1);
    assert_int_equal(err.code, FAULT_DOCUMENT);
}

static void all_256_bytes_have_a_letter_and_come_back(void **state UNUSED)
{
    /* The alphabet written out independently: printable Latin-1 is itself, the rest counts up from U+0100. */
    struct error err;
    AUTO(vocabulary) *v = NULL;
    assert_ok(vocabulary_new(&v, alphabet_gpt2, 256, 1024, 0, &err), err);
    unsigned next = 256;
    for (unsigned byte = 0; byte < 256; byte++) {
        bool prints = (byte > 32 && byte < 127) || (byte > 160 && byte != 173);
        unsigned letter = prints ? byte : next++;
        char text[3] = {(char)(letter < 128 ? letter : 0xc0 | letter >> 6), (char)(0x80 | (letter & 63)), 0};
        assert_ok(vocabulary_add(v, (struct slice){text, letter < 128 ? 1 : 2}, KIND_PLAIN, &err), err);
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        assert_int_equal(vocabulary_byte(v, (unsigned char)byte), byte);
        assert_int_equal((unsigned char)vocabulary_bytes(v, (token)byte).data[0], byte);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_and_long_pieces_merge_as_defined),
        cmocka_unit_test(one_word_of_a_megabyte_is_merged),
        cmocka_unit_test(a_character_without_a_byte_token_becomes_the_replacement),
        cmocka_unit_test(without_a_replacement_the_document_is_refused),
        cmocka_unit_test(all_256_bytes_have_a_letter_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
