/* extract.c - see extract.h. Weights were set by hand on other texts than the examples of this project. */
#include "analyzer/steps/extract.h"

#include "analyzer/redact/hashmap.h"
#include "base/fold.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

static const double section_worth[SECTION_COUNT] = {
    [SECTION_NONE] = 0.3,       [SECTION_COMPLAINT] = 1.2, [SECTION_HISTORY] = 0.4, [SECTION_FAMILY] = -0.5,
    [SECTION_MEDICATION] = 1.3, [SECTION_ALLERGY] = 0.9,   [SECTION_EXAM] = 0.1,    [SECTION_RESULTS] = 0.8,
    [SECTION_PROBLEM] = 2.0,    [SECTION_COURSE] = 0.8,    [SECTION_PLAN] = 1.5,    [SECTION_FOLLOW_UP] = 1.4,
    [SECTION_ADMIN] = -4.0};

/* Words that announce what matters. */
static const struct {
    const char *stem;
    enum section section;
    double worth;
} cues[] = {{"impression", SECTION_PROBLEM, 1.6}, {"diagnosis", SECTION_PROBLEM, 1.5},
            {"diagnos", SECTION_PROBLEM, 1.2},    {"assessment", SECTION_PROBLEM, 1.2},
            {"confirm", SECTION_PROBLEM, 0.8},    {"consistent", SECTION_PROBLEM, 0.8},
            {"suspect", SECTION_PROBLEM, 0.8},    {"show", SECTION_RESULTS, 0.4},
            {"reveal", SECTION_RESULTS, 0.4},     {"start", SECTION_PLAN, 0.9},
            {"stop", SECTION_PLAN, 0.9},          {"increas", SECTION_PLAN, 0.8},
            {"reduc", SECTION_PLAN, 0.8},         {"rais", SECTION_PLAN, 0.6},
            {"continu", SECTION_PLAN, 0.8},       {"restart", SECTION_PLAN, 0.9},
            {"refer", SECTION_PLAN, 0.7},         {"arrang", SECTION_PLAN, 0.6},
            {"book", SECTION_PLAN, 0.6},          {"recommend", SECTION_PLAN, 0.8},
            {"advis", SECTION_PLAN, 0.6},         {"plan", SECTION_PLAN, 0.6},
            {"urgent", SECTION_PLAN, 0.6},        {"follow", SECTION_FOLLOW_UP, 0.8},
            {"followup", SECTION_FOLLOW_UP, 0.9}, {"recheck", SECTION_FOLLOW_UP, 0.8},
            {"review", SECTION_FOLLOW_UP, 0.7},   {"return", SECTION_FOLLOW_UP, 0.6},
            {"allergic", SECTION_ALLERGY, 1.0},   {"allergi", SECTION_ALLERGY, 0.9},
            {"allergy", SECTION_ALLERGY, 0.9},    {"nkda", SECTION_ALLERGY, 0.6},
            {"pain", SECTION_COMPLAINT, 0.3},     {"ask", SECTION_COMPLAINT, 0.3},
            {"opinion", SECTION_COMPLAINT, 0.5}};

/* Words of letterheads, greetings and signatures. */
static const char *const admin_words[] = {
    "dear", "sincerely", "regards", "faithfully", "thank", "thanks", "signed", "dictated",    "cc",
    "tel",  "fax",       "phone",   "mrn",        "dob",   "npi",    "routed", "transcribed", "page"};

#define CUES_WORTH_MAX 2.0
#define LENGTH_POWER 0.6 /* a long sentence must be worth more */
#define LENGTH_EASE 10.0
#define WORDS_SHORT 4u
#define WORDS_LONG 45u
#define ALIKE_MAX 0.6 /* share of words in common with one already chosen */

void candidates_close(struct candidates *c)
{
    for (size_t i = 0; i < c->count; i++)
        terms_close(&c->list[i].terms);
    free(c->list);
    *c = (struct candidates){0};
}

/* Marks of redaction: a sentence that is mostly tags tells nothing. */
static size_t tags_in(struct slice text)
{
    size_t tags = 0;
    for (size_t i = 0; i + 1 < text.bytes; i++)
        tags += text.data[i] == '[' && isupper((unsigned char)text.data[i + 1]);
    return tags;
}

static double cue_worth(const struct candidate *c)
{
    double worth = 0;
    for (size_t t = 0; t < c->terms.count; t++)
        for (size_t i = 0; i < COUNT_OF(cues); i++)
            worth += strcmp(cues[i].stem, c->terms.list[t].stem) == 0 ? cues[i].worth : 0;
    return worth < CUES_WORTH_MAX ? worth : CUES_WORTH_MAX;
}

