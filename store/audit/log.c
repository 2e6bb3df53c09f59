/* log.c - see log.h. */
#include "store/audit/log.h"

#include "base/clock.h"
#include "base/file.h"
#include "store/audit/anchor.h"
#include "store/audit/compare.h"
#include "store/audit/record.h"

/* A log that cannot be read or written is a fault of the audit, unless it may pass by itself. */
static int as_audit_fault(struct error *err)
{
    if (err->code != FAULT_TEMPORARY)
        err->code = FAULT_AUDIT;
    return -1;
}

/* ---- records ---- */
static int insert_leaf(struct store *store, struct slice record, const char *object, uint64_t *ret_leaf,
                       struct error *err)
{
    struct hash hash = merkle_leaf(record);
    if (merkle_append(&store->tree, &hash, ret_leaf, err) ||
        query_run(store, err, "INSERT INTO audit_leaves (leaf, hash, object, record) VALUES (?, ?, ?, ?)",
                  "ihts", (int64_t)*ret_leaf, &hash, object, record) ||
        query_run(store, err, "UPDATE audit_tree SET size = ?, edge = ? WHERE one = 1", "ib",
                  (int64_t)store->tree.size, merkle_edge(&store->tree)))
        return -1;
    return 0;
}

int log_append(struct store *store, const char *event, const char *outcome, json_t *fields,
               uint64_t *ret_leaf, int64_t *ret_utc_ns, struct error *err)
{
    AUTO(buffer) *record = NULL;
    const struct audit_kind *kind = audit_kind_find(event);
    struct audit_context context = {.login = store->login,
                                    .host = store->host,
                                    .uid = store->uid,
                                    .seq = store->tree.size,
                                    .utc_ns = clock_utc_ns(),
                                    .monotonic_ns = clock_monotonic_ns(),
                                    .run = store->run_context};
    int failed = -1;
    if (!fields)
        error_memory(err);
    else if (!kind)
        error_set(err, FAULT_AUDIT, "there is no audit event \"%s\"", event);
    else
        failed = buffer_new(&record, 2 * AUDIT_RECORD_MAX, err) ||
                 record_write(record, kind, outcome, &context, fields, err) ||
                 insert_leaf(store, buffer_slice(record),
                             json_string_value(json_object_get(fields, "object")), ret_leaf, err);
    json_decref(fields);
    if (failed)
        return as_audit_fault(err);
    if (ret_utc_ns)
        *ret_utc_ns = context.utc_ns;
    return 0;
}

/* ---- checkpoints ---- */
/* Appends to the anchor what it lacks. */
static int push(struct store *store, struct error *err)
{
    AUTO(buffer) *text = NULL;
    AUTO(query) *q = NULL;
    char key[VERIFIER_BYTES];
    int row;
    if (store->anchored == store->checkpoints)
        return 0;
    verifier_write(&store->verifier, key);
    if (buffer_new(&text, SIZE_MAX / 4, err) ||
        (store->anchored == 0 && buffer_printf(text, err, "%s\n", key)) ||
        query_start(store, &q, err, "SELECT note FROM checkpoints WHERE number > ? ORDER BY number", "i",
                    (int64_t)store->anchored))
        return -1;
    while ((row = query_next(q, err)) > 0)
        if ((text->bytes && buffer_append_byte(text, '\n', err)) ||
            buffer_append(text, query_bytes(q, 0), err))
            return -1;
    struct slice entries = buffer_slice(text);
    if (row < 0 || anchor_append(store->anchor, &entries, 1, &store->anchor_end, err))
        return -1;
    store->anchored = store->checkpoints;
    store->is_anchor_dirty = true;
    return 0;
}

static int save_anchor(struct store *store, struct error *err)
{
    return query_run(store, err, "UPDATE anchor SET path = ?, checkpoints = ?, bytes = ? WHERE one = 1",
                     "bii", slice_of(store->anchor), (int64_t)store->anchored, (int64_t)store->anchor_end);
}

