/* store_arguments.h - from --store, --key-file, --passphrase-fd (OPTION_ROWS_STORE) to a store that can be
 * opened. */
#ifndef ALCOVE_ANALYZER_COMMAND_STORE_ARGUMENTS_H
#define ALCOVE_ANALYZER_COMMAND_STORE_ARGUMENTS_H

#include "analyzer/command/command.h"
#include "store/store.h"

#include <limits.h>

struct store_place {
    char path[PATH_MAX], key_file[PATH_MAX];
    struct secret *passphrase;    /* read from the descriptor; NULL without */
    struct store_options options; /* points into the above */
};

/* Fills in the defaults: $XDG_DATA_HOME/alcove/store.alc, and NAME.key beside NAME.alc. Warns when the key
 * file may be read by others. With STORE_CREATE the default folder is made. -1 with FAULT_STORE or
 * FAULT_USAGE. */
CHECKED int store_place_fill(struct store_place *ret, const struct context *context,
                             const struct arguments *arguments, enum store_mode mode, struct error *err);
/* Everything up to the end of the descriptor, without one new line. -1 with FAULT_STORE: empty, too long. */
CHECKED int store_passphrase_read(int fd, struct secret **ret, struct error *err);

void store_place_clear(struct store_place *place);

/* The login (of /etc/passwd, without asking a name service), uid and host for audit records. Static storage.
 */
const struct store_actor *store_actor_self(void);

#endif
