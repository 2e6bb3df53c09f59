/* json.h - JSON for what we write, by jansson: results, errors, audit records.
 *
 * Canonical form: keys sorted bytewise, no white space, reals with 12 significant digits, so that equal values are
 * equal bytes. Input JSON is not read with it (numbers would lose their digits); only what we wrote ourselves is. */
#ifndef ALCOVE_BASE_JSON_H
#define ALCOVE_BASE_JSON_H

#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <jansson.h>

/* For jansson's own dumps: 0.488, not 0.48799999999999999; more than any float32 needs. */
#define JSON_REALS JSON_REAL_PRECISION(12)

/* Appends the canonical form to `to`. */
CHECKED int json_canonical(const json_t *value, struct buffer *to, struct error *err);

/* Prints one line in insertion order (for a person's or a program's stdout); flushes. */
void json_print(const json_t *value, FILE *to);

/* A JSON string of UTF-8 bytes (NULs allowed). NULL when memory is out or the bytes are not UTF-8. */
json_t *json_slice(struct slice text);

/* Reads back what json_canonical wrote. Errors are FAULT_STORE: it was ours. */
CHECKED int json_read(json_t **ret, struct slice text, struct error *err);

#endif
