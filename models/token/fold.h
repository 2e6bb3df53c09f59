/* fold.h - what becomes of a character before WordPiece: its kind, and the letters it folds to.
 *
 * Tables in fold_table.c, made from the Unicode Character Database: sorted runs, found by halving. Hangul syllables
 * come apart by rule (The Unicode Standard, section 3.12). */
#ifndef ALCOVE_MODELS_TOKEN_FOLD_H
#define ALCOVE_MODELS_TOKEN_FOLD_H

#include <stddef.h>
#include <stdint.h>

#define FOLD_CODES_MAX 4u /* of NFD without its marks */

/* In a word, between words, nothing at all, a word of its own. */
enum token_fold { TOKEN_FOLD_WORD, TOKEN_FOLD_SPACE, TOKEN_FOLD_NOTHING, TOKEN_FOLD_ALONE };

/* The kind changes at these code points: code << 2 | kind, ascending; the first is 0. */
extern const uint32_t fold_changes[];
extern const size_t fold_changes_count;

/* Code points [first, last] in steps of `step` fold to `to`, and so on in steps of `stride`. Ascending, apart. */
struct fold_run {
    uint32_t first, last, to;
    uint8_t step, stride;
};
extern const struct fold_run fold_runs[];
extern const size_t fold_runs_count;

/* Those that fold to more than one; 0 ends the list. */
struct fold_many {
    uint32_t from, to[FOLD_CODES_MAX];
};
extern const struct fold_many fold_many[];
extern const size_t fold_many_count;

/* The kind of a code point; of a word or alone, *ret_count letters in ret. */
enum token_fold fold_code(uint32_t code, uint32_t ret[FOLD_CODES_MAX], size_t *ret_count);

#endif
