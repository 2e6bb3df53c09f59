/* verify.c - does the store hold what its log says, all of it, unaltered and in order? See audit_verify in
 * store.h.
 *
 * Computes everything anew from the records in one pass: leaf hashes, the tree, the root under each
 * checkpoint, and the commitments of every row that a record speaks of (which finds an old page put back, of
 * whatever table). It shares no code with log.c, which wrote what is judged here. */
#include "store/audit/commitment.h"
#include "store/audit/compare.h"
#include "store/audit/record.h"
#include "store/runs.h"

struct verification {
    struct store *store;
    struct audit_verdict *verdict;
    struct merkle tree;        /* of the leaves read so far */
    struct query *checkpoints; /* in order of size; standing on the next one */
    bool has_checkpoint;
    uint64_t last_size;             /* of the checkpoint before it */
    uint64_t results, starts, ends; /* records read, by what they speak of */
};

static int bad(struct verification *v, uint64_t leaf, struct error *err, const char *what)
{
    v->verdict->first_bad_leaf = leaf;
    error_set(err, FAULT_AUDIT, "audit leaf %llu: %s", (unsigned long long)leaf, what);
    return error_hint(err, "the store was altered from outside; compare with the newest backup");
}

static const char *field(const json_t *record, const char *name)
{
    const char *text = json_string_value(json_object_get(record, name));
    return text ? text : "";
}

static bool is_number(const json_t *record, const char *name, uint64_t expected)
{
    const json_t *value = json_object_get(record, name);
    return json_is_integer(value) && json_integer_value(value) >= 0 &&
           (uint64_t)json_integer_value(value) == expected;
}

static bool is_hash(const json_t *record, const char *name, const struct hash *expected)
{
    struct hash hash;
    return hex_read(slice_of(field(record, name)), hash.bytes, HASH_BYTES) && hash_equal(&hash, expected);
}

/* ---- the rows of a document ---- */
/* Columns of the row that the record commits to as they are. */
static const struct {
    const char *field;
    int column;
    const char *what;
} committed[] = {{"results", 8, "the results of its document were altered"},
                 {"redacted_text", 9, "the redacted text of its document was altered"},
                 {"labels", 7, "the counts of labels of its document were altered"},
                 {"reason", 6, "the reason of its document was altered"}};

static int check_columns(struct verification *v, uint64_t leaf, const json_t *record, struct query *q,
                         struct error *err)
{
    struct slice salt = query_bytes(q, 5);
    for (size_t i = 0; i < COUNT_OF(committed); i++) {
        struct hash hash =
            row_commitment(v->store, committed[i].field, salt, query_bytes(q, committed[i].column));
        if (!is_hash(record, committed[i].field, &hash))
            return bad(v, leaf, err, committed[i].what);
    }
    struct hash spans;
    if (row_spans_hash(v->store, query_text(q, 1), &spans, err))
        return -1;
    spans = row_commitment_hash(v->store, "spans", salt, &spans);
    return is_hash(record, "spans", &spans) ? 0 : bad(v, leaf, err, "the spans of its document were altered");
}

static int check_document(struct verification *v, uint64_t leaf, const json_t *record, struct error *err)
{
    AUTO(query) *q = NULL;
    struct hash input, object;
    if (query_start(
            v->store, &q, err,
            "SELECT r.number, r.id, r.status, r.redactions, r.input, r.salt, r.reason, r.labels, r.results,"
            " r.redacted_text, d.object, d.name, u.id, u.pipeline_digest FROM results r"
            " LEFT JOIN documents d ON d.number = r.document LEFT JOIN runs u ON u.number = r.run"
            " WHERE r.leaf = ?",
            "i", (int64_t)leaf))
        return -1;
    int row = query_next(q, err);
    if (row < 0)
        return -1;
    if (row == 0)
        return bad(v, leaf, err, "the row of its document is missing");
    struct hash name = store_commit_name(v->store, query_bytes(q, 11));
    if (!query_hash(q, 10, &object) || !hash_equal(&object, &name) || !is_hash(record, "object", &name))
        return bad(v, leaf, err, "the row of its document is that of another");
    if (strcmp(field(record, "result"), query_text(q, 1)) != 0 ||
        strcmp(field(record, "outcome"), query_text(q, 2)) != 0 ||
        !is_number(record, "redactions", (uint64_t)query_int(q, 3)) || !query_hash(q, 4, &input) ||
        !is_hash(record, "input", &input) || strcmp(field(record, "run"), query_text(q, 12)) != 0 ||
        strcmp(field(record, "pipeline"), query_text(q, 13)) != 0)
        return bad(v, leaf, err, "the row of its document was altered");
    if (check_columns(v, leaf, record, q, err))
        return -1;
    const char *status = query_text(q, 2);
    struct run_counts *counts = &v->verdict->counts;
    ++*(strcmp(status, "done") == 0     ? &counts->done
        : strcmp(status, "failed") == 0 ? &counts->failed
                                        : &counts->quarantined);
    v->verdict->results_rehashed++;
    v->results++;
    return 0;
}

