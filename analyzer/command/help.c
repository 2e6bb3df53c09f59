/* help.c - `alcove help` and --help: the tables of commands and options as text. */
#include "analyzer/command/help.h"

#include "base/json.h"
#include "base/utf8.h"

#include <limits.h>

#define LINE_COLUMNS 79u
#define NAME_COLUMNS 22u
#define OPTION_COLUMNS 26u

const struct exit_row exit_rows[] = {
    {0, "all done"},
    {1, "finished, but some documents were quarantined or failed (each is listed)"},
    {2, "usage: an unknown command, option or value"},
    {3, "a pipeline, rule pack or manifest is invalid"},
    {4, "an input cannot be read"},
    {5, "a model is missing, unsupported or corrupt"},
    {6, "store: wrong key, corrupt, locked"},
    {7, "audit: the log cannot be written, or verification failed"},
    {8, "privacy: a leak was found after redaction, or the sandbox could not be set up"},
    {75, "temporary, may be tried again: disk full, memory, SIGTERM"},
    {130, "interrupted; what was committed stays, and run goes on from there"},
    {0, NULL},
};

void help_wrap(FILE *to, const char *text, unsigned indent)
{
    while (*text) {
        size_t room = LINE_COLUMNS - indent, take = strcspn(text, "\n");
        if (utf8_count((struct slice){text, take}) > room) {
            take = room; /* help is ASCII */
            while (take > 0 && text[take] != ' ')
                take--;
            if (!take)
                take = strcspn(text, " \n");
        }
        fprintf(to, "%*s%.*s\n", take ? (int)indent : 0, "", (int)take, text);
        text += take;
        if (*text == '\n' || *text == ' ')
            text++;
    }
}

/* `  --threads N   text`, the text wrapped in its own column. */
static void row(FILE *to, const char *left, const char *right, unsigned columns)
{
    unsigned width = (unsigned)strlen(left) + 2, used = 0;
    fprintf(to, "  %s", left);
    if (width + 2 > columns) {
        fputc('\n', to);
        width = 0;
    }
    fprintf(to, "%*s", (int)(columns - width), "");
    for (const char *word = right; *word;) {
        unsigned bytes = (unsigned)strcspn(word, " ");
        if (used && columns + used + 1 + bytes > LINE_COLUMNS) {
            fprintf(to, "\n%*s", (int)columns, "");
            used = 0;
        }
        used += (unsigned)fprintf(to, used ? " %.*s" : "%.*s", (int)bytes, word);
        word += bytes + (word[bytes] == ' ');
    }
    fputc('\n', to);
}

static void heading(const struct context *context, const char *text)
{
    fprintf(context->out, "\n%s%s%s\n", context_style(context, STYLE_STRONG), text,
            context_style(context, STYLE_PLAIN));
}

static void option_rows(const struct context *context, const struct option *table)
{
    for (const struct option *o = table; o && o->name; o++) {
        char left[80], right[400], letter[8] = "";
        if (o->letter)
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        snprintf(right, sizeof right, "%s%s%s%s%s", o->help,
                 o->kind == OPTION_LIST ? " (may be repeated)" : "", o->environment ? " [" : "",
                 o->environment ? o->environment : "", o->environment ? "]" : "");
        row(context->out, left, right, OPTION_COLUMNS);
    }
}

void help_command(const struct context *context, const struct command *c)
{
    FILE *to = context->out;
    char title[300];
    snprintf(title, sizeof title, "alcove %s - %s", c->name, c->summary);
    help_wrap(to, title, 0);
    heading(context, "Usage");
    fprintf(to, "  alcove %s%s%s%s\n", c->name, c->options ? " [options]" : "", c->operands ? " " : "",
            c->operands ? c->operands : "");
    if (c->about) {
        fputc('\n', to);
        help_wrap(to, c->about, 0);
    }
    if (c->options) {
        heading(context, "Options");
        option_rows(context, c->options);
    }
    heading(context, "Global options");
    option_rows(context, global_options);
    if (c->examples) {
        heading(context, "Examples");
        for (const struct example *e = c->examples; e->line; e++) {
            fprintf(to, "  %s\n", e->line);
            help_wrap(to, e->what, 6);
        }
    }
}

