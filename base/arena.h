/* arena.h - many small allocations, one free. For parsed configuration and per-document scratch. */
#ifndef ALCOVE_BASE_ARENA_H
#define ALCOVE_BASE_ARENA_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

struct arena;

CHECKED int arena_new(struct arena **ret, struct error *err);

/* Wipes and frees everything taken from it; takes NULL inside. */
void arena_drop(struct arena **arena);

/* `bytes` zeroed bytes aligned to 16, valid until the arena is dropped. NULL when memory is out (err is set). */
void *arena_take(struct arena *arena, size_t bytes, struct error *err);

/* count * size zeroed bytes, checked for overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size, struct error *err);

/* A copy with a NUL behind it. */
char *arena_copy(struct arena *arena, struct slice text, struct error *err);

#endif
