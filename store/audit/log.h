/* log.h - the audit log: records become leaves within the open transaction; checkpoints follow once it is
 * committed.
 *
 *   transaction:  record -> audit_leaves, right edge -> audit_tree, and the rows that the record speaks of
 *   afterwards:   signed checkpoint -> checkpoints (a transaction of its own), then -> the anchor, fsynced
 *
 * So the anchor is never ahead of the database, and a record never without what it speaks of. */
#ifndef ALCOVE_STORE_AUDIT_LOG_H
#define ALCOVE_STORE_AUDIT_LOG_H

#include "store/state.h"

/* Appends a record within the open transaction. fields: stolen. ret_leaf and ret_utc_ns (may be NULL): place
 * and time of the record. -1 with FAULT_AUDIT (disk full and memory: FAULT_TEMPORARY); the caller must then
 * roll back. */
CHECKED int log_append(struct store *store, const char *event, const char *outcome, json_t *fields,
                       uint64_t *ret_leaf, int64_t *ret_utc_ns, struct error *err);

/* Signs the tree as it is, keeps the checkpoint and appends what the anchor lacks to it. Without growth since
 * the last checkpoint that one stands. ret_note (may be NULL): its text is appended. */
CHECKED int log_checkpoint(struct store *store, struct buffer *ret_note, struct error *err);

/* Loads tree, key and counters. wanted: the anchor to use, absolute; NULL = the one that the store knows. In
 * a store open for writing the anchor is compared from where it was last known, and brought up to date. -1
 * with FAULT_AUDIT when it is gone, was cut, or knows more than the store (the database was rolled back).
 * Another place than before, or is_new (accept that the old one is lost): all checkpoints are written there,
 * and the log says so. */
CHECKED int log_open(struct store *store, const char *wanted, bool is_new, struct error *err);

/* Makes the signing key, within the transaction that makes the tables; the first record. */
CHECKED int log_create(struct store *store, const char *anchor, struct error *err);

/* Signs and anchors what is not yet under a checkpoint, unless it is reads alone: those stay in the store until
 * the next checkpoint, so that reading a copy of a store does not set the anchor against the store. Writes down
 * how far the anchor is known to be. For store_drop. */
CHECKED int log_close(struct store *store, struct error *err);

#endif
