/* buffer.h - bytes that grow, born with their maximum.
 *
 *   AUTO(buffer) *out = NULL;
 *   if (buffer_new(&out, TEXT_BYTES_MAX, err) || buffer_append(out, text, err)) return -1;
 *
 * Bytes are followed by a NUL that is not counted, so that text without NULs may be used as a C string. */
#ifndef ALCOVE_BASE_BUFFER_H
#define ALCOVE_BASE_BUFFER_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

struct buffer {
    char *data; /* owned; never NULL */
    size_t bytes, capacity, bytes_max;
};

/* An empty buffer that refuses to grow beyond bytes_max. 0, or -1 with FAULT_TEMPORARY. */
CHECKED int buffer_new(struct buffer **ret, size_t bytes_max, struct error *err);

/* Wipes and frees; takes NULL inside. */
void buffer_drop(struct buffer **buffer);

/* Appends. -1 with FAULT_TEMPORARY (memory) or FAULT_DOCUMENT (beyond bytes_max); then nothing was added. */
CHECKED int buffer_append(struct buffer *buffer, struct slice bytes, struct error *err);
CHECKED int buffer_append_text(struct buffer *buffer, const char *text, struct error *err);
CHECKED int buffer_append_byte(struct buffer *buffer, char byte, struct error *err);
CHECKED int buffer_printf(struct buffer *buffer, struct error *err, const char *format, ...) PRINTF_LIKE(3, 4);

/* Makes room for `bytes` more without changing the length. */
CHECKED int buffer_reserve(struct buffer *buffer, size_t bytes, struct error *err);

/* Empties and keeps the memory (wiped). */
void buffer_clear(struct buffer *buffer);

/* The bytes so far, borrowed until the next change. */
static inline struct slice buffer_slice(const struct buffer *buffer)
{
    return (struct slice){buffer->data, buffer->bytes};
}

#endif
