/* results.c - one document's outcome into the store, with its audit record, all or nothing; see store.h.
 *
 * The record binds the row by commitments under the row's own salt (audit/commitment.h). verify.c computes
 * them again from the row, which finds any page that was put back. Deleting the salt makes them say nothing.
 */
#include "store/audit/commitment.h"
#include "store/audit/log.h"
#include "store/runs.h"

#include <openssl/rand.h>

static const char *const status_names[] = {
    [OUTCOME_DONE] = "done", [OUTCOME_QUARANTINED] = "quarantined", [OUTCOME_FAILED] = "failed"};

const char *outcome_status_name(enum outcome_status status)
{
    return status_names[status];
}

/* ---- commitments ---- */
static struct slice of_hash(const struct hash *hash)
{
    return (struct slice){(const char *)hash->bytes, HASH_BYTES};
}

struct hash store_commit_hash(struct store *store, const struct hash *plain)
{
    return hash_keyed(secret_slice(store->input_key), (struct slice[]){of_hash(plain)}, 1);
}

struct hash store_commit_bytes(struct store *store, struct slice bytes)
{
    struct hash plain = hash_bytes(bytes);
    return store_commit_hash(store, &plain);
}

struct hash store_commit_name(struct store *store, struct slice name)
{
    return hash_keyed(secret_slice(store->object_key), &name, 1);
}

struct hash row_opening(struct store *store, struct slice salt)
{
    return commitment_opening(secret_slice(store->row_key), salt);
}

struct hash row_commitment_hash(struct store *store, const char *kind, struct slice salt,
                                const struct hash *plain)
{
    struct hash opening = row_opening(store, salt);
    return commitment_of(&opening, kind, plain);
}

struct hash row_commitment(struct store *store, const char *kind, struct slice salt, struct slice bytes)
{
    struct hash plain = hash_bytes(bytes);
    return row_commitment_hash(store, kind, salt, &plain);
}

static int add_span(void *context, const struct outcome_span *span, struct error *err UNUSED)
{
    commitment_add_span(context, span);
    return 0;
}

int row_spans_hash(struct store *store, const char *id, struct hash *ret, struct error *err)
{
    AUTO(hasher) *hasher = NULL;
    if (hasher_new(&hasher, err) || store_spans(store, id, add_span, hasher, err))
        return -1;
    *ret = hasher_finish(hasher);
    return 0;
}

/* ---- the record ---- */
static int set_hash(json_t *fields, const char *name, const struct hash *hash)
{
    char hex[HASH_HEX_BYTES];
    hash_hex(hash, hex);
    return json_object_set_new(fields, name, json_string(hex));
}

static int set_row(struct store *store, json_t *fields, const char *kind, struct slice salt,
                   struct slice bytes)
{
    struct hash hash = row_commitment(store, kind, salt, bytes);
    return set_hash(fields, kind, &hash);
}

/* The fields of a document's record; NULL with err set. */
static json_t *describe(struct store *store, const struct outcome *o, const struct hash *object,
                        struct slice salt, struct error *err)
{
    struct hash spans;
    if (commitment_spans(o, &spans, err))
        return NULL;
    spans = row_commitment_hash(store, "spans", salt, &spans);
    json_t *fields =
        json_pack("{s:s, s:I}", "result", o->document_id, "redactions", (json_int_t)o->redactions);
    if (fields && !set_hash(fields, "object", object) && !set_hash(fields, "input", &o->input) &&
        !set_hash(fields, "spans", &spans) &&
        !set_row(store, fields, "redacted_text", salt, o->redacted_text) &&
        !set_row(store, fields, "results", salt, o->results) &&
        !set_row(store, fields, "labels", salt, o->labels) &&
        !set_row(store, fields, "reason", salt, slice_of(o->reason)))
        return fields;
    json_decref(fields);
    error_memory(err);
    return NULL;
}

