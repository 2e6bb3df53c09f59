/* gguf_parse.h - inside format/: the parsed form of a GGUF file, shared by the parser and the look-ups. */
#ifndef ALCOVE_MODELS_FORMAT_GGUF_PARSE_H
#define ALCOVE_MODELS_FORMAT_GGUF_PARSE_H

#include "models/format/gguf.h"

enum gguf_kind { /* the numbers of the format */
    GGUF_U8, GGUF_I8, GGUF_U16, GGUF_I16, GGUF_U32, GGUF_I32, GGUF_F32, GGUF_BOOL, GGUF_STRING, GGUF_ARRAY,
    GGUF_U64, GGUF_I64, GGUF_F64, GGUF_KINDS
};

struct gguf_value {
    struct slice name;
    enum gguf_kind kind, element; /* element: of an array */
    uint64_t count;               /* elements of an array, otherwise 1 */
    struct slice bytes;           /* of the value (strings: after the length; arrays: of all elements) */
};

struct gguf {
    struct slice file;
    bool is_mapped;
    char *path;
    struct gguf_value *values;    /* [value_count], sorted by name */
    struct gguf_tensor *tensors;  /* [tensor_count], as in the file */
    uint32_t *by_name;            /* [tensor_count] places in `tensors`, sorted by name */
    size_t value_count, tensor_count;
};

/* Reads gguf->file into the rest of it. */
CHECKED int gguf_parse(struct gguf *gguf, struct error *err);

const struct gguf_value *gguf_find(const struct gguf *gguf, struct slice name);

#endif
