/* types_list.c - the types of keys that hold lists: texts, choices, operators, labels, examples, steps. */
#include "pipelines/keys.h"

#include "base/limits.h"

#define FIELD(type) ((type *)((char *)base + key->offset))
#define COUNT() ((size_t *)((char *)base + key->count_offset))
#define CONST_FIELD(type) ((const type *)((const char *)base + key->offset))
#define CONST_COUNT() (*(const size_t *)((const char *)base + key->count_offset))

static int want_count(struct loader *l, const struct key *key, const struct yaml_node *node)
{
    if ((double)node->count < key->min)
        return complain(l, node, "\"%s\" needs at least %.0f", key->name, key->min);
    if (key->max > 0 && (double)node->count > key->max)
        return complain(l, node, "\"%s\" may hold at most %.0f", key->name, key->max);
    return 0;
}

static int want_text(struct loader *l, const struct key *key, const struct yaml_node *node)
{
    if (node->kind != YAML_SCALAR)
        return complain(l, node, "an item of \"%s\" must be text", key->name);
    return node->text[0] ? 0 : complain(l, node, "an item of \"%s\" is empty", key->name);
}

/* ---- texts and choices ---- */

static int load_texts(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    if (want_kind(l, key, node, YAML_LIST) || want_count(l, key, node))
        return -1;
    const char **texts = arena_array(l->arena, node->count + 1, sizeof *texts, l->err);
    if (!texts)
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *item = node->items[i];
        if (want_text(l, key, item))
            return -1;
        for (size_t j = 0; j < i; j++)
            if (strcmp(texts[j], item->text) == 0)
                return complain(l, item, "\"%.100s\" is given twice in \"%s\"", item->text, key->name);
        texts[i] = item->text;
    }
    *FIELD(const char **) = texts;
    *COUNT() = node->count;
    return 0;
}

static int load_choices(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    if (load_texts(l, key, node, base))
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        bool is_known = false;
        for (size_t j = 0; key->names[j] && !is_known; j++)
            is_known = strcmp(key->names[j], node->items[i]->text) == 0;
        if (!is_known)
            return complain_unknown(l, node->items[i], key->what, key->names);
    }
    return node->count ? 0 : complain(l, node, "\"%s\" is empty", key->name);
}

static json_t *json_texts(const struct key *key, const void *base)
{
    json_t *all = json_array();
    const char *const *texts = *CONST_FIELD(const char *const *);
    for (size_t i = 0; i < CONST_COUNT(); i++)
        json_array_append_new(all, json_string(texts[i]));
    return all;
}

static json_t *names_json(const char *const *names)
{
    json_t *all = json_array();
    for (size_t i = 0; names[i]; i++)
        json_array_append_new(all, json_string(names[i]));
    return all;
}

static json_t *schema_texts(const struct key *key)
{
    return json_pack("{s:s, s:{s:s}, s:I, s:b}", "type", "array", "items", "type", "string", "minItems",
                     (json_int_t)key->min, "uniqueItems", 1);
}

static json_t *schema_choices(const struct key *key)
{
    return json_pack("{s:s, s:{s:o}, s:i, s:b}", "type", "array", "items", "enum", names_json(key->names),
                     "minItems", 1, "uniqueItems", 1);
}

/* Names as bits: the first is bit 0. */
static int load_bits(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    unsigned bits = 0;
    if (want_kind(l, key, node, YAML_LIST))
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        size_t bit = 0;
        if (want_text(l, key, node->items[i]))
            return -1;
        while (key->names[bit] && strcmp(key->names[bit], node->items[i]->text) != 0)
            bit++;
        if (!key->names[bit])
            return complain_unknown(l, node->items[i], key->what, key->names);
        bits |= 1u << bit;
    }
    *FIELD(unsigned) = bits;
    return 0;
}

static json_t *json_bits(const struct key *key, const void *base)
{
    json_t *all = json_array();
    for (size_t i = 0; key->names[i]; i++)
        if (*CONST_FIELD(unsigned) & 1u << i)
            json_array_append_new(all, json_string(key->names[i]));
    return all;
}

/* ---- operators: {NAME: surrogate, default: tag} ---- */

static int check_operator(struct loader *l, const struct yaml_node *label, const struct yaml_node *name,
                          enum operator_kind *ret)
{
    if (strcmp(label->text, "default") != 0 && !is_label(label->text))
        return complain_unknown(l, label, "label", label_names);
    if (name->kind != YAML_SCALAR)
        return complain(l, name, "the operator of %s must be one word", label->text);
    for (int i = 0; i < OPERATOR_COUNT; i++)
        if (strcmp(operator_rows[i].name, name->text) == 0) {
            if (operator_rows[i].only && strcmp(operator_rows[i].only, label->text) != 0)
                return complain(l, name, "operator \"%s\" is for %s, not for %s", name->text,
                                operator_rows[i].only, label->text);
            *ret = (enum operator_kind)i;
            return 0;
        }
    return complain_unknown(l, name, "operator", operator_names);
}

