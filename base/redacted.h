/* redacted.h - text from which every identifier was removed: the only text that a model may be given.
 *
 * The type is opaque and this header can only read it. redacted_make.h makes one, and scripts/check-layers lets
 * analyzer/redact alone include that (and analyzer/steps/operator_text.c, for what the operator typed: instructions,
 * labels). So the compiler enforces the order of the pipeline (DESIGN, promise 2). */
#ifndef ALCOVE_BASE_REDACTED_H
#define ALCOVE_BASE_REDACTED_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

struct redacted_text;

/* The text, UTF-8, borrowed as long as the object lives. */
struct slice redacted_text_slice(const struct redacted_text *text);

/* A copy of the bytes [start, end): a part of a redacted text is redacted. -1 with FAULT_TEMPORARY. */
CHECKED int redacted_text_part(struct redacted_text **ret, const struct redacted_text *text, size_t start, size_t end,
                               struct error *err);

/* The bytes of `parts`, ascending, joined, the first letter made a capital: a sentence of which words were left out.
 * -1 with FAULT_TEMPORARY. */
CHECKED int redacted_text_parts(struct redacted_text **ret, const struct redacted_text *text, const struct span *parts,
                                size_t count, struct error *err);

/* Wipes and frees; takes NULL inside. */
void redacted_text_drop(struct redacted_text **text);

#endif
