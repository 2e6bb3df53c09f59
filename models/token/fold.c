/* fold.c - see fold.h. */
#include "models/token/fold.h"

/* ---- Hangul: a syllable is a leading consonant, a vowel and perhaps a trailing consonant ---- */
#define SYLLABLES_START 0xac00u
#define SYLLABLES_END 0xd7a4u
#define LEADING 0x1100u
#define VOWELS 0x1161u
#define TRAILING 0x11a7u
#define VOWELS_COUNT 21u
#define TRAILING_COUNT 28u

static size_t take_apart(uint32_t syllable, uint32_t ret[FOLD_CODES_MAX])
{
    uint32_t nth = syllable - SYLLABLES_START, trailing = nth % TRAILING_COUNT;
    ret[0] = LEADING + nth / TRAILING_COUNT / VOWELS_COUNT;
    ret[1] = VOWELS + nth / TRAILING_COUNT % VOWELS_COUNT;
    ret[2] = TRAILING + trailing;
    return trailing ? 3 : 2;
}

static enum token_fold kind_of(uint32_t code)
{
    size_t low = 0, high = fold_changes_count; /* the last change at or before `code` is in [low, high) */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (fold_changes[middle] >> 2 <= code)
            low = middle;
        else
            high = middle;
    }
    return (enum token_fold)(fold_changes[low] & 3);
}

/* What a code point folds to when that is one. */
static uint32_t fold_one(uint32_t code)
{
    size_t low = 0, high = fold_runs_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct fold_run *run = &fold_runs[middle];
        if (code < run->first)
            high = middle;
        else if (code > run->last)
            low = middle + 1;
        else if ((code - run->first) % run->step)
            return code;
        else
            return run->to + (code - run->first) / run->step * run->stride;
    }
    return code;
}

static size_t fold_to_many(uint32_t code, uint32_t ret[FOLD_CODES_MAX])
{
    size_t low = 0, high = fold_many_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2, n = 0;
        const struct fold_many *many = &fold_many[middle];
        if (many->from == code) {
            for (; n < FOLD_CODES_MAX && many->to[n]; n++)
                ret[n] = many->to[n];
            return n;
        }
        if (code < many->from)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

enum token_fold fold_code(uint32_t code, uint32_t ret[FOLD_CODES_MAX], size_t *ret_count)
{
    enum token_fold kind = kind_of(code);
    if (code >= SYLLABLES_START && code < SYLLABLES_END) {
        *ret_count = take_apart(code, ret);
        return kind;
    }
    *ret_count = fold_to_many(code, ret);
    if (*ret_count == 0) {
        ret[0] = fold_one(code);
        *ret_count = 1;
    }
    return kind;
}
