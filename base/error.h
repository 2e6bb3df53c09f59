/* error.h - the one error value: filled once, where cause and place are known, then passed up unchanged.
 *
 * Quote configuration freely, a document never: messages reach terminals and logs. The value holds no
 * pointers, so it is copied and sent between processes as it is. */
#ifndef ALCOVE_BASE_ERROR_H
#define ALCOVE_BASE_ERROR_H

#include "base/contract.h"

#include <stdbool.h>
#include <stdio.h>

/* What went wrong, in the terms of the exit codes (DESIGN, section 4). */
enum fault {
    FAULT_NONE,
    FAULT_DOCUMENT,    /* one document cannot be processed: it is quarantined (exit 1) */
    FAULT_USAGE,       /* command line (exit 2) */
    FAULT_PIPELINE,    /* pipeline, rules or manifest invalid (exit 3) */
    FAULT_INPUT,       /* an input does not exist or cannot be opened (exit 4) */
    FAULT_MODEL,       /* model missing, unsupported or corrupt (exit 5) */
    FAULT_STORE,       /* wrong key, corrupt, locked (exit 6) */
    FAULT_AUDIT,       /* the audit log cannot be written or does not verify (exit 7) */
    FAULT_PRIVACY,     /* leak after redaction, or no sandbox (exit 8) */
    FAULT_TEMPORARY,   /* may be retried: disk full, memory, SIGTERM (exit 75) */
    FAULT_INTERRUPTED, /* SIGINT (exit 130) */
    FAULT_COUNT
};

struct error {
    enum fault code;
    unsigned line, column; /* from 1; 0 = unknown */
    char message[400];     /* UTF-8, cut on a character boundary */
    char hint[200];        /* what to do about it; may be empty */
    char file[300];        /* may be empty */
};

/* Sets code and message and clears hint and place. Returns -1, so that `return error_set(...)` reads well. */
int error_set(struct error *err, enum fault code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Adds a remedy to an error already set. Returns -1. */
int error_hint(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds the place to an error already set (line and column from 1, 0 = unknown). Bytes of `file` that are not
 * UTF-8 become '?'; its control bytes stay, error_print shows them to programs only. Returns -1. */
int error_at(struct error *err, const char *file, unsigned line, unsigned column);

/* error_set with FAULT_TEMPORARY for a failed allocation. Returns -1. */
int error_memory(struct error *err);

/* error_set with `what`, `path` and the text of errno; ENOSPC, EDQUOT, ENOMEM, EMFILE and ENFILE
 * become FAULT_TEMPORARY. Returns -1. */
int error_errno(struct error *err, enum fault code, const char *what, const char *path);

/* The exit status of a fault, and its stable name ("pipeline", "store", ...). */
int fault_exit(enum fault code);
const char *fault_name(enum fault code);

/* Of several faults the one that decides the exit status: the highest of 8, 7, 6, 5, 75, 4, 1 (then 3, 2). */
enum fault fault_worse(enum fault a, enum fault b);

/* Writes the error on one line: `alcove: error: FILE:LINE:COLUMN: MESSAGE (HINT)`, or with `json` as
 * {"error":{"code","message","file","line","column","hint"}}, null where something is not known. */
void error_print(const struct error *err, FILE *to, bool json);

#endif
