/* test_utf8.c - every code point survives; every malformed sequence of table 3-7 is found at its first byte. */
#include "tests/support/support.h"

#include "base/utf8.h"

static void every_code_point_decodes_to_what_was_encoded(void **state UNUSED)
{
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        char bytes[4];
        size_t n = utf8_encode(code, bytes);
        if (code >= 0xd800 && code < 0xe000) {
            assert_int_equal(n, 0);
            continue;
        }
        uint32_t back;
        struct slice text = {bytes, n};
        assert_int_equal(utf8_valid(text), n);
        assert_int_equal(utf8_decode(text, 0, &back), n);
        assert_int_equal(back, code);
    }
    char bytes[4];
    assert_int_equal(utf8_encode(0x110000, bytes), 0);
}

static void malformed_sequences_are_found_where_they_start(void **state UNUSED)
{
    static const struct slice bad[] = {
        SLICE("\x80"),         SLICE("\xbf"),     SLICE("\xc0\x80"),         SLICE("\xc1\xbf"),
        SLICE("\xc3"),         SLICE("\xc3("),    SLICE("\xe0\x80\x80"),     SLICE("\xe0\x9f\xbf"),
        SLICE("\xed\xa0\x80"), SLICE("\xe2\x82"), SLICE("\xf0\x80\x80\x80"), SLICE("\xf0\x8f\xbf\xbf"),
        SLICE("\xf4\x90\x80\x80"), SLICE("\xf5\x80\x80\x80"), SLICE("\xff"), SLICE("\xf0\x9f\x98"),
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        for (size_t before = 0; before < 20; before++) {
            char text[64];
            memset(text, 'a', sizeof text);
            memcpy(text + before, bad[i].data, bad[i].bytes);
            struct slice with_tail = {text, before + bad[i].bytes + 9}, at_end = {text, before + bad[i].bytes};
            assert_int_equal(utf8_valid(with_tail), before);
            assert_int_equal(utf8_valid(at_end), before);
        }
}

static void a_cut_never_splits_a_character(void **state UNUSED)
{
    struct slice text = SLICE("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
    for (size_t at = 0; at <= text.bytes + 2; at++) {
        size_t cut = utf8_cut(text, at);
        assert_true(cut <= at && cut <= text.bytes);
        assert_int_equal(utf8_valid(slice_sub(text, 0, cut)), cut);
        assert_true(at - cut < 4 || at > text.bytes);
    }
    for (size_t n = 0; n <= text.bytes; n++) { /* text that was itself cut inside a character */
        size_t cut = utf8_cut(slice_sub(text, 0, n), n);
        assert_int_equal(utf8_valid(slice_sub(text, 0, cut)), cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_decodes_to_what_was_encoded),
        cmocka_unit_test(malformed_sequences_are_found_where_they_start),
        cmocka_unit_test(a_cut_never_splits_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
