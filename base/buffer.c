/* buffer.c - see buffer.h. Old memory is wiped before it is freed: buffers carry documents. */
#include "base/buffer.h"

#include <openssl/crypto.h>
#include <stdarg.h>

int buffer_new(struct buffer **ret, size_t bytes_max, struct error *err)
{
    struct buffer *b = malloc(sizeof *b);
    char *data = malloc(1);
    if (!b || !data) {
        free(b);
        free(data);
        return error_memory(err);
    }
    data[0] = 0;
    *b = (struct buffer){.data = data, .bytes_max = bytes_max};
    *ret = b;
    return 0;
}

void buffer_drop(struct buffer **buffer)
{
    struct buffer *b = *buffer;
    if (!b)
        return;
    OPENSSL_cleanse(b->data, b->bytes);
    free(b->data);
    free(b);
    *buffer = NULL;
}

int buffer_reserve(struct buffer *b, size_t bytes, struct error *err)
{
    if (bytes > b->bytes_max - b->bytes)
        return error_set(err, FAULT_DOCUMENT, "would grow beyond the limit of %zu bytes", b->bytes_max);
    size_t wanted = b->bytes + bytes;
    if (wanted <= b->capacity)
        return 0;
    size_t capacity = b->capacity < 32 ? 64 : b->capacity * 2;
    capacity = MAX(MIN(capacity, b->bytes_max), wanted);
    char *data = malloc(capacity + 1);
    if (!data)
        return error_memory(err);
    memcpy(data, b->data, b->bytes + 1);
    OPENSSL_cleanse(b->data, b->bytes);
    free(b->data);
    b->data = data;
    b->capacity = capacity;
    return 0;
}

int buffer_append(struct buffer *b, struct slice bytes, struct error *err)
{
    if (buffer_reserve(b, bytes.bytes, err))
        return -1;
    if (bytes.bytes)
        memcpy(b->data + b->bytes, bytes.data, bytes.bytes);
    b->bytes += bytes.bytes;
    b->data[b->bytes] = 0;
    return 0;
}

int buffer_append_text(struct buffer *b, const char *text, struct error *err)
{
    return buffer_append(b, slice_of(text), err);
}

int buffer_append_byte(struct buffer *b, char byte, struct error *err)
{
    return buffer_append(b, (struct slice){&byte, 1}, err);
}

int buffer_printf(struct buffer *b, struct error *err, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int wanted = vsnprintf(NULL, 0, format, args);
    va_end(args);
    int result = -1;
    if (wanted < 0)
        error_set(err, FAULT_TEMPORARY, "formatting failed");
    else if (buffer_reserve(b, (size_t)wanted, err) == 0) {
        vsnprintf(b->data + b->bytes, (size_t)wanted + 1, format, again);
        b->bytes += (size_t)wanted;
        result = 0;
    }
    va_end(again);
    return result;
}

void buffer_clear(struct buffer *b)
{
    OPENSSL_cleanse(b->data, b->bytes);
    b->bytes = 0;
    b->data[0] = 0;
}
