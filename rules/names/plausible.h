/* plausible.h - whether what a pattern took for a name can be one (validate: person-name). */
#ifndef ALCOVE_RULES_NAMES_PLAUSIBLE_H
#define ALCOVE_RULES_NAMES_PLAUSIBLE_H

#include "base/slice.h"

/* False when every word of it is a plain word, a drug, a month or a country that hardly anybody is called:
 * "Food", "Alteplase", "Joint Replacement Service". */
bool is_person_name(struct slice text);

/* True for a given name and a surname, neither of them a common word: the only kind of name that is told
 * without capitals ("david lange"). */
bool is_person_in_lower_case(struct slice text);

#endif
