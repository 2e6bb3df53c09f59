/* split.c - see split.h. */
#include "models/token/split.h"

#include "base/contract.h"
#include "base/utf8.h"
#include "models/token/unicode.h"

#define UNICODE_NONE 4 /* beside the classes: the end of the text */

/* The class of the character at `at` and where it ends. */
static inline unsigned peek(struct slice text, size_t at, size_t *ret_end)
{
    *ret_end = at;
    if (at >= text.bytes)
        return UNICODE_NONE;
    unsigned char byte = (unsigned char)text.data[at];
    if (byte < 128) {
        *ret_end = at + 1;
        return unicode_ascii[byte];
    }
    uint32_t code;
    *ret_end = at + utf8_decode(text, at, &code);
    return unicode_search(code);
}

/* End of the run of `class` from `at`. */
static inline size_t run(struct slice text, size_t at, unsigned class)
{
    size_t end;
    while (peek(text, at, &end) == class)
        at = end;
    return at;
}

static inline bool is_newline(struct slice text, size_t at)
{
    return at < text.bytes && (text.data[at] == '\n' || text.data[at] == '\r');
}

static inline char fold(char byte, bool any_case)
{
    return any_case && byte >= 'A' && byte <= 'Z' ? (char)(byte | 32) : byte;
}

/* Bytes of 's 't 're 've 'm 'll 'd at `at`, or 0. With any_case as the (?i:) of the newer expressions, under which
 * U+017F (long s) is an s too. */
static size_t contraction(struct slice text, size_t at, bool any_case)
{
    static const char *const endings[] = {"s", "t", "re", "ve", "m", "ll", "d"};
    if (text.data[at] != '\'')
        return 0;
    struct slice rest = slice_sub(text, at + 1, text.bytes);
    if (any_case && rest.bytes >= 2 && memcmp(rest.data, "\xc5\xbf", 2) == 0)
        return 3;
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        size_t n = strlen(endings[i]), same = 0;
        while (same < n && same < rest.bytes && fold(rest.data[same], any_case) == endings[i][same])
            same++;
        if (same == n)
            return n + 1;
    }
    return 0;
}

/* End of up to `max` numbers (0 = any) from `at`. */
static size_t numbers(struct slice text, size_t at, unsigned max)
{
    size_t end;
    for (unsigned n = 0; (max == 0 || n < max) && peek(text, at, &end) == UNICODE_NUMBER; n++)
        at = end;
    return at;
}

/* \s+(?!\S)|\s+ : all of the white space at `at` when `is_last`, else all but its last character, which goes with
 * the word behind it; a single one stays whole. */
static size_t white_space(struct slice text, size_t at, bool is_last, size_t run_end)
{
    if (is_last)
        return run_end;
    size_t last = run_end - 1;
    while (((unsigned char)text.data[last] & 0xc0) == 0x80)
        last--;
    return last > at ? last : run_end;
}

/* 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * smollm cuts out every \p{N} first and applies this to the parts between: then a number ends the text for the
 * look-ahead and no space goes with it. */
static size_t next_gpt2(const struct splitter *splitter, struct slice text, size_t at)
{
    bool numbers_apart = splitter->digits_max != 0;
    size_t bytes = contraction(text, at, false);
    if (bytes)
        return at + bytes;
    size_t end, after;
    unsigned first = peek(text, at, &end);
    if (first == UNICODE_NUMBER && numbers_apart)
        return numbers(text, at, splitter->digits_max);
    if (first != UNICODE_SPACE)
        return run(text, end, first);
    if (text.data[at] == ' ') {
        unsigned second = peek(text, end, &after);
        if (second == UNICODE_LETTER || second == UNICODE_OTHER || (second == UNICODE_NUMBER && !numbers_apart))
            return run(text, after, second);
    }
    size_t run_end = run(text, end, UNICODE_SPACE);
    unsigned behind = peek(text, run_end, &after);
    return white_space(text, at, behind == UNICODE_NONE || (behind == UNICODE_NUMBER && numbers_apart), run_end);
}

/* (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,max}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|
 * \s+(?!\S)|\s+ */
static size_t next_cl100k(const struct splitter *splitter, struct slice text, size_t at)
{
    size_t bytes = contraction(text, at, true);
    if (bytes)
        return at + bytes;
    size_t end, after;
    unsigned first = peek(text, at, &end);
    if (first == UNICODE_LETTER)
        return run(text, end, UNICODE_LETTER);
    if (first == UNICODE_NUMBER)
        return numbers(text, at, splitter->digits_max);
    unsigned second = peek(text, end, &after);
    if (second == UNICODE_LETTER && !is_newline(text, at))
        return run(text, after, UNICODE_LETTER);
    if (first == UNICODE_OTHER || (text.data[at] == ' ' && second == UNICODE_OTHER)) {
        end = run(text, end, UNICODE_OTHER);
        while (is_newline(text, end))
            end++;
        return end;
    }
    size_t run_end = run(text, end, UNICODE_SPACE);
    for (size_t i = run_end; i > at; i--) /* \s*[\r\n]+ : to the last line break of the run */
        if (is_newline(text, i - 1))
            return i;
    return white_space(text, at, run_end == text.bytes, run_end);
}

static const struct splitter rows[] = {
    {.pre = "gpt-2", .next = next_gpt2},
    {.pre = "smollm", .next = next_gpt2, .digits_max = 1},
    {.pre = "qwen2", .next = next_cl100k, .digits_max = 1},
    {.pre = "llama-bpe", .next = next_cl100k, .digits_max = 3, .whole_words = true, .adds_bos = true},
};

const struct splitter *splitters(size_t *ret_count)
{
    *ret_count = COUNT_OF(rows);
    return rows;
}

const struct splitter *splitter_find(struct slice pre)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (slice_equal(pre, slice_of(rows[i].pre)))
            return &rows[i];
    return NULL;
}
