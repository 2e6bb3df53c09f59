/* bundle_proof.c - checks the proof of one result: is its record in the signed log, and is this what it
 * commits to? See bundle.h. */
#include "store/audit/bundle.h"
#include "store/audit/commitment.h"

/* clang-format off */
static const struct bundle_key proof_keys[] = {
    BUNDLE_KEY("format", STRING), BUNDLE_KEY("about", ARRAY), BUNDLE_KEY("verifier_key", STRING),
    BUNDLE_KEY("checkpoint", STRING), BUNDLE_KEY("result", OBJECT), BUNDLE_KEY("run", OBJECT),
    BUNDLE_KEY("opening", STRING), BUNDLE_KEY("digests", OBJECT),
    {.name = "stored", .type = JSON_OBJECT, .is_optional = true}, {0}};
static const struct bundle_key leaf_keys[] = {
    BUNDLE_KEY("leaf", INTEGER), BUNDLE_KEY("leaf_hash", STRING), BUNDLE_KEY("path", ARRAY),
    BUNDLE_KEY("record", STRING), {0}};
static const struct bundle_key stored_keys[] = {
    BUNDLE_KEY("results", STRING), BUNDLE_KEY("redacted_text", STRING), BUNDLE_KEY("labels", STRING),
    BUNDLE_KEY("reason", STRING), BUNDLE_KEY("spans", ARRAY), {0}};
static const struct bundle_key digest_keys[] = {
    BUNDLE_KEY("results", STRING), BUNDLE_KEY("redacted_text", STRING), BUNDLE_KEY("labels", STRING),
    BUNDLE_KEY("reason", STRING), BUNDLE_KEY("spans", STRING), {0}};
static const struct bundle_key span_keys[] = {
    BUNDLE_KEY("start", INTEGER), BUNDLE_KEY("end", INTEGER), BUNDLE_KEY("out_start", INTEGER),
    BUNDLE_KEY("out_end", INTEGER), BUNDLE_KEY("label", STRING), BUNDLE_KEY("rule", STRING),
    BUNDLE_KEY("operator", STRING), BUNDLE_KEY("score", REAL), {0}};
/* clang-format on */

/* ---- a record and its way to the root ---- */
static int check_leaf(struct bundle *b, const json_t *part, const char *where, const struct checkpoint *c,
                      uint64_t *ret_leaf, json_t **ret_record, struct error *err)
{
    struct slice record = bundle_text(part, "record");
    struct merkle_proof proof;
    struct hash hash = merkle_leaf(record), stated;
    char at[64];
    if (bundle_keys(&b->source, part, leaf_keys, where, err))
        return -1;
    snprintf(at, sizeof at, "%s.leaf_hash", where);
    if (!bundle_hash(part, "leaf_hash", &stated) || !hash_equal(&stated, &hash))
        return bundle_bad(&b->source, err, at, "is not the hash of the record");
    snprintf(at, sizeof at, "%s.path", where);
    if (!bundle_number(part, "leaf", ret_leaf) ||
        !bundle_hashes(json_object_get(part, "path"), MERKLE_EDGE_MAX, proof.path, &proof.count) ||
        !merkle_check_inclusion(&hash, *ret_leaf, c->size, &proof, &c->root))
        return bundle_bad(&b->source, err, at, "does not lead from the record to the root of the checkpoint");
    snprintf(at, sizeof at, "%s.record", where);
    return bundle_record(b, record, *ret_leaf, at, ret_record, err);
}

/* ---- what the record commits to ---- */
/* Text without a NUL, as labels, rules and operators are: it is hashed up to there. */
static const char *plain_text(const json_t *object, const char *name)
{
    struct slice text = bundle_text(object, name);
    return strlen(text.data) == text.bytes ? text.data : NULL;
}

static bool read_span(const json_t *json, struct outcome_span *ret)
{
    uint64_t start, end, out_start, out_end;
    if (!bundle_number(json, "start", &start) || !bundle_number(json, "end", &end) ||
        !bundle_number(json, "out_start", &out_start) || !bundle_number(json, "out_end", &out_end))
        return false;
    *ret = (struct outcome_span){.start = start,
                                 .end = end,
                                 .out_start = out_start,
                                 .out_end = out_end,
                                 .label = plain_text(json, "label"),
                                 .rule = plain_text(json, "rule"),
                                 .operator_name = plain_text(json, "operator"),
                                 .score = json_real_value(json_object_get(json, "score"))};
    return ret->label && ret->rule && ret->operator_name;
}