/* ---- the key ---- */
static int check_creation(struct verification *v, uint64_t leaf, const json_t *record, struct error *err)
{
    char key[VERIFIER_BYTES];
    verifier_write(&v->store->verifier, key);
    return leaf == 0 && strcmp(field(record, "verifier_key"), key) == 0
               ? 0
               : bad(v, leaf, err, "the signing key is not the one that the store began with");
}

/* ---- the row of a run ---- */
static int check_run_start(struct verification *v, uint64_t leaf, const json_t *record, struct error *err)
{
    AUTO(query) *q = NULL;
    if (query_start(v->store, &q, err,
                    "SELECT id, pipeline_name, pipeline_digest FROM runs WHERE start_leaf = ?", "i",
                    (int64_t)leaf))
        return -1;
    int row = query_next(q, err);
    if (row < 0)
        return -1;
    v->starts++;
    return row && strcmp(field(record, "run"), query_text(q, 0)) == 0 &&
                   strcmp(field(record, "pipeline_name"), query_text(q, 1)) == 0 &&
                   strcmp(field(record, "pipeline"), query_text(q, 2)) == 0
               ? 0
               : bad(v, leaf, err, "the row of its run is missing or was altered");
}

static int check_run_end(struct verification *v, uint64_t leaf, const json_t *record, struct error *err)
{
    AUTO(query) *q = NULL;
    struct run_counts held;
    if (query_start(v->store, &q, err, "SELECT number, id FROM runs WHERE end_leaf = ?", "i", (int64_t)leaf))
        return -1;
    int row = query_next(q, err);
    if (row < 0)
        return -1;
    if (!row || strcmp(field(record, "run"), query_text(q, 1)) != 0)
        return bad(v, leaf, err, "the row of its run is missing or was altered");
    if (run_count(v->store, query_int(q, 0), &held, err))
        return -1;
    if (!is_number(record, "done", held.done) || !is_number(record, "quarantined", held.quarantined) ||
        !is_number(record, "failed", held.failed))
        return bad(v, leaf, err, "its run counted other results than the store holds");
    held.skipped = (uint64_t)json_integer_value(json_object_get(record, "skipped"));
    if (!is_number(record, "documents", held.done + held.quarantined + held.failed + held.skipped))
        return bad(v, leaf, err, "the counts of its run do not add up");
    v->verdict->counts.skipped += held.skipped;
    v->ends++;
    return 0;
}

/* ---- the tree ---- */
static const struct {
    const char *event;
    int (*check)(struct verification *v, uint64_t leaf, const json_t *record, struct error *err);
} checks[] = {{"store-create", check_creation},         {"document-done", check_document},
              {"document-quarantined", check_document}, {"document-failed", check_document},
              {"run-start", check_run_start},           {"run-end", check_run_end}};

static int check_record(struct verification *v, uint64_t leaf, struct slice bytes, const char *object,
                        struct error *err)
{
    json_t *record = NULL;
    if (json_read(&record, bytes, err))
        return bad(v, leaf, err, "its record cannot be read");
    int failed = 0;
    if (!is_number(record, "seq", leaf))
        failed = bad(v, leaf, err, "its record belongs to another place");
    else if (strcmp(field(record, "object"), object) != 0)
        failed = bad(v, leaf, err, "it would not be found by its document");
    for (size_t i = 0; !failed && i < COUNT_OF(checks); i++)
        if (strcmp(field(record, "event"), checks[i].event) == 0)
            failed = checks[i].check(v, leaf, record, err);
    json_decref(record);
    return failed;
}

static int next_checkpoint(struct verification *v, struct error *err)
{
    int row = query_next(v->checkpoints, err);
    v->has_checkpoint = row > 0;
    return row < 0 ? -1 : 0;
}

/* All checkpoints of the tree's present size: signature, origin, root. */
static int check_checkpoints(struct verification *v, struct error *err)
{
    while (v->has_checkpoint && (uint64_t)query_int(v->checkpoints, 0) <= v->tree.size) {
        struct checkpoint c;
        struct slice text;
        struct hash root = merkle_root(&v->tree);
        if (note_open(query_bytes(v->checkpoints, 1), &v->store->verifier, &text, err) ||
            checkpoint_read(&c, text, err))
            return bad(v, v->last_size, err, "the checkpoint that covers it is not signed by this store");
        if (c.size != (uint64_t)query_int(v->checkpoints, 0) || c.size != v->tree.size ||
            !slice_equal(c.origin, slice_of(v->store->verifier.name)))
            return bad(v, v->last_size, err, "the checkpoint that covers it was altered");
        if (!hash_equal(&c.root, &root))
            return bad(v, v->last_size, err,
                       "this or one of the next, up to the checkpoint, was altered with its hash");
        v->verdict->checkpoints++;
        v->last_size = c.size;
        if (next_checkpoint(v, err))
            return -1;
    }
    return 0;
}

