/* tables.h - the word lists that the redactor is built with, written by scripts/make-surrogates.
 *
 * Each is a list of base/wordlist.h: lower-case ASCII, one entry a line, sorted. The classes of surrogate names have
 * SURROGATE_CLASS_SIZE entries each, a prime number. */
#ifndef ALCOVE_ANALYZER_REDACT_DATA_TABLES_H
#define ALCOVE_ANALYZER_REDACT_DATA_TABLES_H

#define SURROGATE_CLASS_SIZE 2003u

extern const char names_given_female[], names_given_male[], names_given_neutral[];
extern const char names_surname[], names_city[];
extern const char gender_female[], gender_male[]; /* real given names that tell */
extern const char common_words[];                 /* words that are no name by themselves */
extern const char zip3_census[];                  /* the census that zip3_shown is from: "2020" */
extern const char zip3_shown[];                   /* areas of more than 20,000 people */

#endif
