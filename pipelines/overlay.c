/* overlay.c - the tree as it takes effect: ${VAR} replaced by what `env:` allows, then --set PATH=VALUE put
 * in.
 *
 * Replacement happens in values after YAML was parsed, so nothing that a variable holds can become a key. */
#include "pipelines/keys.h"

#include "base/buffer.h"
#include "base/suggest.h"
#include "base/utf8.h"

#include <ctype.h>

#define VALUE_BYTES_MAX (1u << 20)
#define VARIABLES_MAX 256u

struct variables { /* those of `env:` */
    const char *names[VARIABLES_MAX], *values[VARIABLES_MAX];
    size_t count;
};

/* A node in the overlay, which may be changed. */
static struct yaml_node *node_new(struct loader *l, struct yaml_node as)
{
    struct yaml_node *node = arena_take(l->arena, sizeof *node, l->err);
    if (node)
        *node = as;
    return node;
}

static int declare(struct loader *l, struct variables *v, const struct yaml_node *name, const char *otherwise)
{
    const char *text = name->text;
    if (v->count == VARIABLES_MAX)
        return complain(l, name, "more than %u variables under \"env\"", VARIABLES_MAX);
    for (const char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '_')
            return complain(l, name, "\"%.60s\" is not the name of a variable", text);
    const char *value = getenv(text);
    if (!value || !value[0])
        value = otherwise;
    if (!value) {
        complain(l, name, "environment variable %s is not set", text);
        return error_hint(l->err, "set it, or give it a default: env: {%s: ...}", text);
    }
    if (utf8_valid(slice_of(value)) != strlen(value) || strlen(value) > VALUE_BYTES_MAX)
        return complain(l, name, "environment variable %s is not valid UTF-8, or too long", text);
    v->names[v->count] = text;
    v->values[v->count++] = value;
    return 0;
}

static int declare_all(struct loader *l, struct variables *v, const struct yaml_node *env)
{
    if (!env)
        return 0;
    if (env->kind == YAML_SCALAR)
        return complain(l, env, "\"env\" is a list of names, or a mapping of names to defaults");
    for (size_t i = 0; i < env->count; i++) {
        bool is_map = env->kind == YAML_MAP;
        const struct yaml_node *name = is_map ? env->keys[i] : env->items[i];
        if (env->items[i]->kind != YAML_SCALAR)
            return complain(l, env->items[i], "a value under \"env\" must be text");
        if (declare(l, v, name, is_map ? env->items[i]->text : NULL))
            return -1;
    }
    return 0;
}

/* The value of the variable of that name, or NULL with the error set. */
static const char *lookup(struct loader *l, const struct variables *v, const struct yaml_node *at,
                          struct slice name)
{
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)MIN(name.bytes, sizeof text - 1), name.data);
    for (size_t i = 0; i < v->count; i++)
        if (slice_equal(slice_of(v->names[i]), name))
            return v->values[i];
    complain(l, at, "${%s} is not declared; add %s under \"env\"", text, text);
    const char *near = suggest_nearest(text, v->names, v->count);
    if (near)
        error_hint(l->err, "did you mean ${%s}?", near);
    return NULL;
}

/* Text with every ${VAR} replaced; $${ stands for ${. */
static const char *replace(struct loader *l, const struct variables *v, const struct yaml_node *node)
{
    if (!strstr(node->text, "${"))
        return node->text;
    AUTO(buffer) *out = NULL;
    if (buffer_new(&out, VALUE_BYTES_MAX, l->err))
        return NULL;
    for (const char *c = node->text; *c;) {
        const char *end;
        int r;
        if (strncmp(c, "$${", 3) == 0) {
            r = buffer_append_text(out, "${", l->err);
            c += 3;
        } else if (strncmp(c, "${", 2) == 0 && (end = strchr(c, '}'))) {
            const char *value = lookup(l, v, node, (struct slice){c + 2, (size_t)(end - c - 2)});
            r = !value || buffer_append_text(out, value, l->err);
            c = end + 1;
        } else {
            r = buffer_append_byte(out, *c++, l->err);
        }
        if (r)
            return NULL;
    }
    return arena_copy(l->arena, buffer_slice(out), l->err);
}

/* A deep copy. override: 0 = of the file, else 1 + index of the --set that the nodes come from. */
static struct yaml_node *copy(struct loader *l, const struct variables *v, const struct yaml_node *node,
                              unsigned override)
{
    struct yaml_node *made = node_new(l, *node);
    if (!made)
        return NULL;
    if (override) {
        made->line = 0;
        made->column = override;
    }
    if (node->kind == YAML_SCALAR) {
        made->text = v ? replace(l, v, node) : arena_copy(l->arena, slice_of(node->text), l->err);
        if (made->text == node->text) /* of the YAML tree, which is dropped after loading */
            made->text = arena_copy(l->arena, slice_of(node->text), l->err);
        return made->text ? made : NULL;
    }
    made->items = arena_array(l->arena, node->count + 1, sizeof *made->items, l->err);
    made->keys = arena_array(l->arena, node->count + 1, sizeof *made->keys, l->err);
    if (!made->items || !made->keys)
        return NULL;
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == YAML_MAP && !(made->keys[i] = copy(l, NULL, node->keys[i], override)))
            return NULL;
        if (!(made->items[i] = copy(l, v, node->items[i], override)))
            return NULL;
        if (made->keys[i])
            made->items[i]->key = made->keys[i]->text;
    }
    return made;
}

