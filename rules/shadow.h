/* shadow.h - the normalised text that rules are matched on, with a map back to the bytes of the original.
 *
 *   original  S S N :   ２   １   ９   ‑   0 9   U+FF12 ... , U+2011: three bytes each
 *   shadow    S S N :   2    1    9    -   0 9
 *
 * Each character of the original becomes one character or none (table in fold.c): decimal digits of all
 * scripts and full-width forms become ASCII, Latin letters lose their accents, odd spaces, dashes and quotes
 * become the plain ones, and what has no width (zero-width characters, soft hyphens, bidi marks, combining
 * marks) goes. Plain ASCII is not copied. The map is kept as the places where the distance between the two
 * changes. */
#ifndef ALCOVE_RULES_SHADOW_H
#define ALCOVE_RULES_SHADOW_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

struct shadow;

CHECKED int shadow_new(struct shadow **ret, struct error *err);
void shadow_drop(struct shadow **shadow); /* wipes */

/* Makes the shadow of `text` (valid UTF-8, borrowed until the next call).
 * -1 with FAULT_TEMPORARY (memory) or FAULT_DOCUMENT (longer than DOCUMENT_BYTES_MAX). */
CHECKED int shadow_set(struct shadow *shadow, struct slice text, struct error *err);

/* The shadow, borrowed until the next shadow_set. Valid UTF-8. */
struct slice shadow_text(const struct shadow *shadow);

/* The range of the original that the characters of shadow[start, end) came from (start < end, on character
 * boundaries): from the first byte of the first to the last byte of the last character. */
struct span shadow_original(const struct shadow *shadow, size_t start, size_t end);

/* What becomes of one character (fold.c): another character, the same, or SHADOW_REMOVED. */
#define SHADOW_REMOVED 0u
uint32_t shadow_fold(uint32_t code);

#endif
