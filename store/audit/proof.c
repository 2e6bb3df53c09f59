/* proof.c - writes the proof of one result: its record, the way to a signed checkpoint, and the opening of
 * its row; see audit_prove in store.h, and bundle.h. */
#include "store/audit/bundle.h"
#include "store/audit/commitment.h"
#include "store/audit/leaves.h"
#include "store/audit/log.h"
#include "store/audit/recorded.h"

static const char *const about[] = {
    "The proof that one result stands in the audit log of an Alcove store. `alcove audit verify-bundle FILE` "
    "checks it "
    "without the store and without its key; any program that knows SHA-256, HMAC and Ed25519 can do the "
    "same.",
    "1. SHA-256(00 || record) is leaf_hash. Going up its path (RFC 9162, section 2.1.3.2) from place `leaf` "
    "gives the "
    "root in the checkpoint. So `result` and `run` are records of that log.",
    "2. The checkpoint (C2SP tlog-checkpoint) is signed by verifier_key (C2SP signed-note, Ed25519). Compare "
    "that key "
    "with one that came to you another way: a bundle can name any key.",
    "3. HMAC-SHA-256(opening, NAME || 00 || digests.NAME) is the field NAME of the result's record, for "
    "results, "
    "redacted_text, labels, reason and spans; digests.NAME is the SHA-256 of stored.NAME. So this and "
    "nothing else is "
    "what was kept. The opening is of this one row and opens no other.",
    "The record names the pipeline, the rules, the models and the version of the arithmetic by digest; the "
    "run's record "
    "the version of the program.",
    "Only the holder of the store's key can check the fields `object` (the document's name) and `input` (the "
    "bytes that "
    "were read): both are keyed, so that no one else can try names or texts on them.",
    "Not proved: that the log was not written anew by someone with the store's key. Compare the checkpoint "
    "with a copy "
    "of the anchor that was out of that reach (verify-bundle --anchor)."};

/* ---- a record with its path ---- */
static int add_path(json_t *part, const struct merkle_proof *proof)
{
    json_t *path = json_array();
    int failed = json_object_set_new(part, "path", path);
    for (size_t i = 0; i < proof->count && !failed; i++) {
        char hex[HASH_HEX_BYTES];
        hash_hex(&proof->path[i], hex);
        failed = json_array_append_new(path, json_string(hex));
    }
    return failed;
}

static int add_leaf(struct store *store, json_t *bundle, const char *name, uint64_t leaf,
                    const struct checkpoint *c, struct error *err)
{
    AUTO(query) *q = NULL;
    struct merkle_proof proof;
    char hex[HASH_HEX_BYTES];
    if (leaf_prove(store, leaf, c->size, &q, &proof, err))
        return -1;
    struct slice record = query_bytes(q, 0);
    struct hash hash = merkle_leaf(record);
    hash_hex(&hash, hex);
    json_t *part = json_pack("{s:I, s:s, s:o}", "leaf", (json_int_t)leaf, "leaf_hash", hex, "record",
                             json_slice(record));
    return !part || json_object_set_new(bundle, name, part) || add_path(part, &proof) ? error_memory(err) : 0;
}

/* ---- the row ---- */
static int add_span(void *context, const struct outcome_span *span, struct error *err)
{
    json_t *json = json_pack("{s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:f}", "start", (json_int_t)span->start,
                             "end", (json_int_t)span->end, "out_start", (json_int_t)span->out_start,
                             "out_end", (json_int_t)span->out_end, "label", span->label, "rule", span->rule,
                             "operator", span->operator_name, "score", span->score);
    return json_array_append_new(context, json) ? error_memory(err) : 0;
}

static int add_digest(json_t *digests, const char *kind, const struct hash *hash, struct error *err)
{
    char hex[HASH_HEX_BYTES];
    hash_hex(hash, hex);
    return json_object_set_new(digests, kind, json_string(hex)) ? error_memory(err) : 0;
}

static int add_spans(struct store *store, const char *id, json_t *digests, json_t *stored, struct error *err)
{
    struct hash hash;
    json_t *spans = json_array();
    if (row_spans_hash(store, id, &hash, err) || (stored && store_spans(store, id, add_span, spans, err))) {
        json_decref(spans);
        return -1;
    }
    if (stored ? json_object_set_new(stored, "spans", spans) : (json_decref(spans), 0))
        return error_memory(err);
    return add_digest(digests, "spans", &hash, err);
}

