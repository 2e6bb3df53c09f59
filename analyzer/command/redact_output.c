/* redact_output.c - see redact_output.h. */
#include "analyzer/command/redact_output.h"

#include "analyzer/command/output.h"
#include "analyzer/command/run_report.h"
#include "base/json.h"

#define OUTPUT_BYTES_MAX ((size_t)2 << 30)

void redact_output_init(struct redact_output *output, const struct context *context, bool has_spans_only,
                        bool has_explanations)
{
    *output =
        (struct redact_output){context, has_spans_only, has_explanations, isatty(fileno(context->out)) == 1};
}

/* {"document","start","end","label","rule","score","operator"} and, asked for, "explain"; in `--json` without
 * "document". */
static int put_span(const struct redact_output *o, struct buffer *to, const struct slice *name,
                    const struct analysis_span *s, struct error *err)
{
    if (buffer_append_byte(to, '{', err) ||
        (name && (buffer_append_text(to, "\"document\":", err) || json_text(to, *name, err) ||
                  buffer_append_byte(to, ',', err))) ||
        buffer_printf(to, err, "\"start\":%zu,\"end\":%zu,\"label\":\"%s\",\"rule\":", s->start, s->end,
                      label_name(s->label)) ||
        json_text(to, s->rule, err) ||
        buffer_printf(to, err, ",\"score\":%.4g,\"operator\":\"%s\"", s->score,
                      operator_name(s->operator_kind)))
        return -1;
    if (o->has_explanations &&
        (buffer_append_text(to, ",\"explain\":", err) || json_text(to, s->explanation, err)))
        return -1;
    return buffer_append_byte(to, '}', err);
}

static int put_span_lines(const struct redact_output *o, struct buffer *to, struct slice name,
                          const struct analysis *a, struct error *err)
{
    for (size_t i = 0; i < a->span_count; i++)
        if (put_span(o, to, &name, &a->spans[i], err) || buffer_append_byte(to, '\n', err))
            return -1;
    return 0;
}

static int put_object(const struct redact_output *o, struct buffer *to, struct slice name,
                      const struct analysis *a, struct error *err)
{
    if (buffer_append_text(to, "{\"document\":", err) || json_text(to, name, err) ||
        buffer_append_text(to, ",\"text\":", err) || json_text(to, a->redacted_text, err) ||
        buffer_append_text(to, ",\"spans\":[", err))
        return -1;
    for (size_t i = 0; i < a->span_count; i++)
        if ((i && buffer_append_byte(to, ',', err)) || put_span(o, to, NULL, &a->spans[i], err))
            return -1;
    return buffer_append_text(to, "]}\n", err);
}

/* Places and arithmetic, never the value. */
static void explain(struct slice name, const struct analysis *a)
{
    for (size_t i = 0; i < a->span_count; i++) {
        const struct analysis_span *s = &a->spans[i];
        output_name(stderr, name);
        fprintf(stderr, ":%zu-%zu: %s by %.*s, score %.2f, %s: %.*s\n", s->start, s->end,
                label_name(s->label), (int)s->rule.bytes, s->rule.data, s->score,
                operator_name(s->operator_kind), (int)s->explanation.bytes, s->explanation.data);
    }
}

int redact_output_document(const struct redact_output *o, struct slice name, const struct analysis *a,
                           struct error *err)
{
    FILE *out = o->context->out;
    bool is_text = !o->has_spans_only && !o->context->is_json;
    if (is_text && o->has_explanations)
        explain(name, a);
    if (is_text && !o->is_terminal)
        return output_all(out, a->redacted_text, err);
    if (is_text) {
        output_clean(out, a->redacted_text);
        return output_all(out, SLICE(""), err);
    }
    AUTO(buffer) *lines = NULL;
    if (buffer_new(&lines, OUTPUT_BYTES_MAX, err) ||
        (o->has_spans_only ? put_span_lines(o, lines, name, a, err) : put_object(o, lines, name, a, err)))
        return -1;
    return output_all(out, buffer_slice(lines), err);
}