static int sign(struct store *store, struct error *err)
{
    AUTO(buffer) *note = NULL;
    AUTO(transaction) *t = NULL;
    struct hash root = merkle_root(&store->tree), pages;
    if (crypt_page_digest(store->crypt, &pages, err) || buffer_new(&note, NOTE_BYTES_MAX, err) ||
        checkpoint_write(note, &store->verifier, store->seed, store->tree.size, &root, &pages, err) ||
        transaction_begin(store, &t, err) ||
        query_run(store, err, "INSERT INTO checkpoints (number, size, note) VALUES (?, ?, ?)", "iis",
                  (int64_t)store->checkpoints + 1, (int64_t)store->tree.size, buffer_slice(note)) ||
        save_anchor(store, err) || transaction_commit(TAKE(t), err))
        return -1;
    store->is_anchor_dirty = false;
    store->checkpoints++;
    store->checkpoint_size = store->tree.size;
    return 0;
}

int log_checkpoint(struct store *store, struct buffer *ret_note, struct error *err)
{
    if ((store->tree.size > store->checkpoint_size && sign(store, err)) || push(store, err))
        return as_audit_fault(err);
    if (!ret_note)
        return 0;
    AUTO(query) *q = NULL;
    if (query_start(store, &q, err, "SELECT note FROM checkpoints WHERE number = ?", "i",
                    (int64_t)store->checkpoints) ||
        query_next(q, err) < 0 || buffer_append(ret_note, query_bytes(q, 0), err))
        return as_audit_fault(err);
    return 0;
}

/* ---- opening ---- */
static int name_verifier(struct store *store, struct error *err)
{
    char name[NOTE_NAME_BYTES_MAX + 1], id[33];
    crypt_database_id(store->crypt, id);
    snprintf(name, sizeof name, "alcove/store/%s", id);
    return verifier_of_seed(&store->verifier, name, store->seed, err);
}

int log_create(struct store *store, const char *anchor, struct error *err)
{
    char key[VERIFIER_BYTES];
    uint64_t leaf;
    if (secret_random(&store->seed, SIGN_SEED_BYTES, err) || name_verifier(store, err))
        return -1;
    verifier_write(&store->verifier, key);
    if (query_run(store, err, "INSERT INTO settings (name, value) VALUES ('signing seed', ?)", "b",
                  secret_slice(store->seed)) ||
        query_run(store, err, "INSERT INTO anchor (one, path, checkpoints, bytes) VALUES (1, ?, 0, 0)", "b",
                  slice_of(anchor)))
        return -1;
    return log_append(store, "store-create", "ok",
                      json_pack("{s:s, s:s, s:i}", "origin", store->verifier.name, "verifier_key", key,
                                "format", SCHEMA_VERSION),
                      &leaf, NULL, err);
}

static int load_seed(struct store *store, struct error *err)
{
    AUTO(query) *q = NULL;
    secret_drop(&store->seed);
    if (query_start(store, &q, err, "SELECT value FROM settings WHERE name = 'signing seed'", "") ||
        query_next(q, err) < 0)
        return -1;
    struct slice seed = query_bytes(q, 0);
    if (seed.bytes != SIGN_SEED_BYTES)
        return error_set(err, FAULT_AUDIT, "the store has no signing key");
    if (secret_new(&store->seed, SIGN_SEED_BYTES, err))
        return -1;
    memcpy(store->seed->data, seed.data, SIGN_SEED_BYTES);
    return name_verifier(store, err);
}

static int load_tree(struct store *store, struct error *err)
{
    AUTO(query) *q = NULL;
    if (query_start(store, &q, err, "SELECT size, edge FROM audit_tree WHERE one = 1", "") ||
        query_next(q, err) < 0)
        return -1;
    return merkle_load(&store->tree, (uint64_t)query_int(q, 0), query_bytes(q, 1))
               ? 0
               : error_set(err, FAULT_AUDIT, "the right edge of the audit tree does not fit its size");
}

static int load_counters(struct store *store, struct error *err)
{
    AUTO(query) *q = NULL, *last = NULL;
    if (query_start(store, &last, err, "SELECT number, size FROM checkpoints ORDER BY number DESC LIMIT 1",
                    "") ||
        query_next(last, err) < 0)
        return -1;
    store->checkpoints = (uint64_t)query_int(last, 0);
    store->checkpoint_size = (uint64_t)query_int(last, 1);
    if (query_start(store, &q, err, "SELECT path, checkpoints, bytes FROM anchor WHERE one = 1", "") ||
        query_next(q, err) < 0)
        return -1;
    struct slice path = query_bytes(q, 0);
    store->anchored = (uint64_t)query_int(q, 1);
    store->anchor_end = (uint64_t)query_int(q, 2);
    return path_join(store->anchor, sizeof store->anchor, err, "%.*s", (int)path.bytes,
                     path.data ? path.data : "");
}

