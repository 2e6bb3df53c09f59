/* start_crew.h - what commands that put documents through a pipeline begin with. */
#ifndef ALCOVE_ANALYZER_COMMAND_START_CREW_H
#define ALCOVE_ANALYZER_COMMAND_START_CREW_H

#include "analyzer/command/command.h"
#include "analyzer/process/crew.h"

/* The pipeline's warnings, each with its place, on stderr. */
void warn_of_pipeline(const struct context *context, const struct pipeline *pipeline);

/* Rules and models loaded and both children running, in a process that holds no key yet. -1 as crew_start. */
CHECKED int start_crew(struct crew **ret, const struct context *context, const struct pipeline *pipeline,
                       struct error *err);

#endif
