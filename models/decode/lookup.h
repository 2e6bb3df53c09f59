/* lookup.h - drafts for decoding, taken from the text itself (prompt-lookup decoding, Saxena 2023).
 *
 * Summaries and extractions copy. Where the last tokens stood before in the text, what followed them then is a good
 * guess at what follows now. Guesses are checked all at once, which a batch makes cheap, and only those that the model
 * would have chosen anyway are kept: the output is the same with and without. */
#ifndef ALCOVE_MODELS_DECODE_LOOKUP_H
#define ALCOVE_MODELS_DECODE_LOOKUP_H

#include "models/model.h"

#define LOOKUP_DRAFT_MAX 7u /* with the token before it a batch of 8 */

/* Writes at most `max` guesses at what follows the `count` tokens so far; returns how many, 0 where nothing recurs. */
size_t lookup_draft(const token *ids, size_t count, token *ret, size_t max);

#endif