static int load_operators(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    if (want_kind(l, key, node, YAML_MAP))
        return -1;
    struct operator_setting *settings = arena_array(l->arena, node->count + 1, sizeof *settings, l->err);
    if (!settings)
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *name = node->items[i];
        settings[i] = (struct operator_setting){
            .label = node->keys[i]->text, .line = name->line, .column = name->column};
        if (check_operator(l, node->keys[i], name, &settings[i].kind))
            return -1;
    }
    *FIELD(struct operator_setting *) = settings;
    *COUNT() = node->count;
    return 0;
}

static json_t *json_operators(const struct key *key, const void *base)
{
    json_t *all = json_object(); /* the order has no meaning: a label has one operator */
    const struct operator_setting *settings = *CONST_FIELD(struct operator_setting *const);
    for (size_t i = 0; i < CONST_COUNT(); i++)
        json_object_set_new(all, settings[i].label, json_string(operator_name(settings[i].kind)));
    return all;
}

static json_t *operator_schema(const char *label)
{
    json_t *names = json_array();
    for (int i = 0; i < OPERATOR_COUNT; i++)
        if (!operator_rows[i].only || strcmp(operator_rows[i].only, label) == 0)
            json_array_append_new(names, json_string(operator_rows[i].name));
    return json_pack("{s:o}", "enum", names);
}

static json_t *schema_operators(const struct key *key UNUSED)
{
    json_t *properties = json_object();
    json_object_set_new(properties, "default", operator_schema("default"));
    for (size_t i = 0; label_names[i]; i++)
        json_object_set_new(properties, label_names[i], operator_schema(label_names[i]));
    return json_pack("{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0, "properties",
                     properties);
}

/* ---- labels of a classify step: [Cardiology, {Neurology: brain and nerves}] ---- */

static int add_label(struct loader *l, const struct key *key, struct step *step,
                     const struct yaml_node *label, const struct yaml_node *description)
{
    if (want_text(l, key, label))
        return -1;
    if (strlen(label->text) > LABEL_BYTES_MAX)
        return complain(l, label, "a label is longer than %u bytes", LABEL_BYTES_MAX);
    for (size_t i = 0; i < step->label_count; i++)
        if (strcmp(step->labels[i], label->text) == 0)
            return complain(l, label, "label \"%.100s\" is given twice", label->text);
    if (description && (description->kind != YAML_SCALAR || !description->text[0]))
        return complain(l, description, "the description of a label must be text");
    step->labels[step->label_count] = label->text;
    step->descriptions[step->label_count++] = description ? description->text : NULL;
    return 0;
}

static int load_labels(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    struct step *step = base;
    if (node->kind != YAML_MAP && want_kind(l, key, node, YAML_LIST))
        return -1;
    if (want_count(l, key, node))
        return -1;
    step->labels = arena_array(l->arena, node->count, sizeof *step->labels, l->err);
    step->descriptions = arena_array(l->arena, node->count, sizeof *step->descriptions, l->err);
    if (!step->labels || !step->descriptions)
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *item = node->items[i], *label = item, *description = NULL;
        if (node->kind == YAML_MAP) {
            label = node->keys[i];
            description = item;
        } else if (item->kind == YAML_MAP && item->count == 1) {
            label = item->keys[0];
            description = item->items[0];
        }
        if (add_label(l, key, step, label, description))
            return -1;
    }
    return 0;
}

static json_t *json_labels(const struct key *key UNUSED, const void *base)
{
    const struct step *step = base;
    json_t *all = json_array(); /* in order: it may matter to a model */
    for (size_t i = 0; i < step->label_count; i++)
        json_array_append_new(all, step->descriptions[i]
                                       ? json_pack("[s,s]", step->labels[i], step->descriptions[i])
                                       : json_pack("[s]", step->labels[i]));
    return all;
}

static json_t *schema_labels(const struct key *key)
{
    json_t *described =
        json_pack("{s:s, s:{s:s}}", "type", "object", "additionalProperties", "type", "string");
    return json_pack("{s:[{s:s, s:I, s:I, s:{s:[{s:s}, O]}}, o]}", "anyOf", "type", "array", "minItems",
                     (json_int_t)key->min, "maxItems", (json_int_t)key->max, "items", "anyOf", "type",
                     "string", described, described);
}

/* ---- worked examples: [{text: ..., label: ...}] ---- */

