/* commitment.c - see commitment.h. */
#include "store/audit/commitment.h"

struct hash commitment_opening(struct slice row_key, struct slice salt)
{
    return hash_keyed(row_key, &salt, 1);
}

struct hash commitment_of(const struct hash *opening, const char *kind, const struct hash *plain)
{
    struct slice parts[] = {{kind, strlen(kind) + 1}, {(const char *)plain->bytes, HASH_BYTES}};
    return hash_keyed((struct slice){(const char *)opening->bytes, HASH_BYTES}, parts, COUNT_OF(parts));
}

void commitment_add_span(struct hasher *hasher, const struct outcome_span *span)
{
    const char *const texts[] = {span->label, span->rule, span->operator_name};
    uint64_t numbers[5] = {span->start, span->end, span->out_start, span->out_end, 0};
    memcpy(&numbers[4], &span->score, sizeof numbers[4]);
    for (size_t i = 0; i < COUNT_OF(numbers); i++) { /* little-endian, whatever the machine */
        unsigned char bytes[8];
        for (size_t b = 0; b < sizeof bytes; b++)
            bytes[b] = (unsigned char)(numbers[i] >> (8 * b));
        hasher_add(hasher, (struct slice){(const char *)bytes, sizeof bytes});
    }
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        hasher_add(hasher, (struct slice){texts[i], strlen(texts[i]) + 1});
}

int commitment_spans(const struct outcome *outcome, struct hash *ret, struct error *err)
{
    AUTO(hasher) *hasher = NULL;
    if (hasher_new(&hasher, err))
        return -1;
    for (size_t i = 0; i < outcome->span_count; i++)
        commitment_add_span(hasher, &outcome->spans[i]);
    *ret = hasher_finish(hasher);
    return 0;
}
