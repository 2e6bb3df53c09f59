/* fold.h - text as a stream of folded letters and digits, to compare words whatever their case and separators.
 *
 * Letters are lower-cased (Latin, Greek, Cyrillic, full width), Latin accents dropped (é -> e, ß -> ss),
 * full-width digits become ASCII. Everything that is no letter or digit separates; zero-width characters and soft
 * hyphens are nothing at all, so that they do not hide a word. */
#ifndef ALCOVE_BASE_FOLD_H
#define ALCOVE_BASE_FOLD_H

#include "base/buffer.h"
#include "base/slice.h"

#include <stdint.h>

enum fold { FOLD_SEPARATOR, FOLD_NOTHING, FOLD_WORD };

struct folded {
    enum fold kind;
    uint8_t bytes; /* of the input: 1 to 4 */
    uint8_t count; /* of `to`: 0 to 4 */
    char to[4];
};

/* The character at `at` of valid UTF-8 (at < text.bytes, on a boundary). */
struct folded fold_next(struct slice text, size_t at);

/* Appends the letters and digits of `text`, folded, nothing between them: "O'Brien, J." -> "obrienj". */
CHECKED int fold_append(struct slice text, struct buffer *to, struct error *err);

/* The next word (letters and digits without separator inside) at or behind *at; false at the end. *at moves
 * behind. */
bool fold_word(struct slice text, size_t *at, struct span *ret);

/* True if the character at `at` is an upper-case letter (ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic).
 */
bool fold_is_upper(struct slice text, size_t at);

/* A 64-bit hash of folded bytes, for tables in memory; not keyed. */
uint64_t fold_hash(struct slice bytes);

#endif
