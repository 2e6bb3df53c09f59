/* steps.c - see steps.h. Steps of one model share one session: what one has read the next need not read
 * again. */
#include "analyzer/steps/steps.h"

#include "analyzer/steps/classify.h"
#include "analyzer/steps/summarize.h"
#include "base/clock.h"
#include "base/limits.h"

#include <stdlib.h>

struct steps {
    const struct pipeline *pipeline;
    struct grounding_lists lists;
    const struct model *models[STEPS_MAX];
    struct session *sessions[STEPS_MAX]; /* of models[i] */
    size_t model_count;
    struct classifier *classifiers[STEPS_MAX];
    struct summarizer *summarizers[STEPS_MAX];
};

void steps_drop(struct steps **steps)
{
    struct steps *s = *steps;
    if (!s)
        return;
    for (size_t i = 0; i < STEPS_MAX; i++) {
        classifier_drop(&s->classifiers[i]);
        summarizer_drop(&s->summarizers[i]);
    }
    for (size_t i = 0; i < s->model_count; i++)
        session_drop(&s->sessions[i]);
    grounding_lists_close(&s->lists);
    free(s);
    *steps = NULL;
}

/* The session of a model, made on its first use; its context. */
static int session_of(struct steps *s, const struct model *model, struct pool *pool, struct session **ret,
                      uint32_t *ret_context, struct error *err)
{
    struct model_info info;
    model_info(model, &info);
    *ret_context = MIN(info.context, STEP_CONTEXT_TOKENS);
    for (size_t i = 0; i < s->model_count; i++)
        if (s->models[i] == model) {
            *ret = s->sessions[i];
            return 0;
        }
    if (session_new(&s->sessions[s->model_count], model, *ret_context, pool, err))
        return -1;
    s->models[s->model_count] = model;
    *ret = s->sessions[s->model_count++];
    return 0;
}

int steps_new(struct steps **ret, const struct pipeline *pipeline, const struct model *const *models,
              struct pool *pool, struct error *err)
{
    AUTO(steps) *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(err);
    s->pipeline = pipeline;
    if (grounding_lists_open(&s->lists, err))
        return -1;
    if (pipeline->step_count > STEPS_MAX)
        return error_set(err, FAULT_PIPELINE, "%zu steps, the limit is %u", pipeline->step_count, STEPS_MAX);
    for (size_t i = 0; i < pipeline->step_count; i++) {
        const struct step *step = &pipeline->steps[i];
        struct session *session;
        uint32_t context;
        if (session_of(s, models[i], pool, &session, &context, err))
            return -1;
        int failed = step->kind == STEP_CLASSIFY
                         ? classifier_new(&s->classifiers[i], step, models[i], session, context, err)
                         : summarizer_new(&s->summarizers[i], step, models[i], session, &s->lists, err);
        if (failed)
            return -1;
    }
    *ret = TAKE(s);
    return 0;
}

int steps_run(struct steps *s, const struct redacted_text *text, json_t **ret_results,
              struct step_time *times, struct error *err)
{
    json_t *results = json_object();
    if (!results)
        return error_memory(err);
    for (size_t i = 0; i < s->pipeline->step_count; i++) {
        int64_t before = clock_monotonic_ns();
        json_t *result = NULL;
        int failed = s->classifiers[i] ? classifier_run(s->classifiers[i], text, &result, err)
                                       : summarizer_run(s->summarizers[i], text, &result, err);
        if (!failed && json_object_set_new(results, s->pipeline->steps[i].name, result))
            failed = error_memory(err);
        if (failed) {
            json_decref(results);
            return -1;
        }
        times[i] =
            (struct step_time){s->pipeline->steps[i].name, (double)(clock_monotonic_ns() - before) / 1e6};
    }
    *ret_results = results;
    return 0;
}
