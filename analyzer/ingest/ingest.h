/* ingest.h - from bytes to text: a format a file, each one row of a table.
 *
 * Runs in the parser child alone: no files, no network, bounded memory. What cannot be read whole and with
 * certainty is refused (FAULT_DOCUMENT) with the byte offset; nothing is guessed, cut or left out. Errors
 * never quote the document. */
#ifndef ALCOVE_ANALYZER_INGEST_INGEST_H
#define ALCOVE_ANALYZER_INGEST_INGEST_H

#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

struct ingested {
    struct buffer *text;    /* valid UTF-8 without byte order mark and without NUL; never empty */
    const char *media_type; /* static */
    const char *charset;    /* what the bytes were: "utf-8", "utf-16le", ...; static */
};
void ingested_clear(struct ingested *ingested); /* wipes and frees what it holds */

struct format {
    const char *name;              /* as in a pipeline's `formats` */
    const char *const *extensions; /* lower case, without the dot; ends with NULL */
    struct slice magic;            /* first bytes; empty = none */
    const char *media_type;
    /* Reads a whole document. *bytes may be taken (then NULL). */
    int (*open)(struct buffer **bytes, struct ingested *ret, struct error *err);
};

extern const struct format *const formats_all[]; /* ends with NULL; the first is the fallback */

/* The format of a document: by its first bytes, else by its name's extension, else the fallback. */
const struct format *format_of(struct slice name, struct slice head);
const struct format *format_named(const char *name); /* NULL when there is none */

extern const struct format format_text; /* text.c */

#endif
