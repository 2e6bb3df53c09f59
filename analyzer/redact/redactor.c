/* redactor.c - the way from text to redacted text (redact.h): scan, leave, resolve, find again, replace,
 * verify. */
#include "analyzer/redact/redact.h"

#include "analyzer/redact/consistency.h"
#include "analyzer/redact/dates.h"
#include "analyzer/redact/operators.h"
#include "base/limits.h"
#include "base/redacted_make.h"

#include <openssl/crypto.h>
#include <stdlib.h>

struct redactor {
    const struct pipeline *pipeline;
    struct scanner *scanner;
    struct operator_map map;
    struct lists lists;
};

int redactor_new(struct redactor **ret, const struct ruleset *rules, const struct pipeline *pipeline,
                 struct error *err)
{
    AUTO(redactor) *r = calloc(1, sizeof *r);
    if (!r)
        return error_memory(err);
    r->pipeline = pipeline;
    operator_map_make(&r->map, pipeline);
    if (lists_open(&r->lists, err) || scanner_new(&r->scanner, rules, err))
        return -1;
    *ret = TAKE(r);
    return 0;
}

void redactor_drop(struct redactor **redactor)
{
    struct redactor *r = *redactor;
    if (!r)
        return;
    scanner_drop(&r->scanner);
    lists_close(&r->lists);
    free(r);
    *redactor = NULL;
}

void redaction_drop(struct redaction **redaction)
{
    struct redaction *r = *redaction;
    if (!r)
        return;
    redacted_text_drop(&r->text);
    leak_set_drop(&r->values);
    free(r->spans);
    free(r->findings);
    free(r);
    *redaction = NULL;
}

/* The findings of one document on their way. */
struct marks {
    struct mark *list;
    size_t count;
};

static void marks_drop(struct marks *marks)
{
    free(marks->list);
}

/* The latest year that a date of the document shows, within reason: people grow older with the documents. */
static int year_reference(struct slice text, const struct finding *findings, size_t count)
{
    int reference = YEAR_REFERENCE;
    for (size_t i = 0; i < count; i++) {
        struct years years;
        if (rule_label(findings[i].rule) == LABEL_DATE &&
            date_years(slice_sub(text, findings[i].start, findings[i].end), YEAR_REFERENCE, &years) &&
            years.last > reference && years.last <= YEAR_REFERENCE + YEARS_AHEAD_MAX)
            reference = years.last;
    }
    return reference;
}

/* Findings that are to be replaced become marks; `values` learns what they hold. */
static int collect(const struct redactor *r, struct slice text, const struct finding *findings, size_t count,
                   int reference, struct marks *marks, struct leak_set *values, struct error *err)
{
    marks->list = calloc(count + 1, sizeof *marks->list);
    if (!marks->list)
        return error_memory(err);
    for (size_t i = 0; i < count; i++) {
        const struct finding *f = &findings[i];
        struct slice value = slice_sub(text, f->start, f->end);
        enum label label = rule_label(f->rule);
        if (operator_leaves(&r->map, r->pipeline->profile, reference, value, label))
            continue;
        struct leak_source source = {label, rule_id(f->rule), f->score};
        if (leak_set_add(values, value, &source, err))
            return -1;
        marks->list[marks->count++] =
            (struct mark){f->start, f->end, label, source.rule_id, f, f->score, true};
    }
    marks->count = marks_resolve(marks->list, marks->count);
    return leak_set_close(values, err);
}

/* Adds what was found by its value elsewhere. */
static int find_again(struct slice text, const struct leak_set *values, struct marks *marks,
                      struct error *err)
{
    struct marks more = {0};
    if (consistency_mark(values, text, marks->list, marks->count, &more.list, &more.count, err))
        return -1;
    marks_drop(marks);
    *marks = more;
    return 0;
}

