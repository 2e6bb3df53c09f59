/* commands.c - the list of all commands: one row each, in the order of the help. */
#include "analyzer/command/command.h"

#define COMMANDS(row)                                                                                        \
    row(run)                                                                                                 \
    row(redact)                                                                                              \
    row(help)                                                                                                \
    row(completion)

#define DECLARE(name) extern const struct command command_##name;
#define POINT(name) &command_##name,

COMMANDS(DECLARE)

const struct command *const commands_all[] = {COMMANDS(POINT) NULL};
