/* shorten.c - see shorten.h. */
#include "analyzer/steps/shorten.h"

#include "analyzer/steps/grounding/grounding.h"

#include <ctype.h>

/* Endings and words of findings, complaints and procedures: what holds one is told. */
/* clang-format off */
static const char *const finding_endings[] = {"itis", "osis", "emia", "oma", "pathy", "ectomy", "algia", "plasty",
    "scopy", "otomy", "gram", "graphy", "nea", "noea", "uria", "paresis", "plegia", "lysis", "rrhage", "rrhea",
    "rrhoea", "megaly", "edema", "oedema", "penia", "phagia", "phasia", "tension", "ness", "ing", "ion"};
static const char *const finding_words[] = {"pain", "fever", "cough", "wheeze", "rash", "blood", "nausea", "vomit",
    "stroke", "clot", "infarct", "ache", "headache", "seizure", "fit", "fall", "fell", "cancer", "tumor", "tumour",
    "lump", "ulcer", "wound", "fracture", "burn", "bite", "allergic", "allergy", "hives", "faint", "collapse",
    "syncope", "spasm", "cramp", "itch", "sore", "syndrome", "disease", "disorder", "failure", "infarction",
    "scan", "surgery", "operation", "died", "death", "suicide", "alone", "smokes", "drinks", "alcohol",
    "pregnant", "unwell", "worse", "better", "weak", "red", "normal", "abnormal", "positive", "high", "low",
    "clinic", "hospital", "ward", "review", "return", "urgent", "because", "driving", "work", "refused"};
static const char *const logistics[] = {"bus", "taxi", "transport", "car", "parking", "booked", "arranged", "leaflet",
    "letter", "copy", "form", "forms", "sent", "filed", "signed", "given", "posted", "map", "paid"};
static const char *const references[] = {"ref", "reference", "number", "no", "order", "hosp", "lab", "sample",
    "accession", "case"};
/* Times that the rest does not need. */
static const char *const times[][4] = {{"the", "next", "day"}, {"the", "next", "morning"},
    {"the", "following", "day"}, {"the", "following", "morning"}, {"the", "same", "day"}, {"last", "time"},
    {"in", "the", "meantime"}, {"of", "course"}, {"in", "clinic", "today"}, {"in", "the", "clinic", "today"},
    {"in", "my", "clinic", "today"}, {"here", "today"}, {"once", "again"}};
/* clang-format on */

static bool is_in(const char *const *words, size_t count, const struct term *t)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], t->text) == 0)
            return true;
    return false;
}

static bool is_finding(const struct term *t)
{
    size_t bytes = strlen(t->text);
    for (size_t i = 0; i < COUNT_OF(finding_endings); i++) {
        size_t tail = strlen(finding_endings[i]);
        if (bytes >= tail + 2 && strcmp(t->text + bytes - tail, finding_endings[i]) == 0)
            return true;
    }
    for (size_t i = 0; i < COUNT_OF(finding_words); i++)
        if (strcmp(finding_words[i], t->text) == 0 || strcmp(finding_words[i], t->stem) == 0)
            return true;
    return false;
}

bool shorten_is_tagged(struct slice source, const struct term *t)
{
    for (size_t at = t->at.start; at > 0 && source.data[at - 1] != ' ' && source.data[at - 1] != ']'; at--)
        if (source.data[at - 1] == '[')
            return true;
    return false;
}

/* Nothing in the terms [from, to) that a reader of the note must know. */
static bool is_idle(struct slice source, const struct terms *terms, size_t from, size_t to)
{
    static const char *const marks[] = {"no", "not", "never", "if", "unless", "until", "except", "without", "may",
                                        "left", "right", "both", "only", "but", "denies", "denied",
                                        "new", "increased", "decreased", "reduced", "raised", "lowered", "stopped",
                                        "started", "held", "unchanged", "restarted", "doubled", "halved", "changed",
                                        "added", "switched", "continued", "ceased", "resolved", "improved"};
    for (size_t i = from; i < to; i++) {
        const struct term *t = &terms->list[i];
        if (t->is_number || t->is_drug || (t->attributes & ~(uint32_t)IS_FAMILY) || is_finding(t) ||
            is_in(marks, COUNT_OF(marks), t) || shorten_is_tagged(source, t))
            return false;
    }
    return from < to;
}

