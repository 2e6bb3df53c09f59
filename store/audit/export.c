/* export.c - writes a stretch of the log so that a stranger sees that it is whole; see audit_export in
 * store.h, and bundle.h. */
#include "store/audit/bundle.h"
#include "store/audit/leaves.h"
#include "store/audit/log.h"
#include "store/audit/record.h"

static const char *const about[] = {
    "A stretch of the audit log of an Alcove store, a JSON object a line. `alcove audit verify-bundle FILE` "
    "checks it "
    "without the store and without its key.",
    "`edge`: the roots of the perfect trees (RFC 9162) over the `first` records before. Each record is the "
    "next leaf, "
    "SHA-256(00 || record). A checkpoint among them has the root of the tree so far and is signed by "
    "verifier_key; "
    "`consistency` (section 2.1.4.2) shows that the tree then grew into that of the last one.",
    "All records from `from` to `to` are here, and the one before and the one after where there are such: "
    "their times "
    "show that none is left out.",
    "Records name documents, inputs and outputs by keyed commitments only: no identifier and no text is in "
    "them."};

struct export {
    struct store *store;
    bundle_line *line;
    void *context;
    struct buffer *text; /* of one line */
    struct merkle tree;
    struct query *checkpoints; /* standing on the next one */
    bool has_checkpoint;
    uint64_t first, end;
};

static int write_line(struct export *e, json_t *value /* stolen */, struct error *err)
{
    buffer_clear(e->text);
    int failed = !value || json_canonical(value, e->text, err) ? error_memory(err)
                                                               : buffer_append_byte(e->text, '\n', err);
    json_decref(value);
    return failed ? -1 : e->line(e->context, buffer_slice(e->text), err);
}

static json_t *hashes(const struct hash *from, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        char hex[HASH_HEX_BYTES];
        hash_hex(&from[i], hex);
        json_array_append_new(array, json_string(hex));
    }
    return array;
}

/* ---- which records ---- */
/* From the one before the first of that time on, up to the one after the last. */
static int find_range(struct export *e, const char *from, const char *to, struct error *err)
{
    AUTO(query) *q = NULL;
    int64_t size = (int64_t)e->store->tree.size;
    if (query_start(e->store, &q, err,
                    "SELECT coalesce((SELECT min(leaf) FROM audit_leaves WHERE ?1 IS NULL"
                    " OR json_extract(record, '$.time') >= ?1), ?3) - 1,"
                    " coalesce((SELECT max(leaf) FROM audit_leaves WHERE ?2 IS NULL"
                    " OR substr(json_extract(record, '$.time'), 1, length(?2)) <= ?2), -1) + 2",
                    "tti", from, to, size) ||
        query_next(q, err) < 0)
        return -1;
    e->first = (uint64_t)MAX(query_int(q, 0), (int64_t)0);
    e->end = (uint64_t)MIN(query_int(q, 1), size);
    return 0;
}

static int read_edge(struct export *e, struct error *err)
{
    struct leaf_reader reader = {.store = e->store};
    int failed = 0;
    for (uint64_t i = 0, place; i < e->first && !failed; i++) {
        struct hash hash;
        failed = leaf_read(&reader, i, &hash, err) || merkle_append(&e->tree, &hash, &place, err);
    }
    leaf_reader_clear(&reader);
    return failed ? -1 : 0;
}

static int write_beginning(struct export *e, const char *from, const char *to, struct error *err)
{
    char key[VERIFIER_BYTES];
    json_t *words = json_array();
    for (size_t i = 0; i < COUNT_OF(about); i++)
        json_array_append_new(words, json_string(about[i]));
    verifier_write(&e->store->verifier, key);
    return write_line(e,
                      json_pack("{s:s, s:o, s:s, s:s?, s:s?, s:I, s:o}", "format", BUNDLE_EXPORT, "about",
                                words, "verifier_key", key, "from", from, "to", to, "first",
                                (json_int_t)e->first, "edge",
                                hashes(e->tree.edge, merkle_edge(&e->tree).bytes / HASH_BYTES)),
                      err);
}

