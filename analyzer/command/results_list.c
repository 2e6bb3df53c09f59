/* results_list.c - `alcove results list`: a line a document. */
#include "analyzer/command/output.h"
#include "analyzer/command/results_common.h"

struct listing {
    struct context *context;
    struct table *table; /* NULL with --json */
};

/* "specialty=Cardiology": what was labelled; longer results are for `results show`. */
static int labels_text(const json_t *results, struct buffer *to, struct error *err)
{
    const char *name;
    json_t *step;
    json_object_foreach((json_t *)(uintptr_t)results, name, step)
    {
        const char *label = json_string_value(json_object_get(step, "label"));
        if (label && buffer_printf(to, err, "%s%s=%s", to->bytes ? " " : "", name, label))
            return -1;
    }
    return 0;
}

static int add_row(struct listing *listing, const json_t *json, struct error *err)
{
    AUTO(buffer) *labels = NULL;
    char redactions[24];
    const char *status = json_string_value(json_object_get(json, "status")),
               *reason = json_string_value(json_object_get(json, "reason"));
    snprintf(redactions, sizeof redactions, "%lld",
             (long long)json_integer_value(json_object_get(json, "redactions")));
    if (buffer_new(&labels, 1u << 20, err) || labels_text(json_object_get(json, "results"), labels, err))
        return -1;
    const char *const cells[] = {json_string_value(json_object_get(json, "document")),
                                 status,
                                 redactions,
                                 reason ? reason : labels->data,
                                 json_string_value(json_object_get(json, "id")),
                                 NULL};
    return table_row(listing->table, cells, err);
}

static int show(void *context, const struct result_row *row, struct error *err)
{
    struct listing *listing = context;
    json_t *json = result_json(row, err);
    if (!json)
        return -1;
    int failed = listing->table ? add_row(listing, json, err) : 0;
    if (!listing->table)
        json_print(json, listing->context->out);
    json_decref(json);
    return failed;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    AUTO(table) *table = NULL;
    struct result_wish wish;
    uint64_t count;
    if (result_wish_fill(&wish, arguments, err) ||
        open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_WRITE}, NULL, err) ||
        results_count(store, &wish.filter, &count, err) ||
        audit_event(store, "results-list", "ok", json_pack("{s:I}", "rows", (json_int_t)count), NULL, err) ||
        (count == 0 && results_warn_of_step(context, store, &wish, err)))
        return -1;
    if (!context->is_json &&
        table_new(&table, (const char *const[]){"document", "status", "redactions", "result", "id", NULL},
                  err))
        return -1;
    struct listing listing = {context, table};
    if (store_results(store, &wish.filter, false, show, &listing, err))
        return -1;
    if (table) {
        table_print(table, context);
        fprintf(context->out, "%llu document%s\n", (unsigned long long)count, count == 1 ? "" : "s");
    }
    return 0;
}

static const struct option options[] = {OPTION_ROWS_STORE, OPTION_ROWS_RESULTS, {0}};

static const struct example examples[] = {
    {"alcove results list", "the newest result of every document"},
    {"alcove results list --where specialty=Cardiology --json", "a line of JSON each"},
    {"alcove results list --status quarantined", "what was refused, and why"},
    {0}};

const struct command command_results_list = {
    .name = "results list",
    .summary = "list the results of a store, a line a document",
    .about = "Of several results of one document under one pipeline the newest is shown; --run shows what a "
             "run made. "
             "Looking is recorded in the audit log before anything is shown.",
    .options = options,
    .examples = examples,
    .run = run,
};
