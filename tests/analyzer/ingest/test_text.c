/* test_text.c - what a text file's bytes mean; iconv is the independent truth, outside the cage. */
#include "tests/support/support.h"

#include "analyzer/ingest/ingest.h"
#include "base/utf8.h"

#include <iconv.h>

static int open_bytes(struct slice bytes, struct ingested *ret, struct error *err)
{
    AUTO(buffer) *b = NULL;
    assert_ok(buffer_new(&b, 64u << 20, err), *err);
    assert_ok(buffer_append(b, bytes, err), *err);
    *ret = (struct ingested){0};
    return format_of(SLICE("note.txt"), bytes)->open(&b, ret, err);
}

/* Decodes and compares with `text`. */
static void assert_reads(struct slice bytes, const char *charset, struct slice text)
{
    struct ingested in;
    struct error err;
    assert_ok(open_bytes(bytes, &in, &err), err);
    assert_string_equal(in.charset, charset);
    assert_string_equal(in.media_type, "text/plain");
    if (!slice_equal(buffer_slice(in.text), text))
        fail_msg("%s of %zu bytes read as %zu bytes, not %zu", charset, bytes.bytes, in.text->bytes,
                 text.bytes);
    ingested_clear(&in);
}

static void assert_refused(struct slice bytes, const char *words)
{
    struct ingested in;
    struct error err;
    if (open_bytes(bytes, &in, &err) != -1)
        fail_msg("accepted as %s, though it should say \"%s\"", in.charset, words);
    assert_int_equal(err.code, FAULT_DOCUMENT);
    if (!strstr(err.message, words))
        fail_msg("says \"%s\", not \"%s\"", err.message, words);
    assert_null(in.text);
}

static struct slice convert(const char *from, const char *to, struct slice text, char *room, size_t bytes)
{
    iconv_t cd = iconv_open(to, from);
    assert_true(cd != (iconv_t)-1);
    char *in = (char *)(uintptr_t)text.data, *out = room;
    size_t left = text.bytes, free_bytes = bytes;
    assert_int_equal(iconv(cd, &in, &left, &out, &free_bytes), 0);
    iconv_close(cd);
    return (struct slice){room, bytes - free_bytes};
}

static void utf8_is_taken_as_it_is(void **state UNUSED)
{
    assert_reads(SLICE("Zo\xc3\xab K\xc3\xb6nig \xf0\x9f\x92\x8a\n"), "utf-8",
                 SLICE("Zo\xc3\xab K\xc3\xb6nig \xf0\x9f\x92\x8a\n"));
    assert_reads(SLICE("plain\r\ntext"), "utf-8", SLICE("plain\r\ntext"));
}

static void a_byte_order_mark_is_not_text(void **state UNUSED)
{
    assert_reads(SLICE("\xef\xbb\xbfZo\xc3\xab"), "utf-8", SLICE("Zo\xc3\xab"));
    assert_refused(SLICE("\xef\xbb\xbfZo\xeb said"), "byte 5: not valid UTF-8");
}

static void utf16_reads_as_iconv_reads_it(void **state UNUSED)
{
    static const struct {
        const char *name, *mark, *charset;
    } rows[] = {{"UTF-16LE", "\xff\xfe", "utf-16le"}, {"UTF-16BE", "\xfe\xff", "utf-16be"}};
    const struct slice text = SLICE("Zo\xc3\xab, \xe2\x82\xac 5, \xf0\x9f\x92\x8a and U+FFFD \xef\xbf\xbd\n");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char room[256];
        memcpy(room, rows[i].mark, 2);
        struct slice body = convert("UTF-8", rows[i].name, text, room + 2, sizeof room - 2);
        assert_reads((struct slice){room, body.bytes + 2}, rows[i].charset, text);
    }
}

