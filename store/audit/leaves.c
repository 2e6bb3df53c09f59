/* leaves.c - see leaves.h. */
#include "store/audit/leaves.h"

void leaf_reader_clear(struct leaf_reader *reader)
{
    query_drop(&reader->query);
}

int leaf_read(void *context, uint64_t index, struct hash *ret, struct error *err)
{
    struct leaf_reader *r = context;
    if (!r->query || r->next != index) {
        query_drop(&r->query);
        if (query_start(r->store, &r->query, err,
                        "SELECT leaf, hash FROM audit_leaves WHERE leaf >= ? ORDER BY leaf", "i",
                        (int64_t)index))
            return -1;
    }
    int row = query_next(r->query, err);
    if (row < 0)
        return -1;
    if (row == 0 || (uint64_t)query_int(r->query, 0) != index || !query_hash(r->query, 1, ret)) {
        error_set(err, FAULT_AUDIT, "audit leaf %llu: its record is missing", (unsigned long long)index);
        return error_hint(err, "alcove audit verify");
    }
    r->next = index + 1;
    return 0;
}

int leaf_prove(struct store *store, uint64_t leaf, uint64_t size, struct query **ret,
               struct merkle_proof *ret_proof, struct error *err)
{
    AUTO(query) *q = NULL;
    struct leaf_reader reader = {.store = store};
    if (query_start(store, &q, err, "SELECT record FROM audit_leaves WHERE leaf = ?", "i", (int64_t)leaf) ||
        query_next(q, err) < 0)
        return -1;
    int failed = merkle_prove_inclusion(leaf_read, &reader, leaf, size, ret_proof, err);
    leaf_reader_clear(&reader);
    if (failed)
        return -1;
    *ret = TAKE(q);
    return 0;
}
