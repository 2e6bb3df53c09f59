/* kept.c - see kept.h. */
#include "analyzer/run/kept.h"

#include "base/json.h"

void kept_clear(struct kept *kept)
{
    buffer_drop(&kept->labels);
    free(kept->spans);
    free(kept->names);
    *kept = (struct kept){0};
}

static int labels_json(const struct analysis *analysis, struct buffer *to, struct error *err)
{
    json_t *labels = json_object();
    for (int label = 0; labels && label < LABEL_COUNT; label++)
        if (analysis->label_counts[label])
            json_object_set_new(labels, label_name((enum label)label),
                                json_integer(analysis->label_counts[label]));
    int failed = json_canonical(labels, to, err);
    json_decref(labels);
    return failed;
}

/* rule_id of an analysis span is not ended by a NUL: copies for the store. */
static int copy_spans(struct kept *ret, const struct analysis *analysis, struct error *err)
{
    size_t bytes = 1;
    for (size_t i = 0; i < analysis->span_count; i++)
        bytes += analysis->spans[i].rule.bytes + 1;
    struct outcome_span *spans = ret->spans = calloc(MAX(analysis->span_count, 1u), sizeof *spans);
    char *at = ret->names = malloc(bytes);
    if (!spans || !at)
        return error_memory(err);
    for (size_t i = 0; i < analysis->span_count; i++) {
        const struct analysis_span *s = &analysis->spans[i];
        memcpy(at, s->rule.data, s->rule.bytes);
        at[s->rule.bytes] = 0;
        spans[i] = (struct outcome_span){s->start,
                                         s->end,
                                         s->out_start,
                                         s->out_end,
                                         label_name(s->label),
                                         at,
                                         operator_name(s->operator_kind),
                                         s->score};
        at += s->rule.bytes + 1;
    }
    return 0;
}

int kept_fill(struct kept *ret, struct outcome *outcome, const struct analysis *analysis, unsigned keep,
              struct error *err)
{
    *ret = (struct kept){0};
    if (buffer_new(&ret->labels, 1u << 16, err) || labels_json(analysis, ret->labels, err) ||
        ((keep & KEEP_SPANS) && copy_spans(ret, analysis, err)))
        return -1;
    outcome->labels = buffer_slice(ret->labels);
    outcome->redactions = analysis->span_count;
    outcome->spans = ret->spans;
    outcome->span_count = keep & KEEP_SPANS ? analysis->span_count : 0;
    outcome->redacted_text = keep & KEEP_REDACTED_TEXT ? analysis->redacted_text : SLICE("");
    outcome->results = keep & KEEP_RESULTS ? analysis->results : SLICE("");
    return 0;
}
