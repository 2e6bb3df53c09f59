/* redact.c - `alcove redact`: redacted text on standard output, no store. The same processes as in a run;
 * keys come from --key-file or last as long as the command. */
#include "analyzer/command/command.h"

#include "analyzer/command/output.h"
#include "analyzer/command/places.h"
#include "analyzer/command/redact_output.h"
#include "analyzer/process/keeper.h"
#include "analyzer/redact/redact_pipeline.h"
#include "analyzer/run/path_name.h"
#include "analyzer/run/resume.h"
#include "analyzer/run/signals.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "base/thread.h"

#include <limits.h>

#define KEY_BYTES_MIN 32u
#define KEY_BYTES_MAX 4096u

static const char *const on_off[] = {"on", "off", NULL};

static const struct option options[] = {
    {.name = "rules",
     .kind = OPTION_TEXT,
     .value = "A,B",
     .help = "rule packs by name or path (default: all shipped ones)"},
    {.name = "profile",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .help = "what the result must meet (default: hipaa-safe-harbor)"},
    {.name = "ner",
     .kind = OPTION_CHOICE,
     .value = "on|off",
     .choices = on_off,
     .help = "find names by a model as well (default: off)"},
    {.name = "key-file",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .is_file = true,
     .help = "key of surrogates and hashes (32 to 4,096 bytes); default: a random one for this command"},
    {.name = "spans",
     .kind = OPTION_FLAG,
     .help = "a line of JSON for each replaced span instead of the text"},
    {.name = "explain",
     .kind = OPTION_FLAG,
     .help = "say for each span which rule found it and how its score came about"},
    {.name = "fail-on-findings", .kind = OPTION_FLAG, .help = "exit 1 when anything was redacted"},
    {0}};

static const struct example examples[] = {
    {"alcove redact letter.txt > letter.redacted.txt", "a file, all shipped rules"},
    {"alcove redact --explain - < letter.txt", "and why, on standard error"},
    {"alcove redact --rules us-hipaa,common --spans letter.txt", "places instead of text"},
    {0}};

/* ---- the pipeline of this command: made of its options ---- */

static int make_pipeline(struct pipeline **ret, const struct arguments *arguments, const char *rules_folder,
                         struct error *err)
{
    if (strcmp(argument_text(arguments, "ner", "off"), "on") == 0) {
        error_set(err, FAULT_USAGE, "--ner on: no name tagger is registered");
        return error_hint(err, "names are found by rules; leave --ner out");
    }
    return redact_pipeline(ret, argument_text(arguments, "rules", NULL), argument_text(arguments, "profile", NULL),
                           rules_folder, err);
}

/* ---- the key ---- */

static int make_key(struct secret **ret, const struct context *context, const struct arguments *arguments,
                    struct error *err)
{
    const char *path = argument_text(arguments, "key-file", NULL);
    if (!path) {
        context_warn(context, "no --key-file: surrogates and hashes use a random key of this command");
        return secret_random(ret, HASH_BYTES, err);
    }
    AUTO(buffer) *bytes = NULL;
    AUTO(secret) *key = NULL;
    if (file_read(&bytes, path, KEY_BYTES_MAX, FAULT_STORE, err) || secret_new(&key, HASH_BYTES, err))
        return -1;
    if (bytes->bytes < KEY_BYTES_MIN) {
        error_set(err, FAULT_STORE, "a key file has %u to %u bytes, this one %zu", KEY_BYTES_MIN,
                  KEY_BYTES_MAX, bytes->bytes);
        return error_at(err, path, 0, 0);
    }
    hash_derive(buffer_slice(bytes), SLICE(""), SLICE("alcove-redact-v1"), key->data, key->bytes);
    *ret = TAKE(key);
    return 0;
}

/* ---- documents ---- */

struct redact {
    struct context *context;
    struct redact_output output;
    struct keeper keeper;
    size_t processed, findings;
    struct error first_trouble; /* of an input that cannot be opened */
    enum fault worst;
};

static int analyze(struct redact *r, struct slice name, const struct parsed *parsed, struct error *problem,
                   struct error *err)
{
    struct analysis analysis;
    int failed = keeper_analyze(&r->keeper, parsed->text, &analysis, problem);
    if (!failed) {
        r->findings += analysis.span_count;
        if (redact_output_document(&r->output, name, &analysis, err)) {
            analysis_clear(&analysis);
            return -1;
        }
    }
    analysis_clear(&analysis);
    return failed ? 1 : 0;
}

