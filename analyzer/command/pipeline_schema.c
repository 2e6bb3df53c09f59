/* pipeline_schema.c - `alcove pipeline schema`: JSON Schema of a pipeline, for editors. */
#include "analyzer/command/command.h"

#include "base/buffer.h"
#include "pipelines/pipeline.h"

static int run(struct context *context, const struct arguments *arguments UNUSED, struct error *err)
{
    AUTO(buffer) *text = NULL;
    if (buffer_new(&text, 4u << 20, err) || pipeline_schema(text, err))
        return -1;
    fwrite(text->data, 1, text->bytes, context->out);
    return 0;
}

static const struct example examples[] = {
    {"alcove pipeline schema > alcove-pipeline.json",
     "and as the first line of a pipeline: # yaml-language-server: $schema=alcove-pipeline.json"},
    {0}};

const struct command command_pipeline_schema = {
    .name = "pipeline schema",
    .summary = "print the JSON Schema (draft 2020-12) of a pipeline file",
    .examples = examples,
    .run = run,
};
