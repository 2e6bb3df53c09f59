/* slice.h - borrowed bytes and ranges of bytes.
 *
 * The text of a document travels as a `struct slice`: pointer and length, no NUL at the end, so that no "%s"
 * fits it by accident and prints an identifier. */
#ifndef ALCOVE_BASE_SLICE_H
#define ALCOVE_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
    const char *data; /* borrowed; may be NULL only if bytes is 0 */
    size_t bytes;
};

struct span {
    size_t start, end; /* bytes, end exclusive */
};

#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

static inline struct slice slice_of(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

static inline struct slice slice_sub(struct slice s, size_t start, size_t end)
{
    return (struct slice){s.data + start, end - start};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.bytes == b.bytes && (a.bytes == 0 || memcmp(a.data, b.data, a.bytes) == 0);
}

/* Bytewise order, a prefix first: <0, 0, >0. */
static inline int slice_compare(struct slice a, struct slice b)
{
    size_t n = a.bytes < b.bytes ? a.bytes : b.bytes;
    int order = n ? memcmp(a.data, b.data, n) : 0;
    return order ? order : (a.bytes > b.bytes) - (a.bytes < b.bytes);
}

#endif
