/* store.h - front door of the store room: one encrypted, authenticated SQLite file with its audit log inside.
 *
 * Only the keeper opens a store. What is committed, is committed with its audit record in one transaction: no result
 * without its record. One store, one thread. Faults: FAULT_STORE (wrong key, corrupt, locked), FAULT_AUDIT (the log
 * cannot be written or does not verify), FAULT_TEMPORARY (disk full, memory). */
#ifndef ALCOVE_STORE_STORE_H
#define ALCOVE_STORE_STORE_H

#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/slice.h"

#include <stdint.h>

/* ---- opening ---- */
struct store;

struct store_key { /* exactly one of the two */
    const char *key_file;     /* 32 to 4,096 bytes, any content */
    struct secret *passphrase; /* borrowed */
};

/* Others than its owner may read or write this key file: the caller warns, and *ret_mode is its mode. False also when
 * it cannot be looked at. */
bool store_key_file_is_wide(const char *path, unsigned *ret_mode);

enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE /* open, or make when there is no committed header */ };

struct store_actor {
    const char *login; /* of /etc/passwd or "" */
    unsigned uid;
    const char *host;
};

struct store_options {
    const char *path;
    struct store_key key;
    enum store_mode mode;
    const char *anchor; /* NULL = the one the store has; of a new store $XDG_STATE_HOME/alcove/NAME.anchor */
    const struct store_actor *actor; /* as for store_set_actor; NULL = uid and host of this process, no login */
    bool new_anchor;    /* accept that the anchor was lost: begin another at the same place (the log says so) */
    bool make_key_file; /* STORE_CREATE: make and fsync the key file (0600) first when it is missing */
};

/* Opens (or makes). ret_was_made may be NULL. Wrong key and corrupt file are told apart in the message; both exit 6. */
CHECKED int store_open(struct store **ret, const struct store_options *options, bool *ret_was_made, struct error *err);
/* Signs and anchors what no checkpoint covers yet, unless it is only records of reading (they go with the next), checkpoints
 * the WAL and closes. */
void store_drop(struct store **store);

/* A subkey for other rooms: HKDF(data key, purpose). */
CHECKED int store_subkey(struct store *store, const char *purpose, struct secret **ret, struct error *err);

/* Who the following audit records name. */
void store_set_actor(struct store *store, const struct store_actor *actor);

/* ---- runs and outcomes ---- */
struct run_record { /* everything that an auditor must know of a run; digests as hex */
    const char *pipeline_name, *purpose, *pipeline_digest, *rules_digest, *program_version, *kernels;
    const char *const *model_names, *const *model_digests; size_t model_count;
    unsigned numerics_version;
    const char *sandbox; /* "seccomp, landlock 4" */
};

/* Writes the run row and its `run-start` event. ret_run: 32 hex digits and a NUL. */
CHECKED int store_run_start(struct store *store, const struct run_record *run, char ret_run[33], struct error *err);

enum outcome_status { OUTCOME_DONE, OUTCOME_QUARANTINED, OUTCOME_FAILED };
const char *outcome_status_name(enum outcome_status status);

struct outcome_span {
    size_t start, end;              /* in the original text */
    size_t out_start, out_end;      /* in the redacted text */
    const char *label, *rule, *operator_name;
    double score;
};

struct outcome {
    struct slice document;          /* path as given or NDJSON id */
    const char *document_id;        /* 32 hex digits, the row's own id */
    struct hash input;              /* keyed commitment to the input bytes (store_commit_input) */
    enum outcome_status status;
    const char *reason;             /* quarantined or failed: why; "" otherwise. Never text of the document */
    struct slice redacted_text;     /* kept only as the pipeline's store.keep says; empty = not kept */
    const struct outcome_span *spans; size_t span_count;
    size_t redactions;
    struct slice results;           /* canonical JSON of the results object; empty = none */
    struct slice labels;            /* canonical JSON {"NAME":3} */
};

/* Commitment to a document's bytes, comparable within a store: HMAC under a subkey. */
struct hash store_commit_bytes(struct store *store, struct slice bytes);
struct hash store_commit_hash(struct store *store, const struct hash *plain); /* HMAC over a SHA-256 */
/* The same of a document's name: the `object` of audit records. */
struct hash store_commit_name(struct store *store, struct slice name);

/* Is this document already done under this pipeline digest and input? (1 yes, 0 no, -1 error) Quarantined and failed
 * documents are not done. */
int store_is_done(struct store *store, struct slice document, const struct hash *input, const char *pipeline_digest,
                  struct error *err);

/* Results, spans and the `document-*` audit record in one transaction. ret_leaf: the record's place in the tree. */
CHECKED int store_commit(struct store *store, const char *run, const struct outcome *outcome, uint64_t *ret_leaf,
                         struct error *err);

