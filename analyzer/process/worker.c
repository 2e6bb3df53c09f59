/* worker.c - the child that redacts and runs the steps: it holds rules and models, sees text, and holds no
 * key. */
#include "analyzer/process/crew.h"
#include "analyzer/process/outcome.h"
#include "analyzer/process/requests.h"
#include "analyzer/process/shown.h"
#include "analyzer/redact/redact.h"
#include "analyzer/steps/steps.h"
#include "base/clock.h"
#include "base/sandbox.h"
#include "base/thread.h"

struct worker {
    const struct child_context *context;
    struct pool *pool;
    struct redactor *redactor;
    struct steps *steps; /* NULL when the pipeline has none */
    uint32_t document;   /* in hand */
};

/* ---- keyed hashes: asked of the keeper ---- */

static int receive_hashes(struct worker *w, size_t count, struct hash *ret, struct error *err)
{
    AUTO(message) *reply = NULL;
    if (message_receive(w->context->channel, &reply, MESSAGE_BYTES_MAX, NULL, NULL, err) ||
        message_kind(reply) != MSG_HASHES || message_document(reply) != w->document)
        return error_set(err, FAULT_TEMPORARY, "the keeper gave no keyed hashes");
    for (size_t i = 0; i < count; i++) {
        struct slice bytes = message_get_bytes(reply);
        if (bytes.bytes != HASH_BYTES)
            return error_set(err, FAULT_TEMPORARY, "the keeper gave no keyed hashes");
        memcpy(ret[i].bytes, bytes.data, HASH_BYTES);
    }
    return message_end(reply, err);
}

static int ask_hashes(void *context, const char *purpose, const struct slice *values, size_t count,
                      struct hash *ret, struct error *err)
{
    struct worker *w = context;
    AUTO(message) *m = NULL;
    if (message_new(&m, MSG_KEYED_HASHES, w->document, err))
        return -1;
    message_put_bytes(m, slice_of(purpose));
    message_put_u64(m, count);
    for (size_t i = 0; i < count; i++)
        message_put_bytes(m, values[i]);
    if (message_send(w->context->channel, m, -1, NULL, err))
        return -1;
    return receive_hashes(w, count, ret, err);
}

/* ---- one document ---- */

static double ms_since(int64_t start_ns)
{
    return (double)(clock_monotonic_ns() - start_ns) / 1e6;
}

/* Searches an output for what was removed. With verify: warn a leak is noted and goes on. */
static int verify(const struct worker *w, const struct redaction *redaction, struct slice output,
                  bool *is_leaking, struct error *err)
{
    if (redaction_verify(redaction, output, err) == 0)
        return 0;
    if (err->code != FAULT_PRIVACY || w->context->pipeline->is_verify_fail)
        return -1;
    *is_leaking = true;
    return 0;
}

static int run_steps(struct worker *w, const struct redaction *redaction, struct buffer *results,
                     struct buffer *shown, struct step_time *times, bool *is_leaking, struct error *err)
{
    json_t *value = NULL;
    if (!w->steps)
        return 0;
    int failed = steps_run(w->steps, redaction->text, &value, times, err) ||
                 json_canonical(value, results, err) ||
                 results_show(value, w->context->pipeline, shown, err) ||
                 verify(w, redaction, buffer_slice(results), is_leaking, err) ||
                 verify(w, redaction, buffer_slice(shown), is_leaking, err);
    json_decref(value);
    return failed ? -1 : 0;
}

static int work(struct worker *w, struct message *request, struct message *outcome, struct error *err)
{
    AUTO(redaction) *redaction = NULL;
    AUTO(buffer) *results = NULL, *shown = NULL;
    struct step_time times[STEPS_MAX] = {{0}};
    struct keyed_hashes keys = {ask_hashes, w};
    struct slice text = message_get_bytes(request);
    if (message_end(request, err) || buffer_new(&results, DOCUMENT_BYTES_MAX, err) ||
        buffer_new(&shown, DOCUMENT_BYTES_MAX, err))
        return -1;
    int64_t start = clock_monotonic_ns();
    if (redactor_run(w->redactor, text, &keys, &redaction, err))
        return -1;
    double redact_ms = ms_since(start);
    bool is_leaking = redaction->is_leaking;
    if (run_steps(w, redaction, results, shown, times, &is_leaking, err)) {
        struct error leak; /* an error must not say what the results may not */
        if (redaction_verify(redaction, slice_of(err->message), &leak))
            return error_set(err, FAULT_PRIVACY,
                             "a step failed, and its message held a value that was removed");
        return -1;
    }
    struct work done = {.redaction = redaction,
                        .results = buffer_slice(results),
                        .shown = buffer_slice(shown),
                        .redact_ms = redact_ms,
                        .times = times,
                        .has_explanations = w->context->has_explanations,
                        .is_leaking = is_leaking};
    outcome_put(outcome, w->context->pipeline, &done);
    return 0;
}

static int answer(struct worker *w, struct message *request, struct error *err)
{
    AUTO(message) *outcome = NULL;
    struct error problem;
    w->document = message_document(request);
    if (message_kind(request) != MSG_ANALYZE)
        return error_set(err, FAULT_TEMPORARY, "the worker was asked something that it does not know");
    if (message_new(&outcome, MSG_OUTCOME, w->document, err))
        return -1;
    if (work(w, request, outcome, &problem)) {
        message_drop(&outcome);
        if (message_new(&outcome, MSG_OUTCOME, w->document, err))
            return -1;
        message_put_u64(outcome, 1);
        message_put_error(outcome, &problem);
    }
    return message_send(w->context->channel, outcome, -1, NULL, err);
}

/* ---- the process ---- */

static int set_up(struct worker *w, struct error *err)
{
    const struct child_context *c = w->context;
    bool has_steps = c->pipeline->step_count > 0;
    struct sandbox_limits limits = {.data_bytes = c->data_bytes};
    if (has_steps && pool_new(&w->pool, c->threads, err)) /* threads cannot be started inside */
        return -1;
    if (redactor_new(&w->redactor, c->rules, c->pipeline, err))
        return -1;
    if (has_steps && steps_new(&w->steps, c->pipeline, c->models, w->pool, err))
        return -1;
    return sandbox_close(SANDBOX_WORKER, -1, &limits, err);
}

int worker_main(const struct child_context *context)
{
    struct worker w = {.context = context};
    struct error err, sent;
    if (set_up(&w, &err)) {
        (void)!send_hello(context->channel, &err, &sent);
        return fault_exit(err.code);
    }
    if (send_hello(context->channel, NULL, &err))
        return 1;
    for (;;) {
        AUTO(message) *request = NULL;
        int got = message_receive(context->channel, &request, MESSAGE_BYTES_MAX, NULL, NULL, &err);
        if (got)
            return got > 0 ? 0 : 1;
        if (answer(&w, request, &err))
            return 1;
    }
}
