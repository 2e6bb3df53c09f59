/* grounding.c - the table of checks (grounding.h). */
#include "analyzer/steps/grounding/grounding.h"

const struct check grounding_checks[] = {
    {"number", numbers_hold, 0, false},
    {"dose", doses_hold, 0, false},
    {"drug", drugs_hold, 0, false},
    {"date", dates_hold, 0, false},
    {"negation", attributes_hold, IS_NEGATED, false},
    {"family", attributes_hold, IS_FAMILY, false},
    {"doubt", attributes_hold, IS_HEDGED, false},
    {"side", attributes_hold, IS_LEFT | IS_RIGHT | IS_BOTH, true},
    {"stopped", attributes_hold, IS_STOPPED, false},
    {"change", attributes_hold, IS_STARTED | IS_RAISED | IS_LOWERED, true},
    {"words", words_hold, 0, false},
    {"order", order_holds, 0, false},
    {"repeat", repeats_hold, 0, false},
    {"form", form_holds, 0, false},
    {"opening", opening_holds, 0, false},
    {"verb", verb_holds, 0, false},
    {"doubled", doubled_holds, 0, false},
    {"joined", joined_holds, 0, false},
    {"main clause", main_clause_holds, 0, false},
    {0}};

const char *grounding_refuses(const struct claim *claim)
{
    for (const struct check *c = grounding_checks; c->name; c++)
        if (!c->holds(claim, c))
            return c->name;
    return NULL;
}
