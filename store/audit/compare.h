/* compare.h - an anchor against the store's own list of checkpoints: who is ahead, and does anything differ?
 */
#ifndef ALCOVE_STORE_AUDIT_COMPARE_H
#define ALCOVE_STORE_AUDIT_COMPARE_H

#include "store/state.h"

struct anchor_report {
    bool is_missing;        /* no such file */
    uint64_t entries;       /* checkpoints of this store in it */
    unsigned char *is_seen; /* [store->checkpoints], 1 where the anchor has checkpoint i + 1; owned */
};
void anchor_report_drop(struct anchor_report *report);

/* Reads the anchor from byte `from` on. Every entry of this store must be a checkpoint of the store, byte for
 * byte, and signed by its key. -1 with FAULT_AUDIT, naming file and line: the anchor is ahead of the store
 * (rolled back), the store has another checkpoint of that size (rewritten), or the entry is not the store's
 * (forged). */
CHECKED int anchor_compare(struct store *store, const char *path, uint64_t from, struct anchor_report *ret,
                           struct error *err);

#endif
