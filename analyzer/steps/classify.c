/* classify.c - see classify.h. */
#include "analyzer/steps/classify.h"

#include "analyzer/steps/operator_text.h"
#include "analyzer/steps/parts.h"
#include "base/limits.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#define PRIOR_STRENGTH 0.5
#define RESERVED_TOKENS 96u /* of the context, for the question and the longest label */
#define PART_TOKENS_MIN 64u
#define DESCRIPTION_TOKENS 3.0 /* a description counts as this many tokens, whatever its length */

/* What follows the text, and in which form the label follows that. */
enum form { AS_WRITTEN, IN_LOWER_CASE, AS_DESCRIPTION };
static const struct view {
    const char *question;
    enum form form;
    double weight;
} views[] = {{NULL, AS_WRITTEN, 1.0}, /* the step's own name: "Specialty:" */
             {"\n\nTopic:", AS_WRITTEN, 1.0},
             {"\n\nThis document is about", IN_LOWER_CASE, 1.0},
             {"\n\nThis document is about", AS_DESCRIPTION, 0.25}};
#define VIEWS COUNT_OF(views)

/* Texts that say nothing about any label. */
static const char *const empty_texts[] = {"N/A",
                                          "",
                                          "[MASK]",
                                          "The document was received and read.",
                                          "See above for details.",
                                          "Date. Name. Address. Reference. Text.",
                                          "Lorem ipsum dolor sit amet.",
                                          "...",
                                          "This is a text."};

struct classifier {
    const struct step *step;
    const struct model *model;
    struct session *session;
    uint32_t context;
    struct redacted_text *before; /* instruction and examples; may be empty */
    struct redacted_text *questions[VIEWS];
    struct redacted_text **labels[VIEWS]; /* [label_count]; NULL: the view is not used */
    double *prior[VIEWS];                 /* [label_count] log-probabilities */
    uint32_t before_tokens;
    bool has_prior;
};

void classifier_drop(struct classifier **classifier)
{
    struct classifier *c = *classifier;
    if (!c)
        return;
    redacted_text_drop(&c->before);
    for (size_t v = 0; v < VIEWS; v++) {
        redacted_text_drop(&c->questions[v]);
        for (size_t i = 0; c->labels[v] && i < c->step->label_count; i++)
            redacted_text_drop(&c->labels[v][i]);
        free(c->labels[v]);
        free(c->prior[v]);
    }
    free(c);
    *classifier = NULL;
}

/* "specialty" -> "\n\nSpecialty:", "care_level" -> "\n\nCare level:". */
static int make_question(const char *name, struct buffer *to, struct error *err)
{
    if (buffer_append_text(to, "\n\n", err) || buffer_append_text(to, name, err) ||
        buffer_append_text(to, ":", err))
        return -1;
    for (size_t i = 2; i < to->bytes; i++)
        to->data[i] = to->data[i] == '_' || to->data[i] == '-' ? ' ' : to->data[i];
    to->data[2] = (char)toupper((unsigned char)to->data[2]);
    return 0;
}

/* The label in the form of a view; NULL in *ret where it has none. */
static int make_label(const struct step *step, size_t i, enum form form, struct redacted_text **ret,
                      struct error *err)
{
    char lower[LABEL_BYTES_MAX + 1];
    const char *label = form == AS_DESCRIPTION ? step->descriptions[i] : step->labels[i];
    if (form == IN_LOWER_CASE) {
        snprintf(lower, sizeof lower, "%s", label);
        bool is_short_form = isupper((unsigned char)lower[0]) && isupper((unsigned char)lower[1]);
        for (size_t k = 0; lower[k] && !is_short_form; k++)
            lower[k] = (char)tolower((unsigned char)lower[k]);
        label = lower;
    }
    return operator_text_joined(ret, " ", label, err);
}

static bool has_descriptions(const struct step *step)
{
    for (size_t i = 0; i < step->label_count; i++)
        if (!step->descriptions || !step->descriptions[i])
            return false;
    return true;
}

