/* context.c - remarks and colours; see command.h. */
#include "analyzer/command/command.h"

#include "analyzer/command/output.h"
#include "base/json.h"
#include "base/sandbox.h"

#include <stdarg.h>

int context_close_sandbox(const struct context *context UNUSED, struct error *err)
{
    const struct sandbox_limits limits = {0};
    return sandbox_close(SANDBOX_KEEPER, -1, &limits, err);
}

/* One remark as a line for a person, or as an object of `kind`. */
static void remark(const struct context *context, const char *kind, const char *file, unsigned line,
                   unsigned column, const char *message)
{
    if (context->is_json) {
        json_t *inner = json_pack("{s:s}", "message", message);
        if (file)
            json_object_set_new(inner, "file", json_string(file));
        if (line)
            json_object_set_new(inner, "line", json_integer(line));
        if (column)
            json_object_set_new(inner, "column", json_integer(column));
        json_t *outer = json_pack("{s:o}", kind, inner);
        json_print(outer, stderr);
        json_decref(outer);
        return;
    }
    fprintf(stderr, "alcove: %s: ", kind);
    if (file) {
        output_name(stderr, slice_of(file));
        if (line)
            fprintf(stderr, ":%u:%u", line, column);
        fputs(": ", stderr);
    }
    fprintf(stderr, "%s\n", message);
}

void context_warn(const struct context *context, const char *format, ...)
{
    if (context->is_quiet)
        return;
    struct error text; /* its message: cut on a character boundary, without control bytes */
    char message[sizeof text.message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    error_set(&text, FAULT_NONE, "%s", message);
    remark(context, "warning", NULL, 0, 0, text.message);
}

void context_warn_at(const struct context *context, const char *file, unsigned line, unsigned column,
                     const char *message)
{
    if (!context->is_quiet)
        remark(context, "warning", file, line, column, message);
}

void context_note(const struct context *context, const char *format, ...)
{
    if (!context->is_verbose)
        return;
    struct error text;
    char message[sizeof text.message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    error_set(&text, FAULT_NONE, "%s", message);
    remark(context, "note", NULL, 0, 0, text.message);
}

const char *context_style(const struct context *context, enum style style)
{
    static const char *const codes[] = {[STYLE_PLAIN] = "\033[0m",
                                        [STYLE_STRONG] = "\033[1m",
                                        [STYLE_GOOD] = "\033[32m",
                                        [STYLE_WARNING] = "\033[33m",
                                        [STYLE_BAD] = "\033[31m"};
    return context->has_color ? codes[style] : "";
}
