/* gguf_writer.c - see gguf_writer.h. The layout is drawn in models/format/gguf.h. */
#include "tests/support/gguf_writer.h"

#include "tests/support/support.h"

enum { U32 = 4, I32 = 5, F32 = 6, BOOL = 7, TEXT = 8, ARRAY = 9 }; /* the kinds of the format */
#define KEYS_AT 16u                                       /* where the header counts the keys */

static void put(struct gguf_writer *w, const void *bytes, size_t count)
{
    assert_true(count <= GGUF_WRITER_BYTES_MAX - w->bytes);
    memcpy(w->data + w->bytes, bytes, count);
    w->bytes += count;
}

static void put_u32(struct gguf_writer *w, uint32_t value)
{
    put(w, &value, sizeof value);
}

static void put_u64(struct gguf_writer *w, uint64_t value)
{
    put(w, &value, sizeof value);
}

static void put_text(struct gguf_writer *w, const char *text)
{
    put_u64(w, strlen(text));
    put(w, text, strlen(text));
}

static void put_key(struct gguf_writer *w, const char *key, uint32_t kind)
{
    put_text(w, key);
    put_u32(w, kind);
    w->keys++;
}

void gguf_writer_start(struct gguf_writer *w)
{
    *w = (struct gguf_writer){.data = aligned_alloc(64, GGUF_WRITER_BYTES_MAX)};
    assert_non_null(w->data);
    put(w, "GGUF", 4);
    put_u32(w, 3);
    put_u64(w, 0); /* tensors */
    put_u64(w, 0); /* keys, filled in at the end */
}

void gguf_writer_drop(struct gguf_writer *w)
{
    free(w->data);
    *w = (struct gguf_writer){0};
}

void gguf_write_u32(struct gguf_writer *w, const char *key, uint32_t value)
{
    put_key(w, key, U32);
    put_u32(w, value);
}

void gguf_write_bool(struct gguf_writer *w, const char *key, bool value)
{
    put_key(w, key, BOOL);
    put(w, &value, 1);
}

void gguf_write_text(struct gguf_writer *w, const char *key, const char *value)
{
    put_key(w, key, TEXT);
    put_text(w, value);
}

void gguf_write_texts(struct gguf_writer *w, const char *key, const char *const *values, size_t count)
{
    put_key(w, key, ARRAY);
    put_u32(w, TEXT);
    put_u64(w, count);
    for (size_t i = 0; i < count; i++)
        put_text(w, values[i]);
}

void gguf_write_i32s(struct gguf_writer *w, const char *key, const int32_t *values, size_t count)
{
    put_key(w, key, ARRAY);
    put_u32(w, I32);
    put_u64(w, count);
    put(w, values, count * sizeof *values);
}

void gguf_write_f32s(struct gguf_writer *w, const char *key, const float *values, size_t count)
{
    put_key(w, key, ARRAY);
    put_u32(w, F32);
    put_u64(w, count);
    put(w, values, count * sizeof *values);
}

struct slice gguf_writer_finish(struct gguf_writer *w)
{
    memcpy(w->data + KEYS_AT, &w->keys, sizeof w->keys);
    while (w->bytes % 32)
        put(w, "", 1);
    return (struct slice){w->data, w->bytes};
}
