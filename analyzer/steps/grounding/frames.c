/* frames.c - openings of letters and dictation that say nothing of the patient: "I would be grateful for your
 * opinion on this". Their verb is not the verb of the sentence. */
#include "analyzer/steps/grounding/grounding.h"

/* What must stand behind an opening so that the rest stands by itself. */
enum behind {
    ANYTHING,
    AN_AGE,      /* "74-year-old widow with ..." */
    AN_ACT,      /* "started aspirin" */
    A_PLAIN_VERB /* "repeat the scan" */
};

#define FRAME_WORDS_MAX 9u

/* The longest first where one begins as another. */
/* clang-format off */
static const struct frame { const char *words[FRAME_WORDS_MAX + 1]; enum behind behind; } frames[] = {
    {{"on", "examination", "today"}, ANYTHING}, {{"on", "examination"}, ANYTHING},
    {{"on", "physical", "examination"}, ANYTHING}, {{"on", "review", "today"}, ANYTHING},
    {{"as", "you", "know"}, ANYTHING}, {{"as", "you", "are", "aware"}, ANYTHING},
    {{"of", "note"}, ANYTHING}, {{"please", "note", "that"}, ANYTHING},
    {{"i", "am", "pleased", "to", "say", "that"}, ANYTHING}, {{"i", "am", "glad", "to", "say", "that"}, ANYTHING},
    {{"i", "am", "pleased", "to", "report", "that"}, ANYTHING}, {{"it", "is", "worth", "noting", "that"}, ANYTHING},
    {{"my", "impression", "is", "that"}, ANYTHING}, {{"our", "impression", "is", "that"}, ANYTHING},
    {{"my", "impression", "is"}, ANYTHING}, {{"our", "impression", "is"}, ANYTHING},
    {{"my", "impression", "was"}, ANYTHING}, {{"the", "impression", "is"}, ANYTHING},
    {{"i", "would", "be", "grateful", "for", "your", "opinion", "on", "this"}, AN_AGE},
    {{"i", "would", "value", "your", "opinion", "on", "this"}, AN_AGE},
    {{"thank", "you", "for", "referring", "this"}, AN_AGE}, {{"thank", "you", "for", "seeing", "this"}, AN_AGE},
    {{"many", "thanks", "for", "referring", "this"}, AN_AGE}, {{"many", "thanks", "for", "seeing", "this"}, AN_AGE},
    {{"thank", "you", "for", "asking", "me", "to", "see", "this"}, AN_AGE}, {{"i", "reviewed", "this"}, AN_AGE},
    {{"i", "saw", "this"}, AN_AGE}, {{"i", "am", "writing", "about", "this"}, AN_AGE},
    {{"i", "would", "be", "grateful", "if", "you", "could"}, A_PLAIN_VERB},
    {{"i", "would", "be", "grateful", "if", "you", "would"}, A_PLAIN_VERB},
    {{"please", "could", "you", "also"}, A_PLAIN_VERB}, {{"please", "could", "you"}, A_PLAIN_VERB},
    {{"could", "you", "please"}, A_PLAIN_VERB}, {{"would", "you", "kindly"}, A_PLAIN_VERB},
    {{"i", "would"}, A_PLAIN_VERB}, {{"we", "would"}, A_PLAIN_VERB},
    {{"i", "have", "also"}, AN_ACT}, {{"we", "have", "also"}, AN_ACT},
    {{"i", "have"}, AN_ACT}, {{"we", "have"}, AN_ACT}};

static const char *const acts[] = {"started", "stopped", "increased", "reduced", "raised", "lowered", "arranged",
    "booked", "asked", "advised", "referred", "requested", "ordered", "prescribed", "added", "changed",
    "switched", "continued", "restarted", "recommended", "organised", "organized", "explained", "discussed",
    "suggested", "warned", "counselled", "counseled"};
static const char *const plain_verbs[] = {"suggest", "recommend", "advise", "repeat", "check", "recheck", "arrange",
    "continue", "prescribe", "refer", "review", "monitor", "stop", "start", "put", "add", "increase",
    "reduce", "organise", "organize"};
/* Participles that need the "have" in front: "started aspirin and given him nitroglycerin" is no sentence. */
static const char *const needy[] = {"given", "taken", "seen", "written", "begun", "done", "been", "spoken", "gone",
    "shown"};
/* clang-format on */

static bool has(const char *const *words, size_t count, const struct term *t)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], t->text) == 0)
            return true;
    return false;
}

static bool fits(const struct terms *terms, size_t at, enum behind behind)
{
    const struct term *t = &terms->list[at];
    bool is_needy = false;
    for (size_t i = at; i < terms->count; i++)
        is_needy |= has(needy, COUNT_OF(needy), &terms->list[i]);
    switch (behind) {
    case AN_AGE:
        return t->is_number && at + 2 < terms->count && strcmp(terms->list[at + 1].text, "yearold") == 0;
    case AN_ACT:
        return has(acts, COUNT_OF(acts), t) && !is_needy;
    case A_PLAIN_VERB:
        return has(plain_verbs, COUNT_OF(plain_verbs), t);
    default:
        return true;
    }
}

size_t frame_words(const struct terms *terms)
{
    for (size_t f = 0; f < COUNT_OF(frames); f++) {
        size_t n = 0;
        while (n < terms->count && frames[f].words[n] && !terms->list[n].ends_clause &&
               strcmp(terms->list[n].text, frames[f].words[n]) == 0)
            n++;
        if (!frames[f].words[n] && n + 2 < terms->count && fits(terms, n, frames[f].behind))
            return n;
    }
    return 0;
}
