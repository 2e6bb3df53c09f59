/* prefilter.c - see prefilter.h. */
#include "rules/prefilter.h"

#include "base/utf8.h"

void ranges_release(struct ranges *ranges)
{
    free(ranges->items);
    *ranges = (struct ranges){0};
}

static int range_add(struct ranges *r, size_t from, size_t to, struct error *err)
{
    if (r->count && from <= r->items[r->count - 1].end + RANGE_GAP) {
        r->items[r->count - 1].end = to;
        return 0;
    }
    if (r->count == r->capacity) {
        size_t capacity = r->capacity ? r->capacity * 2 : 64;
        struct span *grown = realloc(r->items, capacity * sizeof *grown);
        if (!grown)
            return error_memory(err);
        r->items = grown;
        r->capacity = capacity;
    }
    r->items[r->count++] = (struct span){from, to};
    return 0;
}

int prefilter_run(const struct ruleset *ruleset, struct slice text, struct ranges ranges[START_SETS_MAX],
                  struct error *err)
{
    for (uint32_t s = 0; s < ruleset->set_count; s++)
        ranges[s].count = 0;
    for (size_t at = 0; at < text.bytes; at++) {
        uint64_t sets = ruleset->sets_of_byte[(unsigned char)text.data[at]];
        for (; sets; sets &= sets - 1) {
            uint32_t s = (uint32_t)__builtin_ctzll(sets);
            size_t reach = ruleset->sets[s].reach;
            size_t from = reach ? utf8_cut(text, at > reach ? at - reach : 0) : at;
            if (range_add(&ranges[s], from, at, err))
                return -1;
        }
    }
    return 0;
}
