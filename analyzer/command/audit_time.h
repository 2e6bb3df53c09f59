/* audit_time.h - the --from and --to of commands on the audit log. */
#ifndef ALCOVE_ANALYZER_COMMAND_AUDIT_TIME_H
#define ALCOVE_ANALYZER_COMMAND_AUDIT_TIME_H

#include "analyzer/command/command.h"

#define OPTION_ROWS_TIME                                                                                     \
    {.name = "from",                                                                                         \
     .kind = OPTION_TEXT,                                                                                    \
     .value = "TIME",                                                                                        \
     .help = "from this time on: 2026-11-24T10:00, or the day alone"},                                       \
        {.name = "to", .kind = OPTION_TEXT, .value = "TIME", .help = "up to and with this time or day"}

/* Both are NULL or a time in UTC, or a beginning of one that is at least a year; not in the wrong order. -1
 * with FAULT_USAGE: a slip must not look like "nothing happened". */
CHECKED int audit_time_read(const struct arguments *arguments, const char **ret_from, const char **ret_to,
                            struct error *err);

#endif
