/* walk.h - the files of the INPUTs, in byte order of the relative path, without holding more than one
 * folder's names a level.
 *
 * Hidden files and folders are skipped. Symbolic links are followed, unless a folder leads back into itself.
 * */
#ifndef ALCOVE_ANALYZER_RUN_WALK_H
#define ALCOVE_ANALYZER_RUN_WALK_H

#include "base/contract.h"
#include "base/error.h"

enum walk_kind {
    WALK_FILE,   /* to be opened */
    WALK_STDIN,  /* "-" */
    WALK_LOOP,   /* a folder that contains itself by a link: not entered */
    WALK_TROUBLE /* missing, no permission, too deep: err says what */
};

struct walk_entry {
    enum walk_kind kind;
    const char *path;     /* as it can be opened: the INPUT as given, and below it */
    const char *relative; /* below the folder given; the INPUT itself for a file */
    bool is_input;        /* the INPUT itself, not something below it */
    const struct error *trouble;
};

/* Non-zero ends the walk and is returned. */
typedef int walk_visit(void *context, const struct walk_entry *entry, struct error *err);
CHECKED int walk_inputs(const char *const *inputs, size_t count, walk_visit *visit, void *context,
                        struct error *err);

#endif
