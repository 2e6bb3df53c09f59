/* joined.h - identifiers that a line end or blanks tear apart, put together for a second look.
 *
 *   shadow   DOB: 1988-03-0|1   fax 4 4 8 - 5 6 4 - 5 4 2 8      (| is a line end)
 *   joined   DOB: 1988-03-01    fax 448-564-5428
 *
 * Only what lies around such places is kept, so plain prose costs next to nothing. A line end counts where
 * the words on both sides hold a digit and no blank stands between, or an address of mail or web breaks
 * there; blanks count between five single letters or digits and more, of which three are digits. */
#ifndef ALCOVE_RULES_JOINED_H
#define ALCOVE_RULES_JOINED_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

struct joined;

CHECKED int joined_new(struct joined **ret, struct error *err);
void joined_drop(struct joined **joined); /* wipes */

/* The joined text of a shadow, borrowed until the next call; empty when there is nothing to join. */
CHECKED int joined_make(struct joined *joined, struct slice shadow, struct slice *ret, struct error *err);

/* The range of the shadow that joined[start, end) came from; false when nothing was taken out inside it. */
bool joined_shadow(const struct joined *joined, struct span at, struct span *ret);

#endif
