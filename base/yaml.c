/* yaml.c - see yaml.h. Builds the tree from libyaml's events with a stack of open lists and maps, so that
 * depth and size are bounded before anything is kept. */
#include "base/yaml.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/utf8.h"
#include "base/yaml_complaint.h"

#include <stdarg.h>

#define YAML_BYTES_MAX (4u << 20)
#define YAML_DEPTH_MAX 32u
#define YAML_NODES_MAX 200000u

struct yaml {
    struct arena *arena;
    char *name;
    struct yaml_node *root;
};

struct link { /* a child, while its parent is open */
    struct link *next;
    struct yaml_node *key, *value;
};

struct frame { /* an open list or map */
    struct yaml_node *node;
    struct yaml_node *key; /* of a map: the key whose value comes next */
    struct link *first, **last;
    size_t count;
};

struct builder {
    struct yaml *yaml;
    struct slice bytes;
    yaml_parser_t parser;
    struct frame frames[YAML_DEPTH_MAX];
    size_t depth, nodes;
    struct yaml_quote quote;
    enum fault fault;
    struct error *err;
};

static int refuse(struct builder *b, yaml_mark_t mark, const char *format, ...) PRINTF_LIKE(3, 4);

static int refuse(struct builder *b, yaml_mark_t mark, const char *format, ...)
{
    char text[sizeof b->err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error_set(b->err, b->fault, "%s", text);
    return error_at(b->err, b->yaml->name, (unsigned)mark.line + 1, (unsigned)mark.column + 1);
}

static struct yaml_node *node_new(struct builder *b, enum yaml_kind kind, yaml_mark_t mark)
{
    if (b->nodes++ >= YAML_NODES_MAX) {
        refuse(b, mark, "more than %u values in one file", YAML_NODES_MAX);
        return NULL;
    }
    struct yaml_node *node = arena_take(b->yaml->arena, sizeof *node, b->err);
    if (node)
        *node = (struct yaml_node){
            .kind = kind, .line = (unsigned)mark.line + 1, .column = (unsigned)mark.column + 1};
    return node;
}

/* Puts a finished or opened node below its parent; a scalar where a map wants a key becomes the key. */
static int attach(struct builder *b, struct yaml_node *node, yaml_mark_t mark)
{
    if (b->depth == 0) {
        b->yaml->root = node;
        return 0;
    }
    struct frame *top = &b->frames[b->depth - 1];
    if (top->node->kind == YAML_MAP && !top->key) {
        if (node->kind != YAML_SCALAR)
            return refuse(b, mark, "a key must be plain text, not a list or mapping");
        if (node->is_plain && strcmp(node->text, "<<") == 0)
            return refuse(b, mark, "merge keys (\"<<\") are not supported; write the keys out");
        top->key = node;
        return 0;
    }
    struct link *link = arena_take(b->yaml->arena, sizeof *link, b->err);
    if (!link)
        return -1;
    *link = (struct link){.key = top->key, .value = node};
    if (top->key)
        node->key = top->key->text;
    top->key = NULL;
    *top->last = link;
    top->last = &link->next;
    top->count++;
    return 0;
}

static int open_frame(struct builder *b, enum yaml_kind kind, yaml_mark_t mark)
{
    struct yaml_node *node = node_new(b, kind, mark);
    if (!node || attach(b, node, mark))
        return -1;
    if (b->depth == YAML_DEPTH_MAX)
        return refuse(b, mark, "nested deeper than %u levels", YAML_DEPTH_MAX);
    struct frame *top = &b->frames[b->depth++];
    *top = (struct frame){.node = node};
    top->last = &top->first;
    return 0;
}

/* By text, then by place in the file. */
static int key_order(const void *a, const void *b)
{
    const struct yaml_node *x = *(struct yaml_node *const *)a, *y = *(struct yaml_node *const *)b;
    int order = strcmp(x->text, y->text);
    if (order)
        return order;
    return x->line != y->line ? (x->line > y->line) - (x->line < y->line)
                              : (x->column > y->column) - (x->column < y->column);
}

/* libyaml lets a doubled key pass: sorted, equal keys are neighbours. */
static int keys_unique(struct builder *b, const struct yaml_node *map)
{
    if (map->count < 2)
        return 0;
    struct yaml_node **sorted = arena_array(b->yaml->arena, map->count, sizeof(struct yaml_node *), b->err);
    if (!sorted)
        return -1;
    memcpy(sorted, map->keys, map->count * sizeof(struct yaml_node *));
    qsort(sorted, map->count, sizeof(struct yaml_node *), key_order);
    for (size_t i = 1; i < map->count; i++)
        if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0) {
            error_set(b->err, b->fault, "key \"%s\" given twice (first at %u:%u)", sorted[i]->text,
                      sorted[i - 1]->line, sorted[i - 1]->column);
            return error_at(b->err, b->yaml->name, sorted[i]->line, sorted[i]->column);
        }
    return 0;
}

static int close_frame(struct builder *b)
{
    struct frame *top = &b->frames[--b->depth];
    struct yaml_node *node = top->node;
    node->count = top->count;
    node->items = arena_array(b->yaml->arena, top->count, sizeof(struct yaml_node *), b->err);
    node->keys = arena_array(b->yaml->arena, top->count, sizeof(struct yaml_node *), b->err);
    if (!node->items || !node->keys)
        return -1;
    size_t i = 0;
    for (struct link *link = top->first; link; link = link->next, i++) {
        node->items[i] = link->value;
        node->keys[i] = link->key;
    }
    return node->kind == YAML_MAP ? keys_unique(b, node) : 0;
}

