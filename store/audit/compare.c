/* compare.c - see compare.h. */
#include "store/audit/compare.h"

#include "store/audit/anchor.h"

struct comparison {
    struct store *store;
    struct anchor_report *report;
};

void anchor_report_drop(struct anchor_report *report)
{
    free(report->is_seen);
    *report = (struct anchor_report){0};
}

static int compare_key(struct store *store, struct slice line, struct error *err)
{
    char key[VERIFIER_BYTES];
    verifier_write(&store->verifier, key);
    if (line.bytes == strlen(key) + 1 && memcmp(line.data, key, line.bytes - 1) == 0)
        return 0;
    return error_set(err, FAULT_AUDIT,
                     "the anchor names another key for this store: it was forged or altered");
}

static int compare_note(struct comparison *c, struct slice note, struct error *err)
{
    struct slice text;
    struct checkpoint checkpoint;
    if (note_open(note, &c->store->verifier, &text, err) || checkpoint_read(&checkpoint, text, err))
        return -1;
    if (checkpoint.size > c->store->tree.size) {
        error_set(err, FAULT_AUDIT,
                  "the store was rolled back: its anchor knows %llu audit records, the store has %llu",
                  (unsigned long long)checkpoint.size, (unsigned long long)c->store->tree.size);
        return error_hint(err, "put back the newest copy of the store");
    }
    AUTO(query) *q = NULL;
    if (query_start(c->store, &q, err, "SELECT number, note FROM checkpoints WHERE size = ?", "i",
                    (int64_t)checkpoint.size))
        return -1;
    int row = query_next(q, err);
    if (row < 0)
        return -1;
    if (!row || !slice_equal(query_bytes(q, 1), note))
        return error_set(err, FAULT_AUDIT,
                         "the store's log was rewritten: it has no such checkpoint of %llu audit records",
                         (unsigned long long)checkpoint.size);
    int64_t number = query_int(q, 0);
    if (number >= 1 && (uint64_t)number <= c->store->checkpoints)
        c->report->is_seen[number - 1] = 1;
    c->report->entries++;
    return 0;
}

static int compare_entry(void *context, const struct anchor_entry *entry, struct error *err)
{
    struct comparison *c = context;
    if (entry->is_torn) /* the end of an append that a crash cut short: not in force, and appended again */
        return 0;
    return entry->is_key ? compare_key(c->store, entry->text, err) : compare_note(c, entry->text, err);
}

int anchor_compare(struct store *store, const char *path, uint64_t from, struct anchor_report *ret,
                   struct error *err)
{
    struct comparison c = {store, ret};
    *ret = (struct anchor_report){.is_seen = calloc(store->checkpoints + 1, 1)};
    if (!ret->is_seen)
        return error_memory(err);
    return anchor_walk(path, store->verifier.name, from, compare_entry, &c, &ret->is_missing, err);
}
