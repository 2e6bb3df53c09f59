/* help.h - what a person reads about the commands, made from their tables: help texts, man pages, completion.
 */
#ifndef ALCOVE_ANALYZER_COMMAND_HELP_H
#define ALCOVE_ANALYZER_COMMAND_HELP_H

#include "analyzer/command/command.h"

extern const struct command command_help;

void help_overview(const struct context *context);
void help_command(const struct context *context, const struct command *command);

/* Every exit status and its meaning (DESIGN section 4); ends with {0, NULL}. */
struct exit_row {
    int status;
    const char *meaning;
};
extern const struct exit_row exit_rows[];

/* Writes alcove.1 and alcove-COMMAND.1 for every command into a folder. */
CHECKED int man_pages_write(const char *folder, struct error *err);

/* A paragraph of `text` wrapped at 79 columns with every line indented. */
void help_wrap(FILE *to, const char *text, unsigned indent);

#endif