static char at_or_nul(struct slice text, size_t at)
{
    return at < text.bytes ? text.data[at] : 0;
}

static bool has_comma(struct slice source, const struct term *t)
{
    return at_or_nul(source, t->at.end) == ',';
}

/* The term behind the clause that begins at `i`: up to a comma or the end. */
static size_t clause_end(struct slice source, const struct terms *terms, size_t i)
{
    while (i + 1 < terms->count && !has_comma(source, &terms->list[i]) && !terms->list[i].ends_clause &&
           !strchr("()", at_or_nul(source, terms->list[i].at.end)))
        i++;
    return i + 1;
}

static bool is_last(const struct terms *terms, size_t end)
{
    return end >= terms->count;
}

/* Terms [i, ret) are an opening of a letter. */
static size_t opening(struct slice source, const struct terms *terms, size_t i)
{
    (void)source; /* all kinds have one signature */
    return i == 0 ? frame_words(terms) : 0;
}

static size_t time_told(struct slice source, const struct terms *terms, size_t i)
{
    for (size_t k = 0; k < COUNT_OF(times); k++) {
        size_t n = 0;
        while (n < 4 && times[k][n] && i + n < terms->count && strcmp(terms->list[i + n].text, times[k][n]) == 0)
            n++;
        bool is_whole = n == 4 || !times[k][n];
        bool is_bound = i > 0 && (has_comma(source, &terms->list[i - 1]) || strcmp(terms->list[i - 1].text, "the") == 0 || /* "the last time he ..." */
                                  strcmp(terms->list[i - 1].text, "until") == 0 ||
                                  strcmp(terms->list[i - 1].text, "on") == 0 ||
                                  strcmp(terms->list[i - 1].text, "for") == 0);
        if (is_whole && !is_bound)
            return i + n;
    }
    return 0;
}

static bool has_capital(struct slice source, const struct term *t)
{
    return isupper((unsigned char)source.data[t->at.start]) && t->at.end - t->at.start > 1 &&
           islower((unsigned char)source.data[t->at.start + 1]) && !t->is_drug && !is_finding(t);
}

/* The name of a relative: "her daughter[, Mrs. Adams Brook,] will stay", "with her partner[ Kim Adams]". */
static size_t relative_name(struct slice source, const struct terms *terms, size_t i)
{
    static const char *const owners[] = {"her", "his", "their", "the", "my"};
    static const char *const titles[] = {"mr", "mrs", "ms", "miss", "dr"};
    if (i < 2 || !is_kin(&terms->list[i - 1]) || !is_in(owners, COUNT_OF(owners), &terms->list[i - 2]))
        return 0;
    size_t end = i;
    bool has_title = is_in(titles, COUNT_OF(titles), &terms->list[i]);
    while (end < terms->count && has_capital(source, &terms->list[end])) {
        bool goes_on = at_or_nul(source, terms->list[end].at.end) == ' ' ||
                       (end == i && has_title) || /* "Mrs." */
                       at_or_nul(source, terms->list[end].at.end) == '-';
        end++;
        if (!goes_on)
            break;
    }
    if (end == i || (has_title && end == i + 1))
        return 0;
    bool opens = has_comma(source, &terms->list[i - 1]);
    char behind = at_or_nul(source, terms->list[end - 1].at.end);
    if (opens ? behind != ',' || (!has_title && end - i < 2) : behind != ' ' && behind != '.' && behind != ',')
        return 0;
    return end;
}

/* ", who ..." to the end, or to a comma where a verb follows; "which" tells of a finding or a drug. */
static size_t relative_clause(struct slice source, const struct terms *terms, size_t i)
{
    static const char *const words[] = {"who", "whom", "whose", "where", "accompanied"};
    if (i == 0 || !has_comma(source, &terms->list[i - 1]) || !is_in(words, COUNT_OF(words), &terms->list[i]))
        return 0;
    size_t end = clause_end(source, terms, i);
    bool stands = is_last(terms, end) || is_finite_verb(&terms->list[end]);
    return stands && is_idle(source, terms, i, end) ? end : 0;
}