static int make_views(struct classifier *c, struct error *err)
{
    AUTO(buffer) *own = NULL;
    if (buffer_new(&own, LABEL_BYTES_MAX + 8, err) || make_question(c->step->name, own, err))
        return -1;
    for (size_t v = 0; v < VIEWS; v++) {
        if (views[v].form == AS_DESCRIPTION && !has_descriptions(c->step))
            continue;
        c->labels[v] = calloc(c->step->label_count, sizeof *c->labels[v]);
        c->prior[v] = calloc(c->step->label_count, sizeof *c->prior[v]);
        if (!c->labels[v] || !c->prior[v])
            return error_memory(err);
        if (operator_text(&c->questions[v], views[v].question ? views[v].question : own->data, err))
            return -1;
        for (size_t i = 0; i < c->step->label_count; i++)
            if (make_label(c->step, i, views[v].form, &c->labels[v][i], err))
                return -1;
    }
    return 0;
}

/* Instruction and worked examples, each closed by its answer as the first view asks for it. */
static int make_before(struct classifier *c, struct error *err)
{
    AUTO(buffer) *before = NULL;
    AUTO(buffer) *question = NULL;
    token *ids = NULL;
    size_t count;
    if (buffer_new(&before, DOCUMENT_BYTES_MAX, err) || buffer_new(&question, LABEL_BYTES_MAX + 8, err) ||
        make_question(c->step->name, question, err))
        return -1;
    if (c->step->instruction &&
        (buffer_append_text(before, c->step->instruction, err) || buffer_append_text(before, "\n\n", err)))
        return -1;
    for (size_t i = 0; i < c->step->example_count; i++)
        if (buffer_printf(before, err, "%s%s %s\n\n\n", c->step->examples[i].text, question->data,
                          c->step->examples[i].label))
            return -1;
    if (model_tokenize(c->model, buffer_slice(before), false, false, &ids, &count, err))
        return -1;
    free(ids);
    c->before_tokens = (uint32_t)count;
    return operator_text(&c->before, before->data, err);
}

int classifier_new(struct classifier **ret, const struct step *step, const struct model *model,
                   struct session *session, uint32_t context, struct error *err)
{
    AUTO(classifier) *c = calloc(1, sizeof *c);
    if (!c)
        return error_memory(err);
    c->step = step;
    c->model = model;
    c->session = session;
    c->context = context;
    if (make_views(c, err) || make_before(c, err))
        return -1;
    *ret = TAKE(c);
    return 0;
}

/* Log-probabilities of all labels behind `text` as view `v` asks, normalised over the labels. */
static int score_view(struct classifier *c, const struct redacted_text *text, size_t v, double *ret_logs,
                      struct error *err)
{
    size_t n = c->step->label_count;
    AUTO(prompt) *prompt = NULL;
    uint32_t *counts = calloc(n, sizeof *counts);
    if (!counts)
        return error_memory(err);
    int result = prompt_new(&prompt, c->model, false, err) || prompt_add(prompt, c->before, err) ||
                         prompt_add(prompt, text, err) || prompt_add(prompt, c->questions[v], err) ||
                         session_score(c->session, prompt, (const struct redacted_text *const *)c->labels[v],
                                       n, ret_logs, counts, err)
                     ? -1
                     : 0;
    bool is_mean = views[v].form == AS_DESCRIPTION || !c->step->has_prior_correction;
    double highest = -INFINITY, sum = 0;
    for (size_t i = 0; result == 0 && i < n; i++) {
        if (is_mean)
            ret_logs[i] *= (views[v].form == AS_DESCRIPTION ? DESCRIPTION_TOKENS : 1.0) / MAX(counts[i], 1u);
        highest = MAX(highest, ret_logs[i]);
    }
    for (size_t i = 0; result == 0 && i < n; i++)
        sum += exp(ret_logs[i] - highest);
    for (size_t i = 0; result == 0 && i < n; i++)
        ret_logs[i] -= highest + log(sum);
    free(counts);
    return result;
}

