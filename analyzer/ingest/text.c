/* text.c - plain text: UTF-8, UTF-16 with a byte order mark, Windows-1252; strict about the rest.
 *
 * Own tables: iconv would open a module per character set inside the cage. What a byte order mark says is
 * believed and checked. Without one, text is UTF-8 if it is valid; it is Windows-1252 only if nothing speaks
 * against it, since any bytes but five can be read as Windows-1252 and a wrong guess would hide names from
 * the rules:
 *   no undefined byte, not mostly UTF-8 sequences (then it is damaged UTF-8), no accented letter that stands
 *   alone and is a word or an initial in no language. */
#include "analyzer/ingest/ingest.h"

#include "base/utf8.h"

enum charset { CHARSET_UTF8, CHARSET_UTF16LE, CHARSET_UTF16BE, CHARSET_UTF32, CHARSET_NONE };

static const struct mark {
    enum charset charset;
    struct slice bytes;
} marks[] = {/* longest first: UTF-32LE begins like UTF-16LE */
             {CHARSET_UTF32, {"\xff\xfe\0\0", 4}},
             {CHARSET_UTF32, {"\0\0\xfe\xff", 4}},
             {CHARSET_UTF8, {"\xef\xbb\xbf", 3}},
             {CHARSET_UTF16LE, {"\xff\xfe", 2}},
             {CHARSET_UTF16BE, {"\xfe\xff", 2}}};

