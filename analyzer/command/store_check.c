/* store_check.c - `alcove store check`: the raw file, page by page, then the database in it. */
#include "analyzer/command/open_store.h"
#include "base/json.h"

struct report {
    const struct context *context;
    json_t *problems;
};

static void take_problem(void *context, const char *problem)
{
    struct report *report = context;
    if (report->context->is_json)
        json_array_append_new(report->problems, json_string(problem));
    else
        fprintf(report->context->out, "%sproblem%s  %s\n", context_style(report->context, STYLE_BAD),
                context_style(report->context, STYLE_PLAIN), problem);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    struct report report = {context, NULL};
    if (open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_READ}, NULL, err))
        return -1;
    report.problems = json_array();
    int failed = store_check(store, take_problem, &report, err);
    if (context->is_json && (!failed || json_array_size(report.problems))) {
        json_t *line = json_pack("{s:b, s:O}", "ok", !failed, "problems", report.problems);
        json_print(line, context->out);
        json_decref(line);
    } else if (!failed) {
        fprintf(context->out, "%sok%s: every page is authentic, the database is sound\n",
                context_style(context, STYLE_GOOD), context_style(context, STYLE_PLAIN));
    }
    json_decref(report.problems);
    return failed;
}

static const struct option options[] = {OPTION_ROWS_STORE, {0}};

const struct command command_store_check = {
    .name = "store check",
    .summary = "check every byte of a store's file",
    .about =
        "Reads both copies of the header and authenticates every page, used or free, then has SQLite check "
        "its "
        "tables. Nothing is changed. Whether the contents are those that were written is for `audit verify`.",
    .options = options,
    .run = run,
};