static int hash_spans(struct bundle *b, const json_t *spans, struct hash *ret, struct error *err)
{
    AUTO(hasher) *hasher = NULL;
    if (hasher_new(&hasher, err))
        return -1;
    for (size_t i = 0; i < json_array_size(spans); i++) {
        const json_t *json = json_array_get(spans, i);
        struct outcome_span span;
        char where[48];
        snprintf(where, sizeof where, "stored.spans[%zu]", i);
        if (bundle_keys(&b->source, json, span_keys, where, err))
            return -1;
        if (!read_span(json, &span))
            return bundle_bad(&b->source, err, where, "is not a span");
        commitment_add_span(hasher, &span);
    }
    *ret = hasher_finish(hasher);
    return 0;
}

/* SHA-256 of what is stored must be the digest beside it. */
static int check_stored(struct bundle *b, const json_t *stored, const char *kind, const struct hash *digest,
                        struct error *err)
{
    struct hash plain = hash_bytes(bundle_text(stored, kind));
    char where[48];
    if (json_is_array(json_object_get(stored, kind)) &&
        hash_spans(b, json_object_get(stored, kind), &plain, err))
        return -1;
    snprintf(where, sizeof where, "stored.%s", kind);
    return hash_equal(&plain, digest) ? 0 : bundle_bad(&b->source, err, where, "is not what its digest says");
}

static int check_row(struct bundle *b, const json_t *proof, const json_t *record, struct error *err)
{
    const json_t *stored = json_object_get(proof, "stored"), *digests = json_object_get(proof, "digests");
    struct hash opening, digest, committed;
    if ((stored && bundle_keys(&b->source, stored, stored_keys, "stored", err)) ||
        bundle_keys(&b->source, digests, digest_keys, "digests", err))
        return -1;
    if (!bundle_hash(proof, "opening", &opening))
        return bundle_bad(&b->source, err, "opening", "is not 64 hex digits");
    for (const char *const *kind = bundle_commitments; *kind; kind++) {
        char where[48];
        snprintf(where, sizeof where, "digests.%s", *kind);
        if (!bundle_hash(digests, *kind, &digest))
            return bundle_bad(&b->source, err, where, "is not 64 hex digits");
        struct hash expected = commitment_of(&opening, *kind, &digest);
        if (!bundle_hash(record, *kind, &committed) || !hash_equal(&committed, &expected))
            return bundle_bad(&b->source, err, where, "is not what the record commits to");
        if (stored && check_stored(b, stored, *kind, &digest, err))
            return -1;
    }
    b->verdict->has_stored = stored != NULL;
    return 0;
}

/* ---- the whole ---- */
static bool is_event(const json_t *record, const char *beginning)
{
    struct slice event = bundle_text(record, "event");
    return strncmp(event.data, beginning, strlen(beginning)) == 0;
}

int bundle_check_proof(struct bundle *b, const json_t *proof, struct error *err)
{
    struct bundle_verdict *v = b->verdict;
    struct checkpoint c;
    uint64_t leaf, run_leaf;
    if (bundle_keys(&b->source, proof, proof_keys, "", err) ||
        bundle_checkpoint(b, bundle_text(proof, "checkpoint"), "checkpoint", &c, err) ||
        bundle_root(b, c.size, &c.root, "checkpoint", err) ||
        check_leaf(b, json_object_get(proof, "result"), "result", &c, &leaf, &v->record, err) ||
        check_leaf(b, json_object_get(proof, "run"), "run", &c, &run_leaf, &v->run, err))
        return -1;
    if (!is_event(v->record, "document-"))
        return bundle_bad(&b->source, err, "result.record", "is not the record of a document");
    if (!is_event(v->run, "run-start") || run_leaf >= leaf || bundle_text(v->run, "run").bytes == 0 ||
        !slice_equal(bundle_text(v->run, "run"), bundle_text(v->record, "run")))
        return bundle_bad(&b->source, err, "run.record",
                          "is not the beginning of the run that made the result");
    v->size = c.size;
    v->root = c.root;
    v->first = leaf;
    v->records = 2;
    v->checkpoints = 1;
    v->path_hashes = json_array_size(json_object_get(json_object_get(proof, "result"), "path"));
    return check_row(b, proof, v->record, err);
}