/* Windows-1252 0x80 to 0x9F (the WHATWG index is the same but for the five, which are undefined here). */
static const uint16_t high_controls[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                           0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                           0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                           0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/* Letters that are words by themselves (French, Spanish, Italian, Portuguese, Catalan, Scandinavian). */
static const char lone_letters[] =
    "\xc0\xe0\xc9\xe9\xc8\xe8\xd3\xf3\xd2\xf2\xc5\xe5\xc6\xe6\xd8\xf8\xd6\xf6\xd4\xf4";

static int refuse(struct error *err, size_t at, const char *what, const char *hint)
{
    error_set(err, FAULT_DOCUMENT, "byte %zu: %s", at, what);
    return hint ? error_hint(err, "%s", hint) : -1;
}

/* ---- UTF-16 ---- */

static uint32_t unit_at(struct slice bytes, size_t at, bool is_big)
{
    uint32_t a = (unsigned char)bytes.data[at], b = (unsigned char)bytes.data[at + 1];
    return is_big ? a << 8 | b : b << 8 | a;
}

static int decode_utf16(struct slice bytes, size_t at, bool is_big, struct buffer **ret, struct error *err)
{
    AUTO(buffer) *out = NULL;
    if (buffer_new(&out, bytes.bytes * 3, err) || buffer_reserve(out, bytes.bytes, err))
        return -1;
    while (at < bytes.bytes) {
        if (bytes.bytes - at < 2)
            return refuse(err, at, "UTF-16 is cut off in the middle of a character", "the file is truncated");
        size_t start = at;
        uint32_t code = unit_at(bytes, at, is_big);
        at += 2;
        if (code >= 0xDC00 && code <= 0xDFFF)
            return refuse(err, start, "UTF-16 holds half a surrogate pair", NULL);
        if (code >= 0xD800 && code <= 0xDBFF) {
            if (bytes.bytes - at < 2)
                return refuse(err, start, "UTF-16 is cut off in the middle of a character",
                              "the file is truncated");
            uint32_t low = unit_at(bytes, at, is_big);
            if (low < 0xDC00 || low > 0xDFFF)
                return refuse(err, start, "UTF-16 holds half a surrogate pair", NULL);
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            at += 2;
        }
        if (code == 0)
            return refuse(err, start, "NUL character in text", "is this a text file?");
        char utf8[4];
        size_t n = utf8_encode(code, utf8);
        if (buffer_append(out, (struct slice){utf8, n}, err))
            return -1;
    }
    *ret = TAKE(out);
    return 0;
}

/* A NUL was found: is it UTF-16 that lost its mark? Then nearly every second byte is NUL. */
static int refuse_nul(struct slice bytes, size_t at, struct error *err)
{
    size_t seen = MIN(bytes.bytes, 4096u) & ~(size_t)1, even = 0, odd = 0;
    for (size_t i = 0; i < seen; i += 2) {
        even += bytes.data[i] == 0;
        odd += bytes.data[i + 1] == 0;
    }
    const char *order = seen < 8                             ? NULL
                        : odd * 4 > seen && even * 16 < seen ? "little"
                        : even * 4 > seen && odd * 16 < seen ? "big"
                                                             : NULL;
    if (!order)
        return refuse(err, at, "NUL byte in text", "is this a text file?");
    error_set(err, FAULT_DOCUMENT, "byte %zu: this looks like UTF-16 (%s-endian) without a byte order mark",
              at, order);
    return error_hint(err, "save it as UTF-8, or as UTF-16 with a byte order mark");
}

/* ---- Windows-1252 ---- */

static bool is_high_letter(unsigned char c)
{
    return (c >= 0xC0 && c != 0xD7 && c != 0xF7) || c == 0xAA || c == 0xBA || c == 0x8A || c == 0x8C ||
           c == 0x8E || c == 0x9A || c == 0x9C || c == 0x9E || c == 0x9F || c == 0x83;
}

static bool is_letter(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_high_letter(c);
}

/* Could byte `at` be Windows-1252 as people write it? */
static bool is_plausible(struct slice bytes, size_t at)
{
    unsigned char c = (unsigned char)bytes.data[at];
    unsigned char before = at ? (unsigned char)bytes.data[at - 1] : ' ';
    unsigned char after = at + 1 < bytes.bytes ? (unsigned char)bytes.data[at + 1] : ' ';
    if (!is_high_letter(c) || c == 0xAA || c == 0xBA) /* ordinals stand behind digits */
        return true;
    if (c >= 0xFE && (before >= 0xFE || after >= 0xFE)) /* pieces of a byte order mark */
        return false;
    return is_letter(before) || is_letter(after) || after == '.' || strchr(lone_letters, c) != NULL;
}

/* Bytes of what has the shape of a UTF-8 sequence at `at`, overlong ones too; 0 if nothing has. is_cut: it
 * runs into the end of the text. */
static size_t sequence_at(struct slice bytes, size_t at, bool *is_cut)
{
    unsigned char lead = (unsigned char)bytes.data[at];
    size_t wanted = lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 0;
    size_t have = MIN(wanted, bytes.bytes - at), i = 1;
    while (i < have && ((unsigned char)bytes.data[at + i] & 0xC0) == 0x80)
        i++;
    *is_cut = i == have && have < wanted && have > 1;
    return wanted && i == wanted ? wanted : 0;
}

/* Is it UTF-8 with some damage? Then its sequences outnumber the bytes that belong to none; in Windows-1252
 * text a capital before a closing quotation mark has that shape now and then. */
static bool is_damaged_utf8(struct slice bytes, bool *ret_is_cut)
{
    size_t sequences = 0, strays = 0;
    *ret_is_cut = false;
    for (size_t at = 0, n; at < bytes.bytes && !*ret_is_cut; at += n) {
        n = 1;
        if ((unsigned char)bytes.data[at] < 0x80)
            continue;
        size_t sequence = sequence_at(bytes, at, ret_is_cut);
        sequences += sequence > 0;
        strays += sequence == 0;
        n = MAX(sequence, 1u);
    }
    *ret_is_cut = *ret_is_cut && sequences + 1 >= strays;
    return *ret_is_cut || (sequences && sequences >= strays);
}

/* Refuses damaged UTF-8 and what cannot be Windows-1252. `bad`: the first byte that is not valid UTF-8. */
static int check_windows(struct slice bytes, size_t bad, struct error *err)
{
    static const char hint[] = "find out its encoding and save it as UTF-8";
    bool is_cut;
    if (is_damaged_utf8(bytes, &is_cut))
        return is_cut ? refuse(err, bad, "UTF-8 is cut off in the middle of a character",
                               "the file is truncated")
                      : refuse(err, bad, "not valid UTF-8, though the text is UTF-8 elsewhere", hint);
    for (size_t at = 0; at < bytes.bytes; at++) {
        unsigned char c = (unsigned char)bytes.data[at];
        if (c >= 0x80 && ((c < 0xA0 && !high_controls[c - 0x80]) || !is_plausible(bytes, at)))
            return refuse(err, at, "not valid UTF-8, and not Windows-1252 either", hint);
    }
    return 0;
}

static int decode_windows(struct slice bytes, size_t bad, struct buffer **ret, struct error *err)
{
    if (check_windows(bytes, bad, err))
        return -1;
    AUTO(buffer) *out = NULL;
    if (buffer_new(&out, bytes.bytes * 3, err) || buffer_reserve(out, bytes.bytes + bytes.bytes / 8, err))
        return -1;
    for (size_t at = 0; at < bytes.bytes; at++) {
        unsigned char c = (unsigned char)bytes.data[at];
        char utf8[4];
        size_t n = utf8_encode(c >= 0x80 && c < 0xA0 ? high_controls[c - 0x80] : c, utf8);
        if (buffer_append(out, (struct slice){utf8, n}, err))
            return -1;
    }
    *ret = TAKE(out);
    return 0;
}

/* ---- the format ---- */

static const struct mark *mark_of(struct slice bytes)
{
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (bytes.bytes >= marks[i].bytes.bytes &&
            memcmp(bytes.data, marks[i].bytes.data, marks[i].bytes.bytes) == 0)
            return &marks[i];
    return NULL;
}

/* Text without a mark, or UTF-8 with one of `skip` bytes. Takes the buffer when the bytes are the text. */
static int open_bytes(struct buffer **bytes, size_t skip, struct ingested *ret, struct error *err)
{
    struct slice all = buffer_slice(*bytes);
    const char *nul = memchr(all.data, 0, all.bytes);
    if (nul)
        return refuse_nul(all, (size_t)(nul - all.data), err);
    size_t valid = skip + utf8_valid(slice_sub(all, skip, all.bytes));
    if (valid < all.bytes && skip)
        return refuse(err, valid, "not valid UTF-8, though its byte order mark says so", NULL);
    if (valid < all.bytes) {
        ret->charset = "windows-1252";
        return decode_windows(all, valid, &ret->text, err);
    }
    struct buffer *text = TAKE(*bytes);
    memmove(text->data, text->data + skip, text->bytes - skip + 1);
    text->bytes -= skip;
    ret->text = text;
    ret->charset = "utf-8";
    return 0;
}

static int open_marked(struct buffer **bytes, const struct mark *mark, struct ingested *ret,
                       struct error *err)
{
    size_t skip = mark ? mark->bytes.bytes : 0;
    switch (mark ? mark->charset : CHARSET_NONE) {
    case CHARSET_UTF32:
        error_set(err, FAULT_DOCUMENT, "UTF-32 is not supported");
        return error_hint(err, "save it as UTF-8");
    case CHARSET_UTF16LE:
    case CHARSET_UTF16BE:
        ret->charset = mark->charset == CHARSET_UTF16BE ? "utf-16be" : "utf-16le";
        return decode_utf16(buffer_slice(*bytes), skip, mark->charset == CHARSET_UTF16BE, &ret->text, err);
    case CHARSET_UTF8:
    case CHARSET_NONE:
        break;
    }
    return open_bytes(bytes, skip, ret, err);
}

static int open_text(struct buffer **bytes, struct ingested *ret, struct error *err)
{
    const struct mark *mark = mark_of(buffer_slice(*bytes));
    if ((*bytes)->bytes == (mark ? mark->bytes.bytes : 0))
        return error_set(err, FAULT_DOCUMENT, "it is empty: there is nothing to do");
    *ret = (struct ingested){.media_type = format_text.media_type};
    return open_marked(bytes, mark, ret, err);
}

static const char *const extensions[] = {"txt", "text", "md", "asc", "log", "note", NULL};

const struct format format_text = {
    .name = "text", .extensions = extensions, .media_type = "text/plain", .open = open_text};
