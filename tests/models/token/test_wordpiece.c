/* test_wordpiece.c - how words are folded and cut, on a vocabulary of a few pieces. */
#include "models/token/wordpiece.h"
#include "tests/support/support.h"

#include "models/token/fold.h"

enum { UNK, CAFE, UN, ABLE, AFF, DOT, EAST, A, GO_ON_A, HAN_H, GO_ON_HAN_A };
static const char *const pieces[] = {
    [UNK] = "[UNK]",
    [CAFE] = "\xe2\x96\x81" "cafe",
    [UN] = "\xe2\x96\x81un",
    [ABLE] = "able",
    [AFF] = "aff",
    [DOT] = "\xe2\x96\x81.",
    [EAST] = "\xe2\x96\x81\xe6\x9d\xb1",
    [A] = "\xe2\x96\x81" "a",
    [GO_ON_A] = "a",
    [HAN_H] = "\xe2\x96\x81\xe1\x84\x92",
    [GO_ON_HAN_A] = "\xe1\x85\xa1",
};

static struct vocabulary *few_pieces(void)
{
    struct vocabulary *v = NULL;
    struct error err;
    assert_ok(vocabulary_new(&v, alphabet_sentences, COUNT_OF(pieces), 256, 0, &err), err);
    for (size_t i = 0; i < COUNT_OF(pieces); i++)
        assert_ok(vocabulary_add(v, slice_of(pieces[i]), i == UNK ? KIND_CONTROL : KIND_PLAIN, &err), err);
    return v;
}

static const struct {
    const char *text;
    size_t count;
    token ids[6];
} cases[] = {
    {"", 0, {0}},
    {" \t\r\n\xc2\xa0\xe3\x80\x80", 0, {0}},
    {"cafe", 1, {CAFE}},
    {"CAF\xc3\x89", 1, {CAFE}},                       /* one code point */
    {"cafe\xcc\x81", 1, {CAFE}},                      /* a letter and its accent */
    {"ca\xc2\xad" "fe\xe2\x80\x8b", 1, {CAFE}},       /* soft hyphen, zero width space */
    {"unaffable", 3, {UN, AFF, ABLE}},
    {"unaffx", 1, {UNK}},                             /* does not come out even */
    {"un affable", 2, {UN, UNK}},                     /* no piece starts with it */
    {"cafe.cafe", 3, {CAFE, DOT, CAFE}},
    {"...", 3, {DOT, DOT, DOT}},
    {"un\xe6\x9d\xb1un", 3, {UN, EAST, UN}},
    {"\xed\x95\x98", 2, {HAN_H, GO_ON_HAN_A}},        /* a syllable comes apart */
    {"[UNK]", 3, {UNK, UNK, UNK}},                    /* spelled, not recognised */
    {"\xe2\x96\x81" "cafe", 1, {UNK}},                /* the mark of the vocabulary is no blank in a text */
};

static void words_are_folded_and_cut(void **state UNUSED)
{
    struct vocabulary *v = few_pieces();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err;
        AUTO_TOKENS got = {0};
        assert_ok(wordpiece_encode(v, UNK, slice_of(cases[i].text), &got, &err), err);
        if (got.count != cases[i].count || memcmp(got.ids ? got.ids : cases[i].ids, cases[i].ids,
                                                  got.count * sizeof *got.ids) != 0)
            fail_msg("case %zu: %zu ids", i, got.count);
    }
    vocabulary_drop(&v);
}

static void a_word_of_more_than_a_hundred_characters_is_unknown(void **state UNUSED)
{
    struct vocabulary *v = few_pieces();
    char text[400];
    memset(text, 'a', sizeof text);
    for (size_t n = 1; n <= sizeof text; n += 33) {
        struct error err;
        AUTO_TOKENS got = {0};
        assert_ok(wordpiece_encode(v, UNK, (struct slice){text, n}, &got, &err), err);
        assert_int_equal(got.count, n > 100 ? 1 : n);
        assert_int_equal(got.ids[0], n > 100 ? UNK : A);
    }
    vocabulary_drop(&v);
}

static void every_code_point_folds_to_something_short(void **state UNUSED)
{
    size_t kinds[4] = {0};
    for (uint32_t code = 0; code < 0x110000; code++) {
        uint32_t letters[FOLD_CODES_MAX] = {0}, again[FOLD_CODES_MAX];
        size_t count, again_count;
        enum token_fold kind = fold_code(code, letters, &count);
        kinds[kind]++;
        assert_in_range(count, 1, FOLD_CODES_MAX);
        for (size_t i = 0; i < count; i++) {
            assert_true(letters[i] > 0 || code == 0);
            fold_code(letters[i], again, &again_count); /* folding is done after one step */
            assert_true(again_count == 1 && again[0] == letters[i]);
        }
    }
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        assert_true(kinds[i] > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_folded_and_cut),
        cmocka_unit_test(a_word_of_more_than_a_hundred_characters_is_unknown),
        cmocka_unit_test(every_code_point_folds_to_something_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
