/* events.c - the log as others use it: one event more, a walk over the records, a checkpoint now; see
 * store.h. */
#include "store/audit/log.h"

int audit_event(struct store *store, const char *event, const char *outcome, json_t *fields,
                uint64_t *ret_leaf, struct error *err)
{
    AUTO(transaction) *t = NULL;
    uint64_t leaf;
    if (transaction_begin(store, &t, err)) {
        json_decref(fields);
        if (err->code == FAULT_STORE)
            err->code = FAULT_AUDIT;
        return -1;
    }
    if (log_append(store, event, outcome, fields, &leaf, NULL, err) || transaction_commit(TAKE(t), err))
        return -1;
    if (ret_leaf)
        *ret_leaf = leaf;
    return 0;
}

int audit_checkpoint(struct store *store, struct buffer *ret_checkpoint, struct error *err)
{
    return log_checkpoint(store, ret_checkpoint, err);
}

#define FIELD(name) "json_extract(record, '$." name "')"
#define COLUMNS "SELECT leaf, record, hash FROM audit_leaves"
#define CONDITIONS                                                                                           \
    " (?1 IS NULL OR instr(',' || ?1 || ',', ',' || " FIELD(                                                 \
        "event") " || ','))"                                                                                 \
                 " AND (?2 IS NULL OR " FIELD("actor.login") " = ?2 OR " FIELD(                              \
                     "actor.uid") " = CAST(?2 AS INTEGER)"                                                   \
                                  "   AND ?2 NOT GLOB '*[^0-9]*')"                                           \
                                  " AND (?3 IS NULL OR " FIELD(                                              \
                                      "time") " >= ?3)"                                                      \
                                              " AND (?4 IS NULL OR substr(" FIELD(                           \
                                                  "time") ", 1, length(?4)) <= ?4)"                          \
                                                          " AND (?5 IS NULL OR object = ?5) AND leaf < ?6"
/* With `object` first, its index finds the few. */
#define OBJECT_FIRST " WHERE object = ?5 AND" CONDITIONS
#define ANY_OBJECT " WHERE" CONDITIONS
#define ALL(where) COLUMNS where " ORDER BY leaf"
#define LAST(where) "SELECT * FROM (" COLUMNS where " ORDER BY leaf DESC LIMIT ?7) ORDER BY leaf"

int audit_walk(struct store *store, const struct audit_filter *filter, audit_visit *visit, void *context,
               struct error *err)
{
    static const char *const sql[2][2] = {{ALL(ANY_OBJECT), LAST(ANY_OBJECT)},
                                          {ALL(OBJECT_FIRST), LAST(OBJECT_FIRST)}};
    AUTO(query) *q = NULL;
    char object[HASH_HEX_BYTES];
    int row;
    bool has_limit = filter->limit != 0;
    if (filter->document) {
        struct hash hash = store_commit_name(store, slice_of(filter->document));
        hash_hex(&hash, object);
    }
    if (query_start(store, &q, err, sql[filter->document != NULL][has_limit],
                    has_limit ? "tttttii" : "ttttti", filter->event, filter->actor, filter->from, filter->to,
                    filter->document ? object : NULL, filter->before ? (int64_t)filter->before : INT64_MAX,
                    (int64_t)MIN(filter->limit, (uint64_t)INT64_MAX)))
        return -1;
    while ((row = query_next(q, err)) > 0) {
        struct hash hash;
        uint64_t leaf = (uint64_t)query_int(q, 0);
        if (!query_hash(q, 2, &hash))
            return error_set(err, FAULT_AUDIT, "audit leaf %llu has no hash", (unsigned long long)leaf);
        if (visit(context, leaf, query_bytes(q, 1), &hash, err))
            return -1;
    }
    return row;
}