static void every_character_survives_utf16(void **state UNUSED)
{
    char *utf8 = malloc(5u << 20), *utf16 = malloc(5u << 20);
    size_t n = 0, m = 2;
    memcpy(utf16, "\xff\xfe", 2);
    for (uint32_t code = 1; code <= 0x10FFFF; code++) {
        size_t k = utf8_encode(code, utf8 + n);
        if (!k)
            continue;
        n += k;
        uint32_t units[2] = {code, 0};
        if (code >= 0x10000) {
            units[0] = 0xD800 + ((code - 0x10000) >> 10);
            units[1] = 0xDC00 + (code & 0x3FF);
        }
        for (int u = 0; u < (code >= 0x10000 ? 2 : 1); u++) {
            utf16[m++] = (char)units[u];
            utf16[m++] = (char)(units[u] >> 8);
        }
    }
    assert_reads((struct slice){utf16, m}, "utf-16le", (struct slice){utf8, n});
    free(utf8);
    free(utf16);
}

static void cut_utf16_is_refused_with_its_place(void **state UNUSED)
{
    assert_refused(SLICE("\xff\xfe"
                         "a\0b\0c"),
                   "byte 6: UTF-16 is cut off");
    assert_refused(SLICE("\xfe\xff\0a\xd8\x3d"), "byte 4: UTF-16 is cut off");
    assert_refused(SLICE("\xff\xfe\x3d\xd8"
                         "a\0"),
                   "byte 2: UTF-16 holds half a surrogate pair");
    assert_refused(SLICE("\xff\xfe\x00\xdc"
                         "a\0"),
                   "byte 2: UTF-16 holds half a surrogate pair");
    assert_refused(SLICE("\xff\xfe"
                         "a\0\0\0"),
                   "byte 4: NUL");
}

static void utf16_without_a_mark_is_recognised(void **state UNUSED)
{
    char room[256];
    struct slice text = SLICE("Dear colleague, I saw this patient today.\n");
    struct slice le = convert("UTF-8", "UTF-16LE", text, room, sizeof room);
    assert_refused(le, "UTF-16 (little-endian) without a byte order mark");
    struct slice be = convert("UTF-8", "UTF-16BE", text, room, sizeof room);
    assert_refused(be, "UTF-16 (big-endian) without a byte order mark");
}

static void windows_1252_reads_as_iconv_reads_it(void **state UNUSED)
{
    /* Each defined byte between letters, where all of them are plausible. */
    for (int c = 0x80; c <= 0xFF; c++) {
        char bytes[] = "Seen today: ab?cd, thanks.", room[64];
        *strchr(bytes, '?') = (char)c;
        struct slice all = {bytes, sizeof bytes - 1};
        bool is_undefined = c == 0x81 || c == 0x8D || c == 0x8F || c == 0x90 || c == 0x9D;
        if (is_undefined)
            assert_refused(all, "byte 14: not valid UTF-8, and not Windows-1252");
        else
            assert_reads(all, "windows-1252", convert("WINDOWS-1252", "UTF-8", all, room, sizeof room));
    }
}

static void windows_1252_as_people_write_it(void **state UNUSED)
{
    assert_reads(SLICE("Patiente vue \xe0 Paris, \xe2g\xe9"
                       "e de 40 ans \x96 37,5 \xb0"
                       "C"),
                 "windows-1252",
                 SLICE("Patiente vue \xc3\xa0 Paris, \xc3\xa2g\xc3\xa9"
                       "e de 40 ans \xe2\x80\x93 37,5 \xc2\xb0"
                       "C"));
    assert_reads(SLICE("Signed \xc9. Dupont, caf\xe9"), "windows-1252",
                 SLICE("Signed \xc3\x89. Dupont, caf\xc3\xa9"));
    assert_reads(SLICE("\xab CAF\xc9\xbb, a \xe9t\xe9 dit"),
                 "windows-1252", /* \xc9\xbb has the shape of UTF-8 */
                 SLICE("\xc2\xab CAF\xc3\x89\xc2\xbb, a \xc3\xa9t\xc3\xa9 dit"));
    assert_reads(SLICE("\x93quoted\x94 100 \xb5g"), "windows-1252",
                 SLICE("\xe2\x80\x9cquoted\xe2\x80\x9d 100 \xc2\xb5g"));
}