static int find_prior(struct classifier *c, double *room, struct error *err)
{
    for (size_t t = 0; t < COUNT_OF(empty_texts); t++) {
        AUTO(redacted_text) *text = NULL;
        if (operator_text(&text, empty_texts[t], err))
            return -1;
        for (size_t v = 0; v < VIEWS; v++) {
            if (!c->labels[v])
                continue;
            if (score_view(c, text, v, room, err))
                return -1;
            for (size_t i = 0; i < c->step->label_count; i++)
                c->prior[v][i] += room[i] / (double)COUNT_OF(empty_texts);
        }
    }
    c->has_prior = true;
    return 0;
}

/* Adds the score of one part, times its share of the text. */
static int score_part(struct classifier *c, const struct redacted_text *part, double share, double *room,
                      double *scores, struct error *err)
{
    double weights = 0;
    for (size_t v = 0; v < VIEWS; v++)
        weights += c->labels[v] ? views[v].weight : 0;
    for (size_t v = 0; v < VIEWS; v++) {
        if (!c->labels[v])
            continue;
        if (score_view(c, part, v, room, err))
            return -1;
        double strength = c->step->has_prior_correction ? PRIOR_STRENGTH : 0;
        for (size_t i = 0; i < c->step->label_count; i++)
            scores[i] += share * views[v].weight / weights * (room[i] - strength * c->prior[v][i]);
    }
    return 0;
}

static double rounded(double x)
{
    return rint(x * 1e4) / 1e4; /* beyond what a libm may differ in */
}

static int make_result(const struct classifier *c, double *scores, uint32_t tokens, size_t parts,
                       json_t **ret, struct error *err)
{
    size_t best = 0, n = c->step->label_count;
    double sum = 0;
    for (size_t i = 1; i < n; i++)
        best = scores[i] > scores[best] ? i : best;
    double highest = scores[best];
    for (size_t i = 0; i < n; i++)
        sum += scores[i] = exp(scores[i] - highest);
    json_t *all = json_object();
    for (size_t i = 0; i < n; i++)
        json_object_set_new(all, c->step->labels[i], json_real(rounded(scores[i] / sum)));
    double score = rounded(scores[best] / sum);
    bool is_abstained = score < c->step->abstain_below;
    json_t *label = is_abstained ? json_null() : json_string(c->step->labels[best]);
    json_t *made = json_pack("{s:o,s:f,s:o,s:I,s:I}", "label", label, "score", score, "scores", all, "tokens",
                             (json_int_t)tokens, "parts", (json_int_t)parts);
    if (made && is_abstained)
        json_object_set_new(made, "nearest", json_string(c->step->labels[best]));
    if (!made)
        return error_memory(err);
    *ret = made;
    return 0;
}

/* `room` and `scores`: [label_count] each, scores zero. */
static int run(struct classifier *c, const struct redacted_text *text, double *room, double *scores,
               json_t **ret, struct error *err)
{
    struct part *parts = NULL;
    size_t count;
    uint32_t tokens = 0, capacity = c->context;
    if (c->step->has_prior_correction && !c->has_prior && find_prior(c, room, err))
        return -1;
    if (capacity < c->before_tokens + RESERVED_TOKENS + PART_TOKENS_MIN)
        return error_set(err, FAULT_PIPELINE,
                         "step \"%s\": instruction and examples have %u tokens, the model's context is %u",
                         c->step->name, c->before_tokens, capacity);
    if (parts_cut(c->model, text, capacity - c->before_tokens - RESERVED_TOKENS, &parts, &count, err))
        return -1;
    int result = 0;
    for (size_t i = 0; i < count; i++)
        tokens += parts[i].tokens;
    for (size_t i = 0; result == 0 && i < count; i++) {
        AUTO(redacted_text) *part = NULL;
        double share = tokens ? (double)parts[i].tokens / (double)tokens : 1.0;
        result = redacted_text_part(&part, text, parts[i].at.start, parts[i].at.end, err) ||
                         score_part(c, part, share, room, scores, err)
                     ? -1
                     : 0;
    }
    free(parts);
    return result ? -1 : make_result(c, scores, tokens, count, ret, err);
}

int classifier_run(struct classifier *c, const struct redacted_text *text, json_t **ret, struct error *err)
{
    double *room = calloc(c->step->label_count * 2, sizeof *room);
    if (!room)
        return error_memory(err);
    int result = run(c, text, room, room + c->step->label_count, ret, err);
    free(room);
    return result;
}
