/* bundle_text.c - see bundle_text.h. */
#include "analyzer/command/bundle_text.h"

#include "analyzer/command/output.h"
#include "base/json.h"

/* ---- text ---- */
static void head(const struct context *context, const char *name)
{
    fprintf(context->out, "%-12s", name);
}

static void text(const struct context *context, const json_t *from, const char *key)
{
    const json_t *value = json_object_get(from, key);
    if (json_is_string(value))
        output_clean(context->out, (struct slice){json_string_value(value), json_string_length(value)});
    else if (json_is_integer(value))
        fprintf(context->out, "%lld", (long long)json_integer_value(value));
}

static bool has_text(const json_t *from, const char *key)
{
    return json_is_integer(json_object_get(from, key)) || json_string_length(json_object_get(from, key)) > 0;
}

/* A line, by the fields that stand in it: `before` and `after` go with the field, which is left out when it
 * is empty. */
static const struct {
    const char *head, *field, *before, *after;
    bool is_of_run;
} fields[] = {
    {"result", "result", "", "", false},
    {NULL, "outcome", ", ", "", false},
    {NULL, "time", ", ", "", false},
    {NULL, "redactions", ", redactions ", "", false},
    {"document", "object", "", " (its name)", false},
    {"input", "input", "", " (its bytes; both are keyed: the store's owner can check them)", false},
    {"pipeline", "pipeline", "", "", false},
    {NULL, "pipeline_name", " ", "", true},
    {NULL, "purpose", ", for: ", "", false},
    {"rules", "rules", "", "", false},
    {"program", "program", "", "", true},
    {NULL, "numerics", ", arithmetic ", "", false},
    {NULL, "kernels", ", kernels ", "", true},
    {NULL, "sandbox", ", ", "", true},
};

static void print_record(const struct context *context, const struct bundle_verdict *v)
{
    const json_t *model;
    size_t i;
    for (i = 0; i < COUNT_OF(fields); i++) {
        const json_t *from = fields[i].is_of_run ? v->run : v->record;
        if (fields[i].head) {
            fputs(i ? "\n" : "", context->out);
            head(context, fields[i].head);
        }
        if (!has_text(from, fields[i].field))
            continue;
        fputs(fields[i].before, context->out);
        text(context, from, fields[i].field);
        fputs(fields[i].after, context->out);
    }
    fputc('\n', context->out);
    json_array_foreach(json_object_get(v->record, "models"), i, model)
    {
        head(context, "model");
        text(context, model, "digest");
        fputc(' ', context->out);
        text(context, model, "name");
        fputc('\n', context->out);
    }
}

static void print_proof(const struct context *context, const struct bundle_verdict *v)
{
    print_record(context, v);
    head(context, "stored");
    fprintf(context->out, "results, redacted text, spans, labels and reason: %s the record commits to\n",
            v->has_stored ? "what is shown is what" : "the digests shown are those that");
    head(context, "leaf");
    fprintf(context->out, "%llu, %zu hashes up to the root\n", (unsigned long long)v->first, v->path_hashes);
}

static void print_export(const struct context *context, const struct bundle_verdict *v)
{
    head(context, "from");
    output_clean(context->out, slice_of(v->from[0] ? v->from : "the beginning"));
    fputc('\n', context->out);
    head(context, "to");
    output_clean(context->out, slice_of(v->to[0] ? v->to : "the time of the export"));
    fputc('\n', context->out);
    head(context, "records");
    fprintf(context->out, "%llu, leaves %llu to %llu, none left out%s\n", (unsigned long long)v->records,
            (unsigned long long)v->first, (unsigned long long)(v->first + v->records - 1),
            v->from[0] || v->to[0] ? " (with the one before and the one after)" : "");
    head(context, "signatures");
    fprintf(context->out, "%llu verified\n", (unsigned long long)v->checkpoints);
}

static void print_text(const struct context *context, const struct bundle_verdict *v)
{
    char root[HASH_HEX_BYTES];
    hash_hex(&v->root, root);
    fprintf(context->out, "%sverified%s: the %s\n", context_style(context, STYLE_GOOD),
            context_style(context, STYLE_PLAIN),
            v->record ? "proof of one result" : "export of an audit log");
    (v->record ? print_proof : print_export)(context, v);
    head(context, "checkpoint");
    fprintf(context->out, "%llu records, root %s%s\n", (unsigned long long)v->size, root,
            v->is_anchored ? ", as in the anchor" : "");
    head(context, "signed by");
    output_clean(context->out, slice_of(v->verifier_key));
    fputc('\n', context->out);
}

/* ---- JSON ---- */
static void print_json(const struct context *context, const struct bundle_verdict *v)
{
    char root[HASH_HEX_BYTES];
    hash_hex(&v->root, root);
    json_t *line =
        json_pack("{s:b, s:s, s:s, s:b, s:b, s:I, s:s, s:I}", "ok", 1, "bundle", v->kind, "verifier_key",
                  v->verifier_key, "pinned", v->is_pinned, "anchored", v->is_anchored, "size",
                  (json_int_t)v->size, "root", root, v->record ? "leaf" : "first", (json_int_t)v->first);
    json_t *own = v->record
                      ? json_pack("{s:I, s:b, s:O, s:O}", "path", (json_int_t)v->path_hashes, "stored",
                                  v->has_stored, "record", v->record, "run", v->run)
                      : json_pack("{s:I, s:I, s:s, s:s}", "records", (json_int_t)v->records, "checkpoints",
                                  (json_int_t)v->checkpoints, "from", v->from, "to", v->to);
    json_object_update(line, own);
    json_decref(own);
    json_print(line, context->out);
    json_decref(line);
}

void bundle_print(const struct context *context, const struct bundle_verdict *verdict)
{
    (context->is_json ? print_json : print_text)(context, verdict);
}
