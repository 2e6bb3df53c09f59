/* pipeline_explain.c - `alcove pipeline explain`: every value in effect, defaults and --set included, and the
 * digest. */
#include "analyzer/command/command.h"
#include "analyzer/command/output.h"

#include "base/buffer.h"
#include "base/json.h"
#include "pipelines/pipeline.h"

#define CANONICAL_BYTES_MAX (16u << 20)
#define PATH_BYTES_MAX 300u

/* A row for every value that is no object; lists of plain values stay on one row. */
static int add_rows(struct table *table, const char *path, const json_t *value, struct error *err)
{
    const char *key;
    json_t *inner;
    size_t at;
    char below[PATH_BYTES_MAX];
    if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, key, inner)
        {
            snprintf(below, sizeof below, "%s%s%s", path, path[0] ? "." : "", key);
            if (add_rows(table, below, inner, err))
                return -1;
        }
        return 0;
    }
    if (json_is_array(value) && json_is_object(json_array_get(value, 0))) {
        json_array_foreach(value, at, inner)
        {
            snprintf(below, sizeof below, "%s[%zu]", path, at);
            if (add_rows(table, below, inner, err))
                return -1;
        }
        return 0;
    }
    char *text = json_is_string(value)
                     ? strdup(json_string_value(value))
                     : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REALS);
    if (!text)
        return error_memory(err);
    int r = table_row(table, (const char *const[]){path, text, NULL}, err);
    free(text);
    return r;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(pipeline) *pipeline = NULL;
    AUTO(buffer) *canonical = NULL;
    AUTO(table) *table = NULL;
    size_t count;
    const char *const *overrides = argument_list(arguments, "set", &count);
    if (pipeline_load(&pipeline, operand(arguments, 0), overrides, count, err) ||
        buffer_new(&canonical, CANONICAL_BYTES_MAX, err) || pipeline_canonical(pipeline, canonical, err))
        return -1;
    char hex[HASH_HEX_BYTES];
    hash_hex(&pipeline->digest, hex);
    json_t *values = NULL;
    if (json_read(&values, buffer_slice(canonical), err))
        return -1;
    int r = 0;
    if (context->is_json) {
        json_t *line = json_pack("{s:s, s:s, s:O}", "file", pipeline->path, "digest", hex, "values", values);
        json_print(line, context->out);
        json_decref(line);
    } else if ((r = table_new(&table, (const char *const[]){"key", "value", NULL}, err) ||
                    add_rows(table, "", values, err) ||
                    table_row(table, (const char *const[]){"(digest)", hex, NULL}, err)) == 0) {
        table_print(table, context);
    }
    json_decref(values);
    return r ? -1 : 0;
}

static const struct option options[] = {{.name = "set",
                                         .kind = OPTION_LIST,
                                         .value = "PATH=VALUE",
                                         .help = "override one value: steps.specialty.model=m.gguf"},
                                        {0}};

const struct command command_pipeline_explain = {
    .name = "pipeline explain",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "show every value in effect, and the digest",
    .options = options,
    .run = run,
};
