/* replay_input.h - inside the run: the bytes that a record speaks of, in a file or among lines of JSON. */
#ifndef ALCOVE_ANALYZER_RUN_REPLAY_INPUT_H
#define ALCOVE_ANALYZER_RUN_REPLAY_INPUT_H

#include "analyzer/run/replay.h"
#include "analyzer/run/resume.h"
#include "base/buffer.h"

struct replay_input {
    struct input_file file;  /* fd -1: standard input */
    struct buffer *line;     /* the line that fits, else the first of standard input */
    bool has_file, has_line; /* what the bytes may be: both for a file of one line */
    bool is_recorded;        /* they are those of the record */
    struct hash commitment;
};
void replay_input_clear(struct replay_input *input);

/* Looks for bytes with the record's commitment: the whole file, else one of its lines. Without any, the file
 * or the first line, as the input that differs. -1 with FAULT_INPUT. Clear *ret in any case. */
CHECKED int replay_input_find(const struct replay_plan *plan, struct replay_input *ret, struct error *err);

#endif
