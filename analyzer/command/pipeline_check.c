/* pipeline_check.c - `alcove pipeline check`: everything that can be known of pipelines without a document,
 * and with
 * --tests what they say of their own. */
#include "analyzer/command/command.h"
#include "analyzer/command/pipeline_tests.h"
#include "analyzer/command/places.h"

#include "base/file.h"
#include "base/json.h"

#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

struct check {
    const struct context *context;
    const struct arguments *arguments;
    struct pool *pool;
    size_t files, failed;
    enum fault worst;
};

static void print_good(const struct check *c, const struct pipeline *p, const struct tests_outcome *tests,
                       bool has_tested)
{
    char hex[HASH_HEX_BYTES];
    size_t warnings;
    pipeline_warnings(p, &warnings);
    hash_hex(&p->digest, hex);
    if (c->context->is_json) {
        json_t *line = json_pack("{s:s, s:b, s:s, s:s, s:I}", "file", p->path, "valid", 1, "name", p->name,
                                 "digest", hex, "warnings", (json_int_t)warnings);
        if (has_tested)
            json_object_set_new(line, "tests",
                                json_pack("{s:I, s:I, s:I}", "run", (json_int_t)tests->run, "failed",
                                          (json_int_t)tests->failed, "untested_results",
                                          (json_int_t)tests->untested));
        json_print(line, c->context->out);
        json_decref(line);
        return;
    }
    bool has_failed = has_tested && tests->failed;
    fprintf(c->context->out, "%s: %s%s%s", p->path,
            context_style(c->context, has_failed ? STYLE_BAD : STYLE_GOOD),
            has_failed ? "tests failed" : "ok", context_style(c->context, STYLE_PLAIN));
    fprintf(c->context->out, " (%s, %zu step%s, digest %.12s", p->name, p->step_count,
            p->step_count == 1 ? "" : "s", hex);
    if (has_tested)
        fprintf(c->context->out, ", %zu of %zu tests hold", tests->run - tests->failed, tests->run);
    if (has_tested && tests->untested)
        fprintf(c->context->out, ", %zu expected results NOT tested", tests->untested);
    fputs(")\n", c->context->out);
}

static int check_pipeline(struct check *c, const char *path, struct error *err)
{
    AUTO(pipeline) *p = NULL;
    AUTO(ruleset) *rules = NULL;
    struct tests_outcome tests = {0};
    size_t count, warnings;
    bool has_tests = argument_flag(c->arguments, "tests");
    const char *const *overrides = argument_list(c->arguments, "set", &count);
    char folder[PATH_MAX];
    if (pipeline_load(&p, path, overrides, count, err))
        return -1;
    const struct pipeline_warning *w = pipeline_warnings(p, &warnings);
    for (size_t i = 0; i < warnings; i++)
        context_warn_at(c->context, path, w[i].line, w[i].column, w[i].message);
    if (places_rules(folder, sizeof folder, err))
        return -1;
    if (ruleset_load(&rules, p->packs, p->pack_count, folder, err))
        return err->file[0] ? -1 : error_at(err, path, 0, 0);
    if (has_tests && pipeline_tests_run(c->context, p, rules, c->pool, &tests, err))
        return -1;
    print_good(c, p, &tests, has_tests);
    if (tests.failed || (warnings && argument_flag(c->arguments, "deny-warnings"))) {
        c->failed++;
        c->worst = fault_worse(c->worst, FAULT_PIPELINE);
    }
    return 0;
}

/* One file; what is wrong with it is printed, and the others are still checked. */
static void check_file(struct check *c, const char *path)
{
    struct error err = {0};
    c->files++;
    if (check_pipeline(c, path, &err) == 0)
        return;
    error_print(&err, stderr, c->context->is_json);
    c->failed++;
    c->worst = fault_worse(c->worst, err.code);
}

static int is_yaml(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int check_folder(struct check *c, const char *folder, struct error *err)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_yaml, by_bytes);
    if (count < 0)
        return error_errno(err, FAULT_INPUT, "the folder cannot be read", folder);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        size_t bytes = strlen(folder);
        const char *slash = bytes && folder[bytes - 1] == '/' ? "" : "/";
        if (snprintf(path, sizeof path, "%s%s%s", folder, slash, entries[i]->d_name) < (int)sizeof path)
            check_file(c, path);
        free(entries[i]);
    }
    free(entries);
    if (count == 0) {
        error_set(err, FAULT_INPUT, "no pipeline (*.yaml) in this folder");
        return error_at(err, folder, 0, 0);
    }
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(pool) *pool = NULL;
    if (argument_flag(arguments, "tests") && pool_new(&pool, context->threads, err))
        return -1;
    if (context_close_sandbox(context, err))
        return -1;
    struct check c = {.context = context, .arguments = arguments, .pool = pool};
    for (size_t i = 0; i < operand_count(arguments); i++) {
        const char *path = operand(arguments, i);
        struct stat st;
        if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
            if (check_folder(&c, path, err))
                return -1;
        } else {
            check_file(&c, path);
        }
    }
    return fault_exit(c.worst);
}

static const struct option options[] = {
    {.name = "tests", .help = "run the tests that the pipelines hold"},
    {.name = "set", .kind = OPTION_LIST, .value = "PATH=VALUE", .help = "override one value, as in run"},
    {.name = "deny-warnings", .help = "fail where there is a warning"},
    {0}};

static const struct example examples[] = {
    {"alcove pipeline check pipelines/", "every *.yaml of a folder"},
    {"alcove pipeline check clinic.yaml --tests", "and run its own tests"},
    {0}};

const struct command command_pipeline_check = {
    .name = "pipeline check",
    .operands = "FILE|FOLDER...",
    .operands_min = 1,
    .operands_max = UINT_MAX,
    .summary = "find mistakes in pipelines, each with its place and cure",
    .about =
        "Checks keys, values, references between them, and that the rule packs are there and compile. With "
        "--tests every text under tests: goes through the redactor, and the labels and spans found must be "
        "those expected; expected results of steps are tested where the models are there.\n\n"
        "All files are checked even when one is wrong; then the exit status is 3.",
    .options = options,
    .examples = examples,
    .closes_sandbox = true,
    .run = run,
};
