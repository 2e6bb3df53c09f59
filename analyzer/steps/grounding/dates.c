/* dates.c - months, weekdays and years of the written sentence stand in the source, with the same number
 * beside them. */
#include "analyzer/steps/grounding/grounding.h"

static const char *const calendar[] = {
    "january",  "february", "march",    "april",  "may",   "june",     "july",      "august",  "september",
    "october",  "november", "december", "jan",    "feb",   "mar",      "apr",       "jun",     "jul",
    "aug",      "sep",      "sept",     "oct",    "nov",   "dec",      "monday",    "tuesday", "wednesday",
    "thursday", "friday",   "saturday", "sunday", "today", "tomorrow", "yesterday", "tonight"};

static bool is_calendar(const struct term *t)
{
    for (size_t i = 0; i < COUNT_OF(calendar); i++)
        if (strcmp(calendar[i], t->text) == 0)
            return true;
    return false;
}

static const char *number_beside(const struct terms *terms, size_t i, int side)
{
    if ((side < 0 && i == 0) || (side > 0 && i + 1 >= terms->count))
        return NULL;
    const struct term *t = &terms->list[side < 0 ? i - 1 : i + 1];
    bool is_apart = side < 0 ? t->ends_clause : terms->list[i].ends_clause;
    return t->is_number && !is_apart ? t->text : NULL;
}

static bool same(const char *written, const char *source)
{
    return !written || (source && strcmp(written, source) == 0);
}

bool dates_hold(const struct claim *claim, const struct check *check)
{
    (void)check;
    const struct terms *written = claim->written, *source = claim->source;
    for (size_t w = 0; w < written->count; w++) {
        if (!is_calendar(&written->list[w]))
            continue;
        bool is_known = false;
        for (size_t s = 0; s < source->count && !is_known; s++)
            is_known = strcmp(source->list[s].text, written->list[w].text) == 0 &&
                       same(number_beside(written, w, -1), number_beside(source, s, -1)) &&
                       same(number_beside(written, w, 1), number_beside(source, s, 1));
        if (!is_known)
            return false;
    }
    return true;
}
