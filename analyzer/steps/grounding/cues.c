/* cues.c - words that say something about the words around them: negated, of the family, uncertain, left or
 * right, started or stopped. After NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009) in method;
 * the lists are our own. A cue reaches a number of words forward or backward, to the end of its clause at
 * most. */
#include "analyzer/steps/grounding/terms.h"

enum direction { FORWARD = 1, BACKWARD = 2, AROUND = 3 };

static const struct cue {
    const char *words[3]; /* the phrase, folded; NULL behind */
    uint32_t attribute;
    enum direction direction;
    unsigned reach; /* words */
} cues[] = {{{"no"}, IS_NEGATED, FORWARD, 8},
            {{"not"}, IS_NEGATED, FORWARD, 6},
            {{"never"}, IS_NEGATED, FORWARD, 6},
            {{"denies"}, IS_NEGATED, FORWARD, 10},
            {{"denied"}, IS_NEGATED, FORWARD, 10},
            {{"without"}, IS_NEGATED, FORWARD, 6},
            {{"nor"}, IS_NEGATED, FORWARD, 6},
            {{"neither"}, IS_NEGATED, FORWARD, 8},
            {{"none"}, IS_NEGATED, AROUND, 4},
            {{"nobody"}, IS_NEGATED, FORWARD, 8},
            {{"negative", "for"}, IS_NEGATED, FORWARD, 8},
            {{"negative"}, IS_NEGATED, BACKWARD, 5},
            {{"free", "of"}, IS_NEGATED, FORWARD, 6},
            {{"absence", "of"}, IS_NEGATED, FORWARD, 6},
            {{"absent"}, IS_NEGATED, BACKWARD, 5},
            {{"ruled", "out"}, IS_NEGATED, BACKWARD, 6},
            {{"excluded"}, IS_NEGATED, BACKWARD, 5},
            {{"unremarkable"}, IS_NEGATED, BACKWARD, 3},
            {{"dont"}, IS_NEGATED, FORWARD, 6},
            {{"doesnt"}, IS_NEGATED, FORWARD, 6},
            {{"didnt"}, IS_NEGATED, FORWARD, 6},
            {{"isnt"}, IS_NEGATED, FORWARD, 6},
            {{"wasnt"}, IS_NEGATED, FORWARD, 6},
            {{"cannot"}, IS_NEGATED, FORWARD, 6},
            {{"cant"}, IS_NEGATED, FORWARD, 6},
            {{"hasnt"}, IS_NEGATED, FORWARD, 6},
            {{"havent"}, IS_NEGATED, FORWARD, 6},
            {{"wont"}, IS_NEGATED, FORWARD, 6},
            {{"unlikely"}, IS_NEGATED, AROUND, 4},
            {{"fails", "to"}, IS_NEGATED, FORWARD, 5},
            {{"neg"}, IS_NEGATED, AROUND, 3},
            {{"nkda"}, IS_NEGATED, FORWARD, 0},
            {{"lack", "of"}, IS_NEGATED, FORWARD, 5},
            {{"avoid"}, IS_NEGATED, FORWARD, 5},
            {{"no", "longer"}, IS_NEGATED, FORWARD, 6},
            {{"rather", "than"}, IS_NEGATED, FORWARD, 4},
            {{"instead", "of"}, IS_NEGATED, FORWARD, 4},
            {{"mother"}, IS_FAMILY, FORWARD, 14},
            {{"father"}, IS_FAMILY, FORWARD, 14},
            {{"brother"}, IS_FAMILY, FORWARD, 14},
            {{"sister"}, IS_FAMILY, FORWARD, 14},
            {{"aunt"}, IS_FAMILY, FORWARD, 14},
            {{"uncle"}, IS_FAMILY, FORWARD, 14},
            {{"grandmother"}, IS_FAMILY, FORWARD, 14},
            {{"grandfather"}, IS_FAMILY, FORWARD, 14},
            {{"cousin"}, IS_FAMILY, FORWARD, 14},
            {{"son"}, IS_FAMILY, FORWARD, 14},
            {{"daughter"}, IS_FAMILY, FORWARD, 14},
            {{"parents"}, IS_FAMILY, FORWARD, 14},
            {{"wife"}, IS_FAMILY, FORWARD, 14},
            {{"husband"}, IS_FAMILY, FORWARD, 14},
            {{"partner"}, IS_FAMILY, FORWARD, 14},
            {{"mom"}, IS_FAMILY, FORWARD, 14},
            {{"dad"}, IS_FAMILY, FORWARD, 14},
            {{"nephew"}, IS_FAMILY, FORWARD, 14},
            {{"family", "history"}, IS_FAMILY, FORWARD, 14},
            {{"family"}, IS_FAMILY, FORWARD, 8},
            {{"fh"}, IS_FAMILY, FORWARD, 14},
            {{"relative"}, IS_FAMILY, FORWARD, 10},
            {{"sibling"}, IS_FAMILY, FORWARD, 10},
            {{"possible"}, IS_HEDGED, FORWARD, 5},
            {{"possibly"}, IS_HEDGED, FORWARD, 5},
            {{"probable"}, IS_HEDGED, FORWARD, 5},
            {{"probably"}, IS_HEDGED, FORWARD, 5},
            {{"suspected"}, IS_HEDGED, FORWARD, 5},
            {{"suspect"}, IS_HEDGED, FORWARD, 5},
            {{"likely"}, IS_HEDGED, AROUND, 4},
            {{"may"}, IS_HEDGED, FORWARD, 6},
            {{"might"}, IS_HEDGED, FORWARD, 6},
            {{"could", "be"}, IS_HEDGED, FORWARD, 5},
            {{"query"}, IS_HEDGED, FORWARD, 4},
            {{"if"}, IS_HEDGED, FORWARD, 8},
            {{"unless"}, IS_HEDGED, FORWARD, 8},
            {{"rule", "out"}, IS_HEDGED, FORWARD, 5},
            {{"concern", "for"}, IS_HEDGED, FORWARD, 5},
            {{"left"}, IS_LEFT, FORWARD, 3},
            {{"left"}, IS_LEFT, BACKWARD, 2},
            {{"right"}, IS_RIGHT, FORWARD, 3},
            {{"right"}, IS_RIGHT, BACKWARD, 2},
            {{"bilateral"}, IS_BOTH, FORWARD, 3},
            {{"bilaterally"}, IS_BOTH, BACKWARD, 3},
            {{"both"}, IS_BOTH, FORWARD, 2},
            {{"both", "sides"}, IS_BOTH, BACKWARD, 4},
            {{"started"}, IS_STARTED, AROUND, 6},
            {{"start"}, IS_STARTED, AROUND, 5},
            {{"begin"}, IS_STARTED, AROUND, 5},
            {{"begun"}, IS_STARTED, AROUND, 5},
            {{"commenced"}, IS_STARTED, AROUND, 5},
            {{"restart"}, IS_STARTED, AROUND, 5},
            {{"restarted"}, IS_STARTED, AROUND, 5},
            {{"added"}, IS_STARTED, AROUND, 5},
            {{"initiated"}, IS_STARTED, AROUND, 5},
            {{"new"}, IS_STARTED, AROUND, 5},
            {{"stopped"}, IS_STOPPED, AROUND, 5},
            {{"stop"}, IS_STOPPED, AROUND, 5},
            {{"discontinued"}, IS_STOPPED, AROUND, 5},
            {{"discontinue"}, IS_STOPPED, AROUND, 5},
            {{"held"}, IS_STOPPED, AROUND, 5},
            {{"hold"}, IS_STOPPED, AROUND, 5},
            {{"ceased"}, IS_STOPPED, AROUND, 5},
            {{"withheld"}, IS_STOPPED, AROUND, 5},
            {{"increased"}, IS_RAISED, AROUND, 5},
            {{"increase"}, IS_RAISED, AROUND, 5},
            {{"raised"}, IS_RAISED, AROUND, 5},
            {{"raise"}, IS_RAISED, AROUND, 5},
            {{"doubled"}, IS_RAISED, AROUND, 5},
            {{"decreased"}, IS_LOWERED, AROUND, 5},
            {{"decrease"}, IS_LOWERED, AROUND, 5},
            {{"reduced"}, IS_LOWERED, AROUND, 5},
            {{"reduce"}, IS_LOWERED, AROUND, 5},
            {{"lowered"}, IS_LOWERED, AROUND, 5},
            {{"halved"}, IS_LOWERED, AROUND, 5},
            {{"tapered"}, IS_LOWERED, AROUND, 5},
            {{"previous"}, IS_PAST, FORWARD, 5},
            {{"previously"}, IS_PAST, FORWARD, 5},
            {{"formerly"}, IS_PAST, FORWARD, 5},
            {{"history", "of"}, IS_PAST, FORWARD, 5},
            {{"former"}, IS_PAST, FORWARD, 4}};

