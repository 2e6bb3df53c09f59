/* yaml_value.c - looking up and typing values of a YAML tree; see yaml.h. */
#include "base/yaml.h"

#include "base/suggest.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (!map || map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->items[i];
    return NULL;
}

int yaml_error(const struct yaml *yaml, const struct yaml_node *at, enum fault fault, struct error *err,
               const char *format, ...)
{
    char text[sizeof err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error_set(err, fault, "%s", text);
    return error_at(err, yaml_name(yaml), at ? at->line : 0, at ? at->column : 0);
}

/* `"threshold" must be a number between 0 and 1, not "abc"` */
static int wrong(const struct yaml *yaml, const struct yaml_node *node, enum fault fault, struct error *err,
                 const char *wanted)
{
    static const char *const kinds[] = {
        [YAML_SCALAR] = "text", [YAML_LIST] = "a list", [YAML_MAP] = "a mapping"};
    char what[100] = "this";
    if (node->key)
        snprintf(what, sizeof what, "\"%.90s\"", node->key);
    if (node->kind != YAML_SCALAR)
        return yaml_error(yaml, node, fault, err, "%s must be %s, not %s", what, wanted, kinds[node->kind]);
    return yaml_error(yaml, node, fault, err, "%s must be %s, not \"%.100s\"", what, wanted, node->text);
}

int yaml_bool(const struct yaml *yaml, const struct yaml_node *node, enum fault fault, bool *ret,
              struct error *err)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"true", true}, {"false", false}, {"yes", true},
                 {"no", false},  {"on", true},     {"off", false}};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (node->kind == YAML_SCALAR && strcmp(node->text, words[i].text) == 0) {
            *ret = words[i].value;
            return 0;
        }
    return wrong(yaml, node, fault, err, "true or false");
}

int yaml_real(const struct yaml *yaml, const struct yaml_node *node, enum fault fault, double min, double max,
              double *ret, struct error *err)
{
    char wanted[80], *end;
    if (isinf(max))
        snprintf(wanted, sizeof wanted, "a number of at least %g", min);
    else
        snprintf(wanted, sizeof wanted, "a number between %g and %g", min, max);
    if (node->kind != YAML_SCALAR || !node->text[0] ||
        strspn(node->text, "0123456789+-.eE") != strlen(node->text))
        return wrong(yaml, node, fault, err, wanted);
    double value = strtod(node->text, &end);
    if (*end || !isfinite(value) || value < min || value > max)
        return wrong(yaml, node, fault, err, wanted);
    *ret = value;
    return 0;
}

int yaml_integer(const struct yaml *yaml, const struct yaml_node *node, enum fault fault, long min, long max,
                 long *ret, struct error *err)
{
    char wanted[80], *end;
    snprintf(wanted, sizeof wanted, "a whole number between %ld and %ld", min, max);
    if (node->kind != YAML_SCALAR || !node->text[0] ||
        strspn(node->text, "0123456789+-") != strlen(node->text))
        return wrong(yaml, node, fault, err, wanted);
    errno = 0;
    long value = strtol(node->text, &end, 10);
    if (*end || errno || value < min || value > max)
        return wrong(yaml, node, fault, err, wanted);
    *ret = value;
    return 0;
}

int yaml_only_keys(const struct yaml *yaml, const struct yaml_node *map, enum fault fault,
                   const char *const *names, size_t count, struct error *err)
{
    for (size_t i = 0; i < map->count; i++) {
        const char *key = map->keys[i]->text;
        bool is_known = false;
        for (size_t j = 0; j < count && !is_known; j++)
            is_known = strcmp(key, names[j]) == 0;
        if (is_known)
            continue;
        yaml_error(yaml, map->keys[i], fault, err, "unknown key \"%.100s\"", key);
        const char *near = suggest_nearest(key, names, count);
        return near ? error_hint(err, "did you mean \"%s\"?", near) : -1;
    }
    return 0;
}
