/* fragment.c - the shared pieces of a pack: %{name} in patterns and in word lists. */
#include "rules/pack.h"

#include "base/buffer.h"
#include "base/suggest.h"

#define NAME_BYTES_MAX 60u
#define LIST_ITEMS_MAX 20000u
#define DEPTH_MAX 8 /* fragments within fragments */

/* The node of `name` under `define` or `lists`, or NULL. */
static const struct yaml_node *piece(const struct pack *pack, const char *where, const char *name)
{
    const struct yaml_node *pieces = yaml_get(yaml_root(pack->yaml), where);
    return pieces ? yaml_get(pieces, name) : NULL;
}

static int unknown(const struct pack *pack, const struct yaml_node *at, const char *name, struct error *err)
{
    const char *names[512];
    size_t count = 0;
    for (int i = 0; i < 2; i++) {
        const struct yaml_node *pieces = yaml_get(yaml_root(pack->yaml), i ? "lists" : "define");
        for (size_t j = 0; pieces && j < pieces->count && count < COUNT_OF(names); j++)
            names[count++] = pieces->keys[j]->text;
    }
    yaml_error(pack->yaml, at, FAULT_PIPELINE, err, "nothing is defined under the name \"%s\"", name);
    const char *nearest = suggest_nearest(name, names, count);
    return nearest ? error_hint(err, "did you mean \"%s\"?", nearest)
                   : error_hint(err, "name it under \"define\" or \"lists\"");
}

static bool is_special(char c)
{
    return strchr("\\^$.|?*+()[]{}-", c) != NULL;
}

/* A list in a pattern: (?:a|b|c), longer words first so that none hides behind its beginning. */
static int append_alternatives(const struct pack *pack, const struct yaml_node *list, struct buffer *to,
                               struct error *err)
{
    struct text_list words;
    if (fragment_list(pack, list, &words, err) || buffer_append_text(to, "(?:", err))
        return -1;
    size_t longest = 0, written = 0;
    for (size_t i = 0; i < words.count; i++)
        longest = MAX(longest, strlen(words.items[i]));
    for (size_t length = longest + 1; length-- > 0;)
        for (size_t i = 0; i < words.count; i++) {
            if (strlen(words.items[i]) != length)
                continue;
            if (written++ && buffer_append_byte(to, '|', err))
                return -1;
            for (const char *c = words.items[i]; *c; c++)
                if ((is_special(*c) && buffer_append_byte(to, '\\', err)) || buffer_append_byte(to, *c, err))
                    return -1;
        }
    return buffer_append_byte(to, ')', err);
}

static int expand(const struct pack *pack, const struct yaml_node *at, const char *pattern, struct buffer *to,
                  int depth, struct error *err)
{
    if (depth > DEPTH_MAX)
        return yaml_error(pack->yaml, at, FAULT_PIPELINE, err, "fragments stand in each other without end");
    for (const char *c = pattern; *c;) {
        const char *open = strstr(c, "%{"), *close = open ? strchr(open, '}') : NULL;
        if (!close)
            return buffer_append_text(to, c, err);
        char name[NAME_BYTES_MAX + 1];
        size_t bytes = (size_t)(close - open) - 2;
        if (bytes > NAME_BYTES_MAX)
            return yaml_error(pack->yaml, at, FAULT_PIPELINE, err, "a fragment's name has at most %u letters",
                              NAME_BYTES_MAX);
        memcpy(name, open + 2, bytes);
        name[bytes] = 0;
        if (buffer_append(to, (struct slice){c, (size_t)(open - c)}, err))
            return -1;
        const struct yaml_node *text = piece(pack, "define", name), *list = piece(pack, "lists", name);
        if (!text && !list)
            return unknown(pack, at, name, err);
        if (text ? expand(pack, at, text->text, to, depth + 1, err)
                 : append_alternatives(pack, list, to, err))
            return -1;
        c = close + 1;
    }
    return 0;
}

int fragment_expand(const struct pack *pack, const struct yaml_node *at, const char *pattern,
                    const char **ret, struct error *err)
{
    AUTO(buffer) *to = NULL;
    if (buffer_new(&to, PATTERN_BYTES_MAX, err))
        return -1;
    if (expand(pack, at, pattern, to, 0, err)) {
        if (err->code == FAULT_DOCUMENT) /* the buffer's maximum */
            return yaml_error(pack->yaml, at, FAULT_PIPELINE, err,
                              "the pattern has more than %u bytes with its fragments", PATTERN_BYTES_MAX);
        return -1;
    }
    return (*ret = arena_copy(pack->arena, buffer_slice(to), err)) ? 0 : -1;
}

static int count_or_copy(const struct pack *pack, const struct yaml_node *list, struct text_list *ret,
                         bool is_copy, int depth, struct error *err)
{
    if (list->kind != YAML_LIST)
        return yaml_error(pack->yaml, list, FAULT_PIPELINE, err,
                          "a list of words in [ ] or with dashes is expected");
    if (depth > DEPTH_MAX)
        return yaml_error(pack->yaml, list, FAULT_PIPELINE, err, "lists stand in each other without end");
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *item = list->items[i];
        if (item->kind != YAML_SCALAR || !item->text[0])
            return yaml_error(pack->yaml, item, FAULT_PIPELINE, err, "a word is expected");
        size_t bytes = strlen(item->text);
        if (bytes > 3 && bytes < NAME_BYTES_MAX && memcmp(item->text, "%{", 2) == 0 &&
            item->text[bytes - 1] == '}') {
            char name[NAME_BYTES_MAX + 1];
            memcpy(name, item->text + 2, bytes - 3);
            name[bytes - 3] = 0;
            const struct yaml_node *inner = piece(pack, "lists", name);
            if (!inner)
                return unknown(pack, item, name, err);
            if (count_or_copy(pack, inner, ret, is_copy, depth + 1, err))
                return -1;
        } else if (ret->count >= LIST_ITEMS_MAX) {
            return yaml_error(pack->yaml, item, FAULT_PIPELINE, err, "a list has at most %u words",
                              LIST_ITEMS_MAX);
        } else {
            if (is_copy)
                ret->items[ret->count] = item->text;
            ret->count++;
        }
    }
    return 0;
}

int fragment_list(const struct pack *pack, const struct yaml_node *list, struct text_list *ret,
                  struct error *err)
{
    struct text_list made = {.node = list};
    if (count_or_copy(pack, list, &made, false, 0, err))
        return -1;
    made.items = arena_array(pack->arena, made.count + 1, sizeof *made.items, err);
    if (!made.items)
        return -1;
    made.count = 0;
    if (count_or_copy(pack, list, &made, true, 0, err))
        return -1;
    *ret = made;
    return 0;
}
