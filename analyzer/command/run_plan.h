/* run_plan.h - `run --dry-run`: what a run would do, without a trace. */
#ifndef ALCOVE_ANALYZER_COMMAND_RUN_PLAN_H
#define ALCOVE_ANALYZER_COMMAND_RUN_PLAN_H

#include "analyzer/command/command.h"
#include "analyzer/command/store_arguments.h"
#include "analyzer/run/runner.h"

/* Lists the documents by format, and which of them are done already (if the store is there). Nothing is
 * written. Returns as a command does. */
CHECKED int run_plan_show(const struct run_plan *plan, const struct context *context,
                          const struct arguments *arguments, struct store_place *place, struct error *err);

#endif
