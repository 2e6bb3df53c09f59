/* dates.h - the year of a date and the number of an age, in whatever form they are written. */
#ifndef ALCOVE_ANALYZER_REDACT_DATES_H
#define ALCOVE_ANALYZER_REDACT_DATES_H

#include "base/slice.h"

/* 45 CFR 164.514(b)(2)(i)(C): ages over 89, and years that show one, become one category. */
#define AGE_OLD 90
/* The youngest reference year. A document's own dates may raise it by YEARS_AHEAD_MAX, never lower it. */
#define YEAR_REFERENCE 2026
#define YEARS_AHEAD_MAX 30

struct years {
    int first, last;   /* equal unless the value is a range of two years */
    bool is_year_only; /* nothing but a year of four digits: not a date by Safe Harbor */
};

/* Finds the year. False where none is told for sure: "14 March", "03/14", a compact number that is no date. A
 * year of two digits lies in the hundred years up to the one after `reference`. */
bool date_years(struct slice value, int reference, struct years *ret);

/* The age in whole years, 0 below one ("18 months"); -1 if it cannot be read. */
int age_years(struct slice value);

#endif
