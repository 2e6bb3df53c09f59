/* resume.h - what was read, as a commitment, and whether it was done before.
 *
 * A document is done if the store holds it as done under the same pipeline digest and the same input
 * commitment. */
#ifndef ALCOVE_ANALYZER_RUN_RESUME_H
#define ALCOVE_ANALYZER_RUN_RESUME_H

#include "base/contract.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/slice.h"
#include "store/store.h"

#include <sys/stat.h>

/* An input file, opened and hashed; never parsed. */
struct input_file {
    int fd; /* at the start of the file */
    struct stat st;
    struct hash plain; /* SHA-256 of its bytes */
};
void input_file_close(struct input_file *file);

/* Opens a regular file without waiting (a pipe or device is refused) and hashes at most bytes_max bytes.
 * -1 with FAULT_INPUT (cannot be opened or read) or FAULT_DOCUMENT (larger than bytes_max). */
CHECKED int input_file_open(struct input_file *ret, const char *path, uint64_t bytes_max, struct error *err);

/* Is it still the file that was hashed? -1 with FAULT_DOCUMENT if it was changed meanwhile. */
CHECKED int input_file_check(const struct input_file *file, struct error *err);

/* store_is_done through a pipeline's digest: 1, 0, or -1. */
int resume_is_done(struct store *store, struct slice document, const struct hash *input,
                   const struct hash *pipeline, struct error *err);

#endif
