/* validate.h - what a matched identifier must fulfil beyond its shape: check digits, issued ranges, lengths.
 *
 * A validator sees the identifier as it stands in the shadow text, separators included. It says whether the
 * value can be a real one by the published rules of its kind; a rule names it by `validate:`. */
#ifndef ALCOVE_RULES_VALIDATE_H
#define ALCOVE_RULES_VALIDATE_H

#include "base/contract.h"
#include "base/slice.h"

struct validator {
    const char *name;   /* "us-ssn" */
    const char *about;  /* one line */
    const char *source; /* the document with the rule */
    bool (*is_valid)(struct slice text);
};

extern const struct validator validators[];
extern const size_t validator_count;

const struct validator *validator_find(const char *name); /* or NULL */

#endif
