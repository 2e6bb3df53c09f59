/* gguf_parse.c - the walk over an untrusted GGUF file. A cursor hands out bytes only after it has seen that they are
 * there; nothing else in this file looks at the mapping. */
#include "models/format/gguf_parse.h"

#include "models/format/quant.h"

#include <inttypes.h>

#define VERSION_MIN 2u
#define VERSION_MAX 3u
#define ALIGNMENT_DEFAULT 32u
#define VALUE_BYTES_MIN (8 + 1 + 4 + 1)      /* length, one byte of name, kind, one byte of value */
#define TENSOR_BYTES_MIN (8 + 1 + 4 + 8 + 4 + 8) /* length, name, dimensions, one of shape, type, offset */
#define SHOWN(s) (int)MIN((s).bytes, (size_t)80), (s).data

struct cursor {
    const char *at, *end;
    struct error *err;
};

/* Bytes of one element; 0 for strings and arrays. */
static const uint64_t kind_bytes[GGUF_KINDS] = {[GGUF_U8] = 1,  [GGUF_I8] = 1,   [GGUF_U16] = 2, [GGUF_I16] = 2,
                                                [GGUF_U32] = 4, [GGUF_I32] = 4,  [GGUF_F32] = 4, [GGUF_BOOL] = 1,
                                                [GGUF_U64] = 8, [GGUF_I64] = 8,  [GGUF_F64] = 8};

static int take(struct cursor *c, uint64_t bytes, struct slice *ret)
{
    *ret = (struct slice){NULL, 0};
    if (bytes > (uint64_t)(c->end - c->at))
        return error_set(c->err, FAULT_MODEL, "the file ends inside its header");
    *ret = (struct slice){c->at, (size_t)bytes};
    c->at += bytes;
    return 0;
}

static int take_u32(struct cursor *c, uint32_t *ret)
{
    struct slice s;
    if (take(c, sizeof *ret, &s))
        return -1;
    memcpy(ret, s.data, sizeof *ret);
    return 0;
}

static int take_u64(struct cursor *c, uint64_t *ret)
{
    struct slice s;
    if (take(c, sizeof *ret, &s))
        return -1;
    memcpy(ret, s.data, sizeof *ret);
    return 0;
}

static int take_string(struct cursor *c, struct slice *ret)
{
    uint64_t bytes;
    return take_u64(c, &bytes) || take(c, bytes, ret) ? -1 : 0;
}

static int take_name(struct cursor *c, const char *what, size_t bytes_max, struct slice *ret)
{
    if (take_string(c, ret))
        return -1;
    if (ret->bytes == 0 || ret->bytes > bytes_max)
        return error_set(c->err, FAULT_MODEL, "the name of a %s has %zu bytes; 1 to %zu are allowed", what,
                         ret->bytes, bytes_max);
    return 0;
}

/* ---- keys ---- */

static int take_array(struct cursor *c, struct gguf_value *v)
{
    uint32_t element;
    if (take_u32(c, &element) || take_u64(c, &v->count))
        return -1;
    if (element >= GGUF_KINDS || element == GGUF_ARRAY)
        return error_set(c->err, FAULT_MODEL, "key %.*s: arrays of kind %u are not supported", SHOWN(v->name),
                         element);
    v->element = (enum gguf_kind)element;
    uint64_t bytes;
    if (v->element != GGUF_STRING) {
        if (__builtin_mul_overflow(v->count, kind_bytes[element], &bytes))
            return error_set(c->err, FAULT_MODEL, "key %.*s: array too long", SHOWN(v->name));
        return take(c, bytes, &v->bytes);
    }
    const char *start = c->at;
    if (v->count > (uint64_t)(c->end - c->at) / sizeof(uint64_t))
        return error_set(c->err, FAULT_MODEL, "key %.*s: %" PRIu64 " texts do not fit in the file", SHOWN(v->name),
                         v->count);
    for (uint64_t i = 0; i < v->count; i++) {
        struct slice text;
        if (take_string(c, &text))
            return -1;
    }
    v->bytes = (struct slice){start, (size_t)(c->at - start)};
    return 0;
}

static int take_value(struct cursor *c, struct gguf_value *v)
{
    uint32_t kind;
    if (take_name(c, "key", GGUF_KEY_BYTES_MAX, &v->name) || take_u32(c, &kind))
        return -1;
    if (kind >= GGUF_KINDS)
        return error_set(c->err, FAULT_MODEL, "key %.*s: unknown kind %u", SHOWN(v->name), kind);
    v->kind = (enum gguf_kind)kind;
    v->count = 1;
    if (v->kind == GGUF_ARRAY)
        return take_array(c, v);
    if (v->kind == GGUF_STRING)
        return take_string(c, &v->bytes);
    if (take(c, kind_bytes[kind], &v->bytes))
        return -1;
    if (v->kind == GGUF_BOOL && (unsigned char)v->bytes.data[0] > 1)
        return error_set(c->err, FAULT_MODEL, "key %.*s: a bool that is neither 0 nor 1", SHOWN(v->name));
    return 0;
}