/* ---- the records, and the checkpoints that were signed among them ---- */
static int write_checkpoints(struct export *e, struct error *err)
{
    while (e->has_checkpoint && (uint64_t)query_int(e->checkpoints, 0) == e->tree.size) {
        if (write_line(e, json_pack("{s:o}", "checkpoint", json_slice(query_bytes(e->checkpoints, 1))), err))
            return -1;
        int row = query_next(e->checkpoints, err);
        if (row < 0)
            return -1;
        e->has_checkpoint = row > 0;
    }
    return 0;
}

static int write_records(struct export *e, struct error *err)
{
    AUTO(query) *q = NULL;
    int row;
    if (query_start(e->store, &q, err,
                    "SELECT leaf, record FROM audit_leaves WHERE leaf >= ? AND leaf < ? ORDER BY leaf", "ii",
                    (int64_t)e->first, (int64_t)e->end) ||
        write_checkpoints(e, err))
        return -1;
    while ((row = query_next(q, err)) > 0) {
        struct slice record = query_bytes(q, 1);
        struct hash hash = merkle_leaf(record);
        uint64_t place;
        if ((uint64_t)query_int(q, 0) != e->tree.size)
            break;
        if (merkle_append(&e->tree, &hash, &place, err) ||
            write_line(e, json_pack("{s:I, s:o}", "leaf", (json_int_t)place, "record", json_slice(record)),
                       err) ||
            write_checkpoints(e, err))
            return -1;
    }
    if (row < 0)
        return -1;
    return e->tree.size == e->end ? 0
                                  : error_set(err, FAULT_AUDIT, "audit leaf %llu: its record is missing",
                                              (unsigned long long)e->tree.size);
}

static int write_end(struct export *e, struct slice note, struct error *err)
{
    struct leaf_reader reader = {.store = e->store};
    struct merkle_proof proof;
    struct hash root = merkle_root(&e->tree), last = merkle_root(&e->store->tree);
    int failed = merkle_prove_consistency(leaf_read, &reader, e->end, e->store->tree.size, &proof, err);
    leaf_reader_clear(&reader);
    if (failed)
        return -1;
    if (!merkle_check_consistency(e->end, e->store->tree.size, &root, &last, &proof)) {
        error_set(err, FAULT_AUDIT, "the records of the log do not lead to its root");
        return error_hint(err, "alcove audit verify");
    }
    return write_line(e,
                      json_pack("{s:I, s:o, s:o}", "records", (json_int_t)(e->end - e->first), "consistency",
                                hashes(proof.path, proof.count), "checkpoint", json_slice(note)),
                      err);
}

int audit_export(struct store *store, const char *from, const char *to, bundle_line *line, void *context,
                 struct error *err)
{
    AUTO(buffer) *text = NULL, *note = NULL;
    AUTO(query) *checkpoints = NULL;
    struct export e = {.store = store, .line = line, .context = context};
    if (buffer_new(&text, 8 * AUDIT_RECORD_MAX, err) || buffer_new(&note, NOTE_BYTES_MAX, err) ||
        audit_event(store, "audit-export", "ok", json_pack("{s:s?, s:s?}", "from", from, "to", to), NULL,
                    err) ||
        audit_checkpoint(store, note, err) || find_range(&e, from, to, err) || read_edge(&e, err) ||
        query_start(store, &checkpoints, err,
                    "SELECT size, note FROM checkpoints WHERE size >= max(?1, 1) AND size <= ?2 AND size < ?3"
                    " ORDER BY size",
                    "iii", (int64_t)e.first, (int64_t)e.end, (int64_t)store->tree.size))
        return -1;
    int row = query_next(checkpoints, err);
    e.text = text;
    e.checkpoints = checkpoints;
    e.has_checkpoint = row > 0;
    return row < 0 || write_beginning(&e, from, to, err) || write_records(&e, err) ||
                   write_end(&e, buffer_slice(note), err)
               ? -1
               : 0;
}
