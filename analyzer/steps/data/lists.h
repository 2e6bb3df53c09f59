/* lists.h - the word lists that the steps are built with; lists of base/wordlist.h. */
#ifndef ALCOVE_ANALYZER_STEPS_DATA_LISTS_H
#define ALCOVE_ANALYZER_STEPS_DATA_LISTS_H

extern const char drug_words[];     /* written by scripts/make-drug-words */
extern const char function_words[]; /* words that a written sentence may use without its source having them */

#endif
