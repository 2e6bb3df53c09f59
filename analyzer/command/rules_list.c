/* rules_list.c - `alcove rules list`: every rule with its label, pack, check and source. */
#include "analyzer/command/output.h"
#include "analyzer/command/rules_common.h"

#include "base/json.h"

static void print_line(const struct context *context, const struct rule *rule)
{
    json_t *line =
        json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s*}", "id", rule_id(rule), "label",
                  label_name(rule_label(rule)), "pack", rule_pack(rule), "version", rule_version(rule),
                  "validate", rule_validator(rule), "source", rule_source(rule));
    if (rule_hipaa(rule))
        json_object_set_new(line, "hipaa", json_integer(rule_hipaa(rule)));
    json_print(line, context->out);
    json_decref(line);
}

static int add_row(struct table *table, const struct rule *rule, struct error *err)
{
    char hipaa[12] = "";
    if (rule_hipaa(rule))
        snprintf(hipaa, sizeof hipaa, "%d", rule_hipaa(rule));
    const char *const cells[] = {rule_id(rule), label_name(rule_label(rule)), rule_pack(rule),
                                 hipaa,         rule_validator(rule),         NULL};
    return table_row(table, cells, err);
}

static int list(struct context *context, const struct arguments *arguments, const struct ruleset *rules,
                struct error *err)
{
    AUTO(table) *table = NULL;
    const char *wanted = argument_text(arguments, "label", NULL);
    enum label label = LABEL_COUNT;
    size_t shown = 0;
    if (wanted && !label_from(wanted, &label))
        return error_set(err, FAULT_USAGE, "unknown label \"%.40s\"", wanted);
    if (table_new(&table, (const char *const[]){"rule", "label", "pack", "HIPAA", "check", NULL}, err))
        return -1;
    for (size_t i = 0; i < ruleset_count(rules); i++) {
        const struct rule *rule = ruleset_rule(rules, i);
        if (wanted && rule_label(rule) != label && label_parent(rule_label(rule)) != label)
            continue;
        shown++;
        if (context->is_json)
            print_line(context, rule);
        else if (add_row(table, rule, err))
            return -1;
    }
    if (!context->is_json) {
        table_print(table, context);
        fprintf(context->out, "%zu rule%s\n", shown, shown == 1 ? "" : "s");
    }
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    struct packs packs;
    AUTO(ruleset) *rules = NULL;
    int r = packs_fill(&packs, arguments, err) || packs_load(&packs, &rules, err) ||
            list(context, arguments, rules, err);
    packs_clear(&packs);
    return r ? -1 : 0;
}

static const struct option options[] = {
    OPTION_ROW_RULES,
    {.name = "label", .kind = OPTION_TEXT, .value = "LABEL", .help = "only rules for this label"},
    {0}};

const struct command command_rules_list = {
    .name = "rules list",
    .summary = "list the rules that find identifiers",
    .about = "HIPAA is the number of the identifier in 45 CFR 164.514(b)(2)(i), A = 1 to R = 18.",
    .options = options,
    .run = run,
};