/* ", and she was taken to her room": a second sentence at the end that tells nothing clinical. */
static size_t second_sentence(struct slice source, const struct terms *terms, size_t i)
{
    static const char *const subjects[] = {"he", "she", "they", "we", "i", "it"};
    if (i == 0 || !has_comma(source, &terms->list[i - 1]) || i + 3 >= terms->count)
        return 0;
    bool joins = strcmp(terms->list[i].text, "and") == 0 || strcmp(terms->list[i].text, "so") == 0;
    size_t end = clause_end(source, terms, i);
    return joins && is_in(subjects, COUNT_OF(subjects), &terms->list[i + 1]) && is_last(terms, end) &&
                   is_idle(source, terms, i, end)
               ? end
               : 0;
}

/* ", bus booked" at the end. */
static size_t arrangement(struct slice source, const struct terms *terms, size_t i)
{
    if (i == 0 || !has_comma(source, &terms->list[i - 1]))
        return 0;
    size_t end = clause_end(source, terms, i);
    for (size_t k = i; k < end; k++)
        if (!terms->list[k].is_function && !is_in(logistics, COUNT_OF(logistics), &terms->list[k]))
            return 0;
    return is_last(terms, end) && end - i >= 2 && is_idle(source, terms, i, end) ? end : 0;
}

/* ", ref [ID_1]": a number of the office, already a tag. */
static size_t reference(struct slice source, const struct terms *terms, size_t i)
{
    static const char *const tags[] = {"[ID_", "[MRN_", "[PHONE_", "[ACCOUNT_", "[IBAN_"};
    if (i == 0 || !has_comma(source, &terms->list[i - 1]))
        return 0;
    size_t end = i;
    while (end < terms->count && is_in(references, COUNT_OF(references), &terms->list[end]))
        end++;
    if (end == i || end + 2 > terms->count)
        return 0;
    struct slice rest = slice_sub(source, terms->list[end].at.start - 1, source.bytes);
    for (size_t k = 0; k < COUNT_OF(tags); k++)
        if (rest.bytes > strlen(tags[k]) && memcmp(rest.data, tags[k], strlen(tags[k])) == 0)
            return is_last(terms, end + 2) ? end + 2 : 0;
    return 0;
}

/* "(her usual nurse)"; behind a drug it says what became of it. */
static size_t bracket(struct slice source, const struct terms *terms, size_t i)
{
    if (i == 0 || source.data[terms->list[i].at.start - 1] != '(')
        return 0;
    size_t end = i;
    for (size_t k = 0; k < terms->count; k++)
        if (terms->list[k].is_drug)
            return 0;
    while (end < terms->count && at_or_nul(source, terms->list[end].at.end) != ')')
        if (strchr("(:;", at_or_nul(source, terms->list[end++].at.end)))
            return 0;
    return end < terms->count && is_idle(source, terms, i, end + 1) ? end + 1 : 0;
}

static size_t (*const kinds[])(struct slice source, const struct terms *terms, size_t i) = {
    opening, time_told, relative_name, relative_clause, second_sentence, arrangement, reference, bracket};

/* The bytes of the terms [from, to) with the signs and the blank that go with them. */
static struct span bytes_of(struct slice source, const struct terms *terms, size_t from, size_t to)
{
    size_t start = from ? terms->list[from - 1].at.end : 0, end = terms->list[to - 1].at.end;
    if (from && strchr("])", source.data[start]) && terms->list[from].at.start - start > 1)
        start++;
    while (end < source.bytes && (source.data[end] == ']' || source.data[end] == ')'))
        end++;
    bool had_comma = source.data[start] == ',';
    if (from == 0 || (had_comma && at_or_nul(source, end) == ',' && to < terms->count))
        while (end < source.bytes && (source.data[end] == ',' || (from == 0 && source.data[end] == ' ')))
            end++;
    return (struct span){start, end};
}

size_t shorten_parts(struct slice source, const struct terms *terms, struct span ret[SHORTEN_PARTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < terms->count && count < SHORTEN_PARTS_MAX; i++) {
        size_t end = 0;
        for (size_t k = 0; k < COUNT_OF(kinds) && end == 0; k++)
            end = kinds[k](source, terms, i);
        if (end == 0)
            continue;
        ret[count++] = bytes_of(source, terms, i, end);
        i = end - 1;
    }
    return count;
}
