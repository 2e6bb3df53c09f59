/* anchor.h - checkpoints kept apart from the store, in a text file that only grows.
 *
 *   alcove/store/0193...+0a1b2c3d+AVx...      the verifier key: all that is needed to check what follows
 *
 *   alcove/store/0193...                      one signed checkpoint (checkpoint.h) an entry,
 *   42                                        entries separated by an empty line
 *   ...
 *
 * Stores may share a file: entries are told apart by their origin. An entry is written only after the
 * database has committed what it speaks of, so an anchor ahead of the database proves that the database was
 * rolled back. An entry that a crash cut short is ended by a line `# torn` at the next append, and readers
 * pass over it. */
#ifndef ALCOVE_STORE_AUDIT_ANCHOR_H
#define ALCOVE_STORE_AUDIT_ANCHOR_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

/* Appends entries (each ends in a newline) under a lock, in one write, and fsyncs; makes the file (0600) and
 * its folder (0700) when missing. ret_end: bytes of the file afterwards. -1 with FAULT_AUDIT or
 * FAULT_TEMPORARY. */
CHECKED int anchor_append(const char *path, const struct slice *entries, size_t count, uint64_t *ret_end,
                          struct error *err);

struct anchor_entry {
    struct slice text; /* a verifier key line or a whole note; borrowed for the call */
    bool is_key;
    bool is_torn;  /* the file ends within it */
    unsigned line; /* of its first line, from 1 at the place where the walk began */
};
typedef int anchor_visit(void *context, const struct anchor_entry *entry, struct error *err);

/* Visits the entries of one origin from byte `from` on. A visit that is not 0 ends the walk with -1. -1 with
 * FAULT_AUDIT when the file is shorter than `from` or an entry is longer than a note can be. ret_is_missing:
 * there is no such file (then 0 is returned and nothing visited). */
CHECKED int anchor_walk(const char *path, const char *origin, uint64_t from, anchor_visit *visit,
                        void *context, bool *ret_is_missing, struct error *err);

#endif
