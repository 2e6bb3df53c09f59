/* bundle_read.c - bundles are read strictly: JSON without doubt, known keys only, each of its type; see
 * bundle.h. */
#include "store/audit/bundle.h"

int bundle_bad(const struct bundle_source *source, struct error *err, const char *where, const char *what)
{
    error_set(err, FAULT_AUDIT, "%s%s%s", where, *where ? ": " : "", what);
    return error_at(err, source->name ? source->name : "", source->line, 0);
}

/* ---- values ---- */
static int skip_space(struct bundle_source *s)
{
    int c;
    while ((c = getc_unlocked(s->file)) == ' ' || c == '\t' || c == '\r' || c == '\n')
        s->at_line += c == '\n';
    if (c != EOF)
        ungetc(c, s->file);
    return c;
}

/* A byte at a time, so that nothing of the next value is taken. */
static size_t one_byte(void *buffer, size_t capacity UNUSED, void *context)
{
    struct bundle_source *s = context;
    if (s->left == 0)
        return (size_t)-1;
    int c = getc_unlocked(s->file);
    if (c == EOF)
        return ferror(s->file) ? (size_t)-1 : 0;
    s->left--;
    s->at_line += c == '\n';
    *(char *)buffer = (char)c;
    return 1;
}

int bundle_next(struct bundle_source *s, json_t **ret, struct error *err)
{
    json_error_t where;
    if (skip_space(s) == EOF)
        return ferror(s->file) ? error_errno(err, FAULT_INPUT, "the bundle cannot be read", s->name) : 0;
    s->line = s->at_line;
    s->left = BUNDLE_VALUE_BYTES_MAX;
    json_t *value = json_load_callback(
        one_byte, s, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &where);
    if (!value && (ferror(s->file) || json_error_code(&where) == json_error_out_of_memory))
        return ferror(s->file) ? error_errno(err, FAULT_INPUT, "the bundle cannot be read", s->name)
                               : error_memory(err);
    if (!value) {
        bundle_bad(s, err, "", s->left ? "is not JSON as a bundle has it" : "has a value that is too long");
        return error_at(err, s->name ? s->name : "", s->line + (unsigned)MAX(where.line, 1) - 1,
                        (unsigned)MAX(where.column, 0));
    }
    if (!json_is_object(value)) {
        json_decref(value);
        return bundle_bad(s, err, "", "a bundle is made of JSON objects");
    }
    *ret = value;
    return 1;
}

/* ---- fields ---- */
static const struct bundle_key *find(const struct bundle_key *keys, const char *name)
{
    for (; keys->name; keys++)
        if (strcmp(keys->name, name) == 0)
            return keys;
    return NULL;
}

int bundle_keys(const struct bundle_source *s, const json_t *object, const struct bundle_key *keys,
                const char *where, struct error *err)
{
    const char *name;
    json_t *value;
    char at[160];
    if (!json_is_object(object))
        return bundle_bad(s, err, where, "is not an object");
    json_object_foreach((json_t *)object, name, value)
    {
        const struct bundle_key *key = find(keys, name);
        if (!key) /* the name may be anything: it is not repeated */
            return bundle_bad(s, err, where, "has a key that does not belong there");
        snprintf(at, sizeof at, "%s%s%s", where, *where ? "." : "", key->name);
        if (json_typeof(value) != key->type && !(key->may_be_null && json_is_null(value)))
            return bundle_bad(s, err, at, "is not of its type");
    }
    for (; keys->name; keys++) {
        snprintf(at, sizeof at, "%s%s%s", where, *where ? "." : "", keys->name);
        if (!keys->is_optional && !json_object_get(object, keys->name))
            return bundle_bad(s, err, at, "is missing");
    }
    return 0;
}

struct slice bundle_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? (struct slice){json_string_value(value), json_string_length(value)}
                                 : (struct slice){"", 0};
}

bool bundle_number(const json_t *object, const char *name, uint64_t *ret)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *ret = (uint64_t)json_integer_value(value);
    return true;
}

bool bundle_hash(const json_t *object, const char *name, struct hash *ret)
{
    return hex_read(bundle_text(object, name), ret->bytes, HASH_BYTES);
}

bool bundle_hashes(const json_t *array, size_t max, struct hash *ret, size_t *ret_count)
{
    size_t count = json_array_size(array);
    if (!json_is_array(array) || count > max)
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        if (!json_is_string(value) ||
            !hex_read((struct slice){json_string_value(value), json_string_length(value)}, ret[i].bytes,
                      HASH_BYTES))
            return false;
    }
    *ret_count = count;
    return true;
}
