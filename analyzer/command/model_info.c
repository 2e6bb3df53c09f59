/* model_info.c - `alcove model info`: what a model is, as a table. */
#include "analyzer/command/model_common.h"
#include "analyzer/command/output.h"

#include "base/json.h"

static void print_json(const struct context *context, const struct opened *o, const struct model_info *i,
                       const char *digest)
{
    json_t *line = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
        "s:s, s:s, s:f}",
        "path", o->entry.path, "sha256", digest, "architecture", i->architecture, "name", i->name, "licence",
        i->licence, "tokenizer", i->tokenizer, "pre_tokenizer", i->pre_tokenizer, "layers",
        (json_int_t)i->layers, "dim", (json_int_t)i->dim, "heads", (json_int_t)i->heads, "kv_heads",
        (json_int_t)i->kv_heads, "head_size", (json_int_t)i->head_size, "ffn_dim", (json_int_t)i->ffn_dim,
        "vocabulary", (json_int_t)i->vocabulary, "context", (json_int_t)i->context, "parameters",
        (json_int_t)i->parameters, "file_bytes", (json_int_t)i->file_bytes, "packed_bytes",
        (json_int_t)i->packed_bytes, "kv_bytes_per_token", (json_int_t)i->kv_bytes_per_token, "types",
        i->types, "kernels", i->kernels, "load_ms", o->load_ms);
    json_print(line, context->out);
    json_decref(line);
}

static int print_table(const struct context *context, const struct opened *o, const struct model_info *i,
                       const char *digest, struct error *err)
{
    AUTO(table) *table = NULL;
    char bytes[4][24], shape[100], heads[60], parameters[40], tokens[100], context_length[40];
    snprintf(shape, sizeof shape, "%u layers of %u, feed-forward %u", i->layers, i->dim, i->ffn_dim);
    snprintf(heads, sizeof heads, "%u for queries, %u for keys and values, of %u", i->heads, i->kv_heads,
             i->head_size);
    snprintf(parameters, sizeof parameters, "%.1f million", (double)i->parameters / 1e6);
    snprintf(tokens, sizeof tokens, "%u, %s (%s)", i->vocabulary, i->tokenizer, i->pre_tokenizer);
    snprintf(context_length, sizeof context_length, "%u tokens", i->context);
    const struct {
        const char *what, *value;
    } rows[] = {
        {"file", o->entry.path},
        {"SHA-256", digest},
        {"name", i->name},
        {"licence", i->licence[0] ? i->licence : o->entry.licence},
        {"architecture", i->architecture},
        {"parameters", parameters},
        {"shape", shape},
        {"attention heads", heads},
        {"vocabulary", tokens},
        {"context", context_length},
        {"chat template", i->chat_template[0] ? "yes" : "no"},
        {"tensors", i->types},
        {"file size", output_bytes(i->file_bytes, bytes[0])},
        {"packed weights", output_bytes(i->packed_bytes, bytes[1])},
        {"cache a token", output_bytes(i->kv_bytes_per_token, bytes[2])},
        {"kernels", i->kernels},
    };
    if (table_new(&table, (const char *const[]){"property", "value", NULL}, err))
        return -1;
    for (size_t at = 0; at < COUNT_OF(rows); at++)
        if (rows[at].value[0] &&
            table_row(table, (const char *const[]){rows[at].what, rows[at].value, NULL}, err))
            return -1;
    table_print(table, context);
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    struct opened opened;
    struct model_info info;
    char digest[HASH_HEX_BYTES];
    int r = opened_fill(&opened, context, operand(arguments, 0), err);
    if (r == 0) {
        model_info(opened.model, &info);
        hash_hex(&opened.digest, digest);
        if (context->is_json)
            print_json(context, &opened, &info, digest);
        else
            r = print_table(context, &opened, &info, digest, err);
    }
    opened_clear(&opened);
    return r;
}

const struct command command_model_info = {
    .name = "model info",
    .operands = "MODEL",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "show what a model is: shape, size, tensors, licence",
    .about = "MODEL is a registered name or a path to a GGUF file.",
    .closes_sandbox = true,
    .run = run,
};