static int by_value_name(const void *a, const void *b)
{
    const struct gguf_value *x = a, *y = b;
    return slice_compare(x->name, y->name);
}

static int parse_values(struct gguf *g, struct cursor *c)
{
    g->values = calloc(g->value_count + 1, sizeof *g->values);
    if (!g->values)
        return error_memory(c->err);
    for (size_t i = 0; i < g->value_count; i++)
        if (take_value(c, &g->values[i]))
            return -1;
    qsort(g->values, g->value_count, sizeof *g->values, by_value_name);
    for (size_t i = 1; i < g->value_count; i++)
        if (slice_equal(g->values[i - 1].name, g->values[i].name))
            return error_set(c->err, FAULT_MODEL, "key %.*s appears twice", SHOWN(g->values[i].name));
    return 0;
}

const struct gguf_value *gguf_find(const struct gguf *g, struct slice name)
{
    const struct gguf_value wanted = {.name = name};
    return bsearch(&wanted, g->values, g->value_count, sizeof *g->values, by_value_name);
}

/* ---- tensors ---- */

/* Rows and bytes from shape and type, every product checked. */
static int measure(struct gguf_tensor *t, uint32_t type, struct error *err)
{
    t->type = tensor_type_of(type);
    if (!t->type)
        return error_set(err, FAULT_MODEL, "tensor %.*s: unknown type %u", SHOWN(t->name), type);
    if (!t->type->dequantise) {
        error_set(err, FAULT_MODEL, "tensor %.*s: type %s is not supported yet", SHOWN(t->name), t->type->name);
        return error_hint(err, "use a file with F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K to Q6_K or IQ4_NL weights");
    }
    t->rows = 1;
    for (uint32_t d = 0; d < GGUF_DIMENSIONS_MAX; d++) {
        if (t->shape[d] == 0)
            return error_set(err, FAULT_MODEL, "tensor %.*s: dimension %u is 0", SHOWN(t->name), d);
        if (d > 0 && __builtin_mul_overflow(t->rows, t->shape[d], &t->rows))
            return error_set(err, FAULT_MODEL, "tensor %.*s: shape too large", SHOWN(t->name));
    }
    if (t->shape[0] % t->type->block)
        return error_set(err, FAULT_MODEL, "tensor %.*s: rows of %" PRIu64 " are no multiple of %u (%s)",
                         SHOWN(t->name), t->shape[0], t->type->block, t->type->name);
    if (__builtin_mul_overflow(t->shape[0] / t->type->block, (uint64_t)t->type->bytes, &t->row_bytes) ||
        __builtin_mul_overflow(t->rows, t->row_bytes, &t->bytes))
        return error_set(err, FAULT_MODEL, "tensor %.*s: shape too large", SHOWN(t->name));
    return 0;
}

static int take_tensor(struct cursor *c, struct gguf_tensor *t)
{
    uint32_t type;
    if (take_name(c, "tensor", GGUF_NAME_BYTES_MAX, &t->name) || take_u32(c, &t->dimensions))
        return -1;
    if (t->dimensions == 0 || t->dimensions > GGUF_DIMENSIONS_MAX)
        return error_set(c->err, FAULT_MODEL, "tensor %.*s: %u dimensions; 1 to %u are allowed", SHOWN(t->name),
                         t->dimensions, GGUF_DIMENSIONS_MAX);
    for (uint32_t d = 0; d < GGUF_DIMENSIONS_MAX; d++) {
        t->shape[d] = 1;
        if (d < t->dimensions && take_u64(c, &t->shape[d]))
            return -1;
    }
    if (take_u32(c, &type) || take_u64(c, &t->offset))
        return -1;
    return measure(t, type, c->err);
}

static int by_tensor_name(const void *a, const void *b, void *tensors)
{
    const struct gguf_tensor *t = tensors;
    return slice_compare(t[*(const uint32_t *)a].name, t[*(const uint32_t *)b].name);
}

static int by_tensor_offset(const void *a, const void *b, void *tensors)
{
    const struct gguf_tensor *t = tensors;
    uint64_t x = t[*(const uint32_t *)a].offset, y = t[*(const uint32_t *)b].offset;
    return (x > y) - (x < y);
}

