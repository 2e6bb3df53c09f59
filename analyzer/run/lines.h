/* lines.h - lines of standard input, one at a time, as they come. Frames only: what is in a line is the
 * parser's. */
#ifndef ALCOVE_ANALYZER_RUN_LINES_H
#define ALCOVE_ANALYZER_RUN_LINES_H

#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"

struct lines;

/* Lines longer than bytes_max are read to their end and thrown away. stop_fd: readable = give up (-1: none).
 * */
CHECKED int lines_new(struct lines **ret, int fd, int stop_fd, size_t bytes_max, struct error *err);
void lines_drop(struct lines **lines);

/* The next line without its end, borrowed until the next call; *ret_is_cut: it was longer than bytes_max
 * (then empty). 0; 1 at the end of the input or when stopped; -1 with FAULT_INPUT. */
CHECKED int lines_next(struct lines *lines, struct slice *ret, bool *ret_is_cut, struct error *err);

#endif
