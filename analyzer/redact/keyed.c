/* keyed.c - see keyed.h. */
#include "analyzer/redact/keyed.h"

#include "base/fold.h"
#include "base/limits.h"

#include <assert.h>
#include <openssl/crypto.h>

void keyed_close(struct keyed *k)
{
    hashmap_close(&k->index);
    buffer_drop(&k->values);
    free(k->spans);
    if (k->hashes)
        OPENSSL_cleanse(k->hashes, k->count * sizeof *k->hashes);
    free(k->hashes);
    *k = (struct keyed){0};
}

static uint64_t key_of(const char *use, struct slice value)
{
    return hash_join(fold_hash(slice_of(use)), fold_hash(value));
}

int keyed_want(struct keyed *k, const char *use, struct slice value, struct error *err)
{
    bool is_new;
    if (!k->values && buffer_new(&k->values, DOCUMENT_BYTES_MAX * 2u, err))
        return -1;
    if (hashmap_add(&k->index, key_of(use, value), (uint32_t)k->count, &is_new, err))
        return -1;
    if (!is_new)
        return 0;
    if (k->count == k->capacity) {
        size_t capacity = k->capacity ? k->capacity * 2 : 32;
        struct span *spans = realloc(k->spans, capacity * sizeof *spans);
        if (!spans)
            return error_memory(err);
        k->spans = spans;
        k->capacity = capacity;
    }
    size_t start = k->values->bytes;
    if (buffer_append(k->values, (struct slice){use, strlen(use) + 1}, err) ||
        buffer_append(k->values, value, err))
        return -1;
    k->spans[k->count++] = (struct span){start, k->values->bytes};
    return 0;
}

int keyed_ask(struct keyed *k, const struct keyed_hashes *keys, struct error *err)
{
    if (k->count == 0)
        return 0;
    if (!keys || !keys->of)
        return error_set(err, FAULT_PRIVACY, "surrogates and hashes need a key, and there is none");
    struct slice *values = calloc(k->count, sizeof *values);
    k->hashes = calloc(k->count, sizeof *k->hashes);
    int result = values && k->hashes ? 0 : error_memory(err);
    for (size_t i = 0; result == 0 && i < k->count; i++)
        values[i] = slice_sub(buffer_slice(k->values), k->spans[i].start, k->spans[i].end);
    if (result == 0)
        result = keys->of(keys->context, KEYED_PURPOSE, values, k->count, k->hashes, err);
    free(values);
    return result;
}

const struct hash *keyed_get(const struct keyed *k, const char *use, struct slice value)
{
    uint32_t at = hashmap_get(&k->index, key_of(use, value), UINT32_MAX);
    assert(at < k->count && k->hashes);
    return &k->hashes[at];
}
