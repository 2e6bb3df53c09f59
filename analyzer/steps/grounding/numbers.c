/* numbers.c - every number of the written sentence stands in the source, in digits or words, with the same
 * unit behind it; what was a pair ("148/86") stays that pair. */
#include "analyzer/steps/grounding/grounding.h"

/* clang-format off */
static const struct { const char *word, *unit; } units[] = {
    {"mg", "mg"}, {"milligram", "mg"}, {"milligrams", "mg"}, {"mcg", "mcg"}, {"ug", "mcg"},
    {"microgram", "mcg"}, {"micrograms", "mcg"}, {"g", "g"}, {"gram", "g"}, {"grams", "g"}, {"kg", "kg"},
    {"kilograms", "kg"}, {"lb", "lb"}, {"lbs", "lb"}, {"pounds", "lb"}, {"ml", "ml"}, {"milliliters", "ml"},
    {"millilitres", "ml"}, {"l", "l"}, {"liters", "l"}, {"litres", "l"}, {"dl", "dl"}, {"mmol", "mmol"},
    {"units", "unit"}, {"unit", "unit"}, {"iu", "unit"}, {"meq", "meq"}, {"mm", "mm"}, {"cm", "cm"},
    {"m", "m"}, {"meters", "m"}, {"metres", "m"}, {"yards", "yard"}, {"blocks", "block"}, {"inches", "inch"},
    {"degrees", "degree"}, {"percent", "percent"}, {"tablet", "tablet"}, {"tablets", "tablet"},
    {"tabs", "tablet"}, {"tab", "tablet"}, {"capsule", "capsule"}, {"capsules", "capsule"}, {"puff", "puff"},
    {"puffs", "puff"}, {"drop", "drop"}, {"drops", "drop"}, {"dose", "dose"}, {"doses", "dose"},
    {"second", "second"}, {"seconds", "second"}, {"minute", "minute"}, {"minutes", "minute"},
    {"min", "minute"}, {"mins", "minute"}, {"hour", "hour"}, {"hours", "hour"}, {"h", "hour"},
    {"hr", "hour"}, {"hrs", "hour"}, {"day", "day"}, {"days", "day"}, {"week", "week"}, {"weeks", "week"},
    {"wk", "week"}, {"wks", "week"}, {"month", "month"}, {"months", "month"}, {"year", "year"},
    {"years", "year"}, {"yr", "year"}, {"yrs", "year"}, {"time", "time"}, {"times", "time"},
    {"pack", "pack"}, {"sessions", "session"}, {"injections", "injection"}, {"glasses", "glass"},
    {"bpm", "bpm"}, {"mmhg", "mmhg"}};
/* clang-format on */

/* How often: words that are numbers in disguise. */
/* clang-format off */
static const struct { const char *word, *meaning; } rates[] = {
    {"once", "1"}, {"twice", "2"}, {"thrice", "3"}, {"bid", "2day"}, {"tid", "3day"}, {"qid", "4day"},
    {"qd", "day"}, {"daily", "day"}, {"nightly", "night"}, {"weekly", "week"}, {"monthly", "month"},
    {"hourly", "hour"}, {"yearly", "year"}, {"half", "half"}, {"double", "double"}, {"prn", "needed"}};
/* clang-format on */

const char *unit_of(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (strcmp(units[i].word, word) == 0)
            return units[i].unit;
    return NULL;
}

const char *rate_of(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(rates); i++)
        if (strcmp(rates[i].word, word) == 0)
            return rates[i].meaning;
    return NULL;
}

static const char *unit_behind(const struct terms *terms, size_t i)
{
    bool is_last = i + 1 >= terms->count || terms->list[i].ends_clause;
    return is_last ? NULL : unit_of(terms->list[i + 1].text);
}

static bool number_holds(const struct claim *claim, size_t w)
{
    const struct terms *written = claim->written, *source = claim->source;
    const char *unit = unit_behind(written, w);
    bool is_pair = written->list[w].has_slash && w + 1 < written->count;
    for (size_t s = 0; s < source->count; s++) {
        if (!source->list[s].is_number || strcmp(source->list[s].text, written->list[w].text) != 0)
            continue;
        const char *other = unit_behind(source, s);
        bool is_same_unit = unit ? other && strcmp(unit, other) == 0 : !other;
        is_same_unit &= source->list[s].is_percent == written->list[w].is_percent;
        bool is_same_pair = !is_pair || (source->list[s].has_slash && s + 1 < source->count &&
                                         strcmp(source->list[s + 1].text, written->list[w + 1].text) == 0);
        if (is_same_unit && is_same_pair)
            return true;
    }
    return false;
}

/* "once daily" may be written for "daily", "3 times a day" not for "twice a day". */
static bool rate_holds(const struct claim *claim, size_t w)
{
    const char *meaning = rate_of(claim->written->list[w].text);
    for (size_t s = 0; s < claim->source->count; s++) {
        const struct term *t = &claim->source->list[s];
        const char *other = rate_of(t->text);
        bool is_unit = unit_of(t->text) && strcmp(unit_of(t->text), meaning) == 0;
        if ((other && strcmp(other, meaning) == 0) || is_unit ||
            (t->is_number && strcmp(t->text, meaning) == 0) ||
            (strcmp(meaning, "night") == 0 && strcmp(t->text, "night") == 0))
            return true;
    }
    return false;
}

bool numbers_hold(const struct claim *claim, const struct check *check)
{
    (void)check;
    for (size_t w = 0; w < claim->written->count; w++) {
        const struct term *t = &claim->written->list[w];
        if (t->is_number ? !number_holds(claim, w) : rate_of(t->text) && !rate_holds(claim, w))
            return false;
    }
    return true;
}
