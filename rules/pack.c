/* pack.c - see pack.h. */
#include "rules/pack.h"

#include "base/file.h"
#include "base/suggest.h"

#define PACK_BYTES_MAX (4u << 20)
#define DEFAULT_NEGATIVE 0.4

static const char *const pack_keys[] = {"pack", "version", "about", "define", "lists", "rules"};
static const char *const rule_keys[] = {"id",      "label",   "hipaa", "source",  "pattern", "finder",
                                        "case",    "at",      "near",  "except",  "stop",    "validate",
                                        "invalid", "context", "score", "examples"};
static const char *const context_keys[] = {"words", "negative"};
static const char *const score_keys[] = {"pattern", "context", "valid", "negative"};
static const char *const example_keys[] = {"match", "reject"};

void pack_drop(struct pack **pack)
{
    if (!*pack)
        return;
    yaml_drop(&(*pack)->yaml);
    buffer_drop(&(*pack)->bytes);
    arena_drop(&(*pack)->arena);
    free(*pack);
    *pack = NULL;
}

char pack_char_at(const struct pack *pack, unsigned line, unsigned column)
{
    const char *c = pack->bytes->data;
    for (; line > 1 && *c; c++)
        line -= *c == '\n';
    for (; column > 1 && *c && *c != '\n'; c++)
        column -= (c[1] & 0xc0) != 0x80;
    return *c;
}

/* The scalar under `key`, or NULL where it is absent and not needed. */
static int text_of(const struct pack *pack, const struct yaml_node *map, const char *key, bool is_needed,
                   const struct yaml_node **ret, struct error *err)
{
    const struct yaml_node *node = yaml_get(map, key);
    *ret = node;
    if (!node)
        return is_needed ? yaml_error(pack->yaml, map, FAULT_PIPELINE, err, "\"%s\" is missing", key) : 0;
    if (node->kind != YAML_SCALAR || !node->text[0])
        return yaml_error(pack->yaml, node, FAULT_PIPELINE, err, "\"%s\" must be a text", key);
    return 0;
}

/* The map under `key` with known keys only, or NULL where it is absent. */
static int map_of(const struct pack *pack, const struct yaml_node *map, const char *key,
                  const char *const *names, size_t count, const struct yaml_node **ret, struct error *err)
{
    *ret = yaml_get(map, key);
    if (!*ret)
        return 0;
    if ((*ret)->kind != YAML_MAP)
        return yaml_error(pack->yaml, *ret, FAULT_PIPELINE, err, "\"%s\" must be a mapping", key);
    return yaml_only_keys(pack->yaml, *ret, FAULT_PIPELINE, names, count, err);
}

static int list_of(const struct pack *pack, const struct yaml_node *map, const char *key,
                   struct text_list *ret, struct error *err)
{
    const struct yaml_node *node = map ? yaml_get(map, key) : NULL;
    *ret = (struct text_list){0};
    return node ? fragment_list(pack, node, ret, err) : 0;
}

/* One of two words under `key`; *ret is true for the second. */
static int choice_of(const struct pack *pack, const struct yaml_node *map, const char *key, const char *first,
                     const char *second, bool *ret, struct error *err)
{
    const struct yaml_node *node;
    if (text_of(pack, map, key, false, &node, err))
        return -1;
    *ret = node && strcmp(node->text, second) == 0;
    if (node && !*ret && strcmp(node->text, first) != 0)
        return yaml_error(pack->yaml, node, FAULT_PIPELINE, err, "\"%s\" must be %s or %s", key, first,
                          second);
    return 0;
}

static int read_label(const struct pack *pack, const struct yaml_node *node, enum label *ret,
                      struct error *err)
{
    if (label_from(node->text, ret))
        return 0;
    const char *names[LABEL_COUNT];
    for (int i = 0; i < LABEL_COUNT; i++)
        names[i] = label_name((enum label)i);
    const char *nearest = suggest_nearest(node->text, names, LABEL_COUNT);
    yaml_error(pack->yaml, node, FAULT_PIPELINE, err, "unknown label \"%s\"", node->text);
    return nearest ? error_hint(err, "did you mean \"%s\"?", nearest) : -1;
}

static int read_validator(const struct pack *pack, const struct yaml_node *node, const struct validator **ret,
                          struct error *err)
{
    *ret = validator_find(node->text);
    if (*ret)
        return 0;
    const char *names[128];
    size_t count = 0;
    for (; count < validator_count && count < COUNT_OF(names); count++)
        names[count] = validators[count].name;
    const char *nearest = suggest_nearest(node->text, names, count);
    yaml_error(pack->yaml, node, FAULT_PIPELINE, err, "unknown validator \"%s\"", node->text);
    return nearest ? error_hint(err, "did you mean \"%s\"?", nearest) : -1;
}

