/* run_report.c - see run_report.h. Results of a worker are printed as they came: the keeper has checked that
 * they are one JSON object, and parses them no further. */
#include "analyzer/command/run_report.h"

#include "analyzer/command/output.h"
#include "base/json.h"

#define LINE_BYTES_MAX ((size_t)2 << 30)

int json_text(struct buffer *to, struct slice text, struct error *err)
{
    json_t *string = json_slice(text);
    int failed = json_canonical(string, to, err);
    json_decref(string);
    return failed;
}

int output_all(FILE *out, struct slice bytes, struct error *err)
{
    if (fwrite(bytes.data, 1, bytes.bytes, out) == bytes.bytes && fflush(out) == 0)
        return 0;
    error_errno(err, FAULT_TEMPORARY, "the output cannot be written", NULL);
    err->code = FAULT_TEMPORARY;
    return -1;
}

/* ---- lines for programs ---- */

static int put_labels(struct buffer *to, const struct analysis *a, struct error *err)
{
    const char *comma = "";
    if (buffer_append_text(to, "{", err))
        return -1;
    for (int label = 0; a && label < LABEL_COUNT; label++)
        if (a->label_counts[label]) {
            if (buffer_printf(to, err, "%s\"%s\":%u", comma, label_name((enum label)label),
                              a->label_counts[label]))
                return -1;
            comma = ",";
        }
    return buffer_append_text(to, "}", err);
}

static int put_times(struct buffer *to, const struct pipeline *pipeline, const struct run_document *d,
                     struct error *err)
{
    if (buffer_printf(to, err, "{\"read\":%.3f,\"parse\":%.3f", d->read_ms, d->parse_ms) ||
        (d->analysis && buffer_printf(to, err, ",\"redact\":%.3f", d->analysis->redact_ms)))
        return -1;
    for (size_t i = 0; d->analysis && i < pipeline->step_count; i++)
        if (buffer_append_text(to, ",", err) || json_text(to, slice_of(pipeline->steps[i].name), err) ||
            buffer_printf(to, err, ":%.3f", d->analysis->step_ms[i]))
            return -1;
    return buffer_printf(to, err, ",\"commit\":%.3f}", d->commit_ms);
}

static int put_line(struct buffer *to, const struct pipeline *pipeline, const struct run_document *d,
                    struct error *err)
{
    const struct analysis *a = d->analysis;
    struct slice results = a && a->results.bytes ? a->results : SLICE("{}");
    if (buffer_append_text(to, "{\"document\":", err) || json_text(to, d->document, err) ||
        buffer_printf(to, err, ",\"id\":\"%s\",\"status\":\"%s\",\"reason\":", d->id,
                      run_status_name(d->status)) ||
        json_text(to, slice_of(d->reason), err) ||
        buffer_printf(to, err, ",\"redactions\":%zu,\"labels\":", a ? a->span_count : 0) ||
        put_labels(to, a, err) || buffer_append_text(to, ",\"results\":", err) ||
        buffer_append(to, results, err))
        return -1;
    if (d->has_leaf ? buffer_printf(to, err, ",\"audit_leaf\":%llu,\"ms\":", (unsigned long long)d->leaf)
                    : buffer_append_text(to, ",\"audit_leaf\":null,\"ms\":", err))
        return -1;
    return put_times(to, pipeline, d, err) || buffer_append_text(to, "}\n", err) ? -1 : 0;
}

static int put_end(struct buffer *to, const struct run_end *end, struct error *err)
{
    const struct run_counts *c = &end->counts;
    if (buffer_printf(
            to, err,
            "{\"run\":\"%s\",\"documents\":%llu,\"done\":%llu,\"skipped\":%llu,\"quarantined\":%llu,"
            "\"failed\":%llu,\"checkpoint\":",
            end->run, (unsigned long long)c->documents, (unsigned long long)c->done,
            (unsigned long long)c->skipped, (unsigned long long)c->quarantined,
            (unsigned long long)c->failed))
        return -1;
    if (end->checkpoint ? json_text(to, buffer_slice(end->checkpoint), err)
                        : buffer_append_text(to, "null", err))
        return -1;
    return buffer_append_text(to, "}\n", err);
}

/* ---- lines for people ---- */

static void print_indented(FILE *out, struct slice text)
{
    for (size_t at = 0; at < text.bytes;) {
        const char *end = memchr(text.data + at, '\n', text.bytes - at);
        size_t to = end ? (size_t)(end - text.data) : text.bytes;
        fputs("    ", out);
        output_clean(out, slice_sub(text, at, to));
        fputc('\n', out);
        at = to + 1;
    }
}

static void print_document(const struct context *context, const struct run_document *d)
{
    static const enum style styles[] = {STYLE_GOOD, STYLE_PLAIN, STYLE_BAD, STYLE_BAD};
    FILE *out = context->out;
    const struct analysis *a = d->analysis;
    output_name(out, d->document);
    fprintf(out, "  %s%s%s", context_style(context, styles[d->status]), run_status_name(d->status),
            context_style(context, STYLE_PLAIN));
    if (d->reason[0])
        fprintf(out, ": %s", d->reason);
    fputc('\n', out);
    if (!a)
        return;
    fprintf(out, "    removed: %zu", a->span_count);
    for (int label = 0, first = 1; label < LABEL_COUNT; label++)
        if (a->label_counts[label]) {
            fprintf(out, "%s%s %u", first ? " (" : ", ", label_name((enum label)label),
                    a->label_counts[label]);
            first = 0;
        }
    fputs(a->span_count ? ")\n" : "\n", out);
    print_indented(out, a->shown);
}

static void print_end(const struct context *context, const struct run_end *end)
{
    const struct run_counts *c = &end->counts;
    fprintf(context->out,
            "%llu document%s: %llu done, %llu skipped (done before), %llu quarantined, %llu failed; %zu "
            "value%s removed\n",
            (unsigned long long)c->documents, c->documents == 1 ? "" : "s", (unsigned long long)c->done,
            (unsigned long long)c->skipped, (unsigned long long)c->quarantined, (unsigned long long)c->failed,
            end->redactions, end->redactions == 1 ? "" : "s");
}

/* ---- both ---- */

int run_report_document(void *context, const struct run_document *document, struct error *err)
{
    struct run_report *report = context;
    if (document->analysis && document->analysis->is_leaking)
        context_warn(report->context, "%.*s: an output still holds a value that was found (verify: warn)",
                     (int)MIN(document->document.bytes, 200u), document->document.data);
    progress_step(report->progress, ++report->seen);
    if (!report->has_lines) {
        print_document(report->context, document);
        return output_all(report->context->out, SLICE(""), err);
    }
    AUTO(buffer) *line = NULL;
    if (buffer_new(&line, LINE_BYTES_MAX, err) || put_line(line, report->pipeline, document, err))
        return -1;
    return output_all(report->context->out, buffer_slice(line), err);
}

void run_report_trouble(void *context, const struct error *trouble)
{
    const struct run_report *report = context;
    if (trouble->file[0])
        context_warn_at(report->context, trouble->file, 0, 0, trouble->message);
    else
        context_warn(report->context, "%s", trouble->message);
}

int run_report_end(const struct run_report *report, const struct run_end *end, struct error *err)
{
    if (!report->has_lines) {
        print_end(report->context, end);
        return output_all(report->context->out, SLICE(""), err);
    }
    AUTO(buffer) *line = NULL;
    if (buffer_new(&line, 1u << 20, err) || put_end(line, end, err))
        return -1;
    return output_all(report->context->out, buffer_slice(line), err);
}
