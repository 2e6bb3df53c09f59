/* types_tests.c - `tests:` of a pipeline: texts with what is expected of them. Not part of the digest. */
#include "pipelines/keys.h"

#define FIELD(type) ((type *)((char *)base + key->offset))
#define COUNT() ((size_t *)((char *)base + key->count_offset))

static int load_label_counts(struct loader *l, const struct yaml_node *node, struct pipeline_test *test)
{
    if (node->kind != YAML_MAP)
        return complain(l, node, "\"labels\" of a test is written {NAME: 1, DATE: 2}");
    test->label_counts = arena_array(l->arena, node->count + 1, sizeof *test->label_counts, l->err);
    if (!test->label_counts)
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        long count;
        if (!is_label(node->keys[i]->text))
            return complain_unknown(l, node->keys[i], "label", label_names);
        if (yaml_integer(l->yaml, node->items[i], FAULT_PIPELINE, 0, 1000000, &count, l->err))
            return complain_place(l, node->items[i]);
        test->label_counts[i].label = node->keys[i]->text;
        test->label_counts[i].count = (uint32_t)count;
    }
    test->label_count = node->count;
    return 0;
}

static int load_spans(struct loader *l, const struct yaml_node *node, struct pipeline_test *test)
{
    static const char wanted[] = "\"spans\" of a test is written [{label: NAME, text: Ann Lee}]";
    if (node->kind != YAML_LIST)
        return complain(l, node, "%s", wanted);
    test->spans = arena_array(l->arena, node->count + 1, sizeof *test->spans, l->err);
    if (!test->spans)
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *item = node->items[i], *label = yaml_get(item, "label"),
                               *text = yaml_get(item, "text");
        if (!label || !text || item->count != 2 || label->kind != YAML_SCALAR || text->kind != YAML_SCALAR)
            return complain(l, item, "%s", wanted);
        if (!is_label(label->text))
            return complain_unknown(l, label, "label", label_names);
        if (!text->text[0] || !strstr(test->text, text->text))
            return complain(l, text, "this span does not stand in the test's text");
        test->spans[i].label = label->text;
        test->spans[i].text = text->text;
    }
    test->span_count = node->count;
    return 0;
}

static int load_results(struct loader *l, const struct yaml_node *node, struct pipeline_test *test)
{
    if (node->kind != YAML_MAP)
        return complain(l, node, "\"results\" of a test is written {STEP: LABEL}");
    test->results = arena_array(l->arena, node->count + 1, sizeof *test->results, l->err);
    if (!test->results)
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        if (node->items[i]->kind != YAML_SCALAR)
            return complain(l, node->items[i], "the expected label of \"%.100s\" must be text",
                            node->keys[i]->text);
        test->results[i].step = node->keys[i]->text;
        test->results[i].label = node->items[i]->text;
    }
    test->result_count = node->count;
    return 0;
}

static const struct expectation {
    const char *name;
    int (*load)(struct loader *l, const struct yaml_node *node, struct pipeline_test *test);
} expectations[] = {{"labels", load_label_counts}, {"spans", load_spans}, {"results", load_results}};

static int load_test(struct loader *l, const struct yaml_node *item, struct pipeline_test *test)
{
    static const char *const names[] = {"text", "expect"}, *const expect_names[] = {"labels", "spans",
                                                                                    "results"};
    const struct yaml_node *text = yaml_get(item, "text"), *expect = yaml_get(item, "expect");
    if (item->kind != YAML_MAP || !text || text->kind != YAML_SCALAR || !expect || expect->kind != YAML_MAP)
        return complain(l, item, "a test is written {text: ..., expect: {labels: {NAME: 1}}}");
    if (yaml_only_keys(l->yaml, item, FAULT_PIPELINE, names, COUNT_OF(names), l->err) ||
        yaml_only_keys(l->yaml, expect, FAULT_PIPELINE, expect_names, COUNT_OF(expect_names), l->err))
        return -1;
    if (!expect->count)
        return complain(l, expect, "this test expects nothing");
    *test = (struct pipeline_test){.text = text->text, .line = item->line, .column = item->column};
    for (size_t i = 0; i < COUNT_OF(expectations); i++) {
        const struct yaml_node *node = yaml_get(expect, expectations[i].name);
        if (node && expectations[i].load(l, node, test))
            return -1;
    }
    return 0;
}

static int load_tests(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    if (want_kind(l, key, node, YAML_LIST))
        return -1;
    struct pipeline_test *tests = arena_array(l->arena, node->count + 1, sizeof *tests, l->err);
    if (!tests)
        return -1;
    for (size_t i = 0; i < node->count; i++)
        if (load_test(l, node->items[i], &tests[i]))
            return -1;
    *FIELD(struct pipeline_test *) = tests;
    *COUNT() = node->count;
    return 0;
}

static json_t *labels_schema(json_t *value)
{
    json_t *properties = json_object();
    for (size_t i = 0; label_names[i]; i++)
        json_object_set(properties, label_names[i], value);
    json_decref(value);
    return json_pack("{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0, "properties",
                     properties);
}

static json_t *schema_tests(const struct key *key UNUSED)
{
    json_t *span = json_pack("{s:s, s:[s,s], s:b, s:{s:{s:s}, s:{s:s}}}", "type", "object", "required",
                             "label", "text", "additionalProperties", 0, "properties", "label", "type",
                             "string", "text", "type", "string");
    json_t *expect = json_pack("{s:s, s:b, s:{s:o, s:{s:s, s:o}, s:{s:s, s:{s:s}}}}", "type", "object",
                               "additionalProperties", 0, "properties", "labels",
                               labels_schema(json_pack("{s:s, s:i}", "type", "integer", "minimum", 0)),
                               "spans", "type", "array", "items", span, "results", "type", "object",
                               "additionalProperties", "type", "string");
    return json_pack("{s:s, s:{s:s, s:[s,s], s:b, s:{s:{s:s}, s:o}}}", "type", "array", "items", "type",
                     "object", "required", "text", "expect", "additionalProperties", 0, "properties", "text",
                     "type", "string", "expect", expect);
}

const struct type type_tests = {load_tests, NULL, schema_tests, false};
