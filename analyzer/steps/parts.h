/* parts.h - cuts a text into parts of a bounded number of tokens, at the borders of paragraphs, then
 * sentences.
 *
 * Nothing is left out: the parts one behind the other are the text. */
#ifndef ALCOVE_ANALYZER_STEPS_PARTS_H
#define ALCOVE_ANALYZER_STEPS_PARTS_H

#include "base/redacted.h"
#include "models/model.h"

struct part {
    struct span at;
    uint32_t tokens;
};

/* A new array that the caller frees; at least one part, at most tokens_max tokens each (tokens_max >= 16). */
CHECKED int parts_cut(const struct model *model, const struct redacted_text *text, uint32_t tokens_max,
                      struct part **ret, size_t *ret_count, struct error *err);

#endif
