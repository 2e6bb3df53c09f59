/* file.h - whole files in and out, and the folders of the XDG base directory specification. */
#ifndef ALCOVE_BASE_FILE_H
#define ALCOVE_BASE_FILE_H

#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"

#include <sys/types.h>

/* AUTO_FD(fd): closed on every way out. */
void file_close(int *fd);
#define AUTO_FD __attribute__((cleanup(file_close))) int

/* Fills the places of standard input, output and error where the caller closed them, before anything else is
 * opened: a store opened as descriptor 1 would take the text that was meant for a reader. What fills them can
 * only fail: reading from 0 and writing to 1 and 2 give EBADF. -1 with FAULT_TEMPORARY. */
CHECKED int file_reserve_standard(struct error *err);

/* Reads a file whole into a new buffer. -1 with `code` and the path (missing, unreadable, a folder, larger than
 * bytes_max). */
CHECKED int file_read(struct buffer **ret, const char *path, size_t bytes_max, enum fault code, struct error *err);

/* The same from an open descriptor, from its current place. */
CHECKED int file_read_fd(struct buffer **ret, int fd, size_t bytes_max, enum fault code, struct error *err);

/* Writes to a temporary file beside `path` (O_EXCL, `mode`), fsyncs, renames over it and fsyncs the folder: afterwards
 * the file is whole or as before. */
CHECKED int file_write(const char *path, struct slice bytes, mode_t mode, enum fault code, struct error *err);

/* write(2) until all is written. */
CHECKED int file_write_fd(int fd, struct slice bytes, enum fault code, struct error *err);

/* mkdir -p with mode 0700 for what is missing. */
CHECKED int folder_make(const char *path, enum fault code, struct error *err);

/* fsyncs the folder that the file `path` is in, so that its name is as durable as its bytes. */
CHECKED int folder_sync_of(const char *path, enum fault code, struct error *err);

/* $XDG_x_HOME/alcove or its default below $HOME, as "FOLDER" or "FOLDER/name" when name is not NULL.
 * -1 with FAULT_INPUT when neither variable is set. */
enum xdg { XDG_DATA, XDG_CACHE, XDG_STATE, XDG_CONFIG };
CHECKED int xdg_path(enum xdg which, const char *name, char *ret, size_t capacity, struct error *err);

/* snprintf of a path that refuses to be cut. */
CHECKED int path_join(char *ret, size_t capacity, struct error *err, const char *format, ...) PRINTF_LIKE(4, 5);

#endif
