/* words.h - words in running text: a dictionary of lower-case words, and lists of words and phrases over it.
 *
 * A word is a run of ASCII letters and of bytes above 0x7f (so a word of any script), looked up whole and in
 * any case: "lic" is not found in "public". A phrase is a word and what must follow it ("order no."), where a
 * blank stands for any run of blanks and line ends. */
#ifndef ALCOVE_RULES_WORDS_H
#define ALCOVE_RULES_WORDS_H

#include "base/arena.h"
#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

#define WORD_BYTES_MAX 40u
#define WORD_NONE UINT32_MAX

extern const unsigned char word_lower[256]; /* the lower-case byte of a word, or 0 for what is in no word */

static inline bool is_word_byte(char c)
{
    return word_lower[(unsigned char)c] != 0;
}

static inline bool is_digit_byte(char c)
{
    return c >= '0' && c <= '9';
}

/* The end of the word that begins at `at`. */
static inline size_t word_end(struct slice text, size_t at)
{
    while (at < text.bytes && is_word_byte(text.data[at]))
        at++;
    return at;
}

struct dictionary;
CHECKED int dictionary_new(struct dictionary **ret, struct error *err);
void dictionary_drop(struct dictionary **dictionary);

/* The number of a word, counted from 0 in the order of first use; added when it is new. */
CHECKED int dictionary_add(struct dictionary *dictionary, struct slice word, uint32_t *ret,
                           struct error *err);
uint32_t dictionary_find(const struct dictionary *dictionary, struct slice word); /* or WORD_NONE */
size_t dictionary_count(const struct dictionary *dictionary);

struct phrase {
    uint32_t first; /* its first word */
    uint32_t bytes;
    const char *text; /* lower case, folded as the shadow is; in the arena */
};

struct phrases {
    struct phrase *items; /* sorted by first word, longer first; in the arena */
    size_t count;
};

/* Compiles texts. -1 with FAULT_PIPELINE when one does not begin with a letter (*ret_bad = its index). */
CHECKED int phrases_make(struct phrases *ret, const char *const *texts, size_t count,
                         struct dictionary *dictionary, struct arena *arena, size_t *ret_bad,
                         struct error *err);

/* The end of the longest phrase of the list at the word that begins at `at` (number `word`), or 0. */
size_t phrases_match(const struct phrases *phrases, uint32_t word, struct slice text, size_t at);

#endif
