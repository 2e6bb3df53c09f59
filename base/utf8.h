/* utf8.h - UTF-8 (RFC 3629): validation, decoding, encoding, boundaries. No surrogates, no overlong forms. */
#ifndef ALCOVE_BASE_UTF8_H
#define ALCOVE_BASE_UTF8_H

#include "base/slice.h"

#include <stdint.h>

/* Bytes of `text` up to the first invalid sequence; text.bytes if all is valid. */
size_t utf8_valid(struct slice text);

/* Decodes the character at `at` (at < text.bytes, on a boundary, valid text). Returns its bytes, 1 to 4. */
size_t utf8_decode(struct slice text, size_t at, uint32_t *ret_code);

/* Writes the character to `to` (4 bytes of room). Returns the bytes written; 0 for a surrogate or > U+10FFFF. */
size_t utf8_encode(uint32_t code, char *to);

/* The largest length <= at at which `text` may be cut without splitting a character. */
size_t utf8_cut(struct slice text, size_t at);

/* Characters (code points) in valid text. */
size_t utf8_count(struct slice text);

#endif