static int add_scalar(struct builder *b, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t bytes = event->data.scalar.length;
    yaml_scalar_style_t style = event->data.scalar.style;
    if (memchr(text, 0, bytes))
        return refuse(b, event->start_mark, "a NUL character in a value");
    if (style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
        b->quote = (struct yaml_quote){event->start_mark, event->end_mark,
                                       event->start_mark.line != event->end_mark.line};
    struct yaml_node *node = node_new(b, YAML_SCALAR, event->start_mark);
    if (!node)
        return -1;
    node->is_plain = style == YAML_PLAIN_SCALAR_STYLE;
    node->text = arena_copy(b->yaml->arena, (struct slice){text, bytes}, b->err);
    return node->text ? attach(b, node, event->start_mark) : -1;
}

/* Anchors make alias bombs and tags make types; neither is needed in configuration. */
static int only_plain(struct builder *b, const yaml_event_t *event, const void *anchor, const void *tag)
{
    if (anchor)
        return refuse(b, event->start_mark,
                      "anchors (\"&\") are not supported; write the value where it is needed");
    if (tag)
        return refuse(b, event->start_mark, "tags (\"!\") are not supported; quote the value");
    return 0;
}

/* Takes one event. 1 = the stream has ended. */
static int take_event(struct builder *b, const yaml_event_t *event, unsigned *documents)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return ++*documents > 1 ? refuse(b, event->start_mark, "a second document; a file holds one") : 0;
    case YAML_ALIAS_EVENT:
        return refuse(b, event->start_mark,
                      "aliases (\"*\") are not supported; write the value out, or quote it");
    case YAML_SCALAR_EVENT:
        return only_plain(b, event, event->data.scalar.anchor, event->data.scalar.tag) || add_scalar(b, event)
                   ? -1
                   : 0;
    case YAML_SEQUENCE_START_EVENT:
        return only_plain(b, event, event->data.sequence_start.anchor, event->data.sequence_start.tag) ||
                       open_frame(b, YAML_LIST, event->start_mark)
                   ? -1
                   : 0;
    case YAML_MAPPING_START_EVENT:
        return only_plain(b, event, event->data.mapping_start.anchor, event->data.mapping_start.tag) ||
                       open_frame(b, YAML_MAP, event->start_mark)
                   ? -1
                   : 0;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_frame(b);
    case YAML_STREAM_END_EVENT:
        return 1;
    default:
        return 0;
    }
}

static int build(struct builder *b)
{
    unsigned documents = 0;
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event))
            return yaml_complain(&b->parser, b->bytes, b->yaml->name, &b->quote, b->fault, b->err);
        int taken = take_event(b, &event, &documents);
        yaml_event_delete(&event);
        if (taken)
            return taken < 0 ? -1 : 0;
    }
}

/* A file of nothing but white space and comments is empty: libyaml gives one scalar "" or none. */
static void drop_empty_root(struct yaml *yaml)
{
    const struct yaml_node *root = yaml->root;
    if (root && root->kind == YAML_SCALAR && root->is_plain && !root->text[0])
        yaml->root = NULL;
}

int yaml_read(struct yaml **ret, struct slice bytes, const char *name, enum fault fault, struct error *err)
{
    AUTO(yaml) *yaml = calloc(1, sizeof *yaml);
    if (!yaml)
        return error_memory(err);
    if (arena_new(&yaml->arena, err) || !(yaml->name = arena_copy(yaml->arena, slice_of(name), err)))
        return -1;
    if (bytes.bytes > YAML_BYTES_MAX) {
        error_set(err, fault, "larger than %u MiB", YAML_BYTES_MAX >> 20);
        return error_at(err, name, 0, 0);
    }
    size_t valid = utf8_valid(bytes);
    if (valid < bytes.bytes) {
        unsigned line, column;
        yaml_place(bytes, valid, &line, &column);
        error_set(err, fault, "not valid UTF-8 (byte 0x%02x)", (unsigned char)bytes.data[valid]);
        error_hint(err, "save the file as UTF-8");
        return error_at(err, name, line, column);
    }
    struct builder *b = calloc(1, sizeof *b);
    if (!b || !yaml_parser_initialize(&b->parser)) {
        free(b);
        return error_memory(err);
    }
    b->yaml = yaml;
    b->bytes = bytes;
    b->fault = fault;
    b->err = err;
    yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b->parser, (const unsigned char *)(bytes.bytes ? bytes.data : ""),
                                 bytes.bytes);
    int r = build(b);
    yaml_parser_delete(&b->parser);
    free(b);
    if (r)
        return -1;
    drop_empty_root(yaml);
    *ret = TAKE(yaml);
    return 0;
}

int yaml_read_file(struct yaml **ret, const char *path, enum fault fault, struct error *err)
{
    AUTO(buffer) *bytes = NULL;
    if (file_read(&bytes, path, YAML_BYTES_MAX, fault, err))
        return -1;
    return yaml_read(ret, buffer_slice(bytes), path, fault, err);
}

void yaml_drop(struct yaml **yaml)
{
    if (!*yaml)
        return;
    arena_drop(&(*yaml)->arena);
    free(*yaml);
    *yaml = NULL;
}

const struct yaml_node *yaml_root(const struct yaml *yaml)
{
    return yaml->root;
}

const char *yaml_name(const struct yaml *yaml)
{
    return yaml->name;
}
