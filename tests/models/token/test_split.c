/* test_split.c - the pre-tokenizers cut text as the published expressions do in another regex engine
 * (tests/golden/splits.txt, made by make-splits beside it), and in any text lose nothing and stay on boundaries. */
#include "models/token/split.h"
#include "tests/support/support.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "models/token/unicode.h"

static void a_unicode_class_is_that_of_the_character_database(void **state UNUSED)
{
    static const struct {
        uint32_t code;
        enum unicode_class class;
    } rows[] = {
        {0x00, UNICODE_OTHER},    {'\t', UNICODE_SPACE},      {'\r', UNICODE_SPACE},     {0x1c, UNICODE_OTHER},
        {' ', UNICODE_SPACE},     {'0', UNICODE_NUMBER},      {'9', UNICODE_NUMBER},     {':', UNICODE_OTHER},
        {'A', UNICODE_LETTER},    {'Z', UNICODE_LETTER},      {'[', UNICODE_OTHER},      {'a', UNICODE_LETTER},
        {'z', UNICODE_LETTER},    {0x7f, UNICODE_OTHER},      {0x85, UNICODE_SPACE},     {0xa0, UNICODE_SPACE},
        {0xaa, UNICODE_LETTER},   {0xb2, UNICODE_NUMBER},     {0xb5, UNICODE_LETTER},    {0xd7, UNICODE_OTHER},
        {0x301, UNICODE_OTHER},   {0x661, UNICODE_NUMBER},    {0x93e, UNICODE_OTHER},    {0x1680, UNICODE_SPACE},
        {0x200b, UNICODE_OTHER},  {0x2028, UNICODE_SPACE},    {0x216b, UNICODE_NUMBER},  {0x3000, UNICODE_SPACE},
        {0x4e00, UNICODE_LETTER}, {0x9fff, UNICODE_LETTER},   {0xac00, UNICODE_LETTER},  {0xd7a3, UNICODE_LETTER},
        {0xd800, UNICODE_OTHER},  {0x1d7d8, UNICODE_NUMBER},  {0x1f600, UNICODE_OTHER},  {0x20000, UNICODE_LETTER},
        {0xe0020, UNICODE_OTHER}, {0x10ffff, UNICODE_OTHER},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (unicode_class(rows[i].code) != rows[i].class)
            fail_msg("U+%04X is %d", rows[i].code, unicode_class(rows[i].code));
}

static void the_ascii_table_agrees_with_the_searched_one(void **state UNUSED)
{
    for (uint32_t code = 0; code < 128; code++)
        assert_int_equal(unicode_class(code), unicode_search(code));
}

/* Compares the pieces of `text` with the lengths on a golden line; returns their number. */
static size_t check_line(const struct splitter *splitter, struct slice text, char *lengths, unsigned line)
{
    size_t at = 0, pieces = 0;
    for (char *rest = lengths; *rest; pieces++) {
        size_t wanted = strtoul(rest, &rest, 10), end = at < text.bytes ? splitter_next(splitter, text, at) : 0;
        if (end != at + wanted)
            fail_msg("line %u: %s: the piece at byte %zu ends at %zu, not %zu", line, splitter->pre, at, end,
                     at + wanted);
        at = end;
        rest += *rest == ' ';
    }
    assert_int_equal(at, text.bytes);
    return pieces;
}

static void pieces_are_those_of_the_published_expressions(void **state UNUSED)
{
    struct error err;
    AUTO(buffer) *golden = NULL;
    assert_ok(file_read(&golden, source_file("tests/golden/splits.txt"), 1 << 20, FAULT_INPUT, &err), err);
    char text[2048], *save = NULL;
    size_t bytes = 0, pieces = 0;
    unsigned number = 0;
    for (char *line = strtok_r(golden->data, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        number++;
        char *gap = strchr(line, ' ');
        assert_non_null(gap);
        *gap = 0;
        if (strcmp(line, "T") == 0) {
            bytes = strlen(gap + 1) / 2;
            assert_true(bytes < sizeof text && hex_read(slice_of(gap + 1), (unsigned char *)text, bytes));
            continue;
        }
        const struct splitter *splitter = splitter_find(slice_of(line));
        assert_non_null(splitter);
        pieces += check_line(splitter, (struct slice){text, bytes}, gap + 1, number);
    }
    print_message("%zu pieces compared\n", pieces);
    assert_true(pieces > 5000);
}

static void any_text_is_cut_on_boundaries_and_loses_nothing(void **state UNUSED)
{
    uint64_t seed = test_seed();
    size_t count;
    const struct splitter *rows = splitters(&count);
    char text[256];
    for (int round = 0; round < 3000; round++) {
        size_t n = 0;
        while (n < 200) {
            uint64_t r = random_next(&seed);
            n += utf8_encode(r & 1 ? (uint32_t)(r >> 8) % 0x110000 : (uint32_t)(r >> 8) % 0x80, text + n);
        }
        for (size_t i = 0; i < count; i++)
            for (size_t at = 0, end; at < n; at = end) {
                end = splitter_next(&rows[i], (struct slice){text, n}, at);
                assert_true(end > at && end <= n);
                assert_true(end == n || ((unsigned char)text[end] & 0xc0) != 0x80);
            }
    }
}

static void an_unknown_name_has_no_splitter(void **state UNUSED)
{
    assert_null(splitter_find(SLICE("default")));
    assert_null(splitter_find(SLICE("")));
    assert_null(splitter_find(SLICE("qwen2 ")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unicode_class_is_that_of_the_character_database),
        cmocka_unit_test(the_ascii_table_agrees_with_the_searched_one),
        cmocka_unit_test(pieces_are_those_of_the_published_expressions),
        cmocka_unit_test(any_text_is_cut_on_boundaries_and_loses_nothing),
        cmocka_unit_test(an_unknown_name_has_no_splitter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