static double admin_cost(const struct candidate *c)
{
    double cost = 0;
    for (size_t t = 0; t < c->terms.count; t++)
        for (size_t i = 0; i < COUNT_OF(admin_words); i++)
            cost += strcmp(admin_words[i], c->terms.list[t].text) == 0 ? 1.5 : 0;
    if (c->terms.count && c->terms.list[0].is_function == false && strcmp(c->terms.list[0].text, "dr") == 0)
        cost += 1.5; /* a name and office */
    return cost;
}

/* Sentences that each content word stands in. */
static int count_words(const struct candidates *all, struct hashmap *counts, struct error *err)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct terms *terms = &all->list[i].terms;
        for (size_t t = 0; t < terms->count; t++) {
            if (terms->list[t].is_function || terms->list[t].is_number)
                continue;
            bool is_repeated = false;
            for (size_t k = 0; k < t && !is_repeated; k++)
                is_repeated = strcmp(terms->list[k].stem, terms->list[t].stem) == 0;
            if (!is_repeated && hashmap_bump(counts, fold_hash(slice_of(terms->list[t].stem)), err))
                return -1;
        }
    }
    return 0;
}

/* How much of the text's talk the sentence carries: the mean log frequency of its content words. */
static double shared_worth(const struct candidate *c, const struct hashmap *counts)
{
    double sum = 0;
    size_t words = 0;
    for (size_t t = 0; t < c->terms.count; t++) {
        if (c->terms.list[t].is_function || c->terms.list[t].is_number)
            continue;
        sum += log((double)hashmap_get(counts, fold_hash(slice_of(c->terms.list[t].stem)), 1));
        words++;
    }
    return words ? sum / (double)words : 0;
}

/* Findings and procedures by the endings of their names: "angina" is not caught, "pneumonia", "colectomy"
 * are. */
static bool is_clinical_word(const char *word)
{
    static const char *const endings[] = {
        "itis",     "osis",    "emia",    "aemia",     "oma",          "pathy",    "ectomy",   "algia",
        "plasty",   "scopy",   "otomy",   "ostomy",    "gram",         "graphy",   "pnoea",    "pnea",
        "uria",     "plegia",  "paresis", "stenosis",  "cele",         "lysis",    "rrhage",   "rrhoea",
        "rrhea",    "trophy",  "megaly",  "oedema",    "edema",        "cardia",   "penia",    "monia",
        "phagia",   "phasia",  "tension", "infarct",   "infarction",   "fracture", "cancer",   "carcinoma",
        "syndrome", "disease", "failure", "infection", "fibrillation", "embolism", "disorder", "effusion"};
    size_t bytes = strlen(word);
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (bytes >= strlen(endings[i]) + 2 - (strlen(endings[i]) > 5 ? 2 : 0) &&
            strcmp(word + bytes - strlen(endings[i]), endings[i]) == 0)
            return true;
    return false;
}

static double weigh(const struct candidate *c, const struct hashmap *counts, struct slice body, double place,
                    bool is_clinical)
{
    size_t drugs = 0, numbers = 0, findings = 0, words = c->terms.count;
    for (size_t t = 0; t < words; t++) {
        drugs += c->terms.list[t].is_drug;
        numbers += c->terms.list[t].is_number;
        findings += is_clinical_word(c->terms.list[t].text);
    }
    double worth =
        shared_worth(c, counts) + 0.3 * sqrt((double)numbers) - admin_cost(c) - 0.7 * (double)tags_in(body);
    if (is_clinical)
        worth += section_worth[c->sentence.section] + cue_worth(c) + 0.7 * sqrt((double)drugs) +
                 1.0 * sqrt((double)findings);
    else
        worth += 1.0 - place; /* what matters comes first in most prose */
    worth -= words < WORDS_SHORT ? 1.5 : words > WORDS_LONG ? 0.7 : 0;
    char last = body.bytes ? body.data[body.bytes - 1] : 0;
    bool is_whole = last == '.' || last == '!' || last == '?' || last == ';';
    bool is_entry = is_clinical && section_worth[c->sentence.section] >= 0.9; /* lists need no full stops */
    worth -= is_whole || is_entry ? 0 : 1.0;
    return words < 2 ? -1 : worth / pow((double)words + LENGTH_EASE, LENGTH_POWER);
}

static bool has_word(const struct candidates *all, const char *const *stems, size_t count, bool drugs,
                     enum section section)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->list[i].sentence.section == section)
            return true;
        for (size_t t = 0; t < all->list[i].terms.count; t++) {
            const struct term *term = &all->list[i].terms.list[t];
            if (drugs && term->is_drug)
                return true;
            for (size_t k = 0; k < count; k++)
                if (strncmp(stems[k], term->stem, strlen(stems[k])) == 0)
                    return true;
        }
    }
    return false;
}

/* What a reader of a note looks for, and the words by which a note speaks of it. */
static const struct {
    enum section section;
    bool drugs;
    const char *stems[12];
} expected[] = {{SECTION_MEDICATION, true, {"medic", "meds", "tablet", "inhaler"}},
                {SECTION_ALLERGY, false, {"allerg", "nkda", "nka"}},
                {SECTION_FOLLOW_UP,
                 false,
                 {"follow", "recheck", "review", "return", "appointment", "again", "back", "call", "telephon",
                  "phon", "book", "next"}}};

