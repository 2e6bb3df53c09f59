/* help_man.c - man pages (man(7) macros) from the tables of commands and options. A page is written to
 * memory, where nothing fails but memory, and then to its file whole. */
#include "analyzer/command/help.h"

#include "base/file.h"

#include <ctype.h>
#include <limits.h>

static const char about_all[] = "private analysis of sensitive documents, on the machine where they are";

/* Text of a page: backslashes and leading dots would be requests, a plain "-" would become a hyphen. */
static void put(FILE *to, const char *text)
{
    bool at_start = true;
    for (const char *c = text; *c; c++) {
        if (at_start && (*c == '.' || *c == '\''))
            fputs("\\&", to);
        if (*c == '\\')
            fputs("\\e", to);
        else if (*c == '-')
            fputs("\\-", to);
        else
            fputc(*c, to);
        at_start = *c == '\n';
    }
}

/* A term in bold and what it means. */
static void put_row(FILE *to, const char *term, const char *meaning)
{
    fputs(".TP\n.B ", to);
    put(to, term);
    fputc('\n', to);
    put(to, meaning);
    fputc('\n', to);
}

static void put_options(FILE *to, const char *heading, const struct option *table)
{
    if (!table)
        return;
    fprintf(to, ".SH %s\n", heading);
    for (const struct option *o = table; o->name; o++) {
        fputs(".TP\n.B ", to);
        if (o->letter)
            fprintf(to, "\\-%c, ", o->letter);
        put(to, "--");
        put(to, o->name);
        if (o->value)
            fprintf(to, " \\fI%s\\fR", o->value);
        fputc('\n', to);
        put(to, o->help);
        if (o->environment)
            fprintf(to, "\n(environment: %s)", o->environment);
        fputc('\n', to);
    }
}

/* Paragraphs are parted by empty lines. */
static void put_about(FILE *to, const char *text)
{
    if (!text)
        return;
    fputs(".SH DESCRIPTION\n", to);
    while (*text) {
        char paragraph[2000];
        const char *end = strstr(text, "\n\n");
        size_t bytes = end ? (size_t)(end - text) : strlen(text);
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)bytes, text);
        fputs(".PP\n", to);
        put(to, paragraph);
        fputc('\n', to);
        for (text += bytes; *text == '\n';)
            text++;
    }
}

static void put_examples(FILE *to, const struct example *table)
{
    if (!table)
        return;
    fputs(".SH EXAMPLES\n", to);
    for (const struct example *e = table; e->line; e++)
        put_row(to, e->line, e->what);
}

static void put_exit(FILE *to)
{
    fputs(".SH EXIT STATUS\n", to);
    for (const struct exit_row *e = exit_rows; e->meaning; e++) {
        char number[12];
        snprintf(number, sizeof number, "%d", e->status);
        put_row(to, number, e->meaning);
    }
}

/* "audit verify" as a page's name: "alcove-audit-verify". */
static void page_name(const struct command *c, char *ret, size_t capacity)
{
    snprintf(ret, capacity, "alcove-%s", c->name);
    for (char *p = ret; *p; p++)
        if (*p == ' ')
            *p = '-';
}

static void put_title(FILE *to, const char *name, const char *summary)
{
    fputs(".TH \"", to);
    for (const char *c = name; *c; c++)
        fputc(toupper((unsigned char)*c), to);
    fprintf(to, "\" 1 \"\" \"alcove %s\" \"Alcove\"\n.SH NAME\n", version_text);
    put(to, name);
    fputs(" \\- ", to);
    put(to, summary);
    fputc('\n', to);
}

static void put_command(FILE *to, const char *name, const struct command *c)
{
    put_title(to, name, c->summary);
    fprintf(to, ".SH SYNOPSIS\n.B alcove %s\n%s", c->name, c->options ? "[options] " : "");
    put(to, c->operands ? c->operands : "");
    fputc('\n', to);
    put_about(to, c->about);
    put_options(to, "OPTIONS", c->options);
    put_options(to, "GLOBAL OPTIONS", global_options);
    put_examples(to, c->examples);
    put_exit(to);
    fputs(".SH SEE ALSO\n.BR alcove (1)\n", to);
}

static void put_overview(FILE *to, const char *name, const struct command *nothing UNUSED)
{
    put_title(to, name, about_all);
    fputs(".SH SYNOPSIS\n.B alcove\nCOMMAND [options]\n.SH COMMANDS\n", to);
    for (size_t i = 0; commands_all[i]; i++) {
        char page[100];
        page_name(commands_all[i], page, sizeof page);
        fputs(".TP\n.BR ", to);
        put(to, page);
        fputs(" (1)\n", to);
        put(to, commands_all[i]->summary);
        fputc('\n', to);
    }
    put_options(to, "GLOBAL OPTIONS", global_options);
    put_exit(to);
}

static int write_page(const char *folder, const char *name, const struct command *command,
                      void (*fill)(FILE *to, const char *name, const struct command *command),
                      struct error *err)
{
    char *text = NULL, path[PATH_MAX];
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        return error_memory(err);
    fill(to, name, command);
    bool has_failed = ferror(to) != 0;
    has_failed = fclose(to) != 0 || has_failed;
    int r = has_failed ? error_memory(err) : path_join(path, sizeof path, err, "%s/%s.1", folder, name);
    if (r == 0)
        r = file_write(path, (struct slice){text, bytes}, 0644, FAULT_INPUT, err);
    free(text);
    return r;
}

int man_pages_write(const char *folder, struct error *err)
{
    if (folder_make(folder, FAULT_INPUT, err) || write_page(folder, "alcove", NULL, put_overview, err))
        return -1;
    for (size_t i = 0; commands_all[i]; i++) {
        char name[100];
        page_name(commands_all[i], name, sizeof name);
        if (write_page(folder, name, commands_all[i], put_command, err))
            return -1;
    }
    return 0;
}