struct run_counts { uint64_t documents, done, skipped, quarantined, failed; };

/* Writes `run-end` with the counts, signs a checkpoint and appends it to the anchor. The checkpoint's text (C2SP
 * tlog-checkpoint, four lines and a signature line) is appended to ret_checkpoint. */
CHECKED int store_run_end(struct store *store, const char *run, const struct run_counts *counts, const char *how,
                          struct buffer *ret_checkpoint, struct error *err);

/* ---- reading ---- */
struct result_row {
    struct slice document, results, labels, redacted_text, reason; /* borrowed for the call */
    const char *id, *run, *status, *pipeline_name, *pipeline_digest, *time;
    uint64_t audit_leaf, redactions;
};
typedef int result_visit(void *context, const struct result_row *row, struct error *err); /* non-zero ends the walk */

struct result_filter {
    const char *run, *status, *document, *step, *label; /* NULL = any; step and label together: --where step=label */
    uint64_t limit, offset;                             /* limit 0 = no limit */
};
CHECKED int store_results(struct store *store, const struct result_filter *filter, bool with_text, result_visit *visit,
                          void *context, struct error *err);
CHECKED int store_result(struct store *store, const char *id_or_document, result_visit *visit, void *context,
                         struct error *err); /* FAULT_INPUT when there is none */
typedef int span_visit(void *context, const struct outcome_span *span, struct error *err);
CHECKED int store_spans(struct store *store, const char *id, span_visit *visit, void *context, struct error *err);

/* ---- the store itself ---- */
struct store_info {
    uint64_t file_bytes, pages, free_pages, documents, done, quarantined, failed, runs, audit_size;
    uint32_t page_bytes, format_version, slots_used;
    char database_id[33], signer[128]; /* signer: the verifier key of the checkpoints, as in C2SP signed-note */
    char anchor[4096];
    const char *cipher; /* "XAES-256-GCM" */
};
CHECKED int store_info(struct store *store, struct store_info *ret, struct error *err);

/* Reads the raw file: both header copies, every page's authentication, the multiset of page tags against the header,
 * then SQLite's integrity check. Each problem is reported; -1 with FAULT_STORE when there was one. */
typedef void store_report(void *context, const char *problem);
CHECKED int store_check(struct store *store, store_report *report, void *context, struct error *err);

/* ---- key slots: who can open it ---- */
#define STORE_SLOTS_MAX 8

struct store_slot {
    unsigned number;   /* from 1 */
    const char *type;  /* "key file" or "passphrase" */
    bool opens;        /* by the key that was asked about */
};
/* The slots in use. key: tried on each (a passphrase takes 0.7 s a slot); NULL = none. */
CHECKED int store_slots(struct store *store, const struct store_key *key, struct store_slot ret[STORE_SLOTS_MAX],
                        size_t *ret_count, struct error *err);

/* Lets one more key open the store, or one less; the events `key-add` and `key-remove` are written first. make_key_file:
 * make the key file (0600) when it is missing. -1 with FAULT_STORE: no slot is free, the key opens one already; there is
 * no such slot, or it is the last one (then the refusal is recorded). Removing a slot changes no data key: whoever kept
 * an old copy of the file can open that with the old key. */
CHECKED int store_slot_add(struct store *store, const struct store_key *key, bool make_key_file, struct store_slot *ret,
                           struct error *err);
CHECKED int store_slot_remove(struct store *store, unsigned number, struct store_slot *ret, struct error *err);

/* ---- audit (records are written by the calls above and by this one) ---- */
CHECKED int audit_event(struct store *store, const char *event, const char *outcome, json_t *fields /* stolen */,
                        uint64_t *ret_leaf, struct error *err);

struct audit_filter {                 /* NULL = any */
    const char *event;                /* one or several, parted by commas */
    const char *document;             /* name of a document; found by its commitment */
    const char *actor;                /* login or uid */
    const char *from, *to;            /* RFC 3339 or a beginning of it ("2026-11-24"), both ends included */
    uint64_t before;                  /* only leaves below this one; 0 = all */
    uint64_t limit;                   /* the newest so many; 0 = all */
};
/* The name of every event there is, by index; NULL beyond the last. */
const char *audit_event_name(size_t index);

typedef int audit_visit(void *context, uint64_t leaf, struct slice record, const struct hash *leaf_hash,
                        struct error *err);
CHECKED int audit_walk(struct store *store, const struct audit_filter *filter, audit_visit *visit, void *context,
                       struct error *err);

/* A signed checkpoint of the tree as it is, also appended to the anchor. */
CHECKED int audit_checkpoint(struct store *store, struct buffer *ret_checkpoint, struct error *err);

