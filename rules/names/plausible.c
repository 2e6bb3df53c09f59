/* plausible.c - see plausible.h. */
#include "rules/names/plausible.h"

#include "rules/names/token.h"
#include "rules/words.h"

#define COMMON_OVER_SURNAME 1u /* how much commoner as a word than as a surname makes a word plain */

static bool is_plain(const struct word_facts *f)
{
    const uint32_t other = CLASS_DRUG | CLASS_MEDICAL | CLASS_MONTH | CLASS_LAND | CLASS_ORG | CLASS_STREET |
                           CLASS_HEADER | CLASS_DISEASE | CLASS_ROLE | CLASS_TITLE | CLASS_RELATION;
    if (f->given > 2)
        return false;
    return f->common >= f->surname + f->given + COMMON_OVER_SURNAME ||
           ((f->classes & other) && !f->surname) || (f->classes & CLASS_MONTH);
}

bool is_person_name(struct slice text)
{
    bool has_word = false;
    for (size_t at = 0, end; at < text.bytes; at = end + 1) {
        end = word_end(text, at);
        struct word_facts facts;
        if (end - at < 2)
            continue;
        has_word = true;
        if (!name_facts(text, at, end, &facts) || !is_plain(&facts))
            return true;
    }
    return !has_word; /* initials alone */
}

bool is_person_in_lower_case(struct slice text)
{
    struct word_facts first, last;
    size_t first_end = word_end(text, 0), last_start = text.bytes;
    while (last_start > 0 && is_word_byte(text.data[last_start - 1]))
        last_start--;
    const uint32_t other = CLASS_DRUG | CLASS_MEDICAL | CLASS_MONTH | CLASS_LAND | CLASS_ORG | CLASS_STREET |
                           CLASS_HEADER | CLASS_DISEASE | CLASS_ROLE | CLASS_TITLE | CLASS_RELATION |
                           CLASS_AFTER;
    return last_start > first_end && name_facts(text, 0, first_end, &first) && first.given > 2 &&
           first.common < 2 && name_facts(text, last_start, text.bytes, &last) && last.surname > 0 &&
           !last.common && !(last.classes & other);
}
