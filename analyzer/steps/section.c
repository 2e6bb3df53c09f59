/* section.c - headings of notes and what they announce (sentence.h). */
#include "analyzer/steps/section.h"

#include <ctype.h>
#include <strings.h>

/* clang-format off */
static const struct { const char *heading; enum section section; } headings[] = {
    {"cc", SECTION_COMPLAINT}, {"chief complaint", SECTION_COMPLAINT}, {"complaint", SECTION_COMPLAINT},
    {"presenting complaint", SECTION_COMPLAINT}, {"reason for admission", SECTION_COMPLAINT},
    {"reason for visit", SECTION_COMPLAINT}, {"reason for referral", SECTION_COMPLAINT},
    {"reason", SECTION_COMPLAINT}, {"s", SECTION_HISTORY}, {"subjective", SECTION_HISTORY},
    {"hpi", SECTION_HISTORY}, {"history", SECTION_HISTORY}, {"hx", SECTION_HISTORY},
    {"history of present illness", SECTION_HISTORY}, {"pmh", SECTION_HISTORY}, {"pmhx", SECTION_HISTORY},
    {"past medical history", SECTION_HISTORY}, {"background", SECTION_HISTORY},
    {"social history", SECTION_HISTORY}, {"sh", SECTION_HISTORY}, {"ros", SECTION_HISTORY},
    {"family history", SECTION_FAMILY}, {"fh", SECTION_FAMILY}, {"fhx", SECTION_FAMILY},
    {"meds", SECTION_MEDICATION}, {"medication", SECTION_MEDICATION}, {"medications", SECTION_MEDICATION},
    {"current medication", SECTION_MEDICATION}, {"current medications", SECTION_MEDICATION},
    {"medication at discharge", SECTION_MEDICATION}, {"discharge medications", SECTION_MEDICATION},
    {"medications on discharge", SECTION_MEDICATION}, {"rx", SECTION_MEDICATION},
    {"drugs", SECTION_MEDICATION}, {"allergies", SECTION_ALLERGY}, {"allergy", SECTION_ALLERGY},
    {"all", SECTION_ALLERGY}, {"o", SECTION_EXAM}, {"objective", SECTION_EXAM}, {"exam", SECTION_EXAM},
    {"examination", SECTION_EXAM}, {"physical exam", SECTION_EXAM}, {"on examination", SECTION_EXAM},
    {"vitals", SECTION_EXAM}, {"obs", SECTION_EXAM}, {"vs", SECTION_EXAM}, {"mental state", SECTION_EXAM},
    {"o/e", SECTION_EXAM}, {"signs", SECTION_EXAM}, {"results", SECTION_RESULTS}, {"labs", SECTION_RESULTS},
    {"imaging", SECTION_RESULTS}, {"ecg", SECTION_RESULTS}, {"ekg", SECTION_RESULTS},
    {"investigations", SECTION_RESULTS}, {"findings", SECTION_RESULTS}, {"tests", SECTION_RESULTS},
    {"bloods", SECTION_RESULTS}, {"device check", SECTION_RESULTS}, {"a", SECTION_PROBLEM},
    {"assessment", SECTION_PROBLEM}, {"impression", SECTION_PROBLEM}, {"imp", SECTION_PROBLEM},
    {"diagnosis", SECTION_PROBLEM}, {"diagnoses", SECTION_PROBLEM}, {"dx", SECTION_PROBLEM},
    {"conclusion", SECTION_PROBLEM}, {"problems", SECTION_PROBLEM}, {"problem list", SECTION_PROBLEM},
    {"summary", SECTION_PROBLEM}, {"opinion", SECTION_PROBLEM}, {"a/p", SECTION_PROBLEM},
    {"assessment and plan", SECTION_PROBLEM}, {"course", SECTION_COURSE},
    {"hospital course", SECTION_COURSE}, {"ed course", SECTION_COURSE}, {"progress", SECTION_COURSE},
    {"procedure", SECTION_COURSE}, {"operation", SECTION_COURSE}, {"condition at discharge", SECTION_COURSE},
    {"treatment", SECTION_COURSE}, {"p", SECTION_PLAN}, {"plan", SECTION_PLAN},
    {"recommendations", SECTION_PLAN}, {"recommendation", SECTION_PLAN}, {"advice", SECTION_PLAN},
    {"advice given", SECTION_PLAN}, {"actions", SECTION_PLAN}, {"to do", SECTION_PLAN},
    {"instructions", SECTION_PLAN}, {"next steps", SECTION_PLAN}, {"follow-up", SECTION_FOLLOW_UP},
    {"follow up", SECTION_FOLLOW_UP}, {"followup", SECTION_FOLLOW_UP}, {"f/u", SECTION_FOLLOW_UP},
    {"disposition", SECTION_FOLLOW_UP}, {"dispo", SECTION_FOLLOW_UP}, {"discharge plan", SECTION_FOLLOW_UP},
    {"return", SECTION_FOLLOW_UP}, {"review", SECTION_FOLLOW_UP}, {"patient", SECTION_ADMIN},
    {"patient name", SECTION_ADMIN}, {"name", SECTION_ADMIN}, {"pt name", SECTION_ADMIN},
    {"dob", SECTION_ADMIN}, {"date of birth", SECTION_ADMIN}, {"date of visit", SECTION_ADMIN},
    {"date", SECTION_ADMIN}, {"mrn", SECTION_ADMIN}, {"record no", SECTION_ADMIN}, {"re", SECTION_ADMIN},
    {"from", SECTION_ADMIN}, {"to", SECTION_ADMIN}, {"tel", SECTION_ADMIN}, {"phone", SECTION_ADMIN},
    {"ph", SECTION_ADMIN}, {"fax", SECTION_ADMIN}, {"email", SECTION_ADMIN}, {"address", SECTION_ADMIN},
    {"addr", SECTION_ADMIN}, {"member id", SECTION_ADMIN}, {"insurance", SECTION_ADMIN},
    {"ins", SECTION_ADMIN}, {"acct", SECTION_ADMIN}, {"arrival", SECTION_ADMIN}, {"admitted", SECTION_ADMIN},
    {"discharged", SECTION_ADMIN}, {"ward", SECTION_ADMIN}, {"attending", SECTION_ADMIN},
    {"provider", SECTION_ADMIN}, {"visit date", SECTION_ADMIN}, {"next of kin", SECTION_ADMIN},
    {"emergency contact", SECTION_ADMIN}, {"seen by", SECTION_ADMIN}, {"taken by", SECTION_ADMIN},
    {"caller", SECTION_ADMIN}, {"pharmacy", SECTION_ADMIN}, {"signed", SECTION_ADMIN},
    {"dictated by", SECTION_ADMIN}, {"cosigned", SECTION_ADMIN}, {"copy to", SECTION_ADMIN},
    {"ssn", SECTION_ADMIN}, {"charted by", SECTION_ADMIN}, {"referred by", SECTION_ADMIN},
    {"our ref", SECTION_ADMIN}, {"ref", SECTION_ADMIN}, {"visit id", SECTION_ADMIN}, {"age", SECTION_ADMIN},
    {"sex", SECTION_ADMIN}, {"clinic date", SECTION_ADMIN}};
