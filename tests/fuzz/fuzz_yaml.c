/* fuzz_yaml.c - any bytes give a tree whose places lie inside the text, or a refusal with a place. */
#include "tests/fuzz/fuzz.h"

#include "base/yaml.h"

static void walk(const struct yaml_node *node, unsigned depth)
{
    property(node->line >= 1 && node->column >= 1 && depth <= 64);
    if (node->kind == YAML_SCALAR)
        property(node->text != NULL);
    for (size_t i = 0; i < node->count; i++) {
        walk(node->items[i], depth + 1);
        if (node->kind == YAML_MAP) {
            property(node->keys[i]->kind == YAML_SCALAR);
            property(yaml_get(node, node->keys[i]->text) == node->items[i]); /* no key twice */
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct error err;
    AUTO(yaml) *yaml = NULL;
    if (yaml_read(&yaml, (struct slice){(const char *)data, bytes}, "fuzz.yaml", FAULT_PIPELINE, &err)) {
        property_refused(err, FAULT_PIPELINE);
        return 0;
    }
    if (yaml_root(yaml))
        walk(yaml_root(yaml), 0);
    return 0;
}
