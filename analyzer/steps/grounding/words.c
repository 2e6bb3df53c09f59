/* words.c - the words of the written sentence are those of the source: nearly all content words, and their order often
 * enough that subject and object have not changed places (coverage and density of Grusky et al. 2018). */
#include "analyzer/steps/grounding/grounding.h"

#define COPIED_STRICT 1.0 /* strict: every content word */
#define COPIED_LENIENT 0.7
#define PAIRS_MIN 0.6     /* of neighbouring content words, in the same order in a clause of the source */
#define LEFT_OUT_MAX 3u
#define WORDS_MIN 3u

static bool is_content(const struct term *t)
{
    return !t->is_function && !t->is_number;
}

static bool has_stem(const struct terms *terms, const char *stem)
{
    for (size_t i = 0; i < terms->count; i++)
        if (strcmp(terms->list[i].stem, stem) == 0)
            return true;
    return false;
}

bool words_hold(const struct claim *claim, const struct check *check)
{
    (void)check;
    size_t content = 0, copied = 0;
    for (size_t w = 0; w < claim->written->count; w++) {
        if (!is_content(&claim->written->list[w]))
            continue;
        content++;
        copied += has_stem(claim->source, claim->written->list[w].stem);
    }
    double wanted = claim->is_strict ? COPIED_STRICT : COPIED_LENIENT;
    return claim->written->count >= WORDS_MIN && content > 0 && (double)copied >= wanted * (double)content;
}

/* The content word or number behind term `i` in its clause, SIZE_MAX at the end. */
static size_t next_content(const struct terms *terms, size_t i)
{
    while (!terms->list[i].ends_clause && i + 1 < terms->count)
        if (!terms->list[++i].is_function)
            return i;
    return SIZE_MAX;
}

/* Some `second` follows some `first` in its clause, with few words left out between them. */
static bool has_pair(const struct terms *terms, const char *first, const char *second)
{
    for (size_t i = 0; i < terms->count; i++) {
        if (terms->list[i].is_function || strcmp(terms->list[i].stem, first) != 0)
            continue;
        size_t next = next_content(terms, i);
        for (size_t n = 0; n <= LEFT_OUT_MAX && next != SIZE_MAX; n++, next = next_content(terms, next))
            if (strcmp(terms->list[next].stem, second) == 0)
                return true;
    }
    return false;
}

bool order_holds(const struct claim *claim, const struct check *check)
{
    (void)check;
    size_t pairs = 0, kept = 0;
    for (size_t w = 0, next; w < claim->written->count; w++) {
        if (claim->written->list[w].is_function || (next = next_content(claim->written, w)) == SIZE_MAX)
            continue;
        pairs++;
        kept += has_pair(claim->source, claim->written->list[w].stem, claim->written->list[next].stem);
    }
    return (double)kept >= PAIRS_MIN * (double)pairs;
}
