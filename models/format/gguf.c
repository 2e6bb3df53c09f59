/* gguf.c - see gguf.h: opening, and look-ups in what gguf_parse.c found. */
#include "models/format/gguf.h"

#include "base/file.h"
#include "models/format/gguf_parse.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define FILE_BYTES_MAX ((uint64_t)1 << 40)

/* ---- opening ---- */

static int map(struct gguf *g, const char *path, struct error *err)
{
    AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st))
        return error_errno(err, FAULT_MODEL, "cannot be opened", path);
    if (!S_ISREG(st.st_mode))
        return error_set(err, FAULT_MODEL, "is not a file");
    if (st.st_size == 0 || (uint64_t)st.st_size > FILE_BYTES_MAX)
        return error_set(err, FAULT_MODEL, "is not a GGUF file: it has %lld bytes", (long long)st.st_size);
    void *mapped = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (mapped == MAP_FAILED)
        return error_errno(err, FAULT_MODEL, "cannot be mapped", path);
    g->file = (struct slice){mapped, (size_t)st.st_size};
    g->is_mapped = true;
    return 0;
}

static int gguf_new(struct gguf **ret, const char *name, struct error *err)
{
    AUTO(gguf) *g = calloc(1, sizeof *g);
    if (!g || !(g->path = strdup(name)))
        return error_memory(err);
    *ret = TAKE(g);
    return 0;
}

int gguf_open(struct gguf **ret, const char *path, struct error *err)
{
    AUTO(gguf) *g = NULL;
    if (gguf_new(&g, path, err))
        return -1;
    if (map(g, path, err) || gguf_parse(g, err))
        return error_at(err, path, 0, 0);
    *ret = TAKE(g);
    return 0;
}

int gguf_read(struct gguf **ret, struct slice bytes, const char *name, struct error *err)
{
    AUTO(gguf) *g = NULL;
    if (gguf_new(&g, name, err))
        return -1;
    g->file = bytes;
    if (gguf_parse(g, err))
        return error_at(err, name, 0, 0);
    *ret = TAKE(g);
    return 0;
}

void gguf_drop(struct gguf **gguf)
{
    struct gguf *g = *gguf;
    if (!g)
        return;
    if (g->is_mapped)
        munmap((void *)(uintptr_t)g->file.data, g->file.bytes);
    free(g->values);
    free(g->tensors);
    free(g->by_name);
    free(g->path);
    free(g);
    *gguf = NULL;
}

const char *gguf_path(const struct gguf *g)
{
    return g->path;
}

uint64_t gguf_file_bytes(const struct gguf *g)
{
    return g->file.bytes;
}

/* ---- keys ---- */

static int key_error(const struct gguf *g, const char *key, const char *what, struct error *err)
{
    error_set(err, FAULT_MODEL, "key %s: %s", key, what);
    return error_at(err, g->path, 0, 0);
}

/* The value, or NULL when it is absent: then *ret_failed says whether that is an error. */
static const struct gguf_value *look_up(const struct gguf *g, const char *key, bool is_needed, int *ret_failed,
                                        struct error *err)
{
    const struct gguf_value *v = gguf_find(g, slice_of(key));
    *ret_failed = !v && is_needed ? key_error(g, key, "is missing", err) : 0;
    return v;
}

bool gguf_has(const struct gguf *g, const char *key)
{
    return gguf_find(g, slice_of(key)) != NULL;
}

/* An integer of any width; false if it is none or negative. */
static bool as_unsigned(const struct gguf_value *v, uint64_t *ret)
{
    uint64_t bits = 0;
    bool is_signed = v->kind == GGUF_I8 || v->kind == GGUF_I16 || v->kind == GGUF_I32 || v->kind == GGUF_I64;
    if (!is_signed && v->kind != GGUF_U8 && v->kind != GGUF_U16 && v->kind != GGUF_U32 && v->kind != GGUF_U64)
        return false;
    memcpy(&bits, v->bytes.data, v->bytes.bytes);
    *ret = bits;
    return !is_signed || !(bits >> (8 * v->bytes.bytes - 1));
}

int gguf_u32(const struct gguf *g, const char *key, uint32_t min, uint32_t max, const uint32_t *otherwise,
             uint32_t *ret, struct error *err)
{
    int failed;
    const struct gguf_value *v = look_up(g, key, !otherwise, &failed, err);
    if (!v) {
        if (otherwise)
            *ret = *otherwise;
        return failed;
    }
    uint64_t number;
    if (!as_unsigned(v, &number))
        return key_error(g, key, "must be a whole number, not negative", err);
    if (number < min || number > max) {
        error_set(err, FAULT_MODEL, "key %s: %" PRIu64 " is not between %u and %u", key, number, min, max);
        return error_at(err, g->path, 0, 0);
    }
    *ret = (uint32_t)number;
    return 0;
}

