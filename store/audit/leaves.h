/* leaves.h - the leaf hashes of a store's log, for proofs: merkle_leaves over the table. */
#ifndef ALCOVE_STORE_AUDIT_LEAVES_H
#define ALCOVE_STORE_AUDIT_LEAVES_H

#include "store/state.h"

struct leaf_reader { /* {.store = store}; read in ascending runs, each run is one pass */
    struct store *store;
    struct query *query;
    uint64_t next; /* the leaf that the query gives next */
};
void leaf_reader_clear(struct leaf_reader *reader);

/* A merkle_leaves; context is a leaf_reader. -1 with FAULT_AUDIT when there is no such leaf. */
int leaf_read(void *context, uint64_t index, struct hash *ret, struct error *err);

/* The record of a leaf, column 0 of the query, and its way to the root over the first `size` leaves. Nothing
 * is compared. */
CHECKED int leaf_prove(struct store *store, uint64_t leaf, uint64_t size, struct query **ret,
                       struct merkle_proof *ret_proof, struct error *err);

#endif
