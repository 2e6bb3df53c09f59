/* rules_show.c - `alcove rules show`: one rule as its pack defines it: pattern, context, scores, examples. */
#include "analyzer/command/rules_common.h"

#include "base/json.h"
#include "base/suggest.h"
#include "base/yaml.h"

static void print_node(FILE *to, const struct yaml_node *node, unsigned indent)
{
    if (node->kind == YAML_SCALAR) {
        fprintf(to, "%s\n", node->text);
        return;
    }
    fputc('\n', to);
    for (size_t i = 0; i < node->count; i++) {
        fprintf(to, "%*s", (int)indent, "");
        if (node->kind == YAML_MAP)
            fprintf(to, "%s: ", node->keys[i]->text);
        else
            fputs("- ", to);
        print_node(to, node->items[i], indent + 2);
    }
}

/* "hipaa: 7" and "pattern: 0.4" are numbers; words of a list and what stands in quotes are texts. */
static json_t *scalar_json(const struct yaml_node *node)
{
    size_t bytes = strlen(node->text);
    char *end;
    if (!node->key || !node->is_plain || !bytes || strspn(node->text, "-.0123456789") != bytes)
        return json_string(node->text);
    long integer = strtol(node->text, &end, 10);
    if (!*end)
        return json_integer(integer);
    double real = strtod(node->text, &end);
    return *end ? json_string(node->text) : json_real(real);
}

static json_t *node_json(const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR)
        return scalar_json(node);
    json_t *all = node->kind == YAML_MAP ? json_object() : json_array();
    for (size_t i = 0; i < node->count; i++)
        if (node->kind == YAML_MAP)
            json_object_set_new(all, node->keys[i]->text, node_json(node->items[i]));
        else
            json_array_append_new(all, node_json(node->items[i]));
    return all;
}

static void print_rule(const struct context *context, const char *file, const char *pack,
                       const struct yaml_node *node)
{
    if (context->is_json) {
        json_t *line = json_pack("{s:s, s:s, s:i, s:o}", "pack", pack, "file", file, "line", (int)node->line,
                                 "rule", node_json(node));
        json_print(line, context->out);
        json_decref(line);
        return;
    }
    fprintf(context->out, "# %s:%u", file, node->line);
    print_node(context->out, node, 0);
}

/* Looks for the rule in one pack file. 1 = found and printed. names: all ids seen, for a suggestion; the
 * array grows. */
static int look_in(const struct context *context, const char *file, const char *pack, const char *id,
                   char (*seen)[64], size_t *seen_count, size_t seen_max, struct error *err)
{
    AUTO(yaml) *yaml = NULL;
    if (yaml_read_file(&yaml, file, FAULT_PIPELINE, err))
        return -1;
    const struct yaml_node *rules = yaml_get(yaml_root(yaml), "rules");
    for (size_t i = 0; rules && rules->kind == YAML_LIST && i < rules->count; i++) {
        const struct yaml_node *name = yaml_get(rules->items[i], "id");
        if (!name || name->kind != YAML_SCALAR)
            continue;
        if (strcmp(name->text, id) == 0) {
            print_rule(context, file, pack, rules->items[i]);
            return 1;
        }
        if (*seen_count < seen_max)
            snprintf(seen[(*seen_count)++], sizeof seen[0], "%s", name->text);
    }
    return 0;
}

static int show(const struct context *context, const struct packs *packs, const char *id, struct error *err)
{
    enum { SEEN_MAX = 1024 };
    static char seen[SEEN_MAX][64];
    const char *names[SEEN_MAX];
    size_t seen_count = 0;
    for (size_t i = 0; i < packs->count; i++) {
        char file[PATH_MAX];
        if (pack_path(packs, i, file, sizeof file, err))
            return -1;
        int found = look_in(context, file, packs->names[i], id, seen, &seen_count, SEEN_MAX, err);
        if (found)
            return found < 0 ? -1 : 0;
    }
    for (size_t i = 0; i < seen_count; i++)
        names[i] = seen[i];
    error_set(err, FAULT_USAGE, "no rule \"%.60s\" in %s", id, packs->folder);
    const char *near = suggest_nearest(id, names, seen_count);
    return near ? error_hint(err, "did you mean \"%s\"?", near)
                : error_hint(err, "alcove rules list shows all");
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    struct packs packs;
    int r = packs_fill(&packs, arguments, err);
    for (size_t i = 0; r == 0 && i < operand_count(arguments); i++)
        r = show(context, &packs, operand(arguments, i), err);
    packs_clear(&packs);
    return r;
}

static const struct option options[] = {OPTION_ROW_RULES, {0}};

static const struct example examples[] = {
    {"alcove rules show us.ssn", "its pattern, context words, scores and examples"}, {0}};

const struct command command_rules_show = {
    .name = "rules show",
    .operands = "RULE...",
    .operands_min = 1,
    .operands_max = UINT_MAX,
    .summary = "show a rule as its pack defines it",
    .options = options,
    .examples = examples,
    .run = run,
};