static int read_finder(const struct pack *pack, const struct yaml_node *node, const struct finder **ret,
                       struct error *err)
{
    *ret = finder_find(node->text);
    if (*ret)
        return 0;
    const char *names[16];
    size_t count = 0;
    for (; finders[count] && count < COUNT_OF(names); count++)
        names[count] = finders[count]->name;
    const char *nearest = suggest_nearest(node->text, names, count);
    yaml_error(pack->yaml, node, FAULT_PIPELINE, err, "unknown finder \"%s\"", node->text);
    return nearest ? error_hint(err, "did you mean \"%s\"?", nearest) : -1;
}

/* A rule has a pattern or a finder, and a finder has its own idea of where to look. */
static int read_pattern(const struct pack *pack, const struct yaml_node *map, struct rule_text *rule,
                        struct error *err)
{
    static const char *const of_patterns[] = {"pattern",  "case",    "at",     "near",
                                              "validate", "invalid", "context"};
    const struct yaml_node *finder;
    if (text_of(pack, map, "finder", false, &finder, err))
        return -1;
    if (!finder)
        return text_of(pack, map, "pattern", true, &rule->pattern_node, err) ||
                       fragment_expand(pack, rule->pattern_node, rule->pattern_node->text, &rule->pattern,
                                       err)
                   ? -1
                   : 0;
    for (size_t i = 0; i < COUNT_OF(of_patterns); i++) {
        const struct yaml_node *other = yaml_get(map, of_patterns[i]);
        if (other)
            return yaml_error(pack->yaml, other, FAULT_PIPELINE, err, "\"%s\" does not go with \"finder\"",
                              of_patterns[i]);
    }
    return read_finder(pack, finder, &rule->finder, err);
}

static int read_scores(const struct pack *pack, const struct yaml_node *map, struct rule_text *rule,
                       struct error *err)
{
    const struct yaml_node *scores;
    if (map_of(pack, map, "score", score_keys, COUNT_OF(score_keys), &scores, err))
        return -1;
    if (!scores)
        return yaml_error(pack->yaml, map, FAULT_PIPELINE, err, "\"score\" is missing");
    float *const to[] = {&rule->score_pattern, &rule->score_context, &rule->score_valid,
                         &rule->score_negative};
    for (size_t i = 0; i < COUNT_OF(to); i++) {
        const struct yaml_node *node = yaml_get(scores, score_keys[i]);
        double value = i == 3 && rule->negative.count ? DEFAULT_NEGATIVE : 0;
        if (node && yaml_real(pack->yaml, node, FAULT_PIPELINE, 0, 1, &value, err))
            return -1;
        *to[i] = (float)value;
    }
    return 0;
}

static int read_words(const struct pack *pack, const struct yaml_node *map, struct rule_text *rule,
                      struct error *err)
{
    const struct yaml_node *context, *examples;
    if (map_of(pack, map, "context", context_keys, COUNT_OF(context_keys), &context, err) ||
        map_of(pack, map, "examples", example_keys, COUNT_OF(example_keys), &examples, err))
        return -1;
    return list_of(pack, map, "at", &rule->at, err) || list_of(pack, map, "except", &rule->except, err) ||
                   list_of(pack, map, "stop", &rule->stop, err) ||
                   list_of(pack, context, "words", &rule->context, err) ||
                   list_of(pack, context, "negative", &rule->negative, err) ||
                   list_of(pack, examples, "match", &rule->match, err) ||
                   list_of(pack, examples, "reject", &rule->reject, err)
               ? -1
               : 0;
}

