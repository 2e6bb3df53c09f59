/* start_crew.c - see start_crew.h. */
#include "analyzer/command/start_crew.h"

#include "analyzer/command/places.h"
#include "analyzer/run/signals.h"
#include "base/thread.h"
#include "models/model.h"

#include <limits.h>

void warn_of_pipeline(const struct context *context, const struct pipeline *pipeline)
{
    size_t count;
    const struct pipeline_warning *warnings = pipeline_warnings(pipeline, &count);
    for (size_t i = 0; i < count; i++)
        context_warn_at(context, pipeline->path, warnings[i].line, warnings[i].column, warnings[i].message);
}

/* A column that does not exist, or that this processor lacks, gives way to the best there is. */
static void warn_of_kernels(const struct context *context)
{
    const char *wanted = getenv("ALCOVE_KERNELS"), *used = model_kernels();
    if (wanted && wanted[0] && strcmp(wanted, used) != 0)
        context_warn(context,
                     "ALCOVE_KERNELS asks for \"%.40s\", the kernels in use are \"%s\" (of scalar, avx2, avxvnni "
                     "and avx512, as the processor has them)",
                     wanted, used);
}

int start_crew(struct crew **ret, const struct context *context, const struct pipeline *pipeline,
               struct error *err)
{
    char rules[PATH_MAX], models[PATH_MAX];
    warn_of_kernels(context);
    if (places_rules(rules, sizeof rules, err) || places_models(models, sizeof models, err))
        return -1;
    struct crew_plan plan = {.pipeline = pipeline,
                             .rules_folder = rules,
                             .models_folder = models,
                             .threads = context->threads ? context->threads : thread_cores(),
                             .is_stopped = signals_any};
    return crew_start(ret, &plan, err);
}
