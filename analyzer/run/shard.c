/* shard.c - see shard.h. */
#include "analyzer/run/shard.h"

#include "base/hash.h"

#define SHARDS_MAX 1000000u

/* A whole number without sign or blanks; NULL if there is none. */
static const char *read_number(const char *at, uint32_t *ret)
{
    uint64_t value = 0;
    const char *start = at;
    for (; *at >= '0' && *at <= '9' && at - start < 9; at++)
        value = value * 10 + (uint64_t)(*at - '0');
    *ret = (uint32_t)value;
    return at == start ? NULL : at;
}

int shard_read(const char *text, struct shard *ret, struct error *err)
{
    struct shard s;
    const char *at = read_number(text, &s.index);
    if (at)
        at = *at == '/' ? read_number(at + 1, &s.count) : NULL;
    if (!at || *at || s.count == 0 || s.count > SHARDS_MAX || s.index >= s.count) {
        error_set(err, FAULT_USAGE, "--shard is I/N with 0 <= I < N <= %u, not \"%s\"", SHARDS_MAX, text);
        return error_hint(err, "the first of four is 0/4, the last 3/4");
    }
    *ret = s;
    return 0;
}

bool shard_has(const struct shard *shard, struct slice id)
{
    if (shard->count == 0)
        return true;
    struct slice parts[] = {{"alcove-shard-v1", sizeof "alcove-shard-v1"}, id}; /* with its NUL */
    struct hash h = hash_of(parts, COUNT_OF(parts));
    uint64_t first = 0;
    for (int i = 0; i < 8; i++)
        first = first << 8 | h.bytes[i];
    return first % shard->count == shard->index;
}
