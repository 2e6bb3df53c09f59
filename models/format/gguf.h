/* gguf.h - reads a GGUF file (versions 2 and 3, little-endian) without trusting it.
 *
 *   "GGUF" | u32 version | u64 tensors | u64 keys
 *   keys x    { u64 length, name | u32 kind | value }        value of an array: u32 kind, u64 count, elements
 *   tensors x { u64 length, name | u32 dimensions | u64 shape[dimensions] | u32 type | u64 offset }
 *   padding to general.alignment (32 unless said) | tensor data, offsets from here
 *
 * Everything is checked when the file is opened: each count against the bytes that are left before anything is
 * allocated, sums and products for overflow, names for doubles, the bytes of every tensor for lying inside the file,
 * aligned, and apart from all others. Format: github.com/ggml-org/ggml, docs/gguf.md. Errors are FAULT_MODEL and name
 * the key or tensor. A reader is immutable: threads may share it. */
#ifndef ALCOVE_MODELS_FORMAT_GGUF_H
#define ALCOVE_MODELS_FORMAT_GGUF_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

#define GGUF_DIMENSIONS_MAX 4u
#define GGUF_NAME_BYTES_MAX 127u   /* tensor names; ggml itself allows 63 */
#define GGUF_KEY_BYTES_MAX 1024u
#define GGUF_KEYS_MAX 65536u
#define GGUF_TENSORS_MAX 65536u    /* an 80-layer llama has 80 * 9 + 3 = 723 */
#define GGUF_ALIGNMENT_MAX 65536u

struct gguf;

/* Maps a file. -1 with FAULT_MODEL (missing, unreadable, malformed) and the path. */
CHECKED int gguf_open(struct gguf **ret, const char *path, struct error *err);

/* The same from memory, which stays the caller's, aligned to 64 bytes and alive as long as the reader. */
CHECKED int gguf_read(struct gguf **ret, struct slice bytes, const char *name, struct error *err);
void gguf_drop(struct gguf **gguf);

const char *gguf_path(const struct gguf *gguf);
uint64_t gguf_file_bytes(const struct gguf *gguf);

/* ---- keys ----
 * `otherwise` is the value of an absent key; NULL = the key must be there. A key of another kind, or a number outside
 * [min, max], is an error. Integers of every width are accepted where they fit. Texts are borrowed from the reader. */
bool gguf_has(const struct gguf *gguf, const char *key);
CHECKED int gguf_u32(const struct gguf *gguf, const char *key, uint32_t min, uint32_t max, const uint32_t *otherwise,
                     uint32_t *ret, struct error *err);
CHECKED int gguf_real(const struct gguf *gguf, const char *key, float min, float max, const float *otherwise,
                      float *ret, struct error *err);
CHECKED int gguf_bool(const struct gguf *gguf, const char *key, const bool *otherwise, bool *ret, struct error *err);
CHECKED int gguf_text(const struct gguf *gguf, const char *key, const char *otherwise, struct slice *ret,
                      struct error *err);

/* Arrays: a new array that the caller frees (of texts borrowed from the reader); an absent key is an error, an empty
 * array is not (*ret may then be NULL). Real arrays with NaN or infinity are refused. */
CHECKED int gguf_texts(const struct gguf *gguf, const char *key, struct slice **ret, size_t *ret_count,
                       struct error *err);
CHECKED int gguf_i32s(const struct gguf *gguf, const char *key, int32_t **ret, size_t *ret_count, struct error *err);
CHECKED int gguf_f32s(const struct gguf *gguf, const char *key, float **ret, size_t *ret_count, struct error *err);

/* ---- tensors ---- */
struct tensor_type; /* models/format/quant.h */

struct gguf_tensor {
    struct slice name;
    const struct tensor_type *type;
    uint32_t dimensions;
    uint64_t shape[GGUF_DIMENSIONS_MAX]; /* fastest first; 1 beyond `dimensions` */
    uint64_t rows, row_bytes, bytes;     /* rows of shape[0] elements */
    uint64_t offset;                     /* from the start of the data */
    const unsigned char *data;           /* [rows][row_bytes], borrowed */
};

size_t gguf_tensor_count(const struct gguf *gguf);
const struct gguf_tensor *gguf_tensor_at(const struct gguf *gguf, size_t index); /* in the order of the file */
const struct gguf_tensor *gguf_tensor(const struct gguf *gguf, const char *name); /* NULL if there is none */

/* Says that the tensor's bytes will not be read again soon: its pages leave this process's memory. */
void gguf_release(const struct gguf *gguf, const struct gguf_tensor *tensor);

#endif
