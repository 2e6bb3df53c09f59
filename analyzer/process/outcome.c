/* outcome.c - see outcome.h. */
#include "analyzer/process/outcome.h"

#include "analyzer/ingest/ndjson.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <math.h>

#define RULE_BYTES_MAX 128u
#define EXPLANATION_BYTES_MAX 400u

/* The arithmetic of a span's score, in words: "us-hipaa 2026.11.0: pattern 0.40 + context 0.40 + valid
 * (us-ssn) 0.30". */
static void explain(const struct redacted_span *span, char *to, size_t capacity)
{
    const struct finding *f = span->finding;
    if (!span->rule || !f) {
        snprintf(to, capacity, "the same value as one found elsewhere in the document");
        return;
    }
    const char *validator = rule_validator(span->rule);
    char context[48] = "";
    if (f->context_at != UINT32_MAX)
        snprintf(context, sizeof context, " (word at byte %u)", f->context_at);
    snprintf(to, capacity, "%s %s: pattern %.2f + context %.2f%s + valid %.2f%s%s%s - negative %.2f = %.2f",
             rule_pack(span->rule), rule_version(span->rule), (double)f->score_pattern,
             (double)f->score_context, context, (double)f->score_valid, validator ? " (" : "",
             validator ? validator : "", validator ? ")" : "", fabs((double)f->score_negative),
             (double)f->score);
}

static void put_span(struct message *m, const struct redacted_span *span, bool has_explanations)
{
    char explanation[EXPLANATION_BYTES_MAX] = "";
    if (has_explanations)
        explain(span, explanation, sizeof explanation);
    message_put_u64(m, span->start);
    message_put_u64(m, span->end);
    message_put_u64(m, span->out_start);
    message_put_u64(m, span->out_end);
    message_put_u64(m, span->label);
    message_put_u64(m, span->operator_kind);
    message_put_f64(m, (double)span->score);
    message_put_bytes(m, slice_of(span->rule_id));
    message_put_bytes(m, slice_of(explanation));
}

void outcome_put(struct message *message, const struct pipeline *pipeline, const struct work *work)
{
    const struct redaction *r = work->redaction;
    message_put_u64(message, 0);
    message_put_bytes(message, redacted_text_slice(r->text));
    message_put_u64(message, r->span_count);
    for (size_t i = 0; i < r->span_count; i++)
        put_span(message, &r->spans[i], work->has_explanations);
    message_put_bytes(message, work->results);
    message_put_bytes(message, work->shown);
    message_put_u64(message, work->is_leaking);
    message_put_f64(message, work->redact_ms);
    for (size_t i = 0; i < pipeline->step_count; i++)
        message_put_f64(message, work->times[i].ms);
}

/* ---- the keeper's side ---- */

static int bad(const char *what, struct error *err)
{
    return error_set(err, FAULT_DOCUMENT, "a child process answered nonsense: %s", what);
}

static bool is_printable(struct slice text, size_t bytes_max)
{
    for (size_t i = 0; i < text.bytes; i++)
        if (text.data[i] < 0x20 || text.data[i] > 0x7e)
            return false;
    return text.bytes <= bytes_max;
}

static bool is_utf8(struct slice text)
{
    return utf8_valid(text) == text.bytes;
}

static bool is_time(double ms)
{
    return isfinite(ms) && ms >= 0;
}

/* One span: within both texts, behind the one before. */
static int get_span(struct message *m, const struct analysis_span *before, size_t text_bytes,
                    size_t redacted_bytes, struct analysis_span *ret, struct error *err)
{
    ret->start = message_get_u64(m);
    ret->end = message_get_u64(m);
    ret->out_start = message_get_u64(m);
    ret->out_end = message_get_u64(m);
    uint64_t label = message_get_u64(m), kind = message_get_u64(m);
    ret->score = message_get_f64(m);
    ret->rule = message_get_bytes(m);
    ret->explanation = message_get_bytes(m);
    if (ret->start >= ret->end || ret->end > text_bytes || ret->out_start > ret->out_end ||
        ret->out_end > redacted_bytes)
        return bad("a span outside the text", err);
    if (before && (ret->start < before->end || ret->out_start < before->out_end))
        return bad("spans out of order", err);
    if (label >= LABEL_COUNT || kind >= OPERATOR_COUNT || !(ret->score >= 0 && ret->score <= 1))
        return bad("a span of no known label, operator or score", err);
    if (ret->rule.bytes == 0 || !is_printable(ret->rule, RULE_BYTES_MAX) ||
        !is_printable(ret->explanation, EXPLANATION_BYTES_MAX))
        return bad("a rule's name", err);
    ret->label = (enum label)label;
    ret->operator_kind = (enum operator_kind)kind;
    return 0;
}

static int get_spans(struct message *m, size_t text_bytes, struct analysis *ret, struct error *err)
{
    uint64_t count = message_get_u64(m);
    if (count > SPANS_MAX || count > text_bytes)
        return bad("more spans than the text has bytes", err);
    ret->spans = calloc(MAX(count, 1u), sizeof *ret->spans);
    if (!ret->spans)
        return error_memory(err);
    for (size_t i = 0; i < count; i++) {
        struct analysis_span *span = &ret->spans[i];
        if (get_span(m, i ? span - 1 : NULL, text_bytes, ret->redacted_text.bytes, span, err))
            return -1;
        ret->label_counts[span->label]++;
    }
    ret->span_count = count;
    return 0;
}

int outcome_get(struct message *message, const struct pipeline *pipeline, size_t text_bytes,
                struct analysis *ret, struct error *err)
{
    ret->redacted_text = message_get_bytes(message);
    if (ret->redacted_text.bytes > MESSAGE_BYTES_MAX / 2 || !is_utf8(ret->redacted_text))
        return bad("the redacted text", err);
    if (get_spans(message, text_bytes, ret, err))
        return -1;
    ret->results = message_get_bytes(message);
    ret->shown = message_get_bytes(message);
    ret->is_leaking = message_get_u64(message) != 0;
    ret->redact_ms = message_get_f64(message);
    bool are_times = is_time(ret->redact_ms);
    for (size_t i = 0; i < pipeline->step_count; i++) {
        ret->step_ms[i] = message_get_f64(message);
        are_times = are_times && is_time(ret->step_ms[i]);
    }
    if (message_end(message, err))
        return -1;
    struct error json;
    if ((ret->results.bytes && json_check(ret->results, &json)) || !is_utf8(ret->shown) || !are_times)
        return bad("the results", err);
    return 0;
}
