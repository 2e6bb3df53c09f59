/* json.c - see json.h. */
#include "base/json.h"

static int append(const char *bytes, size_t count, void *to)
{
    struct error ignored;
    return buffer_append(to, (struct slice){bytes, count}, &ignored);
}

int json_canonical(const json_t *value, struct buffer *to, struct error *err)
{
    size_t before = to->bytes;
    if (value && json_dump_callback(value, append, to, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY | JSON_REALS) == 0)
        return 0;
    to->bytes = before;
    to->data[before] = 0;
    return error_set(err, FAULT_TEMPORARY, "a JSON value could not be written (memory, or beyond %zu bytes)",
                     to->bytes_max);
}

void json_print(const json_t *value, FILE *to)
{
    if (value)
        json_dumpf(value, to, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY | JSON_REALS);
    fputc('\n', to);
    fflush(to);
}

json_t *json_slice(struct slice text)
{
    return json_stringn(text.bytes ? text.data : "", text.bytes);
}

int json_read(json_t **ret, struct slice text, struct error *err)
{
    json_error_t where;
    json_t *value = json_loadb(text.bytes ? text.data : "", text.bytes,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &where);
    if (!value)
        return error_set(err, FAULT_STORE, "stored JSON cannot be read (byte %d)", where.position);
    *ret = value;
    return 0;
}
