/* audit_replay.c - `alcove audit replay`: do the same inputs give the same bytes again? */
#include "analyzer/command/audit_replay_text.h"
#include "analyzer/command/open_store.h"
#include "analyzer/command/start_crew.h"
#include "analyzer/run/signals.h"
#include "base/sandbox.h"

static const struct option options[] = {
    OPTION_ROWS_STORE,
    {.name = "pipeline",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .is_file = true,
     .help = "the pipeline that the result was made with (required)"},
    {.name = "set",
     .kind = OPTION_LIST,
     .value = "PATH=VALUE",
     .help = "override one value of the pipeline, as it was for the run"},
    {.name = "input",
     .kind = OPTION_TEXT,
     .value = "FILE|-",
     .is_file = true,
     .help = "the document, or lines of JSON among which it is (default: the path that the document has)"},
    {.name = "force",
     .kind = OPTION_FLAG,
     .help = "replay with inputs that are not those of the record, too"},
    {0}};

static const struct example examples[] = {
    {"alcove audit replay notes/a.txt --pipeline clinic.yaml --store clinic.alc",
     "a file that is still there"},
    {"alcove audit replay n-17 --pipeline clinic.yaml --input notes.ndjson", "a line of JSON, by its id"},
    {"ALCOVE_KERNELS=scalar alcove audit replay a.txt --pipeline clinic.yaml",
     "with the plainest arithmetic there is"},
    {0}};

/* FAULT_DOCUMENT when there is nothing to compare with; that is recorded as well. */
static int check_recorded(struct store *store, const struct recorded *recorded, struct error *err)
{
    if (strcmp(recorded->status, outcome_status_name(OUTCOME_DONE)) == 0)
        return 0;
    if (replay_record(store, recorded, &(struct replay){0}, err))
        return -1;
    error_set(err, FAULT_DOCUMENT, "there is nothing to replay: the document was %s and has no result",
              recorded->status);
    return error_hint(err, "alcove results show says why");
}

static int choose_input(const struct arguments *arguments, const struct recorded *recorded, const char **ret,
                        struct error *err)
{
    *ret = argument_text(arguments, "input", recorded->document);
    if (argument_given(arguments, "input") || access(*ret, F_OK) == 0)
        return 0;
    error_set(err, FAULT_INPUT, "the document is no file that is there now");
    return error_hint(err, "name the file, or the lines of JSON it was in, by --input");
}

static int replay(const struct context *context, const struct arguments *arguments, struct replay_plan *plan,
                  struct recorded *recorded, struct error *err)
{
    struct replay done;
    plan->recorded = recorded;
    plan->is_forced = argument_flag(arguments, "force");
    if (check_recorded(plan->store, recorded, err) ||
        choose_input(arguments, recorded, &plan->input, err) || replay_run(plan, &done, err) ||
        replay_record(plan->store, recorded, &done, err) || /* no record, no output */
        replay_print(context, recorded, &plan->crew->facts, &done, err))
        return -1;
    return replay_settle(&done, err);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(pipeline) *pipeline = NULL;
    AUTO(crew) *crew = NULL;
    AUTO(store) *store = NULL;
    struct recorded recorded = {.leaf = 0};
    size_t overrides;
    const char *const *set = argument_list(arguments, "set", &overrides);
    const char *path = argument_text(arguments, "pipeline", NULL);
    if (!path) {
        error_set(err, FAULT_USAGE, "no pipeline: name the one of the run by --pipeline FILE");
        return error_hint(err, "see: alcove help audit replay");
    }
    if (pipeline_load(&pipeline, path, set, overrides, err))
        return -1;
    warn_of_pipeline(context, pipeline);
    signals_exit();
    if (start_crew(&crew, context, pipeline, err) ||
        open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_WRITE}, NULL, err) ||
        sandbox_close(SANDBOX_KEEPER, crew->members[CREW_PARSER].channel, NULL, err))
        return -1;
    struct replay_plan plan = {.pipeline = pipeline, .crew = crew, .store = store};
    int failed = store_recorded(store, operand(arguments, 0), &recorded, err) ||
                 replay(context, arguments, &plan, &recorded, err);
    recorded_clear(&recorded);
    return failed ? -1 : 0;
}

const struct command command_audit_replay = {
    .name = "audit replay",
    .operands = "DOCUMENT|ID",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "process a document again and compare every byte with its result",
    .about =
        "First the inputs: the bytes of the document, the pipeline, rules, models and the version of the "
        "arithmetic must be those of the result's audit record; if not, the digests that differ are named "
        "and the exit is 3 (pipeline, rules), 5 (model, arithmetic) or 4 (document). --force replays "
        "nevertheless.\n\n"
        "Then the document goes through the same caged processes with the store's key, and redacted text, "
        "spans, results and counts of labels are compared with what is stored and with what the record "
        "commits to. Exit 0: the same; 7: not the same, though all inputs are. What the pipeline does not "
        "keep cannot be compared.\n\n"
        "--threads and ALCOVE_KERNELS may be others than in the run: they must not change a byte. The store "
        "gets no result, only a record of the replay.",
    .options = options,
    .examples = examples,
    .closes_sandbox = true,
    .run = run,
};
