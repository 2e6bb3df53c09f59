/* verbs.c - closed lists of finite verbs (a sentence needs one, a part of a list does not) and of relatives.
 *
 * Forms that are a participle as often ("booked", "seen") are not in it: what follows them in a note is
 * mostly a fragment. */
#include "analyzer/steps/grounding/grounding.h"

/* clang-format off */
static const char *const finite_verbs[] = {
    "is", "are", "was", "were", "am", "has", "have", "had", "do", "does", "did", "will", "would", "can", "could",
    "may", "might", "must", "shall", "should", "cannot", "isnt", "arent", "wasnt", "werent", "hasnt", "havent",
    "doesnt", "dont", "didnt", "wont", "cant",
    "became", "becomes", "began", "begins", "brings", "came", "comes", "complains", "confirms", "denies", "drinks",
    "eats", "fell", "feels", "felt", "finds", "gets", "gives", "goes", "got", "grew", "keeps", "kept", "knew",
    "knows", "lies", "lives", "looks", "lost", "made", "makes", "means", "needs", "plans", "remains", "reports",
    "rose", "said", "says", "sees", "shows", "sleeps", "slept", "smokes", "starts", "stays", "suggests", "takes",
    "tells", "thinks", "told", "took", "tolerates", "uses", "walks", "wants", "went", "woke", "works",
    "appeared", "caused", "confirmed", "declined", "denied", "described", "developed", "improved", "noted",
    "noticed", "occurred", "presented", "remained", "reported", "resolved", "revealed", "seemed", "showed", "slipped",
    "smoked", "stayed", "suggested", "tripped", "wanted", "worsened"};
/* clang-format on */

bool is_finite_verb(const struct term *t)
{
    for (size_t i = 0; i < COUNT_OF(finite_verbs); i++)
        if (strcmp(finite_verbs[i], t->text) == 0)
            return true;
    return false;
}

bool is_kin(const struct term *t)
{
    static const char *const kin[] = {
        "mother", "father",  "brother", "sister",  "son",       "daughter",  "wife",  "husband",  "partner",
        "mom",    "mum",     "dad",     "aunt",    "uncle",     "cousin",    "niece", "nephew",   "grandson",
        "friend", "parents", "carer",   "fiancee", "neighbour", "neighbor",  "girlfriend", "boyfriend",
        "granddaughter"};
    for (size_t i = 0; i < COUNT_OF(kin); i++)
        if (strcmp(kin[i], t->text) == 0)
            return true;
    return false;
}
