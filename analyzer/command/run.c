/* run.c - `alcove run`: from the command line to a run, and from its end to an exit status. */
#include "analyzer/command/command.h"

#include "analyzer/command/open_store.h"
#include "analyzer/command/run_plan.h"
#include "analyzer/command/run_report.h"
#include "analyzer/command/start_crew.h"
#include "analyzer/command/store_arguments.h"
#include "analyzer/process/crew.h"
#include "analyzer/run/runner.h"
#include "analyzer/run/signals.h"
#include "base/sandbox.h"

#include <errno.h>

static const struct option options[] = {
    OPTION_ROWS_STORE,
    OPTION_ROW_ANCHOR,
    {.name = "set",
     .kind = OPTION_LIST,
     .value = "PATH=VALUE",
     .help = "override one value of the pipeline (steps.NAME.model=FILE); recorded, and part of the digest"},
    {.name = "shard",
     .kind = OPTION_TEXT,
     .value = "I/N",
     .help = "only this share of the documents, I from 0"},
    {.name = "limit", .kind = OPTION_NUMBER, .value = "N", .min = 1, .help = "only the first N documents"},
    {.name = "force", .kind = OPTION_FLAG, .help = "process again what is done"},
    {.name = "dry-run", .kind = OPTION_FLAG, .help = "say what would be done, write nothing"},
    {.name = "fail-on-findings", .kind = OPTION_FLAG, .help = "exit 1 when anything was redacted"},
    {0}};

static const struct example examples[] = {
    {"alcove run pipelines/clinical-note.yaml notes/", "every note of a folder, into the default store"},
    {"alcove run clinic.yaml letters/ --store clinic.alc --json", "one line of JSON a document"},
    {"alcove run clinic.yaml - --store clinic.alc < notes.ndjson",
     "{\"id\",\"text\"} a line; one answer a line, at once"},
    {"alcove run clinic.yaml letters/ --shard 0/4", "a quarter of the documents"},
    {0}};

static bool is_missing(const char *input)
{
    return strcmp(input, "-") != 0 && access(input, F_OK) != 0;
}

/* Refuses a line that can do nothing, before anything is made. */
static int check_inputs(const struct context *context, const struct run_plan *plan, struct error *err)
{
    size_t missing = 0;
    for (size_t i = 0; i < plan->input_count; i++)
        missing += is_missing(plan->inputs[i]);
    if (plan->input_count && missing < plan->input_count)
        return 0;
    for (size_t i = 0; i < plan->input_count; i++) { /* each is named, the last one by the caller */
        if (is_missing(plan->inputs[i])) /* sets errno */
            error_errno(err, FAULT_INPUT, "cannot be opened", plan->inputs[i]);
        if (i + 1 == plan->input_count)
            return -1;
        error_print(err, stderr, context->is_json);
    }
    error_set(err, FAULT_USAGE, "no INPUT: name files, folders, or - for lines of JSON on standard input");
    return error_hint(err, "see: alcove help run");
}

static int open_run_store(struct store **ret, struct store_place *place, const struct context *context,
                          const struct arguments *arguments, const struct pipeline *pipeline,
                          struct error *err)
{
    bool was_made = false;
    place->options.anchor = argument_text(arguments, "anchor", pipeline->anchor);
    place->options.make_key_file = !place->passphrase;
    if (store_open(ret, &place->options, &was_made, err))
        return -1;
    if (was_made && !place->passphrase)
        context_warn(
            context,
            "new store %s; its key is %s: keep a copy elsewhere, without it the store cannot be read",
            place->path, place->key_file);
    return 0;
}

static void say_what_next(const struct context *context, const struct store_place *place)
{
    if (context->is_quiet)
        return;
    fprintf(stderr, "store: %s\n", place->path);
    if (!place->passphrase)
        fprintf(stderr, "key:   %s\n", place->key_file);
    fprintf(stderr, "next:  alcove results list --store %s\n", place->path);
    fprintf(stderr, "       alcove results show --store %s DOCUMENT\n", place->path);
    fprintf(stderr, "       alcove audit verify --store %s\n", place->path);
}