/* 0; 1 with *problem when this document cannot be processed; -1 with *err when nothing can. */
static int redact_stdin(struct redact *r, struct error *problem, struct error *err)
{
    AUTO(buffer) *bytes = NULL;
    struct parsed parsed;
    if (file_read_fd(&bytes, STDIN_FILENO, DOCUMENT_BYTES_MAX, FAULT_INPUT, problem))
        return 1;
    r->processed++;
    int result = keeper_parse(&r->keeper, PARSE_BYTES, SLICE("-"), -1, buffer_slice(bytes), &parsed, problem)
                     ? 1
                     : analyze(r, SLICE("-"), &parsed, problem, err);
    parsed_clear(&parsed);
    return result;
}

static int redact_file(struct redact *r, const char *path, struct error *problem, struct error *err)
{
    struct input_file file = {.fd = -1};
    struct parsed parsed;
    if (input_file_open(&file, path, DOCUMENT_BYTES_MAX, problem))
        return 1;
    char *name = path_name(path);
    if (!name) {
        input_file_close(&file);
        return error_memory(err);
    }
    r->processed++;
    struct slice size = {NULL, (size_t)file.st.st_size};
    int result = keeper_parse(&r->keeper, PARSE_FILE, slice_of(name), file.fd, size, &parsed, problem) ||
                         input_file_check(&file, problem)
                     ? 1
                     : analyze(r, slice_of(name), &parsed, problem, err);
    parsed_clear(&parsed);
    input_file_close(&file);
    free(name);
    return result;
}

static int redact_one(struct redact *r, const char *path, struct error *err)
{
    struct error problem = {0};
    bool is_stdin = strcmp(path, "-") == 0;
    int result = is_stdin ? redact_stdin(r, &problem, err) : redact_file(r, path, &problem, err);
    if (result <= 0)
        return result;
    if (!problem.file[0])
        error_at(&problem, path, 0, 0);
    if (r->keeper.is_broken) {
        *err = problem;
        return -1;
    }
    if (problem.code == FAULT_INPUT && !r->first_trouble.code) {
        r->first_trouble = problem; /* decides later whether it is 4 or 1 */
        return 0;
    }
    error_print(&problem, stderr, r->context->is_json);
    r->worst = fault_worse(r->worst, problem.code == FAULT_INPUT ? FAULT_DOCUMENT : problem.code);
    return 0;
}

static int redact_all(struct redact *r, const struct arguments *arguments, struct error *err)
{
    size_t count = operand_count(arguments);
    if (count == 0 && redact_one(r, "-", err))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (redact_one(r, operand(arguments, i), err))
            return -1;
    if (r->first_trouble.code) {
        error_print(&r->first_trouble, stderr, r->context->is_json);
        r->worst = fault_worse(r->worst, r->processed ? FAULT_DOCUMENT : FAULT_INPUT);
    }
    if (r->findings && argument_flag(arguments, "fail-on-findings"))
        r->worst = fault_worse(r->worst, FAULT_DOCUMENT);
    return fault_exit(r->worst);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(pipeline) *pipeline = NULL;
    AUTO(crew) *crew = NULL;
    AUTO(secret) *key = NULL;
    char rules[PATH_MAX];
    if (places_rules(rules, sizeof rules, err) || make_pipeline(&pipeline, arguments, rules, err))
        return -1;
    signals_exit();
    struct crew_plan plan = {.pipeline = pipeline,
                             .rules_folder = rules,
                             .models_folder = "",
                             .threads = context->threads ? context->threads : thread_cores(),
                             .has_explanations = argument_flag(arguments, "explain")};
    if (crew_start(&crew, &plan, err) || make_key(&key, context, arguments, err) ||
        sandbox_close(SANDBOX_KEEPER, crew->members[CREW_PARSER].channel, NULL, err))
        return -1;
    struct redact r = {.context = context};
    redact_output_init(&r.output, context, argument_flag(arguments, "spans"), plan.has_explanations);
    keeper_init(&r.keeper, crew, pipeline, key);
    return redact_all(&r, arguments, err);
}

const struct command command_redact = {
    .name = "redact",
    .operands = "[FILE...|-]",
    .operands_max = UINT_MAX,
    .summary = "write the redacted text of files or of standard input, without a store",
    .about = "Text appears only after the whole document was scanned and searched for what was removed; a "
             "document that fails is "
             "named on standard error and nothing of it is written.\n\n"
             "--json writes an object a document: {\"document\",\"text\",\"spans\"}. Offsets are bytes of "
             "the input as UTF-8; "
             "spans list only what was replaced. Surrogates and hashes stay the same between calls only with "
             "the same --key-file.",
    .options = options,
    .examples = examples,
    .closes_sandbox = true,
    .run = run};