/* Puts `value` at `key` of a map, in place of what was there. */
static int put(struct loader *l, struct yaml_node *map, const char *key, struct yaml_node *value)
{
    value->key = key;
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->keys[i]->text, key) == 0) {
            map->items[i] = value;
            return 0;
        }
    struct yaml_node **items = arena_array(l->arena, map->count + 1, sizeof *items, l->err);
    struct yaml_node **keys = arena_array(l->arena, map->count + 1, sizeof *keys, l->err);
    struct yaml_node *name =
        node_new(l, (struct yaml_node){.kind = YAML_SCALAR, .column = value->column, .text = key});
    if (!items || !keys || !name)
        return -1;
    for (size_t i = 0; i < map->count; i++) {
        items[i] = map->items[i];
        keys[i] = map->keys[i];
    }
    items[map->count] = value;
    keys[map->count++] = name;
    map->items = items;
    map->keys = keys;
    return 0;
}

/* The step of that name in a list of steps: [{classify: {name: specialty}}]. */
static struct yaml_node *step_of(struct loader *l, struct yaml_node *list, const char *name,
                                 const struct yaml_node *place)
{
    const char *names[64];
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct yaml_node *step = list->items[i];
        const struct yaml_node *given =
            step->kind == YAML_MAP && step->count == 1 ? yaml_get(step->items[0], "name") : NULL;
        if (!given || given->kind != YAML_SCALAR)
            continue;
        if (strcmp(given->text, name) == 0)
            return step->items[0];
        if (count < COUNT_OF(names))
            names[count++] = given->text;
    }
    complain(l, place, "no step is named \"%.60s\"", name);
    const char *near = suggest_nearest(name, names, count);
    if (near)
        error_hint(l->err, "did you mean \"%s\"?", near);
    return NULL;
}

/* The node below `at` that one word of a path names; a mapping that is not there is made. */
static struct yaml_node *descend(struct loader *l, struct yaml_node *at, const char *word,
                                 const struct yaml_node *place)
{
    if (at->kind == YAML_LIST && at->key && strcmp(at->key, "steps") == 0)
        return step_of(l, at, word, place);
    if (at->kind != YAML_MAP) {
        complain(l, place, "\"%s\" lies in nothing that has keys", word);
        return NULL;
    }
    struct yaml_node *found = NULL;
    for (size_t i = 0; i < at->count; i++)
        if (strcmp(at->keys[i]->text, word) == 0)
            found = at->items[i];
    if (found)
        return found;
    found = node_new(l, (struct yaml_node){.kind = YAML_MAP, .column = place->column});
    return found && put(l, at, word, found) == 0 ? found : NULL;
}

/* The value of a --set is read as YAML, so that lists can be given; what is not a list or mapping stays text.
 */
static struct yaml_node *read_value(struct loader *l, const char *text, unsigned override)
{
    AUTO(yaml) *yaml = NULL;
    struct error ignored;
    struct yaml_node plain = {.kind = YAML_SCALAR, .text = text};
    const struct yaml_node *node = &plain;
    if ((text[0] == '[' || text[0] == '{' || text[0] == '"' || text[0] == '\'') &&
        yaml_read(&yaml, slice_of(text), "--set", FAULT_PIPELINE, &ignored) == 0 && yaml_root(yaml))
        node = yaml_root(yaml);
    return copy(l, NULL, node, override);
}

static int apply(struct loader *l, struct yaml_node *root, unsigned override)
{
    const struct yaml_node place = {.column = override};
    const char *given = l->overrides[override - 1], *equals = strchr(given, '=');
    if (!equals || equals == given) {
        error_set(l->err, FAULT_USAGE, "--set wants PATH=VALUE, not \"%.100s\"", given);
        return error_hint(l->err, "for example --set redact.threshold=0.4");
    }
    char *path = arena_copy(l->arena, (struct slice){given, (size_t)(equals - given)}, l->err);
    struct yaml_node *value = read_value(l, equals + 1, override), *at = root;
    if (!path || !value)
        return -1;
    for (char *dot; (dot = strchr(path, '.')); path = dot + 1) {
        *dot = 0;
        if (!(at = descend(l, at, path, &place)))
            return -1;
    }
    if (!path[0])
        return complain(l, &place, "the path ends with a dot");
    return at->kind == YAML_MAP ? put(l, at, path, value)
                                : complain(l, &place, "\"%s\" lies in nothing that has keys", path);
}

int overlay(struct loader *l, const struct yaml_node *root, struct yaml_node **ret)
{
    struct variables variables = {.count = 0};
    if (declare_all(l, &variables, yaml_get(root, "env")))
        return -1;
    struct yaml_node *tree = copy(l, &variables, root, 0);
    if (!tree)
        return -1;
    for (unsigned i = 1; i <= l->override_count; i++)
        if (apply(l, tree, i))
            return -1;
    *ret = tree;
    return 0;
}