/* Columns by the names of bundle_commitments; spans are no column. */
static int add_row(struct store *store, json_t *bundle, uint64_t leaf, const char *id, bool digests_only,
                   struct error *err)
{
    AUTO(query) *q = NULL;
    char hex[HASH_HEX_BYTES];
    if (query_start(store, &q, err,
                    "SELECT salt, results, redacted_text, labels, reason FROM results WHERE leaf = ?", "i",
                    (int64_t)leaf) ||
        query_next(q, err) < 0)
        return -1;
    struct hash opening = row_opening(store, query_bytes(q, 0));
    hash_hex(&opening, hex);
    json_t *digests = json_object(), *stored = digests_only ? NULL : json_object();
    if (json_object_set_new(bundle, "opening", json_string(hex)) ||
        json_object_set_new(bundle, "digests", digests) ||
        (!digests_only && json_object_set_new(bundle, "stored", stored)))
        return error_memory(err);
    for (int i = 0; strcmp(bundle_commitments[i], "spans") != 0; i++) {
        struct slice bytes = query_bytes(q, i + 1);
        struct hash hash = hash_bytes(bytes);
        if (stored && json_object_set_new(stored, bundle_commitments[i], json_slice(bytes)))
            return error_memory(err);
        if (add_digest(digests, bundle_commitments[i], &hash, err))
            return -1;
    }
    return add_spans(store, id, digests, stored, err);
}

/* ---- the whole ---- */
static int fill(struct store *store, json_t *bundle, const struct recorded *wanted, struct slice note,
                bool digests_only, struct error *err)
{
    struct checkpoint c;
    struct slice text;
    char key[VERIFIER_BYTES];
    json_t *lines = json_array();
    verifier_write(&store->verifier, key);
    for (size_t i = 0; i < COUNT_OF(about); i++)
        if (json_array_append_new(lines, json_string(about[i]))) {
            json_decref(lines);
            return error_memory(err);
        }
    if (json_object_set_new(bundle, "format", json_string(BUNDLE_PROOF)) ||
        json_object_set_new(bundle, "about", lines) ||
        json_object_set_new(bundle, "verifier_key", json_string(key)) ||
        json_object_set_new(bundle, "checkpoint", json_slice(note)))
        return error_memory(err);
    return note_open(note, &store->verifier, &text, err) || checkpoint_read(&c, text, err) ||
                   add_leaf(store, bundle, "result", wanted->leaf, &c, err) ||
                   add_leaf(store, bundle, "run", wanted->run_leaf, &c, err) ||
                   add_row(store, bundle, wanted->leaf, wanted->id, digests_only, err)
               ? -1
               : 0;
}

/* What does not convince us would convince no stranger. */
static int check(struct slice bytes, struct error *err)
{
    struct bundle_verdict verdict;
    FILE *file = fmemopen((void *)bytes.data, bytes.bytes, "r");
    if (!file)
        return error_memory(err);
    int failed = bundle_verify(file, &(struct bundle_wish){0}, &verdict, err);
    fclose(file);
    if (!failed)
        bundle_verdict_clear(&verdict);
    else if (err->code == FAULT_AUDIT)
        error_hint(err, "the store does not hold what its log says: alcove audit verify");
    return failed;
}

static int append(const char *bytes, size_t count, void *to)
{
    struct error ignored;
    return buffer_append(to, (struct slice){bytes, count}, &ignored);
}

static int prove(struct store *store, const struct recorded *wanted, bool digests_only, struct buffer *to,
                 struct error *err)
{
    AUTO(buffer) *note = NULL;
    size_t start = to->bytes;
    if (buffer_new(&note, NOTE_BYTES_MAX, err) ||
        audit_event(store, "result-prove", "ok",
                    json_pack("{s:s, s:s}", "object", wanted->object, "result", wanted->id), NULL, err) ||
        audit_checkpoint(store, note, err))
        return -1;
    json_t *bundle = json_object();
    int failed =
        bundle ? fill(store, bundle, wanted, buffer_slice(note), digests_only, err) : error_memory(err);
    if (!failed && (json_dump_callback(bundle, append, to, JSON_INDENT(2)) || append("\n", 1, to)))
        failed = error_memory(err);
    json_decref(bundle);
    return failed ? -1 : check(slice_sub(buffer_slice(to), start, to->bytes), err);
}

int audit_prove(struct store *store, const char *id_or_document, bool digests_only, struct buffer *to,
                struct error *err)
{
    struct recorded wanted = {.leaf = 0};
    int failed = recorded_find(store, id_or_document, &wanted, err) ||
                 prove(store, &wanted, digests_only, to, err);
    recorded_clear(&wanted);
    return failed ? -1 : 0;
}