/* clang-format on */

static const char *const names[SECTION_COUNT] = {
    "none",    "complaint", "history", "family", "medication", "allergies",     "exam",
    "results", "problems",  "course",  "plan",   "follow_up",  "administration"};

const char *section_name(enum section section)
{
    return names[section];
}

/* Words that tell the section of a heading that is not listed: "PRINCIPAL DX", "Discharge meds". */
/* clang-format off */
static const struct { const char *word; enum section section; } keywords[] = {
    {"allergies", SECTION_ALLERGY}, {"allergy", SECTION_ALLERGY}, {"meds", SECTION_MEDICATION},
    {"medication", SECTION_MEDICATION}, {"medications", SECTION_MEDICATION},
    {"medicines", SECTION_MEDICATION}, {"family", SECTION_FAMILY}, {"dx", SECTION_PROBLEM},
    {"diagnosis", SECTION_PROBLEM}, {"diagnoses", SECTION_PROBLEM}, {"impression", SECTION_PROBLEM},
    {"assessment", SECTION_PROBLEM}, {"conclusion", SECTION_PROBLEM}, {"opinion", SECTION_PROBLEM},
    {"follow", SECTION_FOLLOW_UP}, {"followup", SECTION_FOLLOW_UP}, {"plan", SECTION_PLAN},
    {"recommendations", SECTION_PLAN}, {"recommendation", SECTION_PLAN}, {"advice", SECTION_PLAN},
    {"complaint", SECTION_COMPLAINT}, {"history", SECTION_HISTORY}, {"exam", SECTION_EXAM},
    {"examination", SECTION_EXAM}, {"findings", SECTION_RESULTS}, {"results", SECTION_RESULTS},
    {"labs", SECTION_RESULTS}, {"course", SECTION_COURSE}};
/* clang-format on */

/* The first keyword in a heading of at most four words. */
static bool section_of_keywords(struct slice heading, enum section *ret)
{
    size_t words = 0;
    enum section found = SECTION_NONE;
    for (size_t at = 0, end; at < heading.bytes; at = end + 1, words++) {
        for (end = at; end < heading.bytes && isalpha((unsigned char)heading.data[end]);)
            end++;
        for (size_t i = 0; i < sizeof keywords / sizeof keywords[0] && found == SECTION_NONE; i++)
            if (strlen(keywords[i].word) == end - at &&
                strncasecmp(keywords[i].word, heading.data + at, end - at) == 0)
                found = keywords[i].section;
    }
    *ret = found;
    return found != SECTION_NONE && words <= 4;
}

bool section_of_heading(struct slice heading, enum section *ret)
{
    while (heading.bytes && !isalnum((unsigned char)heading.data[heading.bytes - 1]))
        heading.bytes--;
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
        if (strlen(headings[i].heading) == heading.bytes &&
            strncasecmp(headings[i].heading, heading.data, heading.bytes) == 0) {
            *ret = headings[i].section;
            return true;
        }
    return heading.bytes && isupper((unsigned char)heading.data[0]) && section_of_keywords(heading, ret);
}

size_t heading_in_front(struct slice text, enum section *ret)
{
    size_t colon = 0;
    while (colon < text.bytes && colon < HEADING_BYTES_MAX && text.data[colon] != ':' &&
           text.data[colon] != '\n')
        colon++;
    if (colon == 0 || colon >= text.bytes || text.data[colon] != ':')
        return 0;
    if (colon + 1 < text.bytes && text.data[colon + 1] != ' ' && text.data[colon + 1] != '\n' &&
        text.data[colon + 1] != '\r')
        return 0; /* a time, a ratio */
    size_t end = colon + 1;
    while (end < text.bytes && (text.data[end] == ' ' || text.data[end] == '\t'))
        end++;
    return section_of_heading((struct slice){text.data, colon}, ret) ? end : 0;
}
