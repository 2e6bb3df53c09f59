/* pipeline_tests.h - `tests:` of a pipeline, run through the redactor and, where the models are there, the
 * steps. */
#ifndef ALCOVE_ANALYZER_COMMAND_PIPELINE_TESTS_H
#define ALCOVE_ANALYZER_COMMAND_PIPELINE_TESTS_H

#include "analyzer/command/command.h"
#include "base/thread.h"
#include "pipelines/pipeline.h"
#include "rules/rule.h"

struct tests_outcome {
    size_t run, failed; /* tests */
    size_t untested;    /* expected results that no model was there for */
};

/* Runs all tests; what fails is printed with its place: to stdout, as a line each. -1: a test could not be
 * run. */
CHECKED int pipeline_tests_run(const struct context *context, const struct pipeline *pipeline,
                               const struct ruleset *rules, struct pool *pool, struct tests_outcome *ret,
                               struct error *err);

#endif
