/* json_schema.c - the tables of keys.c as JSON Schema (draft 2020-12), for editors. */
#include "pipelines/keys.h"

#include "base/buffer.h"

/* The default in the type that an editor expects: a list, a number, a truth value or text. */
static json_t *default_json(const struct key *key)
{
    if (key->type->is_list) {
        json_t *all = json_array();
        for (const char *word = key->otherwise; *word;) {
            size_t bytes = strcspn(word, " ");
            json_array_append_new(all, json_stringn(word, bytes));
            word += bytes + (word[bytes] == ' ');
        }
        return all;
    }
    if (key->type == &type_real)
        return json_real(strtod(key->otherwise, NULL));
    if (key->type == &type_number)
        return json_integer(strtol(key->otherwise, NULL, 10));
    if (key->type == &type_flag)
        return json_boolean(strcmp(key->otherwise, "true") == 0);
    return json_string(key->otherwise);
}

json_t *section_schema(const struct section *section)
{
    json_t *properties = json_object(), *required = json_array();
    for (const struct key *key = section->keys; key->name; key++) {
        json_t *value = key->type->schema(key);
        json_object_set_new(value, "description", json_string(key->help));
        if (key->otherwise)
            json_object_set_new(value, "default", default_json(key));
        json_object_set_new(properties, key->name, value);
        if (key->is_required)
            json_array_append_new(required, json_string(key->name));
    }
    return json_pack("{s:s, s:b, s:o, s:o}", "type", "object", "additionalProperties", 0, "required",
                     required, "properties", properties);
}

int pipeline_schema(struct buffer *to, struct error *err)
{
    json_t *schema = json_pack("{s:s, s:s}", "$schema", "https://json-schema.org/draft/2020-12/schema",
                               "title", "Alcove pipeline");
    json_t *body = section_schema(&section_pipeline);
    char *text = NULL;
    if (schema && body && json_object_update(schema, body) == 0)
        text = json_dumps(schema, JSON_INDENT(2) | JSON_REALS);
    json_decref(schema);
    json_decref(body);
    if (!text)
        return error_memory(err);
    int r = buffer_append_text(to, text, err) || buffer_append_byte(to, '\n', err);
    free(text);
    return r ? -1 : 0;
}
