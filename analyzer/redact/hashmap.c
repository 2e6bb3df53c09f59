/* hashmap.c - see hashmap.h. Open addressing, at most two thirds full. */
#include "analyzer/redact/hashmap.h"

#include <stdlib.h>

void hashmap_close(struct hashmap *map)
{
    free(map->keys);
    free(map->values);
    *map = (struct hashmap){0};
}

static size_t place_of(const struct hashmap *map, uint64_t key)
{
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u) & (map->capacity - 1);
    while (map->keys[at] && map->keys[at] != key)
        at = (at + 1) & (map->capacity - 1);
    return at;
}

uint32_t hashmap_get(const struct hashmap *map, uint64_t key, uint32_t otherwise)
{
    if (map->count == 0)
        return otherwise;
    size_t at = place_of(map, key ? key : 1);
    return map->keys[at] ? map->values[at] : otherwise;
}

static int grow(struct hashmap *map, struct error *err)
{
    struct hashmap larger = {.capacity = map->capacity ? map->capacity * 2 : 64, .count = map->count};
    larger.keys = calloc(larger.capacity, sizeof *larger.keys);
    larger.values = calloc(larger.capacity, sizeof *larger.values);
    if (!larger.keys || !larger.values) {
        hashmap_close(&larger);
        return error_memory(err);
    }
    for (size_t i = 0; i < map->capacity; i++)
        if (map->keys[i]) {
            size_t at = place_of(&larger, map->keys[i]);
            larger.keys[at] = map->keys[i];
            larger.values[at] = map->values[i];
        }
    hashmap_close(map);
    *map = larger;
    return 0;
}

int hashmap_add(struct hashmap *map, uint64_t key, uint32_t value, bool *ret_is_new, struct error *err)
{
    if (map->count * 3 >= map->capacity * 2 && grow(map, err))
        return -1;
    key = key ? key : 1;
    size_t at = place_of(map, key);
    bool is_new = map->keys[at] == 0;
    if (is_new) {
        map->keys[at] = key;
        map->values[at] = value;
        map->count++;
    }
    if (ret_is_new)
        *ret_is_new = is_new;
    return 0;
}

int hashmap_bump(struct hashmap *map, uint64_t key, struct error *err)
{
    if (hashmap_add(map, key, 0, NULL, err))
        return -1;
    map->values[place_of(map, key ? key : 1)]++;
    return 0;
}
