/* fold.c - what becomes of one character in the shadow text (Unicode 14.0: UnicodeData.txt). */
#include "rules/shadow.h"

/* Base letters by canonical and compatibility decomposition; '.' stays as it is. */
static const char latin_00c0[] = "AAAAAAACEEEEIIIIDNOOOOO.OUUUUYTsaaaaaaaceeeeiiiidnooooo.ouuuuyty"
                                 "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
                                 "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs"
                                 "...............E................Oo.............Uu..............."
                                 "....DDdLLlNNnAaIiOoUuUuUuUuUueAaAa....GgKkOoOo..jDDdGg..NnAa...."
                                 "AaAaEeEeIiIiOoOoRrRrUuUuSsTt..Hh......AaEeOoOoOoOoYy............";
static const char latin_1e00[] = "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
                                 "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
                                 "WwWwWwWwWwXxXxYyZzZzZzhtwyas..S.AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
                                 "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy......";

/* The zeros of all runs of ten decimal digits (general category Nd), ascending. */
static const uint32_t zeros[] = {
    0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,  0x0C66,  0x0CE6,
    0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,  0x1810,  0x1946,  0x19D0,
    0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,  0xA900,  0xA9D0,  0xA9F0,
    0xAA50,  0xABF0,  0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
    0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0};

/* Ranges that become one character, or nothing. Ascending. */
static const struct {
    uint32_t first, last, to;
} ranges[] = {
    {0x0085, 0x0085, '\n'},           /* next line */
    {0x00A0, 0x00A0, ' '},            /* no-break space */
    {0x00AD, 0x00AD, SHADOW_REMOVED}, /* soft hyphen */
    {0x00B4, 0x00B4, '\''},
    {0x02B9, 0x02BC, '\''},           /* modifier primes and apostrophes */
    {0x0300, 0x036F, SHADOW_REMOVED}, /* combining marks, joiner 034F */
    {0x058A, 0x058A, '-'},
    {0x061C, 0x061C, SHADOW_REMOVED}, /* Arabic letter mark */
    {0x1680, 0x1680, ' '},
    {0x180B, 0x180E, SHADOW_REMOVED}, /* Mongolian selectors and vowel separator */
    {0x2000, 0x200A, ' '},
    {0x200B, 0x200F, SHADOW_REMOVED}, /* zero-width space and joiners, direction marks */
    {0x2010, 0x2015, '-'},
    {0x2018, 0x201B, '\''},
    {0x201C, 0x201F, '"'},
    {0x2024, 0x2024, '.'},
    {0x2028, 0x2029, '\n'},
    {0x202A, 0x202E, SHADOW_REMOVED}, /* embeddings and overrides */
    {0x202F, 0x202F, ' '},
    {0x2032, 0x2032, '\''},
    {0x2043, 0x2043, '-'},
    {0x2044, 0x2044, '/'},
    {0x205F, 0x205F, ' '},
    {0x2060, 0x206F, SHADOW_REMOVED}, /* word joiner, isolates */
    {0x2212, 0x2212, '-'},
    {0x2215, 0x2215, '/'},
    {0x2E3A, 0x2E3B, '-'},
    {0x3000, 0x3000, ' '},
    {0xFE00, 0xFE0F, SHADOW_REMOVED}, /* variation selectors */
    {0xFE58, 0xFE58, '-'},
    {0xFE63, 0xFE63, '-'},
    {0xFEFF, 0xFEFF, SHADOW_REMOVED}, /* byte order mark */
    {0xFFF9, 0xFFFB, SHADOW_REMOVED},
    {0xE0000, 0xE01EF, SHADOW_REMOVED}, /* tags, selectors */
};

static uint32_t letter_of(const char *table, size_t count, uint32_t first, uint32_t code)
{
    uint32_t at = code - first;
    return at < count && table[at] != '.' ? (uint32_t)(unsigned char)table[at] : code;
}

uint32_t shadow_fold(uint32_t code)
{
    if (code < 0x80)
        return code;
    if (code >= 0xFF01 && code <= 0xFF5E) /* full-width ASCII */
        return code - 0xFF01 + '!';
    if (code >= 0xC0 && code < 0x300)
        code = letter_of(latin_00c0, sizeof latin_00c0 - 1, 0xC0, code);
    else if (code >= 0x1E00 && code < 0x1F00)
        return letter_of(latin_1e00, sizeof latin_1e00 - 1, 0x1E00, code);
    size_t low = 0, high = COUNT_OF(ranges);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < COUNT_OF(ranges) && code >= ranges[low].first)
        return ranges[low].to;
    low = 0, high = COUNT_OF(zeros);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code >= zeros[middle] + 10)
            low = middle + 1;
        else
            high = middle;
    }
    return low < COUNT_OF(zeros) && code >= zeros[low] ? '0' + code - zeros[low] : code;
}
