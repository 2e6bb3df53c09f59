/* test_schema.c - the JSON Schema says what the loader does: the same keys, and every choice that it names is
 * one. */
#include "base/buffer.h"
#include "base/json.h"
#include "pipelines/keys.h"
#include "tests/support/support.h"

static json_t *schema_new(void)
{
    AUTO(buffer) *text = NULL;
    struct error err;
    assert_ok(buffer_new(&text, 1 << 20, &err), err);
    assert_ok(pipeline_schema(text, &err), err);
    json_t *schema = json_loadb(text->data, text->bytes, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(schema);
    return schema;
}

/* Every key of the tables and no other, closed against unknown ones, each with its help. */
static void compare(const struct section *section, json_t *schema)
{
    json_t *properties = json_object_get(schema, "properties");
    size_t count = 0;
    assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
    for (const struct key *key = section->keys; key->name; key++, count++) {
        json_t *property = json_object_get(properties, key->name);
        assert_non_null(property);
        assert_string_equal(json_string_value(json_object_get(property, "description")), key->help);
        if (key->section)
            compare(key->section, property);
    }
    assert_int_equal(json_object_size(properties), count);
}

static void it_has_every_key_and_no_other(void **state UNUSED)
{
    json_t *schema = schema_new();
    assert_string_equal(json_string_value(json_object_get(schema, "$schema")),
                        "https://json-schema.org/draft/2020-12/schema");
    compare(&section_pipeline, schema);
    json_t *kinds = json_object_get(
        json_object_get(json_object_get(json_object_get(schema, "properties"), "steps"), "items"), "anyOf");
    assert_int_equal(json_array_size(kinds), step_row_count);
    for (size_t i = 0; i < step_row_count; i++) {
        json_t *properties = json_object_get(json_array_get(kinds, i), "properties");
        compare(step_rows[i].section, json_object_get(properties, step_rows[i].section->name));
    }
    json_decref(schema);
}

/* Each operator that the schema offers for a label is accepted by the loader, and the number of offers is
 * right. */
static void its_operators_are_those_that_load(void **state UNUSED)
{
    json_t *schema = schema_new(), *redact = json_object_get(json_object_get(schema, "properties"), "redact");
    json_t *operators =
        json_object_get(json_object_get(json_object_get(redact, "properties"), "operators"), "properties");
    const char *label;
    json_t *names, *name;
    size_t at, offers = 0;
    json_object_foreach(operators, label, names)
    {
        json_array_foreach(json_object_get(names, "enum"), at, name)
        {
            AUTO(pipeline) *p = NULL;
            struct error err;
            char text[256];
            snprintf(text, sizeof text,
                     "version: 1\nname: p\npurpose: x\nredact: {rules: [a], operators: {%s: %s}}\n", label,
                     json_string_value(name));
            assert_ok(pipeline_read(&p, slice_of(text), "p.yaml", NULL, 0, &err), err);
            offers++;
        }
    }
    assert_int_equal(json_object_size(operators), 41 + 1);
    assert_int_equal(offers, 42 * (OPERATOR_COUNT - 3) + 3); /* year, age90 and zip3 are for one label each */
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_every_key_and_no_other),
        cmocka_unit_test(its_operators_are_those_that_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
