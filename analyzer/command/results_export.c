/* results_export.c - `alcove results export`: results in a format for other programs or for reading. */
#include "analyzer/command/results_export.h"

static const struct export_format *const formats[] = {&export_ndjson, &export_csv, &export_html};
static const char *const format_names[] = {"ndjson", "csv", "html", NULL};

static int print_line(struct export *export, const json_t *row, struct error *err UNUSED)
{
    json_print(row, export->to);
    return 0;
}

const struct export_format export_ndjson = {.name = "ndjson", .row = print_line};

/* ---- the first walk: how many rows, and which steps they have ---- */
static struct export_step *step_of(struct export *export, const char *name, struct error *err)
{
    for (size_t i = 0; i < export->step_count; i++)
        if (strcmp(export->steps[i].name, name) == 0)
            return &export->steps[i];
    char *copy = export->step_count < EXPORT_STEPS_MAX ? strdup(name) : NULL;
    if (!copy) {
        error_set(err, FAULT_TEMPORARY, "the results have more than %u different steps", EXPORT_STEPS_MAX);
        error_hint(err, "export them by --run");
        return NULL;
    }
    export->steps[export->step_count] = (struct export_step){copy, false};
    return &export->steps[export->step_count++];
}

static int look(void *context, const struct result_row *row, struct error *err)
{
    struct export *export = context;
    json_t *results = NULL, *value;
    const char *name;
    int failed = 0;
    export->rows++;
    if (row->results.bytes == 0)
        return 0;
    if (json_read(&results, row->results, err))
        return -1;
    json_object_foreach(results, name, value)
    {
        struct export_step *step = step_of(export, name, err);
        if (!step) {
            failed = -1;
            break;
        }
        step->has_score = step->has_score || json_is_number(json_object_get(value, "score"));
    }
    json_decref(results);
    return failed;
}

/* ---- the second ---- */
struct writing {
    struct export *export;
    const struct export_format *format;
};

static int write_row(void *context, const struct result_row *row, struct error *err)
{
    struct writing *w = context;
    json_t *json = result_json(row, err);
    if (!json)
        return -1;
    int failed =
        row->redacted_text.bytes && json_object_set_new(json, "redacted_text", json_name(row->redacted_text))
            ? error_memory(err)
            : w->format->row(w->export, json, err);
    json_decref(json);
    return failed;
}

static int export_all(struct store *store, const struct result_filter *filter, struct writing *w,
                      struct error *err)
{
    struct export *export = w->export;
    if (store_results(store, filter, false, look, export, err) ||
        audit_event(store, "results-export", "ok",
                    json_pack("{s:I, s:s}", "rows", (json_int_t) export->rows, "format", w->format->name),
                    NULL, err))
        return -1;
    return (w->format->begin && w->format->begin(export, err)) ||
                   store_results(store, filter, true, write_row, w, err) ||
                   (w->format->end && w->format->end(export, err))
               ? -1
               : 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    struct result_wish wish;
    struct export export = {.to = context->out};
    struct writing w = {&export, formats[0]};
    const char *format = argument_text(arguments, "format", "ndjson");
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (strcmp(formats[i]->name, format) == 0)
            w.format = formats[i];
    if (result_wish_fill(&wish, arguments, err) ||
        open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_WRITE}, NULL, err))
        return -1;
    int failed = export_all(store, &wish.filter, &w, err) ||
                         (export.rows == 0 && results_warn_of_step(context, store, &wish, err))
                     ? -1
                     : 0;
    for (size_t i = 0; i < export.step_count; i++)
        free(export.steps[i].name);
    return failed;
}

static const struct option options[] = {OPTION_ROWS_STORE,
                                        OPTION_ROWS_RESULTS,
                                        {.name = "format",
                                         .kind = OPTION_CHOICE,
                                         .value = "FORMAT",
                                         .choices = format_names,
                                         .help = "ndjson (default), csv or html"},
                                        {0}};

static const struct example examples[] = {
    {"alcove results export --format csv > results.csv", "a row a document, a column a step"},
    {"alcove results export --format html --where specialty=Cardiology > page.html",
     "a page to read or print"},
    {0}};

const struct command command_results_export = {
    .name = "results export",
    .summary = "write results as NDJSON, CSV or a page",
    .about = "What leaves the store is no longer encrypted: redacted text and results are written as they "
             "are. The export "
             "is recorded in the audit log before anything is written.\n\n"
             "In CSV, cells that a spreadsheet would take for a formula get a leading apostrophe.",
    .options = options,
    .examples = examples,
    .run = run,
};
