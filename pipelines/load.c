/* load.c - reads a pipeline file by the tables of keys.c; see pipeline.h. */
#include "pipelines/keys.h"

#include "base/file.h"
#include "base/suggest.h"

#include <stdarg.h>

#define PIPELINE_BYTES_MAX (4u << 20)
#define CANONICAL_BYTES_MAX (16u << 20)
#define NAMES_MAX 64u

struct loaded { /* a pipeline with what it stands on; the pipeline comes first */
    struct pipeline pipeline;
    struct arena *arena;
    struct pipeline_warning *warnings;
    size_t warning_count;
};

/* ---- complaints ---- */

static int place(struct loader *l, const struct yaml_node *at)
{
    if (at->line)
        return error_at(l->err, l->name, at->line, at->column);
    char source[sizeof l->err->file] = "";
    if (at->column && at->column <= l->override_count)
        snprintf(source, sizeof source, "--set %s", l->overrides[at->column - 1]);
    return error_at(l->err, source, 0, 0);
}

int complain(struct loader *l, const struct yaml_node *at, const char *format, ...)
{
    char text[sizeof l->err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error_set(l->err, FAULT_PIPELINE, "%s", text);
    return place(l, at);
}

int complain_place(struct loader *l, const struct yaml_node *at)
{
    return l->err->line ? -1 : place(l, at);
}

int complain_unknown(struct loader *l, const struct yaml_node *at, const char *what, const char *const *names)
{
    const char *reason = reserved_reason(what, at->text);
    if (reason)
        return complain(l, at, "%s \"%.60s\" is not part of this version: %s", what, at->text, reason);
    complain(l, at, "unknown %s \"%.60s\"", what, at->text);
    size_t count = 0, used = 0;
    while (names[count])
        count++;
    const char *near = suggest_nearest(at->text, names, count);
    if (near)
        return error_hint(l->err, "did you mean \"%s\"?", near);
    char all[160] = "";
    for (size_t i = 0; i < count && used < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", names[i]);
    return used < sizeof all ? error_hint(l->err, "it is one of %s", all)
                             : error_hint(l->err, "`alcove pipeline schema` lists all");
}

/* `"retention" is not a key of "redact"; it belongs to "store"`, or the nearest key. */
static int unknown_key(struct loader *l, const struct section *section, const struct yaml_node *key)
{
    const char *reason = reserved_reason(section->name, key->text), *names[NAMES_MAX];
    if (reason)
        return complain(l, key, "\"%s\" is not part of this version: %s", key->text, reason);
    char here[80];
    snprintf(here, sizeof here, section->name[0] ? "a key of \"%s\"" : "a key of a pipeline%s",
             section->name);
    for (size_t i = 0; sections_all[i]; i++)
        for (const struct key *row = sections_all[i]->keys; row->name; row++)
            if (strcmp(row->name, key->text) == 0)
                return sections_all[i]->name[0]
                           ? complain(l, key, "\"%s\" is not %s; it belongs to \"%s\"", key->text, here,
                                      sections_all[i]->name)
                           : complain(l, key, "\"%s\" is not %s; it belongs to the top level", key->text,
                                      here);
    complain(l, key, "\"%.100s\" is not %s", key->text, here);
    size_t count = 0;
    for (const struct key *row = section->keys; row->name && count < NAMES_MAX; row++)
        names[count++] = row->name;
    const char *near = suggest_nearest(key->text, names, count);
    return near ? error_hint(l->err, "did you mean \"%s\"?", near) : -1;
}

int warn(struct loader *l, unsigned line, unsigned column, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (l->warning_count == l->warning_room) {
        size_t room = l->warning_room ? 2 * l->warning_room : 8;
        struct pipeline_warning *more = arena_array(l->arena, room, sizeof *more, l->err);
        if (!more)
            return -1;
        if (l->warning_count)
            memcpy(more, l->warnings, l->warning_count * sizeof *more);
        l->warnings = more;
        l->warning_room = room;
    }
    const char *copy = arena_copy(l->arena, slice_of(text), l->err);
    if (!copy)
        return -1;
    l->warnings[l->warning_count++] = (struct pipeline_warning){line, column, copy};
    return 0;
}

/* ---- sections ---- */

/* A default is read like what a person writes: "0.5", or a list split at blanks. */
static int load_default(struct loader *l, const struct key *key, void *base)
{
    struct yaml_node *list = arena_take(l->arena, sizeof *list, l->err);
    char *text = arena_copy(l->arena, slice_of(key->otherwise), l->err);
    if (!list || !text)
        return -1;
    *list = (struct yaml_node){.kind = YAML_SCALAR, .text = text};
    if (!key->type->is_list)
        return key->type->load(l, key, list, base);
    list->kind = YAML_LIST;
    list->items = arena_array(l->arena, strlen(text) + 1, sizeof *list->items, l->err);
    if (!list->items)
        return -1;
    for (char *word = text; *word;) {
        struct yaml_node *item = arena_take(l->arena, sizeof *item, l->err);
        if (!item)
            return -1;
        *item = (struct yaml_node){.kind = YAML_SCALAR, .text = word};
        list->items[list->count++] = item;
        word += strcspn(word, " ");
        if (*word)
            *word++ = 0;
    }
    return key->type->load(l, key, list, base);
}

/* A section that is not there: its defaults still count. */
static int load_absent(struct loader *l, const struct key *key, const struct yaml_node *map, void *base)
{
    static const struct yaml_node nothing = {.kind = YAML_MAP};
    if (key->is_required) {
        complain(l, map, "\"%s\" is missing", key->name);
        return error_hint(l->err, "%s", key->help);
    }
    if (key->section)
        return key->type->load(l, key, &nothing, base);
    return key->otherwise ? load_default(l, key, base) : 0;
}

int load_section(struct loader *l, const struct section *section, const struct yaml_node *map, void *base)
{
    for (size_t i = 0; i < map->count; i++) {
        bool is_known = false;
        for (const struct key *key = section->keys; key->name && !is_known; key++)
            is_known = strcmp(key->name, map->keys[i]->text) == 0;
        if (!is_known)
            return unknown_key(l, section, map->keys[i]);
    }
    for (const struct key *key = section->keys; key->name; key++) {
        const struct yaml_node *node = yaml_get(map, key->name);
        if (node ? key->type->load(l, key, node, base) : load_absent(l, key, map, base))
            return -1;
    }
    return 0;
}

json_t *section_json(const struct section *section, const void *base)
{
    json_t *all = json_object();
    for (const struct key *key = section->keys; key->name; key++)
        if (key->type->json)
            json_object_set_new(all, key->name, key->type->json(key, base));
    return all;
}

int pipeline_canonical(const struct pipeline *pipeline, struct buffer *to, struct error *err)
{
    json_t *values = section_json(&section_pipeline, pipeline);
    int r = values ? json_canonical(values, to, err) : error_memory(err);
    json_decref(values);
    return r;
}

static int digest(struct pipeline *pipeline, struct error *err)
{
    AUTO(buffer) *canonical = NULL;
    if (buffer_new(&canonical, CANONICAL_BYTES_MAX, err) || pipeline_canonical(pipeline, canonical, err))
        return -1;
    pipeline->digest = hash_bytes(buffer_slice(canonical));
    return 0;
}

/* ---- the front door ---- */

static int keep_overrides(struct loader *l, const char *const *overrides, size_t count)
{
    const char **kept = arena_array(l->arena, count + 1, sizeof *kept, l->err);
    if (!kept)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (!(kept[i] = arena_copy(l->arena, slice_of(overrides[i]), l->err)))
            return -1;
    l->overrides = kept;
    l->override_count = count;
    l->pipeline->overrides = kept;
    l->pipeline->override_count = count;
    return 0;
}

static int load(struct loader *l)
{
    static const struct yaml_node nothing = {.kind = YAML_MAP, .line = 1, .column = 1};
    const struct yaml_node *root = yaml_root(l->yaml);
    struct yaml_node *tree;
    if (!root)
        return complain(l, &nothing, "the pipeline is empty");
    if (root->kind != YAML_MAP)
        return complain(l, root, "a pipeline is a mapping: version: 1, name: ..., redact: ...");
    return overlay(l, root, &tree) || load_section(l, &section_pipeline, tree, l->pipeline) ||
           check_pipeline(l) || digest(l->pipeline, l->err);
}

int pipeline_read(struct pipeline **ret, struct slice bytes, const char *name, const char *const *overrides,
                  size_t count, struct error *err)
{
    AUTO(yaml) *yaml = NULL;
    struct loaded *made = calloc(1, sizeof *made);
    if (!made)
        return error_memory(err);
    AUTO(pipeline) *pipeline = &made->pipeline;
    if (yaml_read(&yaml, bytes, name, FAULT_PIPELINE, err) || arena_new(&made->arena, err))
        return -1;
    struct loader l = {.arena = made->arena, .yaml = yaml, .name = name, .pipeline = pipeline, .err = err};
    if (!(pipeline->path = arena_copy(made->arena, slice_of(name), err)) ||
        keep_overrides(&l, overrides, count) || load(&l))
        return -1;
    made->warnings = l.warnings;
    made->warning_count = l.warning_count;
    *ret = TAKE(pipeline);
    return 0;
}

int pipeline_load(struct pipeline **ret, const char *path, const char *const *overrides, size_t count,
                  struct error *err)
{
    AUTO(buffer) *bytes = NULL;
    if (file_read(&bytes, path, PIPELINE_BYTES_MAX, FAULT_PIPELINE, err))
        return -1;
    return pipeline_read(ret, buffer_slice(bytes), path, overrides, count, err);
}

void pipeline_drop(struct pipeline **pipeline)
{
    if (!*pipeline)
        return;
    struct loaded *made = (struct loaded *)*pipeline;
    arena_drop(&made->arena);
    free(made);
    *pipeline = NULL;
}

const struct pipeline_warning *pipeline_warnings(const struct pipeline *pipeline, size_t *ret_count)
{
    const struct loaded *made = (const struct loaded *)pipeline;
    *ret_count = made->warning_count;
    return made->warnings;
}
