/* gguf_writer.h - small GGUF files in memory, right or deliberately wrong, for tests of what reads them. */
#ifndef ALCOVE_TESTS_GGUF_WRITER_H
#define ALCOVE_TESTS_GGUF_WRITER_H

#include "base/slice.h"

#include <stdint.h>

#define GGUF_WRITER_BYTES_MAX (1u << 20)

struct gguf_writer {
    char *data; /* aligned to 64 */
    size_t bytes;
    uint64_t keys;
};

void gguf_writer_start(struct gguf_writer *writer);
void gguf_writer_drop(struct gguf_writer *writer);

void gguf_write_u32(struct gguf_writer *writer, const char *key, uint32_t value);
void gguf_write_bool(struct gguf_writer *writer, const char *key, bool value);
void gguf_write_text(struct gguf_writer *writer, const char *key, const char *value);
void gguf_write_texts(struct gguf_writer *writer, const char *key, const char *const *values, size_t count);
void gguf_write_i32s(struct gguf_writer *writer, const char *key, const int32_t *values, size_t count);
void gguf_write_f32s(struct gguf_writer *writer, const char *key, const float *values, size_t count);

/* The file so far, with no tensors. Borrowed until the writer is dropped. */
struct slice gguf_writer_finish(struct gguf_writer *writer);

#endif
