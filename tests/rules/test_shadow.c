/* test_shadow.c - the normalised text and its map: each character folds as documented, and the map covers the
 * same characters there and back. */
#include "tests/support/support.h"

#include "base/utf8.h"
#include "rules/shadow.h"

static void characters_fold_as_documented(void **state UNUSED)
{
    static const struct {
        uint32_t from, to;
    } rows[] = {{0xFF12, '2'},
                {0x0662, '2'},
                {0x096B, '5'},
                {0x1D7D9, '1'},
                {0xFF21, 'A'},
                {0xFF20, '@'},
                {0xE9, 'e'},
                {0xDC, 'U'},
                {0x142, 'l'},
                {0xDF, 's'},
                {0x1EC7, 'e'},
                {0xA0, ' '},
                {0x2009, ' '},
                {0x3000, ' '},
                {0x2011, '-'},
                {0x2013, '-'},
                {0x2212, '-'},
                {0x2019, '\''},
                {0x201C, '"'},
                {0x2028, '\n'},
                {0xAD, SHADOW_REMOVED},
                {0x200B, SHADOW_REMOVED},
                {0x200D, SHADOW_REMOVED},
                {0x202E, SHADOW_REMOVED},
                {0x2066, SHADOW_REMOVED},
                {0xFEFF, SHADOW_REMOVED},
                {0x301, SHADOW_REMOVED},
                {0xFE0F, SHADOW_REMOVED},
                {'a', 'a'},
                {0x3B1, 0x3B1},
                {0x416, 0x416},
                {0x4E2D, 0x4E2D},
                {0xD7, 0xD7},
                {0x1F600, 0x1F600}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (shadow_fold(rows[i].from) != rows[i].to)
            fail_msg("U+%04X becomes U+%04X, not U+%04X", rows[i].from, shadow_fold(rows[i].from),
                     rows[i].to);
}

static void plain_ascii_is_not_copied(void **state UNUSED)
{
    AUTO(shadow) *shadow = NULL;
    struct error err;
    static const char text[] = "SSN: 219-09-9998";
    assert_ok(shadow_new(&shadow, &err), err);
    assert_ok(shadow_set(shadow, SLICE(text), &err), err);
    assert_ptr_equal(shadow_text(shadow).data, text);
    struct span span = shadow_original(shadow, 5, 16);
    assert_int_equal(span.start, 5);
    assert_int_equal(span.end, 16);
}

/* A random text of ASCII runs, digits of many scripts, accents, and what has no width. */
static size_t random_text(uint64_t *random, char *to, size_t characters)
{
    static const uint32_t pool[] = {'a',    'Z',    '7',    '-',    ' ',    '\n',    0xE9,
                                    0x301,  0xAD,   0x200B, 0xA0,   0xFF15, 0x0664,  0x416,
                                    0x4E2D, 0x2011, 0x2019, 0xFEFF, 0x202E, 0x1F600, 0x1D7D3};
    size_t bytes = 0;
    for (size_t i = 0; i < characters; i++)
        bytes += utf8_encode(random_next(random) % 2 ? 'a' + (uint32_t)(random_next(random) % 26)
                                                     : pool[random_next(random) % COUNT_OF(pool)],
                             to + bytes);
    return bytes;
}

static void the_last_character_maps_back_whole(void **state UNUSED)
{
    struct error err;
    AUTO(shadow) *shadow = NULL;
    assert_ok(shadow_new(&shadow, &err), err);
    static const struct slice texts[] = {SLICE("Papadimit\xc3\xb9"), SLICE("\xef\xbc\x92"), SLICE("12\xd9\xa2"),
                                         SLICE("na\xc3\xafv\xc3\xa9")};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_ok(shadow_set(shadow, texts[i], &err), err);
        struct span all = shadow_original(shadow, 0, shadow_text(shadow).bytes);
        assert_int_equal(all.start, 0);
        assert_int_equal(all.end, texts[i].bytes);
    }
}

static void a_range_maps_to_the_characters_that_made_it(void **state UNUSED)
{
    AUTO(shadow) *whole = NULL;
    AUTO(shadow) *part = NULL;
    struct error err;
    uint64_t random = test_seed();
    assert_ok(shadow_new(&whole, &err), err);
    assert_ok(shadow_new(&part, &err), err);
    for (int round = 0; round < 300; round++) {
        char bytes[4 * 200];
        struct slice original = {bytes, random_text(&random, bytes, 1 + random_next(&random) % 200)};
        assert_ok(shadow_set(whole, original, &err), err);
        struct slice text = shadow_text(whole);
        assert_int_equal(utf8_valid(text), text.bytes);
        for (int i = 0; i < 20 && text.bytes > 0; i++) {
            size_t a = utf8_cut(text, random_next(&random) % text.bytes),
                   b = utf8_cut(text, random_next(&random) % text.bytes);
            uint32_t code;
            size_t start = MIN(a, b), end = MAX(a, b);
            end += utf8_decode(text, end, &code);
            struct span span = shadow_original(whole, start, end);
            assert_true(span.start < span.end && span.end <= original.bytes);
            assert_ok(shadow_set(part, slice_sub(original, span.start, span.end), &err), err);
            assert_true(slice_equal(shadow_text(part), slice_sub(text, start, end)));
            utf8_decode(original, span.start,
                        &code); /* both ends are visible characters: the range is the smallest */
            assert_int_not_equal(shadow_fold(code), SHADOW_REMOVED);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_fold_as_documented),
        cmocka_unit_test(plain_ascii_is_not_copied),
        cmocka_unit_test(the_last_character_maps_back_whole),
        cmocka_unit_test(a_range_maps_to_the_characters_that_made_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
