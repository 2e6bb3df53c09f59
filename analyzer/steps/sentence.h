/* sentence.h - splits notes into sentences: wrapped prose, one-line entries, lists, headings.
 *
 * A line end ends a sentence where the next line is empty, a list item or a heading, or where the line is
 * much shorter than its neighbours; else the text was only wrapped. Within a line a point ends a sentence
 * unless it belongs to an abbreviation, an initial or a number. */
#ifndef ALCOVE_ANALYZER_STEPS_SENTENCE_H
#define ALCOVE_ANALYZER_STEPS_SENTENCE_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

/* What the nearest heading above (or in front: "MEDS: ...") announces. */
enum section {
    SECTION_NONE,
    SECTION_COMPLAINT,
    SECTION_HISTORY,
    SECTION_FAMILY,
    SECTION_MEDICATION,
    SECTION_ALLERGY,
    SECTION_EXAM,
    SECTION_RESULTS,
    SECTION_PROBLEM,
    SECTION_COURSE,
    SECTION_PLAN,
    SECTION_FOLLOW_UP,
    SECTION_ADMIN,
    SECTION_COUNT
};
const char *section_name(enum section section);

struct sentence {
    struct span at; /* in the text, trimmed, without list marks */
    enum section section;
    uint32_t paragraph; /* from 0 */
    uint32_t body;      /* bytes of a heading in front ("MEDS: "), 0 = none */
    bool is_heading;    /* nothing but a heading */
};

/* A new array that the caller frees. -1 with FAULT_TEMPORARY. */
CHECKED int sentences_split(struct slice text, struct sentence **ret, size_t *ret_count, struct error *err);

#endif
