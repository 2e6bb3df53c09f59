/* pipeline_init.c - `alcove pipeline init`: a commented pipeline to start from. */
#include "analyzer/command/command.h"

#include "base/buffer.h"
#include "base/file.h"
#include "pipelines/pipeline.h"

#include <ctype.h>

#define TEMPLATE_BYTES_MAX (64u << 10)

/* "My Notes.yaml" -> "my-notes": what a pipeline may be called. */
static void name_of(const char *path, char *ret, size_t capacity)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
    size_t bytes = dot && dot != base ? (size_t)(dot - base) : strlen(base), to = 0;
    for (size_t i = 0; i < bytes && to + 1 < capacity; i++) {
        char c = (char)tolower((unsigned char)base[i]);
        bool fits = islower((unsigned char)c) || isdigit((unsigned char)c);
        if (fits || (to && ret[to - 1] != '-'))
            ret[to++] = fits ? c : '-';
    }
    while (to && ret[to - 1] == '-')
        to--;
    ret[to] = 0;
    if (!to)
        snprintf(ret, capacity, "pipeline");
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(buffer) *text = NULL;
    const char *path = operand(arguments, 0);
    char name[65];
    name_of(path ? path : "pipeline", name, sizeof name);
    if (buffer_new(&text, TEMPLATE_BYTES_MAX, err) || pipeline_template(text, name, err))
        return -1;
    if (!path) {
        fwrite(text->data, 1, text->bytes, context->out);
        return 0;
    }
    if (access(path, F_OK) == 0) {
        error_set(err, FAULT_USAGE, "this file is there already; nothing was changed");
        return error_at(err, path, 0, 0);
    }
    if (file_write(path, buffer_slice(text), 0644, FAULT_INPUT, err))
        return -1;
    context_note(context, "wrote %s", path);
    return 0;
}

static const struct example examples[] = {
    {"alcove pipeline init notes.yaml", "then edit it, and check it with:"},
    {"alcove pipeline check notes.yaml --tests", "its own tests included"},
    {0}};

const struct command command_pipeline_init = {
    .name = "pipeline init",
    .operands = "[FILE]",
    .operands_max = 1,
    .summary = "write a commented pipeline to start from",
    .about = "Without FILE the pipeline goes to stdout. A file that is there is never overwritten.",
    .examples = examples,
    .run = run,
};
