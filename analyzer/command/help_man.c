/* help_man.c - man pages (man(7) macros) from the tables of commands and options. */
#include "analyzer/command/help.h"

#include "base/buffer.h"
#include "base/file.h"

#include <ctype.h>
#include <limits.h>

#define PAGE_BYTES_MAX (1u << 20)

/* Text of a page: backslashes and leading dots would be requests, a plain "-" would become a hyphen. */
static int put(struct buffer *to, const char *text, struct error *err)
{
    bool at_start = true;
    for (const char *c = text; *c; c++) {
        const char *as = *c == '\\'                              ? "\\e"
                         : *c == '-'                             ? "\\-"
                         : at_start && (*c == '.' || *c == '\'') ? "\\&"
                                                                 : NULL;
        if (as && buffer_append_text(to, as, err))
            return -1;
        if (!(as && as[1] != '&') && buffer_append_byte(to, *c, err))
            return -1;
        at_start = *c == '\n';
    }
    return 0;
}

static int put_heading(struct buffer *to, const char *name, struct error *err)
{
    return buffer_printf(to, err, ".SH %s\n", name);
}

static int put_options(struct buffer *to, const struct option *table, struct error *err)
{
    for (const struct option *o = table; o && o->name; o++) {
        if (buffer_append_text(to, ".TP\n.B ", err))
            return -1;
        if (o->letter && buffer_printf(to, err, "\\-%c, ", o->letter))
            return -1;
        if (put(to, "--", err) || put(to, o->name, err) ||
            (o->value && buffer_printf(to, err, " \\fI%s\\fR", o->value)) ||
            buffer_append_byte(to, '\n', err) || put(to, o->help, err))
            return -1;
        if (o->environment && buffer_printf(to, err, "\n(environment: %s)", o->environment))
            return -1;
        if (buffer_append_byte(to, '\n', err))
            return -1;
    }
    return 0;
}

/* Paragraphs are parted by empty lines. */
static int put_paragraphs(struct buffer *to, const char *text, struct error *err)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t bytes = end ? (size_t)(end - text) : strlen(text);
        char *part = strndup(text, bytes);
        if (!part)
            return error_memory(err);
        int r =
            buffer_append_text(to, ".PP\n", err) || put(to, part, err) || buffer_append_byte(to, '\n', err);
        free(part);
        if (r)
            return -1;
        text += bytes;
        while (*text == '\n')
            text++;
    }
    return 0;
}

static int put_examples(struct buffer *to, const struct example *table, struct error *err)
{
    for (const struct example *e = table; e && e->line; e++)
        if (buffer_append_text(to, ".TP\n.B ", err) || put(to, e->line, err) ||
            buffer_append_byte(to, '\n', err) || put(to, e->what, err) || buffer_append_byte(to, '\n', err))
            return -1;
    return 0;
}

static int put_exit(struct buffer *to, struct error *err)
{
    if (put_heading(to, "EXIT STATUS", err))
        return -1;
    for (const struct exit_row *e = exit_rows; e->meaning; e++)
        if (buffer_printf(to, err, ".TP\n.B %d\n", e->status) || put(to, e->meaning, err) ||
            buffer_append_byte(to, '\n', err))
            return -1;
    return 0;
}

/* "audit verify" as a page's name: "alcove-audit-verify". */
static void page_name(const struct command *c, char *ret, size_t capacity)
{
    snprintf(ret, capacity, "alcove-%s", c->name);
    for (char *p = ret; *p; p++)
        if (*p == ' ')
            *p = '-';
}

static int put_title(struct buffer *to, const char *name, const char *summary, struct error *err)
{
    char upper[128];
    snprintf(upper, sizeof upper, "%s", name);
    for (char *p = upper; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return buffer_printf(to, err, ".TH \"%s\" 1 \"\" \"alcove %s\" \"Alcove\"\n.SH NAME\n", upper,
                         version_text) ||
           put(to, name, err) || buffer_append_text(to, " \\- ", err) || put(to, summary, err) ||
           buffer_append_byte(to, '\n', err);
}

static int write_page(const char *folder, const char *name, const struct buffer *page, struct error *err)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, err, "%s/%s.1", folder, name))
        return -1;
    return file_write(path, buffer_slice(page), 0644, FAULT_INPUT, err);
}

static int write_command(const char *folder, const struct command *c, struct error *err)
{
    AUTO(buffer) *page = NULL;
    char name[100];
    page_name(c, name, sizeof name);
    if (buffer_new(&page, PAGE_BYTES_MAX, err) || put_title(page, name, c->summary, err) ||
        put_heading(page, "SYNOPSIS", err) || buffer_printf(page, err, ".B alcove %s\n", c->name) ||
        put(page, c->options ? "[options] " : "", err) || put(page, c->operands ? c->operands : "", err) ||
        buffer_append_byte(page, '\n', err))
        return -1;
    if (c->about && (put_heading(page, "DESCRIPTION", err) || put_paragraphs(page, c->about, err)))
        return -1;
    if (c->options && (put_heading(page, "OPTIONS", err) || put_options(page, c->options, err)))
        return -1;
    if (put_heading(page, "GLOBAL OPTIONS", err) || put_options(page, global_options, err))
        return -1;
    if (c->examples && (put_heading(page, "EXAMPLES", err) || put_examples(page, c->examples, err)))
        return -1;
    if (put_exit(page, err) || put_heading(page, "SEE ALSO", err) ||
        buffer_append_text(page, ".BR alcove (1)\n", err))
        return -1;
    return write_page(folder, name, page, err);
}

static int write_overview(const char *folder, struct error *err)
{
    AUTO(buffer) *page = NULL;
    if (buffer_new(&page, PAGE_BYTES_MAX, err) ||
        put_title(page, "alcove", "private analysis of sensitive documents, on the machine where they are",
                  err) ||
        put_heading(page, "SYNOPSIS", err) ||
        buffer_append_text(page, ".B alcove\nCOMMAND [options]\n", err) || put_heading(page, "COMMANDS", err))
        return -1;
    for (size_t i = 0; commands_all[i]; i++) {
        char name[100];
        page_name(commands_all[i], name, sizeof name);
        if (buffer_append_text(page, ".TP\n.BR ", err) || put(page, name, err) ||
            buffer_append_text(page, " (1)\n", err) || put(page, commands_all[i]->summary, err) ||
            buffer_append_byte(page, '\n', err))
            return -1;
    }
    if (put_heading(page, "GLOBAL OPTIONS", err) || put_options(page, global_options, err) ||
        put_exit(page, err))
        return -1;
    return write_page(folder, "alcove", page, err);
}

int man_pages_write(const char *folder, struct error *err)
{
    if (folder_make(folder, FAULT_INPUT, err) || write_overview(folder, err))
        return -1;
    for (size_t i = 0; commands_all[i]; i++)
        if (write_command(folder, commands_all[i], err))
            return -1;
    return 0;
}
