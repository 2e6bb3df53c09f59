/* redact_pipeline.h - a pipeline that only redacts, made of a few options: for `alcove redact` and libalcove. */
#ifndef ALCOVE_ANALYZER_REDACT_REDACT_PIPELINE_H
#define ALCOVE_ANALYZER_REDACT_REDACT_PIPELINE_H

#include "base/contract.h"
#include "base/error.h"
#include "pipelines/pipeline.h"

/* packs: comma-separated names or paths, NULL = every pack in rules_folder. profile: NULL = hipaa-safe-harbor.
 * -1 with FAULT_USAGE (an unknown profile, an empty name) or FAULT_PIPELINE. */
CHECKED int redact_pipeline(struct pipeline **ret, const char *packs, const char *profile, const char *rules_folder,
                            struct error *err);

#endif
