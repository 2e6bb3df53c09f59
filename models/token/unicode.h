/* unicode.h - what the pre-tokenizers ask of a code point: \p{L}, \p{N}, \s or none of them.
 *
 * The table is a sorted list of the places where the class changes (about 1,500 numbers), made from the Unicode
 * Character Database as Python carries it; ASCII is answered without searching it. */
#ifndef ALCOVE_MODELS_TOKEN_UNICODE_H
#define ALCOVE_MODELS_TOKEN_UNICODE_H

#include <stddef.h>
#include <stdint.h>

enum unicode_class { UNICODE_OTHER, UNICODE_LETTER, UNICODE_NUMBER, UNICODE_SPACE };

extern const uint32_t unicode_changes[]; /* code point << 2 | class, ascending; the first is 0 */
extern const size_t unicode_changes_count;

extern const unsigned char unicode_ascii[128];

/* The class of a code point up to U+10FFFF; unicode_search is its part beyond ASCII. */
enum unicode_class unicode_search(uint32_t code);

static inline enum unicode_class unicode_class(uint32_t code)
{
    return code < 128 ? (enum unicode_class)unicode_ascii[code] : unicode_search(code);
}

#endif
