/* pipeline_tests.c - see pipeline_tests.h. */
#include "analyzer/command/pipeline_tests.h"

#include "analyzer/command/places.h"
#include "analyzer/redact/redact.h"
#include "analyzer/steps/steps.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/secret.h"
#include "models/model.h"

#include <limits.h>
#include <stdarg.h>

struct models { /* of the steps; the same model is loaded once */
    struct model *owned[STEPS_MAX];
    const struct model *of_step[STEPS_MAX];
    size_t count;
};

struct bench { /* what all tests of a pipeline share */
    const struct context *context;
    const struct pipeline *pipeline;
    struct redactor *redactor;
    struct steps *steps; /* NULL: a model is not there, results are not tested */
    struct keyed_hashes keys;
};

/* A failed expectation as a line: FILE:LINE:COLUMN: test failed: ... */
static void report(const struct bench *b, const struct pipeline_test *test, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void report(const struct bench *b, const struct pipeline_test *test, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (b->context->is_json) {
        json_t *line = json_pack("{s:s, s:i, s:i, s:s}", "file", b->pipeline->path, "line", (int)test->line,
                                 "column", (int)test->column, "failed", text);
        json_print(line, b->context->out);
        json_decref(line);
    } else {
        fprintf(b->context->out, "%s:%u:%u: test failed: %s\n", b->pipeline->path, test->line, test->column,
                text);
    }
}

/* Found values of a label and of the labels below it. */
static uint32_t count_of(const struct redaction *redaction, enum label label)
{
    uint32_t sum = 0;
    for (int i = 0; i < LABEL_COUNT; i++)
        if ((enum label)i == label || label_parent((enum label)i) == label)
            sum += redaction->label_counts[i];
    return sum;
}

static size_t test_counts(const struct bench *b, const struct pipeline_test *test,
                          const struct redaction *redaction)
{
    size_t failed = 0;
    for (size_t i = 0; i < test->label_count; i++) {
        enum label label;
        if (!label_from(test->label_counts[i].label, &label))
            continue; /* the loader has refused it */
        uint32_t found = count_of(redaction, label);
        if (found == test->label_counts[i].count)
            continue;
        report(b, test, "expected %u %s, found %u", test->label_counts[i].count, test->label_counts[i].label,
               found);
        failed++;
    }
    return failed;
}

/* Some place of `text` in the document is covered by a span of that label. */
static bool is_covered(const struct redaction *redaction, const char *document, const char *text,
                       enum label label)
{
    for (const char *at = document; (at = strstr(at, text)); at++) {
        size_t start = (size_t)(at - document), end = start + strlen(text);
        for (size_t i = 0; i < redaction->span_count; i++) {
            const struct redacted_span *s = &redaction->spans[i];
            if (s->start <= start && s->end >= end && (s->label == label || label_parent(s->label) == label))
                return true;
        }
    }
    return false;
}

static size_t test_spans(const struct bench *b, const struct pipeline_test *test,
                         const struct redaction *redaction)
{
    size_t failed = 0;
    for (size_t i = 0; i < test->span_count; i++) {
        enum label label;
        if (!label_from(test->spans[i].label, &label) ||
            is_covered(redaction, test->text, test->spans[i].text, label))
            continue;
        report(b, test, "expected a span %s over \"%.100s\"", test->spans[i].label, test->spans[i].text);
        failed++;
    }
    return failed;
}

static int test_results(const struct bench *b, const struct pipeline_test *test,
                        const struct redaction *redaction, size_t *ret_failed, struct error *err)
{
    if (!test->result_count || !b->steps)
        return 0;
    struct step_time times[STEPS_MAX];
    json_t *results = NULL;
    if (steps_run(b->steps, redaction->text, &results, times, err))
        return -1;
    for (size_t i = 0; i < test->result_count; i++) {
        const char *found =
            json_string_value(json_object_get(json_object_get(results, test->results[i].step), "label"));
        if (found && strcmp(found, test->results[i].label) == 0)
            continue;
        report(b, test, "expected %s \"%.60s\", got %s%.60s%s", test->results[i].step, test->results[i].label,
               found ? "\"" : "", found ? found : "no label", found ? "\"" : "");
        ++*ret_failed;
    }
    json_decref(results);
    return 0;
}

/* HMAC under a random key of this run: surrogates need one, and tests keep nothing. */
static int hashes_of(void *key, const char *purpose, const struct slice *values, size_t count,
                     struct hash *ret, struct error *err UNUSED)
{
    for (size_t i = 0; i < count; i++) {
        const struct slice parts[] = {slice_of(purpose), SLICE("\0"), values[i]};
        ret[i] = hash_keyed(secret_slice(key), parts, COUNT_OF(parts));
    }
    return 0;
}

static size_t expected_results(const struct pipeline *pipeline)
{
    size_t sum = 0;
    for (size_t i = 0; i < pipeline->test_count; i++)
        sum += pipeline->tests[i].result_count;
    return sum;
}

/* Loads the models of all steps. 1: one is not there (said loudly). */
static int load_models(const struct context *context, const struct pipeline *pipeline, struct pool *pool,
                       struct models *models, struct error *err)
{
    char own[PATH_MAX];
    if (places_models(own, sizeof own, err))
        return -1;
    for (size_t i = 0; i < pipeline->step_count; i++) {
        struct registry_entry entry;
        struct hash digest;
        for (size_t j = 0; j < i && !models->of_step[i]; j++)
            if (strcmp(pipeline->steps[j].model, pipeline->steps[i].model) == 0)
                models->of_step[i] = models->of_step[j];
        if (models->of_step[i])
            continue;
        if (registry_find(pipeline->steps[i].model, own, &entry, &digest, err)) {
            context_warn(context, "model \"%s\" cannot be had, so expected results are NOT tested: %s",
                         pipeline->steps[i].model, err->message);
            return 1;
        }
        if (model_load(&models->owned[models->count], entry.path, pool, err))
            return -1;
        models->of_step[i] = models->owned[models->count++];
    }
    return 0;
}

static int run_tests(struct bench *b, struct tests_outcome *ret, struct error *err)
{
    for (size_t i = 0; i < b->pipeline->test_count; i++) {
        const struct pipeline_test *test = &b->pipeline->tests[i];
        AUTO(redaction) *redaction = NULL;
        size_t failed = 0;
        ret->run++;
        if (redactor_run(b->redactor, slice_of(test->text), &b->keys, &redaction, err))
            return error_at(err, b->pipeline->path, test->line, test->column);
        failed += test_counts(b, test, redaction) + test_spans(b, test, redaction);
        if (test_results(b, test, redaction, &failed, err))
            return -1;
        ret->failed += failed > 0;
    }
    return 0;
}

int pipeline_tests_run(const struct context *context, const struct pipeline *pipeline,
                       const struct ruleset *rules, struct pool *pool, struct tests_outcome *ret,
                       struct error *err)
{
    AUTO(secret) *key = NULL;
    AUTO(redactor) *redactor = NULL;
    AUTO(steps) *steps = NULL;
    struct models models = {.count = 0};
    int r = 0;
    *ret = (struct tests_outcome){0};
    if (secret_random(&key, HASH_BYTES, err) || redactor_new(&redactor, rules, pipeline, err))
        return -1;
    if (expected_results(pipeline)) {
        r = load_models(context, pipeline, pool, &models, err);
        if (r == 0)
            r = steps_new(&steps, pipeline, models.of_step, pool, err);
        else if (r > 0)
            ret->untested = expected_results(pipeline);
    }
    struct bench b = {context, pipeline, redactor, steps, {hashes_of, key}};
    r = r < 0 ? -1 : run_tests(&b, ret, err);
    steps_drop(&steps);
    for (size_t i = 0; i < models.count; i++)
        model_drop(&models.owned[i]);
    return r;
}
