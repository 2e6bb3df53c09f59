/* results_show.c - `alcove results show`: one result whole: what the steps say, the redacted text, the spans.
 */
#include "analyzer/command/output.h"
#include "analyzer/command/results_common.h"

struct shown { /* kept, to be shown only after the audit record of it is written */
    struct store *store;
    json_t *row;
    char object[HASH_HEX_BYTES];
};

static int keep(void *context, const struct result_row *row, struct error *err)
{
    struct shown *shown = context;
    struct hash object = store_commit_name(shown->store, row->document);
    hash_hex(&object, shown->object);
    if (!(shown->row = result_json(row, err)))
        return -1;
    return row->redacted_text.bytes &&
                   json_object_set_new(shown->row, "redacted_text", json_name(row->redacted_text))
               ? error_memory(err)
               : 0;
}

static int add_span(void *context, const struct outcome_span *span, struct error *err)
{
    json_t *json = json_pack("{s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:f}", "start", (json_int_t)span->start,
                             "end", (json_int_t)span->end, "out_start", (json_int_t)span->out_start,
                             "out_end", (json_int_t)span->out_end, "label", span->label, "rule", span->rule,
                             "operator", span->operator_name, "score", span->score);
    return json_array_append_new(context, json) ? error_memory(err) : 0;
}

static int load(struct shown *shown, const char *wanted, json_t *spans, struct error *err)
{
    if (store_result(shown->store, wanted, keep, shown, err))
        return -1;
    json_t *id = json_object_get(shown->row, "id");
    return store_spans(shown->store, json_string_value(id), add_span, spans, err) ||
                   audit_event(shown->store, "result-show", "ok",
                               json_pack("{s:s, s:O}", "object", shown->object, "result", id), NULL, err)
               ? -1
               : 0;
}

static void line(const struct context *context, const char *name, const json_t *value)
{
    if (!json_is_string(value))
        return;
    fprintf(context->out, "%-12s", name);
    output_clean(context->out, (struct slice){json_string_value(value), json_string_length(value)});
    fputc('\n', context->out);
}

/* A sentence a line, each with where it comes from. */
static int print_sentences(const struct context *context, const json_t *sentences, const json_t *redacted,
                           struct error *err)
{
    const json_t *each;
    size_t i;
    json_array_foreach(sentences, i, each)
    {
        AUTO(buffer) *source = NULL;
        const json_t *text = json_object_get(each, "text");
        if (buffer_new(&source, 64u << 10, err) || sentence_source(each, redacted, source, err))
            return -1;
        fputs("- ", context->out);
        output_clean(context->out, (struct slice){json_string_value(text), json_string_length(text)});
        fputs("  [", context->out);
        output_clean(context->out, buffer_slice(source));
        fputs("]\n", context->out);
    }
    return 0;
}

static int print_step(const struct context *context, const json_t *step, const json_t *redacted,
                      struct error *err)
{
    AUTO(buffer) *text = NULL;
    const json_t *sentences = json_object_get(step, "sentences");
    if (json_is_array(sentences))
        return print_sentences(context, sentences, redacted, err);
    if (buffer_new(&text, 64u << 20, err) || step_text(step, text, err))
        return -1;
    output_clean(context->out, buffer_slice(text));
    fputs("\n", context->out);
    return 0;
}

static int print_text(const struct context *context, const json_t *row, struct error *err)
{
    static const char *const names[] = {"document", "status", "reason", "pipeline", "time", "run", "id"};
    const json_t *redacted = json_object_get(row, "redacted_text");
    const char *name;
    json_t *step;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        line(context, names[i], json_object_get(row, names[i]));
    json_object_foreach(json_object_get(row, "results"), name, step)
    {
        fprintf(context->out, "\n%s%s%s", context_style(context, STYLE_STRONG), name,
                context_style(context, STYLE_PLAIN));
        if (json_is_number(json_object_get(step, "score")))
            fprintf(context->out, " (%.3f)", json_number_value(json_object_get(step, "score")));
        fputs("\n", context->out);
        if (print_step(context, step, redacted, err))
            return -1;
    }
    if (redacted) {
        fprintf(context->out, "\n%sredacted text%s\n", context_style(context, STYLE_STRONG),
                context_style(context, STYLE_PLAIN));
        output_clean(context->out, (struct slice){json_string_value(redacted), json_string_length(redacted)});
        fputs("\n", context->out);
    }
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    json_t *spans = json_array();
    struct shown shown = {0};
    int failed = -1;
    if (!spans)
        return error_memory(err);
    if (open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_WRITE}, NULL, err) == 0) {
        shown.store = store;
        failed = load(&shown, operand(arguments, 0), spans, err);
    }
    if (!failed && context->is_json) {
        json_object_set(shown.row, "spans", spans);
        json_print(shown.row, context->out);
    } else if (!failed) {
        failed = print_text(context, shown.row, err);
    }
    json_decref(shown.row);
    json_decref(spans);
    return failed;
}

static const struct option options[] = {OPTION_ROWS_STORE, {0}};

static const struct example examples[] = {
    {"alcove results show examples/notes/clinic-letter.txt", "the newest result of a document"},
    {"alcove results show 0193a1b2c3d47e5f8a9b0c1d2e3f4a5b --json", "one result by its id, with its spans"},
    {0}};

const struct command command_results_show = {
    .name = "results show",
    .operands = "DOCUMENT|ID",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "show one result with its redacted text",
    .about = "DOCUMENT is the path as it was given to run, or the id of its line. Looking is recorded in the "
             "audit log before anything is shown.",
    .options = options,
    .examples = examples,
    .run = run,
};
