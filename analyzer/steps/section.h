/* section.h - headings of notes and what they announce. */
#ifndef ALCOVE_ANALYZER_STEPS_SECTION_H
#define ALCOVE_ANALYZER_STEPS_SECTION_H

#include "analyzer/steps/sentence.h"

#define HEADING_BYTES_MAX 40u

/* The section that a whole heading announces ("PAST MEDICAL HISTORY"); false for one that is not known. */
bool section_of_heading(struct slice heading, enum section *ret);

/* The bytes of a known heading at the start of `text`, with its colon and blanks ("MEDS: "); 0 if there is
 * none. */
size_t heading_in_front(struct slice text, enum section *ret);

#endif