/* Reads on where the anchor was last known. */
static int follow(struct store *store, bool may_be_missing, struct error *err)
{
    struct anchor_report report;
    int failed = anchor_compare(store, store->anchor, store->anchor_end, &report, err);
    if (!failed && report.is_missing && store->anchored && !may_be_missing) {
        error_set(err, FAULT_AUDIT, "the anchor is gone; it had %llu checkpoints of this store",
                  (unsigned long long)store->anchored);
        error_at(err, store->anchor, 0, 0);
        failed = error_hint(err, "put it back, name its new place by --anchor, or accept the loss by "
                                 "`alcove audit checkpoint --new-anchor`");
    }
    while (!failed && store->anchored < store->checkpoints && report.is_seen[store->anchored]) {
        store->anchored++;
        store->is_anchor_dirty = true;
    }
    anchor_report_drop(&report);
    return failed ? -1 : 0;
}

/* From now on checkpoints go to `path`, all of them once more. */
static int change(struct store *store, const char *path, struct error *err)
{
    AUTO(transaction) *t = NULL;
    struct anchor_report report;
    char commitment[HASH_HEX_BYTES];
    struct hash hash = store_commit_name(store, slice_of(path));
    uint64_t leaf;
    int failed = anchor_compare(store, path, 0, &report, err); /* it may be a copy, but of nothing newer */
    anchor_report_drop(&report);
    if (failed || (path != store->anchor && path_join(store->anchor, sizeof store->anchor, err, "%s", path)))
        return -1;
    hash_hex(&hash, commitment);
    uint64_t before = store->anchored;
    store->anchored = store->anchor_end = 0;
    if (transaction_begin(store, &t, err) ||
        log_append(store, "anchor-change", "ok",
                   json_pack("{s:s, s:I}", "anchor", commitment, "checkpoints", (json_int_t)before), &leaf,
                   NULL, err) ||
        save_anchor(store, err) || transaction_commit(TAKE(t), err))
        return -1;
    return log_checkpoint(store, NULL, err);
}

int log_open(struct store *store, const char *wanted, bool is_new, struct error *err)
{
    if (load_tree(store, err) || load_seed(store, err) || load_counters(store, err))
        return -1;
    bool moves = is_new || (wanted && strcmp(wanted, store->anchor) != 0);
    if (store->mode == STORE_READ)
        return wanted ? path_join(store->anchor, sizeof store->anchor, err, "%s", wanted) : 0;
    if (!is_new && follow(store, moves, err))
        return -1;
    return moves ? change(store, wanted ? wanted : store->anchor, err) : push(store, err);
}

/* Is there more than reads among the records that no checkpoint covers? 1 yes, 0 no, -1 error. The proofs are
 * no reads: they sign by themselves. */
static int has_change(struct store *store, struct error *err)
{
    AUTO(query) *q = NULL;
    if (query_start(store, &q, err,
                    "SELECT 1 FROM audit_leaves WHERE leaf >= ? AND json_extract(record, '$.event') NOT IN"
                    " ('results-list', 'result-show', 'results-export', 'audit-read') LIMIT 1",
                    "i", (int64_t)store->checkpoint_size))
        return -1;
    return query_next(q, err);
}

int log_close(struct store *store, struct error *err)
{
    AUTO(transaction) *t = NULL;
    if (store->mode == STORE_READ)
        return 0;
    int changed = has_change(store, err);
    if (changed < 0 || (changed && log_checkpoint(store, NULL, err)))
        return -1;
    if (!store->is_anchor_dirty)
        return 0;
    if (transaction_begin(store, &t, err) || save_anchor(store, err) || transaction_commit(TAKE(t), err))
        return -1;
    store->is_anchor_dirty = false;
    return 0;
}
