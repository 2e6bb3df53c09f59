/* place.c - finders of towns (place) and hospitals (hospital) by the gazetteer, and by what stands beside
 * them.
 *
 *   lives in  Palm Springs , CA       the longest row of words that is a place; the evidence is in the table
 * below
 */
#include "base/contract.h"
#include "rules/names/finder.h"
#include "rules/names/token.h"

#define PLACE_WORDS_MAX 5u

/* Points in favour of a place and against it; the rule's `pattern` is given to all. */
static const float by_people[] = {0, 0.1f, 0.2f, 0.3f};
#define SEVERAL_WORDS 0.15f
#define AFTER_WHERE 0.25f /* in, near */
#define BEFORE_STATE 0.4f /* , CA */
#define BEFORE_COUNTY 0.3f
#define EACH_COMMON 0.09f /* for each level of a common word */
#define ALSO_GIVEN 0.25f
#define ALSO_SURNAME 0.15f
#define ALSO_OTHER 0.4f /* an eponym, a month, a title */
#define IN_LONGER_NAME 0.3f
#define AFTER_ARTICLE 0.25f
#define POSSESSIVE 0.2f /* Gardner's syndrome */
#define HOSPITAL 0.6f

static bool is_joined(const struct name_run *run, size_t i)
{
    return i < run->count && run->tokens[i].join == JOIN_BLANK;
}

/* The end of the longest row of words from `first` that the gazetteer knows by the wanted fact; `first` when
 * none. */
static size_t longest(struct slice text, const struct name_run *run, size_t first, bool is_hospital,
                      struct word_facts *ret)
{
    const struct word_facts *one = &run->tokens[first].facts;
    size_t last = first;
    if (!(one->classes & CLASS_FIRST)) {
        *ret = *one;
        return !is_hospital && one->place && !run->tokens[first].has_hyphen ? first + 1 : first;
    }
    while (last + 1 < first + PLACE_WORDS_MAX && is_joined(run, last + 1))
        last++;
    for (;; last--) {
        char lower[GAZETTEER_WORD_MAX];
        size_t bytes = 0;
        for (size_t i = run->tokens[first].start; i < run->tokens[last].end && bytes < sizeof lower; i++) {
            char c = text.data[i];
            if (c == ' ' && bytes > 0 && lower[bytes - 1] != ' ')
                lower[bytes++] = ' ';
            else if ((c | 32) >= 'a' && (c | 32) <= 'z')
                lower[bytes++] = (char)(c | 32);
        }
        const struct word_facts *found = gazetteer_find((struct slice){lower, bytes});
        if (found && (is_hospital ? (found->classes & CLASS_HOSPITAL) != 0 : found->place > 0)) {
            *ret = *found;
            return last + 1;
        }
        if (last == first)
            return first;
    }
}

/* True for ", CA" and ", Ohio" behind a word that ends at `at`. */
static bool has_state_behind(struct slice text, const struct name_run *run, size_t next)
{
    if (next >= run->count || run->tokens[next].join != JOIN_COMMA)
        return false;
    const struct name_token *t = &run->tokens[next];
    size_t bytes = t->end - t->start;
    return bytes < text.bytes && ((bytes == 2 && t->shape == SHAPE_UPPER) || (t->facts.classes & CLASS_LAND));
}

static void weigh_place(struct slice text, const struct name_run *run, size_t first, size_t end,
                        const struct word_facts *facts, struct finder_points *found)
{
    const struct name_token *next = is_joined(run, end) ? &run->tokens[end] : NULL;
    bool is_one_word = end == first + 1, is_behind_word = first > 0 && is_joined(run, first);
    found->valid = by_people[facts->place] + (is_one_word ? 0 : SEVERAL_WORDS);
    found->context = (first == 0 && (run->before.classes & CLASS_WHERE) ? AFTER_WHERE : 0) +
                     (has_state_behind(text, run, end) ? BEFORE_STATE : 0) +
                     (next && (next->facts.classes & CLASS_STREET) && !next->facts.given ? BEFORE_COUNTY : 0);
    const uint32_t other = CLASS_EPONYM | CLASS_MONTH | CLASS_TITLE | CLASS_LAND | CLASS_ROLE | CLASS_HEADER |
                           CLASS_ORG | CLASS_STREET | CLASS_AFTER | CLASS_DISEASE | CLASS_MEDICAL;
    if (is_one_word)
        found->negative = EACH_COMMON * facts->common + (facts->given > 2 ? ALSO_GIVEN : 0) +
                          (facts->surname > 3 ? ALSO_SURNAME : 0) + (facts->classes & other ? ALSO_OTHER : 0);
    found->negative +=
        (is_behind_word || (next && !(next->facts.classes & CLASS_STREET)) ? IN_LONGER_NAME : 0) +
        (first == 0 && (run->before.classes & CLASS_ARTICLE) ? AFTER_ARTICLE : 0);
}

static int run_over(struct slice text, const struct name_run *run, bool is_hospital,
                    const struct finder_points *points, double threshold, finder_take *take, void *context,
                    struct error *err)
{
    for (size_t i = 0, end; i < run->count; i = MAX(end, i + 1)) {
        struct word_facts facts;
        end = longest(text, run, i, is_hospital, &facts);
        if (end == i)
            continue;
        struct finder_find find = {.at = {run->tokens[i].start, run->tokens[end - 1].end}};
        struct finder_points *found = &find.points;
        if (is_hospital)
            found->valid = HOSPITAL;
        else
            weigh_place(text, run, i, end, &facts, found);
        *found = (struct finder_points){points->pattern, found->valid * points->valid,
                                        found->context * points->context, found->negative * points->negative};
        double sum = (double)(found->pattern + found->valid + found->context - found->negative);
        if (sum + 1e-6 >= threshold && take(context, &find, err))
            return -1;
    }
    return 0;
}

static int run_place(struct slice text, const struct name_run *run, const struct finder_points *points,
                     double threshold, finder_take *take, void *context, struct error *err)
{
    return run_over(text, run, false, points, threshold, take, context, err);
}

static int run_hospital(struct slice text, const struct name_run *run, const struct finder_points *points,
                        double threshold, finder_take *take, void *context, struct error *err)
{
    return run_over(text, run, true, points, threshold, take, context, err);
}

const struct finder finder_place = {
    .name = "place",
    .help = "towns of the gazetteer, by population and by what stands beside them",
    .run = run_place,
};

const struct finder finder_hospital = {
    .name = "hospital",
    .help = "hospitals of the United States by their whole name",
    .run = run_hospital,
};