int gguf_real(const struct gguf *g, const char *key, float min, float max, const float *otherwise, float *ret,
              struct error *err)
{
    int failed;
    const struct gguf_value *v = look_up(g, key, !otherwise, &failed, err);
    if (!v) {
        if (otherwise)
            *ret = *otherwise;
        return failed;
    }
    float single;
    double number;
    if (v->kind == GGUF_F32) {
        memcpy(&single, v->bytes.data, sizeof single);
        number = (double)single;
    } else if (v->kind == GGUF_F64) {
        memcpy(&number, v->bytes.data, sizeof number);
    } else {
        return key_error(g, key, "must be a real number", err);
    }
    if (!(number >= (double)min && number <= (double)max)) /* NaN fails too */
        return key_error(g, key, "is out of range", err);
    *ret = (float)number;
    return 0;
}

int gguf_bool(const struct gguf *g, const char *key, const bool *otherwise, bool *ret, struct error *err)
{
    int failed;
    const struct gguf_value *v = look_up(g, key, !otherwise, &failed, err);
    if (!v) {
        if (otherwise)
            *ret = *otherwise;
        return failed;
    }
    if (v->kind != GGUF_BOOL)
        return key_error(g, key, "must be a bool", err);
    *ret = v->bytes.data[0] != 0;
    return 0;
}

int gguf_text(const struct gguf *g, const char *key, const char *otherwise, struct slice *ret, struct error *err)
{
    int failed;
    const struct gguf_value *v = look_up(g, key, !otherwise, &failed, err);
    if (!v) {
        if (otherwise)
            *ret = slice_of(otherwise);
        return failed;
    }
    if (v->kind != GGUF_STRING)
        return key_error(g, key, "must be a text", err);
    *ret = v->bytes;
    return 0;
}

static const struct gguf_value *look_up_array(const struct gguf *g, const char *key, unsigned kinds, const char *what,
                                              struct error *err)
{
    int failed;
    const struct gguf_value *v = look_up(g, key, true, &failed, err);
    if (v && (v->kind != GGUF_ARRAY || !(kinds >> v->element & 1))) {
        key_error(g, key, what, err);
        return NULL;
    }
    return v;
}

int gguf_texts(const struct gguf *g, const char *key, struct slice **ret, size_t *ret_count, struct error *err)
{
    const struct gguf_value *v = look_up_array(g, key, 1u << GGUF_STRING, "must be an array of texts", err);
    if (!v)
        return -1;
    struct slice *texts = calloc((size_t)v->count + 1, sizeof *texts);
    if (!texts)
        return error_memory(err);
    const char *at = v->bytes.data; /* lengths were checked by the parser */
    for (uint64_t i = 0; i < v->count; i++) {
        uint64_t bytes;
        memcpy(&bytes, at, sizeof bytes);
        texts[i] = (struct slice){at + sizeof bytes, (size_t)bytes};
        at += sizeof bytes + bytes;
    }
    *ret = texts;
    *ret_count = (size_t)v->count;
    return 0;
}

int gguf_i32s(const struct gguf *g, const char *key, int32_t **ret, size_t *ret_count, struct error *err)
{
    const struct gguf_value *v =
        look_up_array(g, key, 1u << GGUF_I32 | 1u << GGUF_U32, "must be an array of 32-bit whole numbers", err);
    if (!v)
        return -1;
    int32_t *numbers = calloc((size_t)v->count + 1, sizeof *numbers);
    if (!numbers)
        return error_memory(err);
    if (v->count)
        memcpy(numbers, v->bytes.data, v->bytes.bytes);
    *ret = numbers;
    *ret_count = (size_t)v->count;
    return 0;
}

int gguf_f32s(const struct gguf *g, const char *key, float **ret, size_t *ret_count, struct error *err)
{
    const struct gguf_value *v = look_up_array(g, key, 1u << GGUF_F32, "must be an array of 32-bit reals", err);
    if (!v)
        return -1;
    float *numbers = calloc((size_t)v->count + 1, sizeof *numbers);
    if (!numbers)
        return error_memory(err);
    if (v->count)
        memcpy(numbers, v->bytes.data, v->bytes.bytes);
    for (uint64_t i = 0; i < v->count; i++)
        if (!isfinite(numbers[i])) {
            free(numbers);
            return key_error(g, key, "holds a number that is not finite", err);
        }
    *ret = numbers;
    *ret_count = (size_t)v->count;
    return 0;
}

/* ---- tensors ---- */

size_t gguf_tensor_count(const struct gguf *g)
{
    return g->tensor_count;
}

const struct gguf_tensor *gguf_tensor_at(const struct gguf *g, size_t index)
{
    return &g->tensors[index];
}

const struct gguf_tensor *gguf_tensor(const struct gguf *g, const char *name)
{
    struct slice wanted = slice_of(name);
    size_t low = 0, high = g->tensor_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct gguf_tensor *t = &g->tensors[g->by_name[middle]];
        int order = slice_compare(t->name, wanted);
        if (order == 0)
            return t;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void gguf_release(const struct gguf *g, const struct gguf_tensor *t)
{
    if (!g->is_mapped)
        return;
    /* Only whole pages inside the tensor: its neighbours may still be wanted. */
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)t->data + page - 1) / page * page;
    uintptr_t end = ((uintptr_t)t->data + (uintptr_t)t->bytes) / page * page;
    if (start < end)
        madvise((void *)start, end - start, MADV_DONTNEED);
}
