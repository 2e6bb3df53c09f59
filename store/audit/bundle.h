/* bundle.h - proofs that leave the store, and how a stranger checks them: no key, no store, no trust.
 *
 *   proof    one JSON object: a result's record, its way to a signed checkpoint, the opening of its row
 *   export   an object a line: what comes before the range, its records, how the tree went on
 *
 * docs/internals/audit-bundles.md shows both, field by field. The writers (proof.c, export.c) know the store;
 * the readers here know only merkle, checkpoint, anchor and commitment. */
#ifndef ALCOVE_STORE_AUDIT_BUNDLE_H
#define ALCOVE_STORE_AUDIT_BUNDLE_H

#include "base/json.h"
#include "store/audit/checkpoint.h"
#include "store/audit/merkle.h"
#include "store/store.h"

#define BUNDLE_PROOF "alcove-proof-1"
#define BUNDLE_EXPORT "alcove-export-1"
#define BUNDLE_VALUE_BYTES_MAX (512u << 20) /* one JSON value: a proof holds a whole redacted text */

/* What a row commits to, in the order in which a proof shows it; ends with NULL. Spans are last and an array.
 */
extern const char *const bundle_commitments[];

/* ---- bundle_read.c: strict JSON, value after value ---- */
struct bundle_source {
    FILE *file;
    const char *name;      /* for places; may be NULL */
    unsigned line, column; /* where the value begins, from 1 */
    unsigned at_line;      /* where reading is */
    size_t left;           /* bytes that the value may still have */
};

struct bundle_key { /* a row; a table ends with {0} */
    const char *name;
    json_type type;
    bool is_optional, may_be_null;
};
#define BUNDLE_KEY(text, kind) {.name = (text), .type = JSON_##kind}

/* The next value, an object. 1, 0 at the end, or -1 with FAULT_AUDIT and the place of what is not JSON, given
 * twice, not UTF-8, or too long. */
int bundle_next(struct bundle_source *source, json_t **ret, struct error *err);

/* Exactly the keys of the table, each of its type; -1 with FAULT_AUDIT naming the key below `where`. */
CHECKED int bundle_keys(const struct bundle_source *source, const json_t *object,
                        const struct bundle_key *keys, const char *where, struct error *err);

/* FAULT_AUDIT "where: what" at the place of the value. */
int bundle_bad(const struct bundle_source *source, struct error *err, const char *where, const char *what);

struct slice bundle_text(const json_t *object, const char *name);
bool bundle_number(const json_t *object, const char *name, uint64_t *ret); /* false: absent or negative */
bool bundle_hash(const json_t *object, const char *name, struct hash *ret);
/* An array of hashes, at most `max`. */
bool bundle_hashes(const json_t *array, size_t max, struct hash *ret, size_t *ret_count);

/* ---- bundle.c: who signed ---- */
struct known_root {
    uint64_t size;
    struct hash root;
};

struct bundle {
    struct bundle_source source;
    const struct bundle_wish *wish;
    struct bundle_verdict *verdict;
    struct verifier verifier;
    struct known_root *known; /* of the anchor, by size; owned */
    size_t known_count, known_capacity;
};

/* A record out of the bundle: strict JSON whose `seq` is `leaf`. *ret is yours. */
CHECKED int bundle_record(const struct bundle *b, struct slice bytes, uint64_t leaf, const char *where,
                          json_t **ret, struct error *err);

/* Opens a checkpoint of the bundle: signed by its key, of its log. What *ret holds is borrowed from the note.
 */
CHECKED int bundle_checkpoint(struct bundle *b, struct slice note, const char *where, struct checkpoint *ret,
                              struct error *err);

/* The tree of `size` leaves has this root: does the anchor, where it knows that size, say the same? */
CHECKED int bundle_root(struct bundle *b, uint64_t size, const struct hash *root, const char *where,
                        struct error *err);

/* bundle_proof.c, bundle_export.c: all from the first value on, which they are given */
CHECKED int bundle_check_proof(struct bundle *b, const json_t *first, struct error *err);
CHECKED int bundle_check_export(struct bundle *b, const json_t *first, struct error *err);

#endif
