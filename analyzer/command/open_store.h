/* open_store.h - the store that a command works on, opened as its options say, with its actor named. */
#ifndef ALCOVE_ANALYZER_COMMAND_OPEN_STORE_H
#define ALCOVE_ANALYZER_COMMAND_OPEN_STORE_H

#include "analyzer/command/command.h"
#include "store/store.h"

/* For commands that may name another anchor. */
#define OPTION_ROW_ANCHOR                                                                                    \
    {                                                                                                        \
        .name = "anchor", .kind = OPTION_TEXT, .value = "FILE", .is_file = true,                             \
        .help = "from now on keep the signed checkpoints in this file"                                       \
    }

struct store_wish {
    enum store_mode mode;
    const char *anchor; /* NULL = the one that the store knows */
    bool new_anchor;
};

/* Opens the store of OPTION_ROWS_STORE. ret_was_made may be NULL; a store that was made is told of on stderr,
 * with the place of its key. -1 with FAULT_STORE, FAULT_AUDIT or FAULT_USAGE. */
CHECKED int open_store(struct store **ret, const struct context *context, const struct arguments *arguments,
                       const struct store_wish *wish, bool *ret_was_made, struct error *err);

#endif
