/* reading.c - results and spans for those who look; see store.h. Of several results of one document under
 * pipelines of one name, the newest counts; a filter by run shows what that run made. */
#include "store/state.h"

/* text: r.redacted_text, or NULL where it need not be read. */
#define RESULT_COLUMNS(text)                                                                                 \
    "SELECT r.id, u.id, r.status, u.pipeline_name, u.pipeline_digest, json_extract(l.record, '$.time'),"     \
    " r.leaf, r.redactions, d.name, r.results, r.labels, r.reason, " text                                    \
    " FROM results r JOIN runs u ON u.number = r.run JOIN documents d ON d.number = r.document"              \
    " JOIN audit_leaves l ON l.leaf = r.leaf"
#define IS_NEWEST                                                                                            \
    " NOT EXISTS (SELECT 1 FROM results n JOIN runs v ON v.number = n.run WHERE n.document = r.document"     \
    " AND n.leaf > r.leaf AND v.pipeline_name = u.pipeline_name)"
#define FILTER                                                                                               \
    " WHERE CASE WHEN ?1 IS NULL THEN" IS_NEWEST " ELSE u.id = ?1 END"                                       \
    " AND (?2 IS NULL OR r.status = ?2)"                                                                     \
    " AND (?3 IS NULL OR r.document = (SELECT number FROM documents WHERE object = ?3))"                     \
    " AND (?4 IS NULL OR (r.results <> '' AND EXISTS (SELECT 1 FROM json_each(r.results) s WHERE s.key = ?4" \
    " AND s.type = 'object' AND json_extract(s.value, '$.label') = ?5)))"                                    \
    " ORDER BY r.leaf LIMIT ?6 OFFSET ?7"

static int visit_rows(struct query *q, result_visit *visit, void *context, uint64_t *ret_count,
                      struct error *err)
{
    int row;
    while ((row = query_next(q, err)) > 0) {
        struct result_row result = {.id = query_text(q, 0),
                                    .run = query_text(q, 1),
                                    .status = query_text(q, 2),
                                    .pipeline_name = query_text(q, 3),
                                    .pipeline_digest = query_text(q, 4),
                                    .time = query_text(q, 5),
                                    .audit_leaf = (uint64_t)query_int(q, 6),
                                    .redactions = (uint64_t)query_int(q, 7),
                                    .document = query_bytes(q, 8),
                                    .results = query_bytes(q, 9),
                                    .labels = query_bytes(q, 10),
                                    .reason = query_bytes(q, 11),
                                    .redacted_text = query_bytes(q, 12)};
        ++*ret_count;
        if (visit(context, &result, err))
            return -1;
    }
    return row;
}

int store_results(struct store *store, const struct result_filter *filter, bool with_text,
                  result_visit *visit, void *context, struct error *err)
{
    static const char whole[] = RESULT_COLUMNS("r.redacted_text") FILTER,
                      brief[] = RESULT_COLUMNS("NULL") FILTER;
    AUTO(query) *q = NULL;
    struct hash object = store_commit_name(store, slice_of(filter->document));
    uint64_t count = 0;
    int64_t limit = filter->limit && filter->limit <= INT64_MAX ? (int64_t)filter->limit : -1;
    if (query_start(store, &q, err, with_text ? whole : brief, "tthttii", filter->run, filter->status,
                    filter->document ? &object : NULL, filter->step, filter->label, limit,
                    (int64_t)MIN(filter->offset, (uint64_t)INT64_MAX)))
        return -1;
    return visit_rows(q, visit, context, &count, err);
}

static bool is_id(const char *text)
{
    unsigned char ignored[16];
    return hex_read(slice_of(text), ignored, sizeof ignored);
}

int store_result(struct store *store, const char *id_or_document, result_visit *visit, void *context,
                 struct error *err)
{
    static const char by_id[] = RESULT_COLUMNS("r.redacted_text") " WHERE r.id = lower(?)";
    static const char by_name[] =
        RESULT_COLUMNS("r.redacted_text") " WHERE r.document = (SELECT number FROM documents WHERE object = ?)"
                                          " ORDER BY r.leaf DESC LIMIT 1";
    AUTO(query) *id = NULL, *name = NULL;
    struct hash object = store_commit_name(store, slice_of(id_or_document));
    uint64_t count = 0;
    if (is_id(id_or_document) && (query_start(store, &id, err, by_id, "t", id_or_document) ||
                                  visit_rows(id, visit, context, &count, err)))
        return -1;
    if (!count && (query_start(store, &name, err, by_name, "h", &object) ||
                   visit_rows(name, visit, context, &count, err)))
        return -1;
    if (!count) {
        error_set(err, FAULT_INPUT, "the store has no result of that id or document");
        return error_hint(err, "alcove results list shows all");
    }
    return 0;
}

int store_spans(struct store *store, const char *id, span_visit *visit, void *context, struct error *err)
{
    AUTO(query) *q = NULL;
    int row;
    if (query_start(store, &q, err,
                    "SELECT start, end, out_start, out_end, label, rule, operator, score FROM spans"
                    " WHERE result = (SELECT number FROM results WHERE id = ?) ORDER BY number",
                    "t", id))
        return -1;
    while ((row = query_next(q, err)) > 0) {
        struct outcome_span span = {.start = (size_t)query_int(q, 0),
                                    .end = (size_t)query_int(q, 1),
                                    .out_start = (size_t)query_int(q, 2),
                                    .out_end = (size_t)query_int(q, 3),
                                    .label = query_text(q, 4),
                                    .rule = query_text(q, 5),
                                    .operator_name = query_text(q, 6),
                                    .score = query_real(q, 7)};
        if (visit(context, &span, err))
            return -1;
    }
    return row;
}
