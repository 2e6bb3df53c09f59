/* output.h - what people read on a terminal: tables with aligned columns, and text of documents made
 * harmless.
 *
 *   AUTO(table) *table = NULL;
 *   if (table_new(&table, (const char *const[]){"rule", "label", NULL}, err)) return -1;
 *   if (table_row(table, (const char *const[]){rule_id(rule), label, NULL}, err)) return -1;
 *   table_print(table, context);
 */
#ifndef ALCOVE_ANALYZER_COMMAND_OUTPUT_H
#define ALCOVE_ANALYZER_COMMAND_OUTPUT_H

#include "analyzer/command/command.h"
#include "base/slice.h"

struct table;

/* heads: at most 12, ends with NULL. */
CHECKED int table_new(struct table **ret, const char *const *heads, struct error *err);
void table_drop(struct table **table);

/* As many cells as heads; they are copied. */
CHECKED int table_row(struct table *table, const char *const *cells, struct error *err);

/* The style of the first cell of the row added last. */
void table_style(struct table *table, enum style style);

/* Columns as wide as their widest cell; the heads only when there are rows. */
void table_print(const struct table *table, const struct context *context);

/* Text that may come from a document: control bytes other than new line and tab become U+FFFD, so that a note
 * cannot rewrite the screen with escape sequences. Invalid UTF-8 likewise. */
void output_clean(FILE *to, struct slice text);

/* The name of a document or a path, on one line: as output_clean, and no new line or tab either. */
void output_name(FILE *to, struct slice name);

/* "20 MiB", "3.4 GiB": for tables. */
const char *output_bytes(uint64_t bytes, char ret[24]);

#endif
