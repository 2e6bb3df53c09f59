/* rules_check.c - `alcove rules lint` and `alcove rules test`: packs held against the style of packs and
 * against their own examples. */
#include "analyzer/command/rules_common.h"

#include "base/json.h"

struct totals {
    size_t packs, problems, examples, failed;
};

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void print_totals(const struct context *context, const char *what, const struct totals *t)
{
    bool is_test = strcmp(what, "test") == 0;
    if (context->is_json) {
        json_t *line = is_test ? json_pack("{s:I, s:I, s:I}", "packs", (json_int_t)t->packs, "examples",
                                           (json_int_t)t->examples, "failed", (json_int_t)t->failed)
                               : json_pack("{s:I, s:I}", "packs", (json_int_t)t->packs, "problems",
                                           (json_int_t)t->problems);
        json_print(line, context->out);
        json_decref(line);
        return;
    }
    if (is_test)
        fprintf(context->out, "%zu pack%s, %zu example%s, %zu failed\n", t->packs, plural(t->packs), t->examples,
                plural(t->examples), t->failed);
    else
        fprintf(context->out, "%zu pack%s, %zu problem%s\n", t->packs, plural(t->packs), t->problems,
                plural(t->problems));
}

static int check(struct context *context, const struct packs *packs, const char *what, struct totals *t,
                 struct error *err)
{
    for (size_t i = 0; i < packs->count; i++) {
        char path[PATH_MAX];
        size_t problems = 0, examples = 0, failed = 0;
        if (pack_path(packs, i, path, sizeof path, err))
            return -1;
        if (strcmp(what, "lint") == 0 ? pack_lint(path, print_problem, context, &problems, err)
                                      : pack_test(path, print_problem, context, &examples, &failed, err))
            return -1;
        t->packs++;
        t->problems += problems;
        t->examples += examples;
        t->failed += failed;
    }
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, const char *what,
               struct error *err)
{
    struct packs packs;
    struct totals totals = {0};
    int r = packs_from_operands(&packs, arguments, err) || check(context, &packs, what, &totals, err);
    packs_clear(&packs);
    if (r)
        return -1;
    print_totals(context, what, &totals);
    return totals.problems || totals.failed ? fault_exit(FAULT_PIPELINE) : 0;
}

static int run_lint(struct context *context, const struct arguments *arguments, struct error *err)
{
    return run(context, arguments, "lint", err);
}

static int run_test(struct context *context, const struct arguments *arguments, struct error *err)
{
    return run(context, arguments, "test", err);
}

static const struct example lint_examples[] = {
    {"alcove rules lint", "all shipped packs"}, {"alcove rules lint clinic.yaml", "one of your own"}, {0}};

const struct command command_rules_lint = {
    .name = "rules lint",
    .operands = "[PACK...]",
    .operands_max = UINT_MAX,
    .summary = "find mistakes in rule packs, each with its place",
    .about = "A pack is named, or a path to a file. Exit status 3 when there is a problem.",
    .examples = lint_examples,
    .run = run_lint,
};

const struct command command_rules_test = {
    .name = "rules test",
    .operands = "[PACK...]",
    .operands_max = UINT_MAX,
    .summary = "run the examples that every rule carries",
    .about =
        "Each rule has examples that must match and examples that must not. Exit status 3 when one fails.",
    .run = run_test,
};
