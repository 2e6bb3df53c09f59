/* bundle.c - checks a bundle from its first value on, and who must have signed it; see bundle.h, store.h. */
#include "store/audit/bundle.h"

#include "store/audit/anchor.h"

const char *const bundle_commitments[] = {"results", "redacted_text", "labels", "reason", "spans", NULL};

/* ---- records ---- */
int bundle_record(const struct bundle *b, struct slice bytes, uint64_t leaf, const char *where, json_t **ret,
                  struct error *err)
{
    uint64_t seq;
    json_t *record = json_loadb(bytes.data, bytes.bytes, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(record) || !bundle_number(record, "seq", &seq) || seq != leaf) {
        bundle_bad(&b->source, err, where, record ? "belongs to another place of the log" : "is not JSON");
        json_decref(record);
        return -1;
    }
    *ret = record;
    return 0;
}

/* ---- checkpoints ---- */
int bundle_checkpoint(struct bundle *b, struct slice note, const char *where, struct checkpoint *ret,
                      struct error *err)
{
    struct slice text;
    if (note_open(note, &b->verifier, &text, err) || checkpoint_read(ret, text, err))
        return bundle_bad(&b->source, err, where, "is not signed by the verifier key");
    return slice_equal(ret->origin, slice_of(b->verifier.name))
               ? 0
               : bundle_bad(&b->source, err, where, "is of another log");
}

static int by_size(const void *a, const void *b)
{
    const struct known_root *x = a, *y = b;
    return (x->size > y->size) - (x->size < y->size);
}

int bundle_root(struct bundle *b, uint64_t size, const struct hash *root, const char *where,
                struct error *err)
{
    struct known_root wanted = {.size = size};
    const struct known_root *known =
        b->known_count ? bsearch(&wanted, b->known, b->known_count, sizeof *b->known, by_size) : NULL;
    if (!known)
        return 0;
    b->verdict->is_anchored = true;
    return hash_equal(&known->root, root)
               ? 0
               : bundle_bad(&b->source, err, where, "the anchor has another root for a log of that length");
}

/* ---- who must have signed ---- */
static int refuse_key(const struct bundle *b, struct error *err, const char *who)
{
    char what[120];
    snprintf(what, sizeof what, "is not the one that %s names", who);
    return bundle_bad(&b->source, err, "verifier_key", what);
}

static int keep_known(struct bundle *b, const struct known_root *known, struct error *err)
{
    if (b->known_count == b->known_capacity) {
        size_t capacity = b->known_capacity ? 2 * b->known_capacity : 64;
        struct known_root *more = realloc(b->known, capacity * sizeof *more);
        if (!more)
            return error_memory(err);
        b->known = more;
        b->known_capacity = capacity;
    }
    b->known[b->known_count++] = *known;
    return 0;
}

static int take_anchor_entry(void *context, const struct anchor_entry *entry, struct error *err)
{
    struct bundle *b = context;
    struct checkpoint c;
    struct slice text, key = bundle_text(NULL, "");
    if (entry->is_torn)
        return 0;
    if (entry->is_key) {
        key = slice_of(b->verdict->verifier_key);
        return entry->text.bytes == key.bytes + 1 && memcmp(entry->text.data, key.data, key.bytes) == 0
                   ? 0
                   : refuse_key(b, err, "the anchor");
    }
    if (note_open(entry->text, &b->verifier, &text, err) || checkpoint_read(&c, text, err))
        return -1;
    return keep_known(b, &(struct known_root){c.size, c.root}, err);
}

static int load_anchor(struct bundle *b, struct error *err)
{
    bool is_missing;
    if (anchor_walk(b->wish->anchor, b->verifier.name, 0, take_anchor_entry, b, &is_missing, err))
        return -1;
    if (is_missing) {
        error_set(err, FAULT_INPUT, "the anchor is not there");
        return error_at(err, b->wish->anchor, 0, 0);
    }
    if (b->known_count == 0) {
        error_set(err, FAULT_AUDIT, "the anchor has no checkpoint of the log that the bundle is of");
        return error_at(err, b->wish->anchor, 0, 0);
    }
    qsort(b->known, b->known_count, sizeof *b->known, by_size);
    return 0;
}

static int take_key(struct bundle *b, const json_t *first, struct error *err)
{
    struct slice key = bundle_text(first, "verifier_key");
    if (!verifier_read(&b->verifier, key))
        return bundle_bad(&b->source, err, "verifier_key", "is not a verifier key");
    verifier_write(&b->verifier, b->verdict->verifier_key);
    if (b->wish->verifier_key && !slice_equal(key, slice_of(b->wish->verifier_key)))
        return refuse_key(b, err, "--key");
    b->verdict->is_pinned = b->wish->verifier_key || b->wish->anchor;
    return b->wish->anchor ? load_anchor(b, err) : 0;
}

/* ---- the bundle ---- */
static const struct {
    const char *format, *kind;
    int (*check)(struct bundle *b, const json_t *first, struct error *err);
} formats[] = {{BUNDLE_PROOF, "proof", bundle_check_proof}, {BUNDLE_EXPORT, "export", bundle_check_export}};

static int check_first(struct bundle *b, const json_t *first, struct error *err)
{
    struct slice format = bundle_text(first, "format");
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (slice_equal(format, slice_of(formats[i].format))) {
            b->verdict->kind = formats[i].kind;
            return take_key(b, first, err) || formats[i].check(b, first, err) ? -1 : 0;
        }
    return bundle_bad(&b->source, err, "format", "is not one of a bundle that this version knows");
}

int bundle_verify(FILE *from, const struct bundle_wish *wish, struct bundle_verdict *ret, struct error *err)
{
    struct bundle b = {
        .source = {.file = from, .name = wish->name, .line = 1, .at_line = 1}, .wish = wish, .verdict = ret};
    json_t *first = NULL, *more = NULL;
    *ret = (struct bundle_verdict){0};
    int got = bundle_next(&b.source, &first, err);
    int failed = got > 0   ? check_first(&b, first, err)
                 : got < 0 ? -1
                           : bundle_bad(&b.source, err, "", "is empty: this is no bundle");
    if (!failed && (got = bundle_next(&b.source, &more, err)) != 0)
        failed = got < 0 ? -1 : bundle_bad(&b.source, err, "", "something follows the end of the bundle");
    json_decref(first);
    json_decref(more);
    free(b.known);
    if (failed)
        bundle_verdict_clear(ret);
    return failed;
}

void bundle_verdict_clear(struct bundle_verdict *verdict)
{
    json_decref(verdict->record);
    json_decref(verdict->run);
    verdict->record = verdict->run = NULL;
}