static int check_leaves(struct verification *v, struct error *err)
{
    AUTO(query) *q = NULL;
    int row;
    if (query_start(v->store, &q, err, "SELECT leaf, hash, record, object FROM audit_leaves ORDER BY leaf",
                    ""))
        return -1;
    while ((row = query_next(q, err)) > 0) {
        uint64_t leaf = (uint64_t)query_int(q, 0), place;
        struct hash hash = merkle_leaf(query_bytes(q, 2)), held;
        if (leaf != v->tree.size)
            return bad(v, v->tree.size, err, "its record is missing");
        if (!query_hash(q, 1, &held) || !hash_equal(&hash, &held))
            return bad(v, leaf, err, "its record was altered");
        if (check_record(v, leaf, query_bytes(q, 2), query_text(q, 3), err) ||
            merkle_append(&v->tree, &hash, &place, err) || check_checkpoints(v, err))
            return -1;
    }
    return row;
}

/* Nothing cut off at the end, nothing there that no record speaks of. */
static int check_ends(struct verification *v, struct error *err)
{
    AUTO(query) *q = NULL;
    struct store *store = v->store;
    struct hash root = merkle_root(&v->tree), expected = merkle_root(&store->tree);
    uint64_t size = v->tree.size;
    if (size != store->tree.size)
        return bad(v, MIN(size, store->tree.size), err,
                   size < store->tree.size ? "its record is missing, cut off at the end"
                                           : "it is beyond the tree");
    if (v->has_checkpoint)
        return bad(v, size, err, "its record is missing, though a checkpoint covers it");
    if (!hash_equal(&root, &expected))
        return bad(v, v->last_size, err, "this or a later one was altered: the tree has another root");
    if (query_start(
            store, &q, err,
            "SELECT (SELECT count(*) FROM results), (SELECT count(*) FROM runs), (SELECT count(end_leaf) FROM"
            " runs), (SELECT count(*) FROM spans s WHERE NOT EXISTS (SELECT 1 FROM results WHERE number = "
            "s.result))",
            "") ||
        query_next(q, err) < 0)
        return -1;
    if ((uint64_t)query_int(q, 0) != v->results || (uint64_t)query_int(q, 1) != v->starts ||
        (uint64_t)query_int(q, 2) != v->ends || query_int(q, 3) != 0)
        return error_set(err, FAULT_AUDIT,
                         "the store holds a result, span or run that no audit record speaks of");
    return 0;
}

/* ---- anchors ---- */
static int check_complete(struct verification *v, const struct anchor_report *report, struct error *err)
{
    for (uint64_t i = 0; i < v->store->anchored; i++) {
        if (report->is_seen[i])
            continue;
        AUTO(query) *q = NULL;
        if (query_start(v->store, &q, err, "SELECT size FROM checkpoints WHERE number = ?", "i",
                        (int64_t)i + 1) ||
            query_next(q, err) < 0)
            return -1;
        error_set(err, FAULT_AUDIT,
                  "the anchor was cut or altered: it lacks the checkpoint of %lld audit records",
                  (long long)query_int(q, 0));
        return error_at(err, v->store->anchor, 0, 0);
    }
    return 0;
}

static int check_anchor(struct verification *v, const char *path, bool is_own, bool may_be_missing,
                        struct error *err)
{
    struct anchor_report report;
    int failed = anchor_compare(v->store, path, 0, &report, err);
    if (failed && err->code == FAULT_AUDIT)
        v->verdict->first_bad_leaf = v->store->tree.size;
    if (!failed && report.is_missing && !may_be_missing) {
        error_set(err, FAULT_AUDIT, "the anchor is not there");
        error_hint(err, "name the place where it is now by --anchor");
        failed = error_at(err, path, 0, 0);
    }
    if (!failed && !report.is_missing) {
        if (is_own)
            failed = check_complete(v, &report, err);
        else if (report.entries == 0) {
            error_set(err, FAULT_AUDIT, "the anchor has no checkpoint of this store");
            failed = error_at(err, path, 0, 0);
        }
        v->verdict->anchors++;
    }
    anchor_report_drop(&report);
    return failed;
}

static int check_anchors(struct verification *v, const char *const *extra, size_t count, struct error *err)
{
    if (check_anchor(v, v->store->anchor, true, count > 0 || v->store->anchored == 0, err))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (check_anchor(v, extra[i], false, false, err))
            return -1;
    return 0;
}

int audit_verify(struct store *store, const char *const *extra_anchors, size_t count,
                 struct audit_verdict *ret, struct error *err)
{
    AUTO(query) *checkpoints = NULL;
    *ret = (struct audit_verdict){0};
    struct verification v = {.store = store, .verdict = ret};
    if (query_start(store, &checkpoints, err, "SELECT size, note FROM checkpoints ORDER BY size", ""))
        return -1;
    v.checkpoints = checkpoints;
    if (next_checkpoint(&v, err) || check_leaves(&v, err) || check_ends(&v, err) ||
        check_anchors(&v, extra_anchors, count, err))
        return -1;
    struct run_counts *counts = &ret->counts;
    counts->documents = counts->done + counts->quarantined + counts->failed + counts->skipped;
    ret->size = ret->records = v.tree.size;
    ret->root = merkle_root(&v.tree);
    return 0;
}