static int load_examples(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    static const char *const names[] = {"text", "label"};
    if (want_kind(l, key, node, YAML_LIST) || want_count(l, key, node))
        return -1;
    struct step_example *examples = arena_array(l->arena, node->count + 1, sizeof *examples, l->err);
    if (!examples)
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *item = node->items[i], *text, *label;
        if (item->kind != YAML_MAP || !(text = yaml_get(item, "text")) ||
            !(label = yaml_get(item, "label")) || text->kind != YAML_SCALAR || label->kind != YAML_SCALAR)
            return complain(l, item, "an example is written {text: ..., label: ...}");
        if (yaml_only_keys(l->yaml, item, FAULT_PIPELINE, names, COUNT_OF(names), l->err))
            return complain_place(l, item);
        examples[i] = (struct step_example){text->text, label->text};
    }
    *FIELD(struct step_example *) = examples;
    *COUNT() = node->count;
    return 0;
}

static json_t *json_examples(const struct key *key, const void *base)
{
    json_t *all = json_array();
    const struct step_example *examples = *CONST_FIELD(struct step_example *const);
    for (size_t i = 0; i < CONST_COUNT(); i++)
        json_array_append_new(all,
                              json_pack("{s:s, s:s}", "text", examples[i].text, "label", examples[i].label));
    return all;
}

static json_t *schema_examples(const struct key *key UNUSED)
{
    return json_pack("{s:s, s:{s:s, s:[s,s], s:b, s:{s:{s:s}, s:{s:s}}}}", "type", "array", "items", "type",
                     "object", "required", "text", "label", "additionalProperties", 0, "properties", "text",
                     "type", "string", "label", "type", "string");
}

/* ---- steps: [{classify: {...}}, {summarize: {...}}] ---- */

static int load_step(struct loader *l, const struct yaml_node *item, struct step *step)
{
    const char *names[8] = {NULL};
    if (item->kind != YAML_MAP || item->count != 1)
        return complain(l, item, "a step is written \"- classify: {...}\": one kind with its settings");
    for (size_t i = 0; i < step_row_count; i++) {
        names[i] = step_rows[i].section->name;
        if (strcmp(names[i], item->keys[0]->text) != 0)
            continue;
        if (item->items[0]->kind != YAML_MAP)
            return complain(l, item->items[0], "\"%s\" must be a mapping, written %s: {...}", names[i],
                            names[i]);
        *step = (struct step){.kind = step_rows[i].kind, .line = item->line, .column = item->column};
        return load_section(l, step_rows[i].section, item->items[0], step);
    }
    return complain_unknown(l, item->keys[0], "step", names);
}

static int load_steps(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    if (want_kind(l, key, node, YAML_LIST) || want_count(l, key, node))
        return -1;
    struct step *steps = arena_array(l->arena, node->count + 1, sizeof *steps, l->err);
    if (!steps)
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        if (load_step(l, node->items[i], &steps[i]))
            return -1;
        for (size_t j = 0; j < i; j++)
            if (strcmp(steps[j].name, steps[i].name) == 0)
                return complain(l, node->items[i], "two steps are named \"%s\"", steps[i].name);
    }
    *FIELD(struct step *) = steps;
    *COUNT() = node->count;
    return 0;
}

static const struct step_row *row_of(enum step_kind kind)
{
    size_t i = 0;
    while (step_rows[i].kind != kind)
        i++;
    return &step_rows[i];
}

static json_t *json_steps(const struct key *key, const void *base)
{
    json_t *all = json_array();
    const struct step *steps = *CONST_FIELD(struct step *const);
    for (size_t i = 0; i < CONST_COUNT(); i++) {
        const struct section *section = row_of(steps[i].kind)->section;
        json_array_append_new(all, json_pack("{s:o}", section->name, section_json(section, &steps[i])));
    }
    return all;
}

static json_t *schema_steps(const struct key *key)
{
    json_t *kinds = json_array();
    for (size_t i = 0; i < step_row_count; i++) {
        const char *name = step_rows[i].section->name;
        json_t *inner = section_schema(step_rows[i].section);
        json_object_set_new(inner, "description", json_string(step_rows[i].help));
        json_array_append_new(kinds, json_pack("{s:s, s:[s], s:b, s:{s:o}}", "type", "object", "required",
                                               name, "additionalProperties", 0, "properties", name, inner));
    }
    return json_pack("{s:s, s:I, s:{s:o}}", "type", "array", "maxItems", (json_int_t)key->max, "items",
                     "anyOf", kinds);
}

const struct type type_texts = {load_texts, json_texts, schema_texts, true};
const struct type type_choices = {load_choices, json_texts, schema_choices, true};
const struct type type_bits = {load_bits, json_bits, schema_choices, true};
const struct type type_operators = {load_operators, json_operators, schema_operators, false};
const struct type type_labels = {load_labels, json_labels, schema_labels, false};
const struct type type_examples = {load_examples, json_examples, schema_examples, false};
const struct type type_steps = {load_steps, json_steps, schema_steps, false};