/* Gives every tensor its data, if it lies inside the file, aligned, and overlaps none. */
static int place_tensors(struct gguf *g, const char *data, uint64_t data_bytes, uint32_t alignment, struct error *err)
{
    qsort_r(g->by_name, g->tensor_count, sizeof *g->by_name, by_tensor_offset, g->tensors);
    uint64_t taken = 0;
    for (size_t i = 0; i < g->tensor_count; i++) {
        struct gguf_tensor *t = &g->tensors[g->by_name[i]];
        uint64_t end;
        if (t->offset % alignment)
            return error_set(err, FAULT_MODEL, "tensor %.*s: offset %" PRIu64 " is not aligned to %u",
                             SHOWN(t->name), t->offset, alignment);
        if (__builtin_add_overflow(t->offset, t->bytes, &end) || end > data_bytes)
            return error_set(err, FAULT_MODEL, "tensor %.*s: its %" PRIu64 " bytes do not lie inside the file",
                             SHOWN(t->name), t->bytes);
        if (t->offset < taken)
            return error_set(err, FAULT_MODEL, "tensor %.*s: overlaps another tensor", SHOWN(t->name));
        taken = end;
        t->data = (const unsigned char *)data + t->offset;
    }
    return 0;
}

static int parse_tensors(struct gguf *g, struct cursor *c)
{
    g->tensors = calloc(g->tensor_count + 1, sizeof *g->tensors);
    g->by_name = calloc(g->tensor_count + 1, sizeof *g->by_name);
    if (!g->tensors || !g->by_name)
        return error_memory(c->err);
    for (size_t i = 0; i < g->tensor_count; i++) {
        g->by_name[i] = (uint32_t)i;
        if (take_tensor(c, &g->tensors[i]))
            return -1;
    }
    uint32_t alignment = ALIGNMENT_DEFAULT;
    if (gguf_u32(g, "general.alignment", 8, GGUF_ALIGNMENT_MAX, &alignment, &alignment, c->err))
        return -1;
    if (alignment & (alignment - 1))
        return error_set(c->err, FAULT_MODEL, "key general.alignment: %u is no power of two", alignment);
    size_t header = (size_t)(c->at - g->file.data), padded = (header + alignment - 1) / alignment * alignment;
    padded = MIN(padded, g->file.bytes);
    if (place_tensors(g, g->file.data + padded, g->file.bytes - padded, alignment, c->err))
        return -1;
    qsort_r(g->by_name, g->tensor_count, sizeof *g->by_name, by_tensor_name, g->tensors);
    for (size_t i = 1; i < g->tensor_count; i++) {
        struct slice name = g->tensors[g->by_name[i]].name;
        if (slice_equal(g->tensors[g->by_name[i - 1]].name, name))
            return error_set(c->err, FAULT_MODEL, "tensor %.*s appears twice", SHOWN(name));
    }
    return 0;
}

/* ---- the whole ---- */

static int check_version(uint32_t version, struct error *err)
{
    if (version >= VERSION_MIN && version <= VERSION_MAX)
        return 0;
    uint32_t swapped = __builtin_bswap32(version);
    if (swapped >= 1 && swapped <= VERSION_MAX)
        return error_set(err, FAULT_MODEL, "is a big-endian GGUF file, which is not supported");
    return error_set(err, FAULT_MODEL, "is GGUF version %u; %u and %u are supported", version, VERSION_MIN,
                     VERSION_MAX);
}

int gguf_parse(struct gguf *g, struct error *err)
{
    struct cursor c = {g->file.data, g->file.data + g->file.bytes, err};
    struct slice magic;
    uint32_t version;
    uint64_t tensors, values;
    if (g->file.bytes < 4 || take(&c, 4, &magic) || !slice_equal(magic, SLICE("GGUF")))
        return error_set(err, FAULT_MODEL, "is not a GGUF file");
    if (take_u32(&c, &version) || check_version(version, err) || take_u64(&c, &tensors) || take_u64(&c, &values))
        return -1;
    uint64_t left = (uint64_t)(c.end - c.at);
    if (values > GGUF_KEYS_MAX || values > left / VALUE_BYTES_MIN)
        return error_set(err, FAULT_MODEL, "header says %" PRIu64 " keys, more than fit", values);
    if (tensors > GGUF_TENSORS_MAX || tensors > left / TENSOR_BYTES_MIN)
        return error_set(err, FAULT_MODEL, "header says %" PRIu64 " tensors, more than fit", tensors);
    g->value_count = (size_t)values;
    g->tensor_count = (size_t)tensors;
    return parse_values(g, &c) || parse_tensors(g, &c) ? -1 : 0;
}
