/* bundle_export.c - checks an export: a stretch of the log, every record of it, in order, as signed; see
 * bundle.h.
 *
 * The tree begins with the edge that the export states and grows by its records; its root must be that of
 * each checkpoint on the way, and must have grown into the last one. So the edge was that of the log too. The
 * record before the range and the one after it are part of the export: their times show that nothing lies
 * between. */
#include "store/audit/bundle.h"

/* clang-format off */
static const struct bundle_key export_keys[] = {
    BUNDLE_KEY("format", STRING), BUNDLE_KEY("about", ARRAY), BUNDLE_KEY("verifier_key", STRING),
    {.name = "from", .type = JSON_STRING, .may_be_null = true},
    {.name = "to", .type = JSON_STRING, .may_be_null = true},
    BUNDLE_KEY("first", INTEGER), BUNDLE_KEY("edge", ARRAY), {0}};
static const struct bundle_key record_keys[] = {
    BUNDLE_KEY("leaf", INTEGER), BUNDLE_KEY("record", STRING), {0}};
static const struct bundle_key checkpoint_keys[] = {BUNDLE_KEY("checkpoint", STRING), {0}};
static const struct bundle_key end_keys[] = {
    BUNDLE_KEY("records", INTEGER), BUNDLE_KEY("consistency", ARRAY), BUNDLE_KEY("checkpoint", STRING), {0}};
/* clang-format on */

struct stretch {
    struct bundle *b;
    struct merkle tree;
    bool has_from, has_to;
    char last_time[32];
};

static bool copy_text(const json_t *object, const char *name, char ret[32])
{
    struct slice text = bundle_text(object, name);
    if (text.bytes >= 32 || strlen(text.data) != text.bytes)
        return false;
    memcpy(ret, text.data, text.bytes + 1);
    return true;
}

static int take_beginning(struct stretch *s, const json_t *first, struct error *err)
{
    struct bundle *b = s->b;
    struct bundle_verdict *v = b->verdict;
    struct hash edge[MERKLE_EDGE_MAX];
    size_t count;
    if (bundle_keys(&b->source, first, export_keys, "", err))
        return -1;
    s->has_from = json_is_string(json_object_get(first, "from"));
    s->has_to = json_is_string(json_object_get(first, "to"));
    if (!copy_text(first, "from", v->from) || !copy_text(first, "to", v->to))
        return bundle_bad(&b->source, err, "from, to", "are not times");
    if (!bundle_number(first, "first", &v->first) ||
        !bundle_hashes(json_object_get(first, "edge"), MERKLE_EDGE_MAX, edge, &count) ||
        !merkle_load(&s->tree, v->first, (struct slice){(const char *)edge, count * HASH_BYTES}))
        return bundle_bad(&b->source, err, "edge", "does not fit the number of records before");
    struct hash root = merkle_root(&s->tree);
    return v->first ? bundle_root(b, v->first, &root, "edge", err) : 0;
}

/* ---- records ---- */
static int check_first_record(struct stretch *s, const json_t *record, struct error *err)
{
    const struct bundle *b = s->b;
    if (b->verdict->first == 0)
        return slice_equal(bundle_text(record, "event"), SLICE("store-create")) &&
                       slice_equal(bundle_text(record, "verifier_key"), slice_of(b->verdict->verifier_key))
                   ? 0
                   : bundle_bad(&b->source, err, "record", "the log did not begin with this key");
    return s->has_from && strcmp(s->last_time, b->verdict->from) < 0
               ? 0
               : bundle_bad(&b->source, err, "record", "what was before the range is not shown");
}

static int take_record(struct stretch *s, const json_t *line, struct error *err)
{
    struct bundle *b = s->b;
    struct slice bytes = bundle_text(line, "record");
    struct hash hash = merkle_leaf(bytes);
    uint64_t leaf, place;
    json_t *record;
    if (bundle_keys(&b->source, line, record_keys, "", err))
        return -1;
    if (!bundle_number(line, "leaf", &leaf) || leaf != s->tree.size)
        return bundle_bad(&b->source, err, "leaf", "is not the next: records are missing or moved");
    if (bundle_record(b, bytes, leaf, "record", &record, err))
        return -1;
    int failed = 0;
    if (!copy_text(record, "time", s->last_time) || !s->last_time[0])
        failed = bundle_bad(&b->source, err, "record", "has no time");
    else if (leaf == b->verdict->first)
        failed = check_first_record(s, record, err);
    json_decref(record);
    if (failed || merkle_append(&s->tree, &hash, &place, err))
        return -1;
    b->verdict->records++;
    struct hash root = merkle_root(&s->tree);
    return bundle_root(b, s->tree.size, &root, "record", err);
}

/* ---- checkpoints ---- */
static int take_checkpoint(struct stretch *s, const json_t *line, struct error *err)
{
    struct bundle *b = s->b;
    struct checkpoint c;
    struct hash root = merkle_root(&s->tree);
    if (bundle_keys(&b->source, line, checkpoint_keys, "", err) ||
        bundle_checkpoint(b, bundle_text(line, "checkpoint"), "checkpoint", &c, err))
        return -1;
    if (c.size != s->tree.size || !hash_equal(&c.root, &root))
        return bundle_bad(&b->source, err, "checkpoint", "is not of the records before it");
    b->verdict->checkpoints++;
    return 0;
}

static int take_end(struct stretch *s, const json_t *line, struct error *err)
{
    struct bundle *b = s->b;
    struct bundle_verdict *v = b->verdict;
    struct merkle_proof proof;
    struct checkpoint c;
    struct hash root = merkle_root(&s->tree);
    uint64_t records;
    if (bundle_keys(&b->source, line, end_keys, "", err) ||
        bundle_checkpoint(b, bundle_text(line, "checkpoint"), "checkpoint", &c, err) ||
        bundle_root(b, c.size, &c.root, "checkpoint", err))
        return -1;
    if (!bundle_number(line, "records", &records) || records != v->records || records == 0)
        return bundle_bad(&b->source, err, "records", "is not how many there are");
    if (!bundle_hashes(json_object_get(line, "consistency"), MERKLE_EDGE_MAX + 1, proof.path, &proof.count) ||
        !merkle_check_consistency(s->tree.size, c.size, &root, &c.root, &proof))
        return bundle_bad(&b->source, err, "consistency", "the records do not lead to the last checkpoint");
    if (s->tree.size < c.size && !(s->has_to && strncmp(s->last_time, v->to, strlen(v->to)) > 0))
        return bundle_bad(&b->source, err, "records", "what was after the range is not shown");
    v->checkpoints++;
    v->size = c.size;
    v->root = c.root;
    return 0;
}

int bundle_check_export(struct bundle *b, const json_t *first, struct error *err)
{
    struct stretch s = {.b = b};
    if (take_beginning(&s, first, err))
        return -1;
    for (;;) {
        json_t *line;
        int got = bundle_next(&b->source, &line, err);
        if (got <= 0)
            return got < 0 ? -1 : bundle_bad(&b->source, err, "", "ends before its last line");
        bool is_end = json_object_get(line, "records") != NULL;
        int failed = (is_end                            ? take_end
                      : json_object_get(line, "record") ? take_record
                                                        : take_checkpoint)(&s, line, err);
        json_decref(line);
        if (failed || is_end)
            return failed;
    }
}