static int read_rule(const struct pack *pack, const struct yaml_node *map, struct rule_text *rule,
                     struct error *err)
{
    *rule = (struct rule_text){.node = map};
    if (map->kind != YAML_MAP)
        return yaml_error(pack->yaml, map, FAULT_PIPELINE, err,
                          "a rule must be a mapping that begins with id:");
    if (yaml_only_keys(pack->yaml, map, FAULT_PIPELINE, rule_keys, COUNT_OF(rule_keys), err))
        return -1;
    const struct yaml_node *label, *source, *validator, *near, *hipaa;
    if (text_of(pack, map, "id", true, &rule->id_node, err) ||
        text_of(pack, map, "label", true, &label, err) || read_pattern(pack, map, rule, err) ||
        text_of(pack, map, "source", false, &source, err) || text_of(pack, map, "near", false, &near, err) ||
        text_of(pack, map, "validate", false, &validator, err) ||
        text_of(pack, map, "hipaa", false, &hipaa, err) ||
        choice_of(pack, map, "case", "sensitive", "insensitive", &rule->is_caseless, err) ||
        choice_of(pack, map, "invalid", "reject", "keep", &rule->keeps_invalid, err) ||
        read_label(pack, label, &rule->label, err) ||
        (validator && read_validator(pack, validator, &rule->validator, err)) ||
        read_words(pack, map, rule, err) || read_scores(pack, map, rule, err))
        return -1;
    long number = 0;
    if (hipaa && yaml_integer(pack->yaml, hipaa, FAULT_PIPELINE, 1, 18, &number, err))
        return -1;
    rule->hipaa = (int)number;
    rule->id = rule->id_node->text;
    rule->source = source ? source->text : NULL;
    rule->near = near ? near->text : NULL;
    rule->has_fragments = rule->pattern && strcmp(rule->pattern, rule->pattern_node->text) != 0;
    for (size_t i = 0; i < pack->count; i++)
        if (strcmp(pack->rules[i].id, rule->id) == 0)
            return yaml_error(pack->yaml, rule->id_node, FAULT_PIPELINE, err,
                              "the id \"%s\" stands already in line %u", rule->id,
                              pack->rules[i].id_node->line);
    return 0;
}

static int check_pieces(const struct pack *pack, const struct yaml_node *root, struct error *err)
{
    for (int i = 0; i < 2; i++) {
        const struct yaml_node *map = yaml_get(root, i ? "lists" : "define");
        enum yaml_kind kind = i ? YAML_LIST : YAML_SCALAR;
        if (map && map->kind != YAML_MAP)
            return yaml_error(pack->yaml, map, FAULT_PIPELINE, err, "\"%s\" must be a mapping",
                              i ? "lists" : "define");
        for (size_t j = 0; map && j < map->count; j++)
            if (map->items[j]->kind != kind)
                return yaml_error(pack->yaml, map->items[j], FAULT_PIPELINE, err, "\"%s\" must be a %s",
                                  map->keys[j]->text, i ? "list of words" : "text");
    }
    return 0;
}

static int read_rules(struct pack *pack, struct pack_problems *problems, struct error *err)
{
    const struct yaml_node *root = yaml_root(pack->yaml), *rules, *name, *version;
    if (!root || root->kind != YAML_MAP)
        return error_at(
            (error_set(err, FAULT_PIPELINE, "a pack must be a mapping that begins with pack:"), err),
            pack->file, 1, 1);
    if (yaml_only_keys(pack->yaml, root, FAULT_PIPELINE, pack_keys, COUNT_OF(pack_keys), err) ||
        text_of(pack, root, "pack", true, &name, err) ||
        text_of(pack, root, "version", true, &version, err) || check_pieces(pack, root, err))
        return -1;
    pack->name = name->text;
    pack->version = version->text;
    rules = yaml_get(root, "rules");
    if (!rules || rules->kind != YAML_LIST || rules->count == 0 || rules->count > PACK_RULES_MAX)
        return yaml_error(pack->yaml, rules ? rules : root, FAULT_PIPELINE, err,
                          "\"rules\" must be a list of 1 to %u rules", PACK_RULES_MAX);
    pack->rules = arena_array(pack->arena, rules->count, sizeof *pack->rules, err);
    if (!pack->rules)
        return -1;
    for (size_t i = 0; i < rules->count; i++) {
        if (read_rule(pack, rules->items[i], &pack->rules[pack->count], err) == 0) {
            pack->count++;
            continue;
        }
        if (!problems || err->code != FAULT_PIPELINE)
            return -1;
        char message[sizeof err->message + sizeof err->hint + 4];
        snprintf(message, sizeof message, err->hint[0] ? "%s (%s)" : "%s%s", err->message, err->hint);
        problems->report(problems->context, err->file, err->line, err->column, true, message);
        problems->count++;
    }
    return 0;
}

int pack_read(struct pack **ret, const char *path, struct pack_problems *problems, struct error *err)
{
    AUTO(pack) *pack = calloc(1, sizeof *pack);
    if (!pack)
        return error_memory(err);
    if (file_read(&pack->bytes, path, PACK_BYTES_MAX, FAULT_PIPELINE, err) || arena_new(&pack->arena, err) ||
        !(pack->file = arena_copy(pack->arena, slice_of(path), err)) ||
        yaml_read(&pack->yaml, buffer_slice(pack->bytes), pack->file, FAULT_PIPELINE, err) ||
        read_rules(pack, problems, err))
        return -1;
    pack->digest = hash_bytes(buffer_slice(pack->bytes));
    *ret = TAKE(pack);
    return 0;
}