/* Words that end the reach of a cue. */
static const char *const terminators[] = {"but",     "however", "although", "though", "except",
                                          "because", "which",   "whereas",  "then",   "so",
                                          "apart",   "yet",     "while",    "still"};

static bool is_terminator(const struct term *t)
{
    for (size_t i = 0; i < COUNT_OF(terminators); i++)
        if (strcmp(terminators[i], t->text) == 0)
            return true;
    return false;
}

/* The words of the cue that stands at term `i`, 0 if it does not. */
static size_t cue_at(const struct terms *terms, size_t i, const struct cue *cue)
{
    size_t n = 0;
    for (; n < 3 && cue->words[n]; n++)
        if (i + n >= terms->count || strcmp(terms->list[i + n].text, cue->words[n]) != 0 ||
            (n && terms->list[i + n - 1].ends_clause))
            return 0;
    return n;
}

static void mark_forward(struct terms *terms, size_t from, const struct cue *cue)
{
    for (size_t i = from, n = 0; i < terms->count && n < cue->reach; i++, n++) {
        if (terms->list[i - 1].ends_clause || is_terminator(&terms->list[i]))
            break;
        terms->list[i].attributes |= cue->attribute;
    }
}

static void mark_backward(struct terms *terms, size_t from, const struct cue *cue)
{
    for (size_t i = from, n = 0; i > 0 && n < cue->reach; i--, n++) {
        if (terms->list[i - 1].ends_clause || is_terminator(&terms->list[i - 1]))
            break;
        terms->list[i - 1].attributes |= cue->attribute;
    }
}

void cues_mark(struct terms *terms)
{
    for (size_t i = 0; i < terms->count; i++)
        for (size_t c = 0; c < COUNT_OF(cues); c++) {
            size_t words = cue_at(terms, i, &cues[c]);
            if (words && cues[c].direction & FORWARD)
                mark_forward(terms, i + words, &cues[c]);
            if (words && cues[c].direction & BACKWARD)
                mark_backward(terms, i, &cues[c]);
        }
}
