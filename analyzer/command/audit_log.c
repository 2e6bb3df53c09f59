/* audit_log.c - `alcove audit log`: the records, in order. That they were read is itself recorded first. */
#include "analyzer/command/audit_time.h"
#include "analyzer/command/open_store.h"
#include "analyzer/command/output.h"
#include "base/json.h"
#include "base/suggest.h"

struct listing {
    struct context *context;
    struct table *table; /* NULL with --json */
};

static const char *text_of(const json_t *record, const char *name)
{
    const char *text = json_string_value(json_object_get(record, name));
    return text ? text : "";
}

static int add_row(struct listing *listing, uint64_t leaf, const json_t *record, struct error *err)
{
    const json_t *actor = json_object_get(record, "actor");
    char number[24], who[80], object[13], run[13];
    snprintf(number, sizeof number, "%llu", (unsigned long long)leaf);
    snprintf(who, sizeof who, "%.60s (%lld)", text_of(actor, "login"),
             (long long)json_integer_value(json_object_get(actor, "uid")));
    snprintf(object, sizeof object, "%.12s", text_of(record, "object"));
    snprintf(run, sizeof run, "%.12s", text_of(record, "run"));
    const char *const cells[] = {number,
                                 text_of(record, "time"),
                                 text_of(record, "event"),
                                 text_of(record, "outcome"),
                                 who,
                                 object,
                                 run,
                                 NULL};
    return table_row(listing->table, cells, err);
}

static int show(void *context, uint64_t leaf, struct slice record, const struct hash *leaf_hash UNUSED,
                struct error *err)
{
    struct listing *listing = context;
    json_t *json;
    if (!listing->table) { /* the very bytes that were hashed */
        fwrite(record.data, 1, record.bytes, listing->context->out);
        fputc('\n', listing->context->out);
        return 0;
    }
    if (json_read(&json, record, err))
        return -1;
    int failed = add_row(listing, leaf, json, err);
    json_decref(json);
    return failed;
}

/* ---- what was asked for: a slip must not look like "nothing happened" ---- */
static int check_events(const char *events, struct error *err)
{
    const char *names[64];
    size_t count = 0;
    while (count < COUNT_OF(names) && audit_event_name(count)) {
        names[count] = audit_event_name(count);
        count++;
    }
    for (const char *at = events; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        char one[64];
        bool is_known = false;
        snprintf(one, sizeof one, "%.*s", (int)strcspn(at, ","), at);
        for (size_t i = 0; i < count && !is_known; i++)
            is_known = strcmp(one, names[i]) == 0;
        if (is_known)
            continue;
        const char *near = suggest_nearest(one, names, count);
        error_set(err, FAULT_USAGE, "there is no audit event \"%s\"", one);
        return near ? error_hint(err, "did you mean \"%s\"?", near)
                    : error_hint(err, "docs/audit-events.md lists them");
    }
    return 0;
}

/* No record of the reading, no reading. */
static int record_reading(struct store *store, const char *document, uint64_t *ret_leaf, struct error *err)
{
    char hex[HASH_HEX_BYTES];
    struct hash object = store_commit_name(store, slice_of(document));
    hash_hex(&object, hex);
    return audit_event(store, "audit-read", "ok", json_pack("{s:s?}", "object", document ? hex : NULL),
                       ret_leaf, err);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    AUTO(table) *table = NULL;
    struct audit_filter filter = {.event = argument_text(arguments, "event", NULL),
                                  .document = argument_text(arguments, "object", NULL),
                                  .actor = argument_text(arguments, "actor", NULL),
                                  .limit = argument_number(arguments, "limit", 0)};
    if (check_events(filter.event, err) || audit_time_read(arguments, &filter.from, &filter.to, err))
        return -1;
    if (open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_WRITE}, NULL, err) ||
        record_reading(store, filter.document, &filter.before, err))
        return -1;
    if (!context->is_json &&
        table_new(&table,
                  (const char *const[]){"leaf", "time", "event", "outcome", "actor", "object", "run", NULL},
                  err))
        return -1;
    struct listing listing = {context, table};
    if (audit_walk(store, &filter, show, &listing, err))
        return -1;
    if (table)
        table_print(table, context);
    return 0;
}

static const struct option options[] = {
    OPTION_ROWS_STORE,
    {.name = "event",
     .kind = OPTION_TEXT,
     .value = "EVENT,...",
     .help = "only these events (see docs/audit-events.md)"},
    {.name = "object", .kind = OPTION_TEXT, .value = "DOCUMENT", .help = "only what concerns this document"},
    {.name = "actor", .kind = OPTION_TEXT, .value = "LOGIN", .help = "only what this login or uid did"},
    OPTION_ROWS_TIME,
    {.name = "limit", .kind = OPTION_NUMBER, .value = "N", .min = 1, .help = "only the newest N"},
    {0}};

static const struct example examples[] = {
    {"alcove audit log --limit 20", "the newest records"},
    {"alcove audit log --object notes/a.txt --event result-show,results-export",
     "who looked at this document"},
    {"alcove audit log --json > log.ndjson",
     "the records themselves, a line each: SHA-256(0x00 || line) is the leaf"},
    {0}};

const struct command command_audit_log = {
    .name = "audit log",
    .summary = "list the records of the audit log",
    .about =
        "Records never hold what was found in a document, nor its name: --object finds a document by its "
        "commitment. Reading the log is recorded before anything is shown.",
    .options = options,
    .examples = examples,
    .run = run,
};