static uint32_t find_missing(const struct candidates *all)
{
    uint32_t missing = 0;
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        size_t count = 0;
        while (count < COUNT_OF(expected[i].stems) && expected[i].stems[count])
            count++;
        if (!has_word(all, expected[i].stems, count, expected[i].drugs, expected[i].section))
            missing |= 1u << expected[i].section;
    }
    return missing;
}

static int read_all(struct candidates *all, const struct sentence *sentences, struct slice text,
                    const struct grounding_lists *lists, bool is_clinical, struct error *err)
{
    struct hashmap counts = {0};
    for (size_t i = 0; i < all->count; i++) {
        struct candidate *c = &all->list[i];
        c->sentence = sentences[i];
        c->body = (struct span){sentences[i].at.start + sentences[i].body, sentences[i].at.end};
        if (terms_read(&c->terms, slice_sub(text, c->body.start, c->body.end), lists, err))
            return -1;
    }
    int result = count_words(all, &counts, err);
    for (size_t i = 0; result == 0 && i < all->count; i++) {
        struct candidate *c = &all->list[i];
        struct slice body = slice_sub(text, c->body.start, c->body.end);
        c->worth = c->sentence.is_heading
                       ? -INFINITY
                       : weigh(c, &counts, body, (double)i / (double)all->count, is_clinical);
    }
    hashmap_close(&counts);
    all->not_stated = is_clinical ? find_missing(all) : 0;
    return result;
}

int candidates_read(struct candidates *ret, struct slice text, const struct grounding_lists *lists,
                    bool is_clinical, struct error *err)
{
    struct sentence *sentences = NULL;
    struct candidates all = {0};
    if (sentences_split(text, &sentences, &all.count, err))
        return -1;
    all.list = calloc(all.count + 1, sizeof *all.list);
    int result = all.list ? read_all(&all, sentences, text, lists, is_clinical, err) : error_memory(err);
    free(sentences);
    if (result) {
        all.count = all.list ? all.count : 0;
        candidates_close(&all);
        return -1;
    }
    *ret = all;
    return 0;
}

/* Share of the words of `a` that stand in `b`. */
static double alike(const struct candidate *a, const struct candidate *b)
{
    size_t common = 0, words = 0;
    for (size_t i = 0; i < a->terms.count; i++) {
        if (a->terms.list[i].is_function)
            continue;
        bool has = false;
        for (size_t k = 0; k < b->terms.count && !has; k++)
            has = strcmp(a->terms.list[i].stem, b->terms.list[k].stem) == 0;
        common += has;
        words++;
    }
    return words ? (double)common / (double)words : 1;
}

static bool is_new(const struct candidates *all, const struct candidate *c)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].is_chosen && (alike(c, &all->list[i]) > ALIKE_MAX || alike(&all->list[i], c) > 0.9))
            return false;
    return true;
}

/* True if the sentence speaks of the section: by its heading, or by a cue. */
static bool speaks_of(const struct candidate *c, enum section section)
{
    if (c->sentence.section == section)
        return true;
    for (size_t t = 0; t < c->terms.count; t++) {
        if (section == SECTION_MEDICATION && c->terms.list[t].is_drug)
            return true;
        for (size_t i = 0; i < COUNT_OF(cues); i++)
            if (cues[i].section == section && strcmp(cues[i].stem, c->terms.list[t].stem) == 0)
                return true;
    }
    return false;
}

/* Chooses the best that fits; false if there is none of worth. */
static bool choose_best(struct candidates *all, enum section section, size_t *words_left, bool is_first)
{
    struct candidate *best = NULL;
    for (size_t i = 0; i < all->count; i++) {
        struct candidate *c = &all->list[i];
        bool fits = c->terms.count <= *words_left || is_first;
        if (!c->is_chosen && c->worth > 0 && fits && (section == SECTION_NONE || speaks_of(c, section)) &&
            (!best || c->worth > best->worth) && is_new(all, c))
            best = c;
    }
    if (!best)
        return false;
    best->is_chosen = true;
    *words_left -= MIN(*words_left, best->terms.count);
    return true;
}

void candidates_choose(struct candidates *all, size_t words_max)
{
    static const enum section first[] = {SECTION_PROBLEM,   SECTION_PLAN,    SECTION_MEDICATION,
                                         SECTION_FOLLOW_UP, SECTION_ALLERGY, SECTION_COMPLAINT};
    size_t left = words_max;
    bool has_any = false;
    for (size_t i = 0; i < COUNT_OF(first); i++)
        has_any |= choose_best(all, first[i], &left, !has_any);
    while (left > 0 && choose_best(all, SECTION_NONE, &left, !has_any))
        has_any = true;
}
