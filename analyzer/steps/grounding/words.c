/* words.c - the words of the written sentence are those of the source, none more often than there and in
 * their order, so that subject and object have not changed places (coverage and density of Grusky et al.
 * 2018). */
#include "analyzer/steps/grounding/grounding.h"

#define COPIED_STRICT 1.0 /* strict: every content word */
#define COPIED_LENIENT 0.7
#define PAIRS_STRICT 1.0 /* of neighbouring content words, in the same order in a clause of the source */
#define PAIRS_LENIENT 0.6
#define LEFT_OUT_MAX 6u /* content words of the source between two that are neighbours now */
#define WORDS_MIN 3u
#define IDLE_FIRST_MAX 4u
#define IDLE_MAX 2u

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
    return (double)kept >= (claim->is_strict ? PAIRS_STRICT : PAIRS_LENIENT) * (double)pairs;
}

static size_t count_of(const struct terms *terms, const char *text)
{
    size_t n = 0;
    for (size_t i = 0; i < terms->count; i++)
        n += strcmp(terms->list[i].text, text) == 0;
    return n;
}

bool repeats_hold(const struct claim *claim, const struct check *check)
{
    (void)check;
    for (size_t w = 0; w < claim->written->count; w++) {
        const struct term *t = &claim->written->list[w];
        if (!t->is_function && count_of(claim->written, t->text) > MAX(count_of(claim->source, t->text), 1u))
            return false;
    }
    return true;
}

static bool is_article(const struct term *t)
{
    return strcmp(t->text, "a") == 0 || strcmp(t->text, "an") == 0;
}

/* "A 28 was seen": an article before a number that is not followed by a word of its own ("a 74-year-old
 * widow"). */
static bool has_bare_number(const struct terms *terms)
{
    for (size_t i = 0; i + 1 < terms->count; i++) {
        if (!is_article(&terms->list[i]) || !terms->list[i + 1].is_number)
            continue;
        bool is_joined = i + 2 < terms->count && terms->list[i + 2].at.start == terms->list[i + 1].at.end + 1;
        if (!is_joined || terms->list[i + 1].ends_clause || terms->list[i + 2].is_function ||
            unit_of(terms->list[i + 2].text))
            return true;
    }
    return false;
}

static bool is_determiner(const struct term *t)
{
    static const char *const words[] = {"a", "an", "the", "her", "his", "their", "its", "this"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcmp(words[i], t->text) == 0)
            return true;
    return false;
}

/* "A no driving", "is a booked": an article that does not stand before that word in the source. */
static bool has_new_article(const struct terms *written, const struct terms *source)
{
    for (size_t w = 0; w + 1 < written->count; w++) {
        bool is_new = is_article(&written->list[w]) && !written->list[w + 1].is_function;
        for (size_t s = 0; s < source->count && is_new; s++)
            is_new = (s > 0 && !is_determiner(&source->list[s - 1]) && !source->list[s - 1].ends_clause) ||
                     strcmp(source->list[s].text, written->list[w + 1].text) != 0;
        if (is_new)
            return true;
    }
    return false;
}

/* "20 degrees of dorsal.": the last word is torn from the one that it belongs to in the source. A relative
 * needs no name. */
static bool is_torn(const struct terms *source, const struct term *last)
{
    bool is_known = false;
    if (is_kin(last))
        return false;
    for (size_t s = 0; s < source->count; s++) {
        const struct term *t = &source->list[s];
        if (strcmp(t->stem, last->stem) != 0)
            continue;
        is_known = true;
        bool is_end = strchr(".,;:)!?", t->behind) || /* or its NUL at the end of the text */
                      (strchr(" \n", t->behind) && s + 1 < source->count && source->list[s + 1].is_function);
        if (is_end)
            return false;
    }
    return is_known;
}

/* "are the in the", "is to be recheck": more words in a row that only join than grammar needs and than the
 * source has. */
static bool is_idle(const struct terms *written, const struct terms *source)
{
    size_t longest = 0, run = 0;
    for (size_t s = 0; s < source->count; s++) {
        run = source->list[s].is_function ? run + 1 : 0;
        longest = MAX(longest, run);
    }
    run = 0;
    for (size_t w = 0; w < written->count; w++) {
        run = written->list[w].is_function ? run + 1 : 0;
        size_t allowed =
            run == w + 1 ? IDLE_FIRST_MAX : IDLE_MAX; /* "The patient has a ..." opens a sentence */
        if (run > MAX(allowed, longest))
            return true;
    }
    return false;
}

static bool is_listed(const struct term *t, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], t->text) == 0)
            return true;
    return false;
}

/* "is not on a thinner" as "has not had a thinner": the verbs that join are those of the source, where it has
 * any. */
static bool has_new_verb(const struct terms *written, const struct terms *source)
{
    static const char *const verbs[] = {"is", "are", "was", "were", "has", "have", "had", "be", "been"};
    bool has_any = false, is_new = false;
    for (size_t s = 0; s < source->count; s++)
        has_any |= is_listed(&source->list[s], verbs, COUNT_OF(verbs));
    for (size_t w = 0; w < written->count; w++) {
        bool is_known = !is_listed(&written->list[w], verbs, COUNT_OF(verbs));
        for (size_t s = 0; s < source->count && !is_known; s++)
            is_known = strcmp(source->list[s].text, written->list[w].text) == 0;
        is_new |= !is_known;
    }
    return has_any && is_new;
}

/* Nothing may end in a word that needs another one behind it. */
static bool is_open(const struct term *last)
{
    static const char *const words[] = {"no",   "not", "without", "nor", "if", "but",
                                        "than", "per", "ref",     "dr",  "mr"};
    return last->is_function || is_listed(last, words, COUNT_OF(words));
}

bool form_holds(const struct claim *claim, const struct check *check)
{
    (void)check;
    const struct terms *written = claim->written;
    const struct term *last = written->count ? &written->list[written->count - 1] : NULL;
    const struct term *end = claim->source->count ? &claim->source->list[claim->source->count - 1] : NULL;
    bool ends_alike = last && end && last->ends_clause && strcmp(last->text, end->text) == 0;
    return last && (!is_open(last) || (ends_alike && last->is_function)) && !has_new_verb(written, claim->source) &&
           (has_bare_number(claim->source) || !has_bare_number(written)) &&
           !has_new_article(written, claim->source) && !is_idle(written, claim->source) &&
           !is_torn(claim->source, last);
}