struct audit_verdict {
    uint64_t size, records, checkpoints, anchors, results_rehashed, first_bad_leaf;
    struct hash root;
    struct run_counts counts;
};
/* Tree, signatures, consistency with every checkpoint of every anchor, re-hash of every stored row. -1 with
 * FAULT_AUDIT, naming the first bad leaf or anchor line. extra_anchors: of --anchor. */
CHECKED int audit_verify(struct store *store, const char *const *extra_anchors, size_t count,
                         struct audit_verdict *ret, struct error *err);

/* A copy of the store as it is, sealed as before, at `path`, which must not exist. Before it gets its name it is opened
 * with `key`, which must be one of the store's, and checked as by store_check and audit_verify: what that found is in
 * *ret. The event `store-backup` is written after the copy, and its checkpoint anchored: the copy is an older state from
 * the beginning, and opens for reading only until another anchor is accepted for it. -1 with FAULT_STORE, FAULT_AUDIT or
 * FAULT_TEMPORARY; then there is no file of that name. */
CHECKED int store_backup(struct store *store, const struct store_key *key, const char *path, struct audit_verdict *ret,
                         struct error *err);

/* ---- replaying ---- */
struct recorded {                                  /* a result as the log has it; clear it in any case */
    char id[33], status[16], object[HASH_HEX_BYTES]; /* object: commitment to the document's name, as hex */
    char *document;                                /* its name */
    uint64_t leaf, run_leaf;
    json_t *result, *run;                          /* its record; that of the beginning of its run */
};
void recorded_clear(struct recorded *recorded);

/* A result by id or document, with both records, shown to be leaves of the tree. FAULT_INPUT when there is none such;
 * FAULT_AUDIT when the row or a record is not what the log holds. */
CHECKED int store_recorded(struct store *store, const char *id_or_document, struct recorded *ret, struct error *err);

struct likeness {                 /* of one part of an outcome, through its commitments */
    struct hash recorded, again;  /* as the record has it; of the outcome at hand under the row's opening */
    bool is_row_as_recorded;      /* false: what is stored was altered */
    bool is_nothing_recorded;     /* the record commits to no bytes at all */
};
struct likenesses { struct likeness redacted_text, spans, results, labels; };

/* Compares an outcome with the row and with what its record commits to; nothing is written. again: its redacted_text,
 * spans, results and labels are looked at. */
CHECKED int store_compare(struct store *store, const struct recorded *recorded, const struct outcome *again,
                          struct likenesses *ret, struct error *err);

/* ---- proofs for strangers ---- (docs/internals/audit-bundles.md) */
/* One result (by id or document) with its record, the way from it to a newly signed checkpoint, and the opening of its
 * commitments. Appends one JSON object, laid out for reading, to `to`. The event `result-prove` is written first.
 * digests_only: the digests of what is stored, without the results, text and spans themselves. FAULT_INPUT when there
 * is none such; FAULT_AUDIT when the store does not hold what its log says. */
CHECKED int audit_prove(struct store *store, const char *id_or_document, bool digests_only, struct buffer *to,
                        struct error *err);

typedef int bundle_line(void *context, struct slice line, struct error *err);
/* All records from one time to another (RFC 3339 or a beginning of it, both ends included, NULL = without an end), the
 * one before and the one after, and what shows that they are the log's: a JSON object a line, each with its newline.
 * The event `audit-export` is written first and a checkpoint is signed. */
CHECKED int audit_export(struct store *store, const char *from, const char *to, bundle_line *line, void *context,
                         struct error *err);

struct bundle_wish {
    const char *name;         /* of the file, for places; may be NULL */
    const char *verifier_key; /* who must have signed; NULL = whoever the bundle names */
    const char *anchor;       /* a copy of the anchor: the same, and its roots must be those of the bundle; or NULL */
};

struct bundle_verdict {
    const char *kind; /* "proof" or "export" */
    char verifier_key[128];
    bool is_pinned;   /* the key is the one that was wished for */
    bool is_anchored; /* the anchor has a checkpoint of the bundle */
    uint64_t size;    /* of the newest checkpoint */
    struct hash root;
    uint64_t first, records, checkpoints; /* first: leaf of the result, or of the first record */
    char from[32], to[32];                /* export: "" = without an end */
    size_t path_hashes;                   /* proof: from the result to the root */
    bool has_stored;                      /* proof: what is stored was shown, not only its digests */
    json_t *record, *run;                 /* proof: of the result, of the beginning of its run; owned */
};
void bundle_verdict_clear(struct bundle_verdict *verdict);

/* Checks a bundle with nothing but itself: no key, no store. -1 with FAULT_AUDIT, naming file, line and field of the
 * first thing that does not fit; *ret then owns nothing. */
CHECKED int bundle_verify(FILE *from, const struct bundle_wish *wish, struct bundle_verdict *ret, struct error *err);

#endif
