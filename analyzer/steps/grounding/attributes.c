/* attributes.c - each content word must be said of in the same way as in the source: negated or not, of the
 * patient or the family, for sure or not; of sides and changes the written may say less, never another. */
#include "analyzer/steps/grounding/grounding.h"

/* Words that carry a side or a change themselves are compared by what they mark. */
static bool is_compared(const struct term *t)
{
    return !t->is_function && !t->is_number;
}

bool attributes_hold(const struct claim *claim, const struct check *check)
{
    for (size_t w = 0; w < claim->written->count; w++) {
        const struct term *word = &claim->written->list[w];
        uint32_t said = word->attributes & check->mask;
        bool is_known = false, is_same = false;
        if (!is_compared(word) || (check->is_one_way && !said))
            continue;
        for (size_t s = 0; s < claim->source->count && !is_same; s++) {
            const struct term *source = &claim->source->list[s];
            uint32_t meant = source->attributes & check->mask;
            if (strcmp(word->stem, source->stem) != 0)
                continue;
            is_known = true;
            is_same = check->is_one_way ? (said & ~meant) == 0 : said == meant;
        }
        if (is_known && !is_same)
            return false;
    }
    return true;
}
