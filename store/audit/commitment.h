/* commitment.h - how a record binds the row it speaks of without saying anything of it.
 *
 *   opening    = HMAC(row key of the store, salt of the row)
 *   commitment = HMAC(opening, kind || 0 || SHA-256(bytes))       kind: "results", "redacted_text", ...
 *
 * The row key never leaves the store. A proof shows the opening of its one row: whoever holds it can compute
 * that row's commitments from the bytes, and learns nothing of any other row. Deleting the salt makes the
 * commitments of a row say nothing for good. Pure functions: no I/O, no store. */
#ifndef ALCOVE_STORE_AUDIT_COMMITMENT_H
#define ALCOVE_STORE_AUDIT_COMMITMENT_H

#include "base/hash.h"
#include "base/slice.h"
#include "store/store.h"

struct hash commitment_opening(struct slice row_key, struct slice salt);

/* plain: SHA-256 of the bytes that are committed to. */
struct hash commitment_of(const struct hash *opening, const char *kind, const struct hash *plain);

/* Adds one span in the form that is hashed for its document: start, end, out_start, out_end and the bits of
 * the score as 64-bit little-endian, then label, rule and operator, each with its NUL. */
void commitment_add_span(struct hasher *hasher, const struct outcome_span *span);

/* SHA-256 over the spans of an outcome, one after the other. */
CHECKED int commitment_spans(const struct outcome *outcome, struct hash *ret, struct error *err);

#endif
