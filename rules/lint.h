/* lint.h - what lint.c asks of the other files of the self-test. */
#ifndef ALCOVE_RULES_LINT_H
#define ALCOVE_RULES_LINT_H

#include "rules/compile.h"

#define REPEAT_PRODUCT_MAX 2000u /* of the upper bounds of repeats within repeats */

/* A construct that can match without bound, or at a cost that grows faster than the text. */
struct pattern_flaw {
    size_t offset; /* in the pattern with its fragments */
    const char *what, *hint;
};

/* The first flaw at or after `from`; false when there is none. */
bool pattern_flaw(const char *pattern, size_t from, struct pattern_flaw *ret);

#endif
