/* arena.c - see arena.h. Blocks of doubling size in a list, newest first. */
#include "base/arena.h"

#include <openssl/crypto.h>
#include <stdint.h>

#define BLOCK_BYTES_MIN 4096u
#define BLOCK_BYTES_MAX (1u << 20)

struct block {
    struct block *older;
    size_t used, capacity;
    _Alignas(16) unsigned char bytes[];
};

struct arena {
    struct block *newest;
    size_t next_capacity;
};

int arena_new(struct arena **ret, struct error *err)
{
    struct arena *a = malloc(sizeof *a);
    if (!a)
        return error_memory(err);
    *a = (struct arena){.next_capacity = BLOCK_BYTES_MIN};
    *ret = a;
    return 0;
}

void arena_drop(struct arena **arena)
{
    if (!*arena)
        return;
    for (struct block *b = (*arena)->newest; b;) {
        struct block *older = b->older;
        OPENSSL_cleanse(b->bytes, b->used);
        free(b);
        b = older;
    }
    free(*arena);
    *arena = NULL;
}

static struct block *block_add(struct arena *a, size_t bytes)
{
    size_t capacity = MAX(a->next_capacity, bytes);
    struct block *b = calloc(1, sizeof *b + capacity);
    if (!b)
        return NULL;
    b->capacity = capacity;
    b->older = a->newest;
    a->newest = b;
    if (a->next_capacity < BLOCK_BYTES_MAX)
        a->next_capacity *= 2;
    return b;
}

void *arena_take(struct arena *a, size_t bytes, struct error *err)
{
    if (bytes > SIZE_MAX / 2) {
        error_memory(err);
        return NULL;
    }
    size_t rounded = (bytes + 15) & ~(size_t)15;
    struct block *b = a->newest;
    if (!b || b->capacity - b->used < rounded)
        b = block_add(a, rounded);
    if (!b) {
        error_memory(err);
        return NULL;
    }
    void *taken = b->bytes + b->used;
    b->used += rounded;
    return taken;
}

void *arena_array(struct arena *a, size_t count, size_t size, struct error *err)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        error_memory(err);
        return NULL;
    }
    return arena_take(a, bytes, err);
}

char *arena_copy(struct arena *a, struct slice text, struct error *err)
{
    char *copy = arena_take(a, text.bytes + 1, err);
    if (copy && text.bytes)
        memcpy(copy, text.data, text.bytes);
    return copy;
}
