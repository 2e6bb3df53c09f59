/* model_common.c - see model_common.h. */
#include "analyzer/command/model_common.h"

#include "analyzer/command/places.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <errno.h>
#include <limits.h>

#define TOKENS_MAX 131072u

int opened_fill(struct opened *ret, const struct context *context, const char *name, struct error *err)
{
    char own[PATH_MAX];
    *ret = (struct opened){.pool = NULL};
    if (pool_new(&ret->pool, context->threads, err) || context_close_sandbox(context, err) ||
        places_models(own, sizeof own, err) || registry_find(name, own, &ret->entry, &ret->digest, err))
        return -1;
    int64_t start_ns = clock_monotonic_ns();
    if (model_load(&ret->model, ret->entry.path, ret->pool, err))
        return -1;
    ret->load_ms = (double)(clock_monotonic_ns() - start_ns) / 1e6;
    return 0;
}

void opened_clear(struct opened *opened)
{
    model_drop(&opened->model);
    pool_drop(&opened->pool);
}

int read_text(struct buffer **ret, const char *path, struct error *err)
{
    AUTO(buffer) *text = NULL;
    bool is_stdin = !path || strcmp(path, "-") == 0;
    if (is_stdin ? file_read_fd(&text, STDIN_FILENO, DOCUMENT_BYTES_MAX, FAULT_INPUT, err)
                 : file_read(&text, path, DOCUMENT_BYTES_MAX, FAULT_INPUT, err))
        return -1;
    if (utf8_valid(buffer_slice(text)) != text->bytes) {
        error_set(err, FAULT_INPUT, "the text is not valid UTF-8 (byte %zu)", utf8_valid(buffer_slice(text)));
        return error_at(err, is_stdin ? "-" : path, 0, 0);
    }
    *ret = TAKE(text);
    return 0;
}

int read_ids(const char *text, uint32_t vocabulary, token **ret, size_t *ret_count, struct error *err)
{
    size_t count = 1, at = 0;
    for (const char *c = text; *c; c++)
        count += *c == ',';
    if (count > TOKENS_MAX)
        return error_set(err, FAULT_USAGE, "more than %u tokens", TOKENS_MAX);
    token *ids = calloc(count, sizeof *ids);
    if (!ids)
        return error_memory(err);
    for (const char *c = text; at < count; c++) {
        char *end;
        errno = 0;
        unsigned long id = strtoul(c, &end, 10);
        if (end == c || *c < '0' || *c > '9' || errno || id >= vocabulary || (*end != ',' && *end)) {
            free(ids);
            return error_set(err, FAULT_USAGE, "--tokens wants ids below %u parted by commas, not \"%.40s\"",
                             vocabulary, c);
        }
        ids[at++] = (token)id;
        c = end;
    }
    *ret = ids;
    *ret_count = count;
    return 0;
}

int write_floats(const struct context *context, const char *path, const float *values, size_t count,
                 struct error *err)
{
    _Static_assert(sizeof(float) == 4 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
                   "floats go out as they lie");
    struct slice bytes = {(const char *)values, count * sizeof *values};
    if (strcmp(path, "-") == 0) {
        fwrite(bytes.data, 1, bytes.bytes, context->out);
        return 0;
    }
    return file_write(path, bytes, 0600, FAULT_INPUT, err);
}
