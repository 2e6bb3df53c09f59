/* recorded.c - a result as the log has it, and another outcome of its document compared; see store.h. */
#include "store/audit/recorded.h"

#include "store/audit/commitment.h"
#include "store/audit/leaves.h"

void recorded_clear(struct recorded *recorded)
{
    free(recorded->document);
    json_decref(recorded->result);
    json_decref(recorded->run);
    *recorded = (struct recorded){.leaf = 0};
}

/* ---- finding ---- */
struct finder {
    struct store *store;
    struct recorded *ret;
};

static int take_row(void *context, const struct result_row *row, struct error *err)
{
    struct finder *f = context;
    struct hash object = store_commit_name(f->store, row->document);
    hash_hex(&object, f->ret->object);
    snprintf(f->ret->id, sizeof f->ret->id, "%s", row->id);
    snprintf(f->ret->status, sizeof f->ret->status, "%s", row->status);
    f->ret->leaf = row->audit_leaf;
    f->ret->document = strndup(row->document.data, row->document.bytes);
    return f->ret->document ? 0 : error_memory(err);
}

int recorded_find(struct store *store, const char *id_or_document, struct recorded *ret, struct error *err)
{
    AUTO(query) *q = NULL;
    struct finder finder = {store, ret};
    *ret = (struct recorded){.leaf = 0};
    if (store_result(store, id_or_document, take_row, &finder, err) ||
        query_start(store, &q, err,
                    "SELECT u.start_leaf FROM results r JOIN runs u ON u.number = r.run WHERE r.leaf = ?",
                    "i", (int64_t)ret->leaf) ||
        query_next(q, err) < 0)
        return -1;
    ret->run_leaf = (uint64_t)query_int(q, 0);
    return 0;
}

/* ---- the records ---- */
static int altered(uint64_t leaf, const char *what, struct error *err)
{
    error_set(err, FAULT_AUDIT, "audit leaf %llu: %s", (unsigned long long)leaf, what);
    return error_hint(err, "the store does not hold what its log says: alcove audit verify");
}

static int load(struct store *store, uint64_t leaf, json_t **ret, struct error *err)
{
    AUTO(query) *q = NULL;
    struct merkle_proof proof;
    struct hash root = merkle_root(&store->tree);
    if (leaf_prove(store, leaf, store->tree.size, &q, &proof, err))
        return -1;
    struct hash hash = merkle_leaf(query_bytes(q, 0));
    if (!merkle_check_inclusion(&hash, leaf, store->tree.size, &proof, &root) ||
        json_read(ret, query_bytes(q, 0), err))
        return altered(leaf, "its record was altered", err);
    return 0;
}

static const char *field(const json_t *record, const char *name)
{
    const char *text = json_string_value(json_object_get(record, name));
    return text ? text : "";
}

int store_recorded(struct store *store, const char *id_or_document, struct recorded *ret, struct error *err)
{
    if (recorded_find(store, id_or_document, ret, err) || load(store, ret->leaf, &ret->result, err) ||
        load(store, ret->run_leaf, &ret->run, err))
        return -1;
    bool fits = strcmp(field(ret->result, "result"), ret->id) == 0 &&
                strcmp(field(ret->result, "object"), ret->object) == 0 &&
                strcmp(field(ret->result, "outcome"), ret->status) == 0 &&
                strcmp(field(ret->result, "run"), field(ret->run, "run")) == 0 &&
                strcmp(field(ret->run, "event"), "run-start") == 0;
    return fits ? 0 : altered(ret->leaf, "the row of its document was altered", err);
}

/* ---- comparing ---- */
/* held, again: SHA-256 of what is stored and of what there is now. */
static struct likeness liken(const struct recorded *r, const struct hash *opening, const char *kind,
                             const struct hash *held, const struct hash *again)
{
    struct likeness l = {.again = commitment_of(opening, kind, again)};
    struct hash nothing = hash_bytes(SLICE("")), of_nothing = commitment_of(opening, kind, &nothing),
                of_held = commitment_of(opening, kind, held);
    (void)!hex_read(slice_of(field(r->result, kind)), l.recorded.bytes, HASH_BYTES); /* else it equals none */
    l.is_row_as_recorded = hash_equal(&of_held, &l.recorded);
    l.is_nothing_recorded = hash_equal(&of_nothing, &l.recorded);
    return l;
}

int store_compare(struct store *store, const struct recorded *recorded, const struct outcome *again,
                  struct likenesses *ret, struct error *err)
{
    AUTO(query) *q = NULL;
    struct hash held, now;
    if (row_spans_hash(store, recorded->id, &held, err) || commitment_spans(again, &now, err) ||
        query_start(store, &q, err, "SELECT salt, redacted_text, results, labels FROM results WHERE leaf = ?",
                    "i", (int64_t)recorded->leaf) ||
        query_next(q, err) < 0)
        return -1;
    const struct {
        const char *kind;
        struct slice again;
        struct likeness *ret;
    } columns[] = {{"redacted_text", again->redacted_text, &ret->redacted_text},
                   {"results", again->results, &ret->results},
                   {"labels", again->labels, &ret->labels}};
    struct hash opening = row_opening(store, query_bytes(q, 0));
    ret->spans = liken(recorded, &opening, "spans", &held, &now);
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        held = hash_bytes(query_bytes(q, (int)i + 1));
        now = hash_bytes(columns[i].again);
        *columns[i].ret = liken(recorded, &opening, columns[i].kind, &held, &now);
    }
    return 0;
}
