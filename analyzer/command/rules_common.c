/* rules_common.c - see rules_common.h. */
#include "analyzer/command/rules_common.h"

#include "analyzer/command/places.h"
#include "base/file.h"
#include "base/json.h"

static int add_name(struct packs *p, struct slice name, struct error *err)
{
    char **more = realloc(p->names, (p->count + 1) * sizeof *more);
    if (!more)
        return error_memory(err);
    p->names = more;
    if (!(p->names[p->count] = strndup(name.data, name.bytes)))
        return error_memory(err);
    p->count++;
    return 0;
}

int packs_fill(struct packs *ret, const struct arguments *arguments, struct error *err)
{
    *ret = (struct packs){.count = 0};
    if (places_rules(ret->folder, sizeof ret->folder, err))
        return -1;
    const char *given = argument_text(arguments, "rules", NULL);
    if (!given)
        return pack_names(&ret->names, &ret->count, ret->folder, err);
    while (*given) {
        size_t bytes = strcspn(given, ",");
        if (bytes && add_name(ret, (struct slice){given, bytes}, err))
            return -1;
        given += bytes + (given[bytes] == ',');
    }
    return ret->count ? 0 : error_set(err, FAULT_USAGE, "--rules names no pack");
}

int packs_from_operands(struct packs *ret, const struct arguments *arguments, struct error *err)
{
    *ret = (struct packs){.count = 0};
    if (places_rules(ret->folder, sizeof ret->folder, err))
        return -1;
    if (!operand_count(arguments))
        return pack_names(&ret->names, &ret->count, ret->folder, err);
    for (size_t i = 0; i < operand_count(arguments); i++)
        if (add_name(ret, slice_of(operand(arguments, i)), err))
            return -1;
    return 0;
}

void packs_clear(struct packs *packs)
{
    pack_names_free(packs->names, packs->count);
    packs->names = NULL;
}

int packs_load(const struct packs *packs, struct ruleset **ret, struct error *err)
{
    return ruleset_load(ret, (const char *const *)packs->names, packs->count, packs->folder, err);
}

int pack_path(const struct packs *packs, size_t index, char *ret, size_t capacity, struct error *err)
{
    const char *name = packs->names[index], *dot = strrchr(name, '.');
    if (strchr(name, '/') || (dot && strcmp(dot, ".yaml") == 0))
        return path_join(ret, capacity, err, "%s", name);
    return path_join(ret, capacity, err, "%s/%s.yaml", packs->folder, name);
}

void print_problem(void *context, const char *file, unsigned line, unsigned column, bool is_error,
                   const char *message)
{
    const struct context *c = context;
    const char *severity = is_error ? "error" : "warning";
    if (c->is_json) {
        json_t *row = json_pack("{s:s, s:i, s:i, s:s, s:s}", "file", file, "line", (int)line, "column",
                                (int)column, "severity", severity, "message", message);
        json_print(row, c->out);
        json_decref(row);
        return;
    }
    fprintf(c->out, "%s:%u:%u: %s%s%s: %s\n", file, line, column,
            context_style(c, is_error ? STYLE_BAD : STYLE_WARNING), severity, context_style(c, STYLE_PLAIN),
            message);
}
