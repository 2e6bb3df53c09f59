/* person.c - finder: person. Scores each capitalised word by its features (feature.h) and joins neighbours.
 *
 *   seen by  Imogen  Tsai  in San Diego        words at or above the threshold carry a name; a neighbour that
 * is at .62     .71      .21 .18          most JOINED_SLACK below joins it
 */
#include "base/contract.h"
#include "rules/names/feature.h"
#include "rules/names/finder.h"

#define JOINED_SLACK 0.14

static float sum(const struct finder_points *p)
{
    float all = p->pattern + p->valid + p->context - p->negative;
    return all < 0 ? 0 : all > 1 ? 1 : all;
}

static struct finder_points weigh(const struct name_run *run, size_t i, const struct finder_points *points)
{
    struct finder_points found = {.pattern = points->pattern};
    struct feature_list list;
    features_of(run, i, &list);
    for (size_t k = 0; k < list.count; k++) {
        float weight = (float)feature_weights[list.ids[k]] / 100;
        if (weight < 0)
            found.negative -= weight * points->negative;
        else if (feature_is_own[list.ids[k]])
            found.valid += weight * points->valid;
        else
            found.context += weight * points->context;
    }
    return found;
}

/* True when token `i` can be of one name with the one before. */
static bool is_bound(const struct name_run *run, size_t i)
{
    const struct name_token *t = &run->tokens[i], *left = &run->tokens[i - 1];
    return t->join == JOIN_BLANK || t->join == JOIN_PARTICLE || t->join == JOIN_LINE ||
           (t->join == JOIN_COMMA && (t->facts.given || t->shape == SHAPE_INITIAL) && !left->facts.given);
}

static bool is_title(const struct name_token *t)
{
    return (t->facts.classes & CLASS_TITLE) && t->has_stop;
}

static int take_words(struct slice text, const struct name_run *run, size_t first, size_t last,
                      const struct finder_points *best, finder_take *take, void *context, struct error *err)
{
    while (first < last && run->tokens[first].shape != SHAPE_INITIAL && is_title(&run->tokens[first]))
        first++;
    size_t whole = first; /* initials alone are as often E K G */
    while (whole <= last && run->tokens[whole].shape == SHAPE_INITIAL)
        whole++;
    const struct name_token *end = &run->tokens[last];
    struct finder_find find = {.at = {run->tokens[first].start, end->end}, .points = *best};
    if (end->shape == SHAPE_INITIAL && end->has_stop && last > first)
        find.at.end++;
    if (find.at.end > text.bytes || whole > last)
        return 0;
    return take(context, &find, err);
}

static int run_person(struct slice text, const struct name_run *run, const struct finder_points *points,
                      double threshold, finder_take *take, void *context, struct error *err)
{
    struct finder_points each[RUN_TOKENS_MAX];
    bool is_name[RUN_TOKENS_MAX];
    for (size_t i = 0; i < run->count; i++) {
        each[i] = weigh(run, i, points);
        is_name[i] = (double)sum(&each[i]) + 1e-6 >= threshold;
    }
    for (size_t i = 1; i < run->count; i++)
        is_name[i] |= is_name[i - 1] && is_bound(run, i) && (double)sum(&each[i]) + JOINED_SLACK >= threshold;
    for (size_t i = run->count - 1; i > 0; i--)
        is_name[i - 1] |=
            is_name[i] && is_bound(run, i) && (double)sum(&each[i - 1]) + JOINED_SLACK >= threshold;
    for (size_t i = 0, last; i < run->count; i = last + 1) {
        last = i;
        if (!is_name[i])
            continue;
        size_t best = i;
        while (last + 1 < run->count && is_name[last + 1] && is_bound(run, last + 1)) {
            last++;
            if (sum(&each[last]) > sum(&each[best]))
                best = last;
        }
        if (take_words(text, run, i, last, &each[best], take, context, err))
            return -1;
    }
    return 0;
}

const struct finder finder_person = {
    .name = "person",
    .help = "capitalised words that are names by the gazetteer, by their neighbours and by what stands "
            "around them",
    .run = run_person,
};
