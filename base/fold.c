/* fold.c - see fold.h. */
#include "base/fold.h"

#include "base/utf8.h"

/* U+00C0 to U+017F without case and accent; "" = separator (multiplication and division sign). */
static const char latin[][3] = {
    /* 00C0 */ "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    /* 00D0 */ "d", "n", "o",  "o",  "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "ss",
    /* 00E0 */ "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    /* 00F0 */ "d", "n", "o",  "o",  "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y",
    /* 0100 */ "a", "a", "a",  "a",  "a", "a", "c",  "c", "c", "c", "c", "c", "c", "c", "d",  "d",
    /* 0110 */ "d", "d", "e",  "e",  "e", "e", "e",  "e", "e", "e", "e", "e", "g", "g", "g",  "g",
    /* 0120 */ "g", "g", "g",  "g",  "h", "h", "h",  "h", "i", "i", "i", "i", "i", "i", "i",  "i",
    /* 0130 */ "i", "i", "ij", "ij", "j", "j", "k",  "k", "k", "l", "l", "l", "l", "l", "l",  "l",
    /* 0140 */ "l", "l", "l",  "n",  "n", "n", "n",  "n", "n", "n", "n", "n", "o", "o", "o",  "o",
    /* 0150 */ "o", "o", "oe", "oe", "r", "r", "r",  "r", "r", "r", "s", "s", "s", "s", "s",  "s",
    /* 0160 */ "s", "s", "t",  "t",  "t", "t", "t",  "t", "u", "u", "u", "u", "u", "u", "u",  "u",
    /* 0170 */ "u", "u", "u",  "u",  "w", "w", "y",  "y", "y", "z", "z", "z", "z", "z", "z",  "s"};

/* Characters beyond Latin that are no letters or digits; the rest of Unicode counts as letters, so that a
 * name in any script is a word. */
static const struct {
    uint32_t first, last;
    enum fold kind;
} ranges[] = {
    {0x00ad, 0x00ad, FOLD_NOTHING},    {0x0300, 0x036f, FOLD_NOTHING},   {0x200b, 0x200f, FOLD_NOTHING},
    {0x202a, 0x202e, FOLD_NOTHING},    {0x2060, 0x206f, FOLD_NOTHING},   {0xfe00, 0xfe0f, FOLD_NOTHING},
    {0xfeff, 0xfeff, FOLD_NOTHING},    {0x0080, 0x00a9, FOLD_SEPARATOR}, {0x00ab, 0x00b4, FOLD_SEPARATOR},
    {0x00b6, 0x00b9, FOLD_SEPARATOR},  {0x00bb, 0x00bf, FOLD_SEPARATOR}, {0x02b9, 0x02ff, FOLD_SEPARATOR},
    {0x2000, 0x2070, FOLD_SEPARATOR},  {0x20a0, 0x20ff, FOLD_SEPARATOR}, {0x2190, 0x2bff, FOLD_SEPARATOR},
    {0x2e00, 0x2e7f, FOLD_SEPARATOR},  {0x3000, 0x3004, FOLD_SEPARATOR}, {0x3008, 0x3020, FOLD_SEPARATOR},
    {0xe000, 0xf8ff, FOLD_SEPARATOR},  {0xff01, 0xff0f, FOLD_SEPARATOR}, {0xff1a, 0xff20, FOLD_SEPARATOR},
    {0xff3b, 0xff40, FOLD_SEPARATOR},  {0xff5b, 0xff65, FOLD_SEPARATOR}, {0xfff0, 0xffff, FOLD_SEPARATOR},
    {0x1f000, 0x1faff, FOLD_SEPARATOR}};

static bool is_ascii_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* The lower case of Greek and Cyrillic capitals; others as they are. */
static uint32_t lower(uint32_t code)
{
    if ((code >= 0x391 && code <= 0x3a9) || (code >= 0x410 && code <= 0x42f))
        return code + 32;
    if (code >= 0x400 && code <= 0x40f)
        return code + 80;
    return code;
}

struct folded fold_next(struct slice text, size_t at)
{
    unsigned char c = (unsigned char)text.data[at];
    if (c < 0x80) {
        if (!is_ascii_word(c))
            return (struct folded){.kind = FOLD_SEPARATOR, .bytes = 1};
        return (struct folded){
            .kind = FOLD_WORD, .bytes = 1, .count = 1, .to = {(char)(c >= 'A' && c <= 'Z' ? c | 32 : c)}};
    }
    uint32_t code;
    struct folded f = {.kind = FOLD_WORD, .bytes = (uint8_t)utf8_decode(text, at, &code)};
    if (code >= 0xc0 && code <= 0x17f) {
        const char *to = latin[code - 0xc0];
        f.count = (uint8_t)strlen(to);
        memcpy(f.to, to, f.count);
        f.kind = f.count ? FOLD_WORD : FOLD_SEPARATOR;
        return f;
    }
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (code >= ranges[i].first && code <= ranges[i].last) {
            f.kind = ranges[i].kind;
            return f;
        }
    if ((code >= 0xff10 && code <= 0xff19) || (code >= 0xff21 && code <= 0xff3a) ||
        (code >= 0xff41 && code <= 0xff5a)) {
        unsigned char wide = (unsigned char)(code - 0xfee0);
        f.count = 1;
        f.to[0] = (char)(wide >= 'A' && wide <= 'Z' ? wide | 32 : wide);
        return f;
    }
    f.count = (uint8_t)utf8_encode(lower(code), f.to);
    return f;
}

int fold_append(struct slice text, struct buffer *to, struct error *err)
{
    for (size_t at = 0; at < text.bytes;) {
        struct folded f = fold_next(text, at);
        if (f.count && buffer_append(to, (struct slice){f.to, f.count}, err))
            return -1;
        at += f.bytes;
    }
    return 0;
}

bool fold_word(struct slice text, size_t *at, struct span *ret)
{
    size_t i = *at;
    bool is_open = false;
    while (i < text.bytes) {
        struct folded f = fold_next(text, i);
        if (f.kind == FOLD_WORD && !is_open) {
            ret->start = i;
            is_open = true;
        }
        if (f.kind == FOLD_SEPARATOR && is_open)
            break;
        i += f.bytes;
        if (f.kind == FOLD_WORD)
            ret->end = i;
    }
    *at = i;
    return is_open;
}

bool fold_is_upper(struct slice text, size_t at)
{
    unsigned char c = (unsigned char)text.data[at];
    if (c < 0x80)
        return c >= 'A' && c <= 'Z';
    uint32_t code;
    utf8_decode(text, at, &code);
    if (code >= 0x100 && code <= 0x17f)
        return ((code >= 0x139 && code <= 0x148) || code >= 0x179) ? code % 2 == 1 : code % 2 == 0;
    return (code >= 0xc0 && code <= 0xde && code != 0xd7) || lower(code) != code;
}

uint64_t fold_hash(struct slice bytes)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ bytes.bytes;
    for (size_t i = 0; i < bytes.bytes; i++) {
        h = (h ^ (unsigned char)bytes.data[i]) * 0xff51afd7ed558ccdu;
        h ^= h >> 29;
    }
    return h ^ (h >> 32);
}