static int settle(const struct context *context, const struct arguments *arguments, const struct run_end *end)
{
    enum fault worst = end->worst;
    if (signals_any())
        context_warn(context, "stopped by %s; what was committed stays, run again to continue",
                     signals_seen() == FAULT_INTERRUPTED ? "SIGINT" : "SIGTERM");
    if (argument_flag(arguments, "fail-on-findings") && end->redactions)
        worst = fault_worse(worst, FAULT_DOCUMENT);
    return fault_exit(worst);
}

/* The run proper. */
static int run_all(struct run_plan *plan, struct run_report *report, const struct arguments *arguments,
                   struct store_place *place, struct error *err)
{
    const struct context *context = report->context;
    AUTO(crew) *crew = NULL;
    AUTO(store) *store = NULL;
    if (start_crew(&crew, context, plan->pipeline, err) ||
        store_place_fill(place, context, arguments, STORE_CREATE, err) ||
        open_run_store(&store, place, context, arguments, plan->pipeline, err) ||
        sandbox_close(SANDBOX_KEEPER, crew->members[CREW_PARSER].channel, NULL, err))
        return -1;
    if (context->progress == PROGRESS_ALWAYS ||
        (context->progress == PROGRESS_AUTO && !isatty(STDOUT_FILENO)))
        report->progress = progress_new(context->progress, "documents",
                                        runner_count(plan->inputs, plan->input_count, &plan->shard));
    struct run_end end;
    int failed = runner_run(plan, crew, store, &end, err);
    progress_drop(&report->progress);
    struct error ignored;
    if (run_report_end(report, &end, failed ? &ignored : err) && !failed)
        failed = -1;
    if (!failed && !report->has_lines)
        say_what_next(context, place);
    buffer_drop(&end.checkpoint);
    if (failed && fault_worse(err->code, end.worst) != err->code) /* what was found before weighs more */
        return error_print(err, stderr, context->is_json), fault_exit(end.worst);
    return failed ? -1 : settle(context, arguments, &end);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(pipeline) *pipeline = NULL;
    size_t overrides;
    const char *const *set = argument_list(arguments, "set", &overrides);
    struct run_report report = {.context = context, .has_lines = context->is_json};
    struct run_plan plan = {.inputs = operands(arguments) + 1,
                            .input_count = operand_count(arguments) - 1,
                            .limit = argument_number(arguments, "limit", 0),
                            .is_forced = argument_flag(arguments, "force"),
                            .on_document = run_report_document,
                            .on_trouble = run_report_trouble,
                            .context = &report};
    const char *shard = argument_text(arguments, "shard", NULL);
    if ((shard && shard_read(shard, &plan.shard, err)) || check_inputs(context, &plan, err) ||
        pipeline_load(&pipeline, operand(arguments, 0), set, overrides, err))
        return -1;
    warn_of_pipeline(context, pipeline);
    plan.pipeline = report.pipeline = pipeline;
    for (size_t i = 0; i < plan.input_count; i++) /* lines in, lines out */
        report.has_lines = report.has_lines || strcmp(plan.inputs[i], "-") == 0;
    struct store_place place = {0};
    int status = argument_flag(arguments, "dry-run") ? run_plan_show(&plan, context, arguments, &place, err)
                 : signals_catch(err)                ? -1
                                                     : run_all(&plan, &report, arguments, &place, err);
    if (status < 0 && err->code == FAULT_INTERRUPTED)
        err->code = signals_seen(); /* SIGTERM while the models were loading */
    store_place_clear(&place);
    return status;
}

const struct command command_run = {
    .name = "run",
    .operands = "PIPELINE [INPUT...]",
    .operands_min = 1,
    .operands_max = UINT_MAX,
    .summary = "process documents through a pipeline, into an encrypted and audited store",
    .about = "An INPUT is a file, a folder (walked in byte order of the path; hidden files are skipped) or - "
             "for lines of JSON "
             "with \"id\" and \"text\" on standard input; each line is answered by a line at once, empty "
             "lines are ignored.\n\n"
             "Each document is committed together with its audit record before the next one begins. What "
             "cannot be read, scanned "
             "to the end or verified is quarantined with a reason, and the run goes on. Run again to "
             "continue: what is done under "
             "the same pipeline and input is skipped.\n\n"
             "SIGTERM finishes the document in hand (at most 10 s) and exits with 75; Ctrl-C drops it and "
             "exits with 130.",
    .options = options,
    .examples = examples,
    .closes_sandbox = true,
    .run = run};
