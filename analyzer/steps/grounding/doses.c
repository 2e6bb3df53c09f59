/* doses.c - drugs: none that the source does not name, and each number or frequency near one is near the same
 * one in the source. */
#include "analyzer/steps/grounding/grounding.h"

#define NEAR_WORDS 6u        /* in the written sentence */
#define NEAR_SOURCE_WORDS 9u /* in the source, where more may stand between */

bool drugs_hold(const struct claim *claim, const struct check *check)
{
    (void)check;
    for (size_t w = 0; w < claim->written->count; w++) {
        bool is_known = !claim->written->list[w].is_drug;
        for (size_t s = 0; s < claim->source->count && !is_known; s++)
            is_known = strcmp(claim->source->list[s].text, claim->written->list[w].text) == 0;
        if (!is_known)
            return false;
    }
    return true;
}

/* The drug that term `i` belongs to: the last one in front in its clause, else the next; SIZE_MAX if there is
 * none near. */
static size_t nearest_drug(const struct terms *terms, size_t i)
{
    for (size_t n = 1; n <= MIN(i, NEAR_WORDS) && !terms->list[i - n].ends_clause; n++)
        if (terms->list[i - n].is_drug)
            return i - n;
    for (size_t n = 1; n <= NEAR_WORDS && i + n < terms->count && !terms->list[i + n - 1].ends_clause; n++)
        if (terms->list[i + n].is_drug)
            return i + n;
    return SIZE_MAX;
}

static bool is_amount(const struct term *t)
{
    return t->is_number || rate_of(t->text) != NULL;
}

static bool is_near_in_source(const struct terms *source, const char *drug, const char *number)
{
    for (size_t d = 0; d < source->count; d++) {
        if (strcmp(source->list[d].text, drug) != 0)
            continue;
        size_t from = d > NEAR_SOURCE_WORDS ? d - NEAR_SOURCE_WORDS : 0;
        for (size_t i = from; i < source->count && i <= d + NEAR_SOURCE_WORDS; i++) {
            bool is_number = is_amount(&source->list[i]) && strcmp(source->list[i].text, number) == 0;
            size_t owner = is_number ? nearest_drug(source, i) : SIZE_MAX;
            if (is_number && (owner == SIZE_MAX || strcmp(source->list[owner].text, drug) == 0))
                return true;
        }
    }
    return false;
}

bool doses_hold(const struct claim *claim, const struct check *check)
{
    (void)check;
    const struct terms *written = claim->written;
    for (size_t w = 0; w < written->count; w++) {
        size_t drug = is_amount(&written->list[w]) ? nearest_drug(written, w) : SIZE_MAX;
        if (drug != SIZE_MAX &&
            !is_near_in_source(claim->source, written->list[drug].text, written->list[w].text))
            return false;
    }
    return true;
}
