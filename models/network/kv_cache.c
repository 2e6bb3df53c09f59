/* kv_cache.c - see kv_cache.h. */
#include "models/network/kv_cache.h"

#include "models/kernels/kernels.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

struct kv_cache {
    const struct shape *shape;
    uint32_t capacity, used; /* used: positions ever written, for wiping */
    size_t head;             /* halves of one head: capacity * head_size */
    size_t bytes;
    uint16_t *keys, *values; /* one mapping, keys first */
};

size_t kv_cache_bytes_per_token(const struct shape *s)
{
    return (size_t)2 * s->layers * s->kv_heads * s->head_size * sizeof(uint16_t);
}

int kv_cache_new(struct kv_cache **ret, const struct shape *shape, uint32_t capacity, struct error *err)
{
    AUTO(kv_cache) *c = calloc(1, sizeof *c);
    if (!c)
        return error_memory(err);
    capacity = (capacity + PANEL - 1) / PANEL * PANEL;
    *c = (struct kv_cache){.shape = shape, .capacity = capacity, .head = (size_t)capacity * shape->head_size};
    if (__builtin_mul_overflow((size_t)capacity, kv_cache_bytes_per_token(shape), &c->bytes))
        return error_memory(err);
    void *mapped = mmap(NULL, c->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED)
        return error_memory(err);
    c->keys = mapped;
    c->values = c->keys + c->bytes / sizeof(uint16_t) / 2;
    *ret = TAKE(c);
    return 0;
}

/* Only what was written: wiping the rest would make it resident. */
static void wipe(struct kv_cache *c)
{
    size_t heads = (size_t)c->shape->layers * c->shape->kv_heads;
    size_t written = (c->used + PANEL - 1) / PANEL * PANEL * c->shape->head_size * sizeof(uint16_t);
    for (size_t h = 0; h < heads && written; h++) {
        OPENSSL_cleanse(c->keys + h * c->head, written);
        OPENSSL_cleanse(c->values + h * c->head, written);
    }
}

void kv_cache_drop(struct kv_cache **cache)
{
    struct kv_cache *c = *cache;
    if (!c)
        return;
    if (c->keys) {
        wipe(c);
        munmap(c->keys, c->bytes);
    }
    free(c);
    *cache = NULL;
}

static size_t head_at(const struct kv_cache *c, uint32_t layer, uint32_t head)
{
    return ((size_t)layer * c->shape->kv_heads + head) * c->head;
}

const uint16_t *kv_cache_keys(const struct kv_cache *c, uint32_t layer, uint32_t head)
{
    return c->keys + head_at(c, layer, head);
}

const uint16_t *kv_cache_values(const struct kv_cache *c, uint32_t layer, uint32_t head)
{
    return c->values + head_at(c, layer, head);
}

void kv_cache_put(struct kv_cache *c, uint32_t layer, uint32_t position, const uint16_t *k, const uint16_t *v)
{
    size_t size = c->shape->head_size;
    for (uint32_t h = 0; h < c->shape->kv_heads; h++) {
        uint16_t *keys = c->keys + head_at(c, layer, h) + position / PANEL * PANEL * size + position % PANEL;
        for (size_t i = 0; i < size; i++)
            keys[i * PANEL] = k[h * size + i];
        memcpy(c->values + head_at(c, layer, h) + position * size, v + h * size, size * sizeof *v);
    }
}

void kv_cache_reach(struct kv_cache *c, uint32_t length)
{
    c->used = MAX(c->used, length);
}