/* Writes the output and the spans. */
static int replace(struct replacing *replacing, const struct marks *marks, struct redaction *to,
                   struct buffer *out, struct error *err)
{
    size_t at = 0, found = 0;
    for (size_t i = 0; i < marks->count; i++) {
        const struct mark *m = &marks->list[i];
        if (buffer_append(out, slice_sub(replacing->text, at, m->start), err))
            return -1;
        size_t start = out->bytes;
        if (replacing_write(replacing, m, out, err))
            return -1;
        if (m->finding)
            to->findings[found] = *m->finding;
        to->spans[to->span_count++] =
            (struct redacted_span){.start = m->start,
                                   .end = m->end,
                                   .out_start = start,
                                   .out_end = out->bytes,
                                   .label = m->label,
                                   .rule = m->finding ? m->finding->rule : NULL,
                                   .rule_id = m->rule_id,
                                   .score = m->score,
                                   .operator_kind = replacing->map->of[m->label],
                                   .finding = m->finding ? &to->findings[found++] : NULL};
        to->label_counts[m->label]++;
        at = m->end;
    }
    return buffer_append(out, slice_sub(replacing->text, at, replacing->text.bytes), err);
}

static int write_out(struct replacing *replacing, const struct marks *marks, const struct keyed_hashes *keys,
                     struct redaction *to, struct error *err)
{
    AUTO(buffer) *out = NULL;
    to->spans = calloc(marks->count + 1, sizeof *to->spans);
    to->findings = calloc(marks->count + 1, sizeof *to->findings);
    if (!to->spans || !to->findings)
        return error_memory(err);
    if (buffer_new(&out, DOCUMENT_BYTES_MAX * 2u, err) ||
        replacing_plan(replacing, marks->list, marks->count, keys, err) ||
        replace(replacing, marks, to, out, err))
        return -1;
    return redacted_text_make(&to->text, buffer_slice(out), err);
}

/* All steps but the check. */
static int redact(struct redactor *r, struct slice text, const struct keyed_hashes *keys,
                  struct redaction *to, struct error *err)
{
    const struct finding *findings;
    size_t count;
    if (scanner_scan(r->scanner, text, r->pipeline->threshold, &findings, &count, err) ||
        leak_set_new(&to->values, &r->lists.common, err))
        return -1;
    struct marks marks = {0};
    int reference = year_reference(text, findings, count);
    struct replacing replacing = {
        .lists = &r->lists, .map = &r->map, .values = to->values, .text = text, .year_reference = reference};
    int result = collect(r, text, findings, count, reference, &marks, to->values, err) ||
                         find_again(text, to->values, &marks, err) ||
                         write_out(&replacing, &marks, keys, to, err)
                     ? -1
                     : 0;
    replacing_close(&replacing);
    marks_drop(&marks);
    return result;
}

int redactor_run(struct redactor *r, struct slice text, const struct keyed_hashes *keys,
                 struct redaction **ret, struct error *err)
{
    AUTO(redaction) *made = calloc(1, sizeof *made);
    if (!made)
        return error_memory(err);
    if (redact(r, text, keys, made, err))
        return -1;
    if (redaction_verify(made, redacted_text_slice(made->text), err)) {
        if (r->pipeline->is_verify_fail || err->code != FAULT_PRIVACY)
            return -1;
        made->is_leaking = true;
    }
    *ret = TAKE(made);
    return 0;
}

static int refuse_strong(void *context, const struct leak_hit *hit, struct error *err)
{
    (void)context;
    if (hit->strength == LEAK_WEAK)
        return 0;
    error_set(err, FAULT_PRIVACY, "the output still holds a value of label %s, found by rule %s",
              label_name(hit->source->label), hit->source->rule_id);
    return error_hint(err, "the document is quarantined; nothing of it was kept");
}

int redaction_verify(const struct redaction *redaction, struct slice output, struct error *err)
{
    return leak_set_find(redaction->values, output, refuse_strong, NULL, err);
}