static void damaged_utf8_is_not_taken_for_windows_1252(void **state UNUSED)
{
    assert_refused(SLICE("K\xc3\xb6nig and \xff here"),
                   "byte 11: not valid UTF-8, though the text is UTF-8 elsewhere");
    assert_refused(SLICE("a lone \xc3\x28 in text"), "byte 7: not valid UTF-8, and not Windows-1252");
    assert_refused(SLICE("marks \xff\xfe inside"), "byte 6: not valid UTF-8");
    assert_refused(SLICE("price in \xe2\x82"), "byte 9: UTF-8 is cut off");
    assert_refused(SLICE("overlong \xc0\xaf end"), "byte 9: not valid UTF-8");
}

static void nul_bytes_are_refused_with_their_place(void **state UNUSED)
{
    assert_refused(SLICE("abc\0def"), "byte 3: NUL byte");
    assert_refused(SLICE("\0"), "byte 0: NUL byte");
}

static void nothing_to_do_is_said(void **state UNUSED)
{
    assert_refused(SLICE(""), "empty");
    assert_refused(SLICE("\xef\xbb\xbf"), "empty");
    assert_refused(SLICE("\xff\xfe"), "empty");
}

static void utf32_is_refused_by_name(void **state UNUSED)
{
    assert_refused(SLICE("\xff\xfe\0\0a\0\0\0"), "UTF-32");
    assert_refused(SLICE("\0\0\xfe\xff\0\0\0a"), "UTF-32");
}

/* Any bytes: refused, or valid UTF-8 without NUL and not empty. */
static void any_bytes_give_clean_text_or_a_refusal(void **state UNUSED)
{
    static const char *const pieces[] = {
        "a",   "b ",   "\n",   "\xc3\xa9",         "\xe9", "\xff", "\xfe",
        "\0x", "\x80", "\x81", "\xf0\x9f\x92\x8a", "\xd8", "\xdc", "\xef\xbb\xbf",
        "."};
    uint64_t seed = test_seed();
    for (int round = 0; round < 20000; round++) {
        char bytes[64];
        size_t n = 0;
        for (uint64_t k = random_next(&seed) % 12; k; k--) {
            const char *p = pieces[random_next(&seed) % COUNT_OF(pieces)];
            size_t m = p[0] ? strlen(p) : 2;
            memcpy(bytes + n, p, m);
            n += m;
        }
        struct ingested in;
        struct error err;
        if (open_bytes((struct slice){bytes, n}, &in, &err)) {
            assert_int_equal(err.code, FAULT_DOCUMENT);
            continue;
        }
        struct slice text = buffer_slice(in.text);
        assert_true(text.bytes > 0 && utf8_valid(text) == text.bytes && !memchr(text.data, 0, text.bytes));
        ingested_clear(&in);
    }
}

static void formats_are_found_by_name(void **state UNUSED)
{
    assert_ptr_equal(format_named("text"), &format_text);
    assert_null(format_named("pdf"));
    assert_ptr_equal(format_of(SLICE("a/b.TXT"), SLICE("x")), &format_text);
    assert_ptr_equal(format_of(SLICE("no.extension/here"), SLICE("")), &format_text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_taken_as_it_is),
        cmocka_unit_test(a_byte_order_mark_is_not_text),
        cmocka_unit_test(utf16_reads_as_iconv_reads_it),
        cmocka_unit_test(every_character_survives_utf16),
        cmocka_unit_test(cut_utf16_is_refused_with_its_place),
        cmocka_unit_test(utf16_without_a_mark_is_recognised),
        cmocka_unit_test(windows_1252_reads_as_iconv_reads_it),
        cmocka_unit_test(windows_1252_as_people_write_it),
        cmocka_unit_test(damaged_utf8_is_not_taken_for_windows_1252),
        cmocka_unit_test(nul_bytes_are_refused_with_their_place),
        cmocka_unit_test(nothing_to_do_is_said),
        cmocka_unit_test(utf32_is_refused_by_name),
        cmocka_unit_test(any_bytes_give_clean_text_or_a_refusal),
        cmocka_unit_test(formats_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
