/* context.h - the words around a match, and what they are worth.
 *
 *   score = pattern + context (a word of the rule's list is near) + valid (the validator holds)
 *           - negative (a word of the negative list is right beside it), within 0 and 1
 *
 * Near: the CONTEXT_BEFORE bytes before on the line and the one above it, the label that opens the line, the
 * nearest heading (a line that ends in a colon), and CONTEXT_AFTER bytes after on the line. Right beside it:
 * NEGATIVE_BEFORE and NEGATIVE_AFTER bytes on the line, up to the next number or semicolon. Whole words only.
 */
#ifndef ALCOVE_RULES_CONTEXT_H
#define ALCOVE_RULES_CONTEXT_H

#include "base/slice.h"
#include "rules/compile.h"

#define CONTEXT_BEFORE 80u
#define CONTEXT_AFTER 40u
#define CONTEXT_HEADING 400u /* how far up a heading is looked for */
#define CONTEXT_LABEL 60u    /* a heading or label is at most so long */
#define NEGATIVE_BEFORE 28u
#define NEGATIVE_AFTER 12u

/* Fills in the parts of the score for the identifier at text[at.start, at.end); context_at is a place in
 * `text`. What a validator says comes from the caller. */
void context_score(const struct rule *rule, const struct dictionary *dictionary, struct slice text,
                   struct span at, bool is_valid, struct finding *finding);

#endif