/* ---- the rows ---- */
static int document_number(struct store *store, struct slice name, const struct hash *object, int64_t *ret,
                           struct error *err)
{
    AUTO(query) *q = NULL;
    if (query_run(store, err,
                  "INSERT INTO documents (object, name) VALUES (?, ?) ON CONFLICT (object) DO NOTHING", "hb",
                  object, name) ||
        query_start(store, &q, err, "SELECT number FROM documents WHERE object = ?", "h", object) ||
        query_next(q, err) < 0)
        return -1;
    *ret = query_int(q, 0);
    return 0;
}

static int insert_spans(struct store *store, int64_t result, const struct outcome *o, struct error *err)
{
    for (size_t i = 0; i < o->span_count; i++) {
        const struct outcome_span *s = &o->spans[i];
        if (query_run(store, err,
                      "INSERT INTO spans (result, number, start, end, out_start, out_end, label, rule, "
                      "operator, score)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      "iiiiiitttd", result, (int64_t)i, (int64_t)s->start, (int64_t)s->end,
                      (int64_t)s->out_start, (int64_t)s->out_end, s->label, s->rule, s->operator_name,
                      s->score))
            return -1;
    }
    return 0;
}

static int insert_result(struct store *store, const struct outcome *o, int64_t document, uint64_t leaf,
                         struct slice salt, struct error *err)
{
    struct slice text = o->redacted_text.bytes ? o->redacted_text : (struct slice){NULL, 0};
    if (query_run(
            store, err,
            "INSERT INTO results (id, document, run, leaf, status, redactions, input, salt, reason, labels,"
            " results, redacted_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            "tiiitihbtssb", o->document_id, document, store->run_number, (int64_t)leaf,
            status_names[o->status], (int64_t)o->redactions, &o->input, salt, o->reason, o->labels,
            o->results, text))
        return -1;
    return insert_spans(store, sqlite3_last_insert_rowid(store->db), o, err);
}

int store_commit(struct store *store, const char *run, const struct outcome *outcome, uint64_t *ret_leaf,
                 struct error *err)
{
    AUTO(transaction) *t = NULL; /* dropped before commit = rolled back */
    static const char *const events[] = {[OUTCOME_DONE] = "document-done",
                                         [OUTCOME_QUARANTINED] = "document-quarantined",
                                         [OUTCOME_FAILED] = "document-failed"};
    unsigned char salt_bytes[SALT_BYTES];
    struct slice salt = {(const char *)salt_bytes, sizeof salt_bytes};
    struct hash object = store_commit_name(store, outcome->document);
    int64_t document;
    uint64_t leaf;
    if (RAND_bytes(salt_bytes, sizeof salt_bytes) != 1)
        return error_set(err, FAULT_TEMPORARY, "the random generator failed");
    if (run_load(store, run, err) || transaction_begin(store, &t, err))
        return -1;
    json_t *fields = describe(store, outcome, &object, salt, err);
    if (!fields ||
        log_append(store, events[outcome->status], status_names[outcome->status], fields, &leaf, NULL, err) ||
        document_number(store, outcome->document, &object, &document, err) ||
        insert_result(store, outcome, document, leaf, salt, err) || transaction_commit(TAKE(t), err))
        return -1;
    *ret_leaf = leaf;
    /* A long run killed before its end should not leave a long tail without a signature. */
    if (store->tree.size - store->checkpoint_size >= CHECKPOINT_LEAVES_MAX)
        return log_checkpoint(store, NULL, err);
    return 0;
}

int store_is_done(struct store *store, struct slice document, const struct hash *input,
                  const char *pipeline_digest, struct error *err)
{
    AUTO(query) *q = NULL;
    struct hash object = store_commit_name(store, document), held;
    if (query_start(
            store, &q, err,
            "SELECT r.status, r.input FROM results r JOIN runs u ON u.number = r.run"
            " WHERE r.document = (SELECT number FROM documents WHERE object = ?) AND u.pipeline_digest = ?"
            " ORDER BY r.leaf DESC LIMIT 1",
            "ht", &object, pipeline_digest))
        return -1;
    int row = query_next(q, err);
    if (row <= 0)
        return row;
    return strcmp(query_text(q, 0), status_names[OUTCOME_DONE]) == 0 && query_hash(q, 1, &held) &&
           hash_equal(&held, input);
}
