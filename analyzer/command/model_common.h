/* model_common.h - what the model commands share: a model by name or path, loaded, with its pool, in the
 * sandbox. */
#ifndef ALCOVE_ANALYZER_COMMAND_MODEL_COMMON_H
#define ALCOVE_ANALYZER_COMMAND_MODEL_COMMON_H

#include "analyzer/command/command.h"
#include "base/buffer.h"
#include "models/model.h"

struct opened {
    struct pool *pool;
    struct model *model;
    struct registry_entry entry;
    struct hash digest;
    double load_ms;
};

/* Starts the threads, closes the sandbox, finds and loads the model. -1 with FAULT_MODEL. */
CHECKED int opened_fill(struct opened *ret, const struct context *context, const char *name,
                        struct error *err);
void opened_clear(struct opened *opened);

/* The text of FILE, or of stdin for "-" or NULL; valid UTF-8. -1 with FAULT_INPUT. */
CHECKED int read_text(struct buffer **ret, const char *path, struct error *err);

/* "1,2,3" (of --tokens) to ids below `vocabulary`, freed by the caller. -1 with FAULT_USAGE. */
CHECKED int read_ids(const char *text, uint32_t vocabulary, token **ret, size_t *ret_count, struct error *err);

/* Writes float32 little-endian to a file ("-": stdout). */
CHECKED int write_floats(const struct context *context, const char *path, const float *values, size_t count,
                         struct error *err);

#endif