void help_overview(const struct context *context)
{
    FILE *to = context->out;
    fprintf(to, "alcove %s - private analysis of sensitive documents,\non the machine where they are\n",
            version_text);
    heading(context, "Usage");
    fputs("  alcove COMMAND [options]\n", to);
    heading(context, "Commands");
    for (size_t i = 0; commands_all[i]; i++)
        row(to, commands_all[i]->name, commands_all[i]->summary, NAME_COLUMNS);
    heading(context, "Global options");
    option_rows(context, global_options);
    heading(context, "Exit status");
    for (const struct exit_row *e = exit_rows; e->meaning; e++) {
        char number[8];
        snprintf(number, sizeof number, "%d", e->status);
        row(to, number, e->meaning, 8);
    }
    fputs("\nalcove help COMMAND tells more about one of them.\n", to);
}

/* All commands of a group: `alcove help store`, `alcove help store keys`. False when there is none. */
static bool help_group(const struct context *context, const struct arguments *arguments)
{
    char group[80] = "";
    for (size_t i = 0; i < operand_count(arguments); i++) {
        size_t used = strlen(group);
        snprintf(group + used, sizeof group - used, "%s%s", i ? " " : "", operand(arguments, i));
    }
    size_t bytes = strlen(group), found = 0;
    for (size_t i = 0; commands_all[i]; i++) {
        const struct command *c = commands_all[i];
        if (strncmp(c->name, group, bytes) != 0 || c->name[bytes] != ' ')
            continue;
        if (!found++)
            fprintf(context->out, "alcove %s COMMAND\n\n", group);
        row(context->out, c->name, c->summary, NAME_COLUMNS);
    }
    if (found)
        fprintf(context->out, "\nalcove help %s COMMAND tells more about one of them.\n", group);
    return found > 0;
}

static const char *kind_name(enum option_kind kind)
{
    static const char *const names[] = {
        [OPTION_FLAG] = "flag", [OPTION_TEXT] = "text",     [OPTION_NUMBER] = "number",
        [OPTION_REAL] = "real", [OPTION_CHOICE] = "choice", [OPTION_LIST] = "list"};
    return names[kind];
}

static json_t *options_json(const struct option *table)
{
    json_t *all = json_array();
    for (const struct option *o = table; o && o->name; o++)
        json_array_append_new(all, json_pack("{s:s, s:s, s:s*, s:s}", "name", o->name, "kind",
                                             kind_name(o->kind), "value", o->value, "help", o->help));
    return all;
}

/* A line a command: for editors and wrappers. */
static void help_json(const struct context *context)
{
    for (size_t i = 0; commands_all[i]; i++) {
        const struct command *c = commands_all[i];
        json_t *line = json_pack("{s:s, s:s, s:s*, s:o}", "command", c->name, "summary", c->summary,
                                 "operands", c->operands, "options", options_json(c->options));
        json_print(line, context->out);
        json_decref(line);
    }
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    const struct command *found = NULL;
    int words, count = (int)operand_count(arguments);
    const char *folder = argument_text(arguments, "man", NULL);
    if (folder)
        return man_pages_write(folder, err);
    if (count == 0 && context->is_json)
        help_json(context);
    else if (count == 0)
        help_overview(context);
    else if (!help_group(context, arguments)) {
        if (command_find(count, (char **)(uintptr_t)operands(arguments), &found, &words, err))
            return -1;
        help_command(context, found);
    }
    return 0;
}

static const struct option options[] = {{.name = "man",
                                         .kind = OPTION_TEXT,
                                         .value = "FOLDER",
                                         .is_file = true,
                                         .help = "write a man page for every command into this folder"},
                                        {0}};

static const struct example examples[] = {
    {"alcove help run", "all about one command"}, {"alcove help store", "the commands of a group"}, {0}};

const struct command command_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .operands_max = 3,
    .summary = "tell about a command, or list all",
    .options = options,
    .examples = examples,
    .closes_sandbox = true, /* never: it reads nothing, and must work where the sandbox does not */
    .run = run,
};
