/* operator_text.h - the operator's own words (labels, instructions, examples, the phrases built in here) as
 * text that a model may be given. What comes from a document never passes through here. */
#ifndef ALCOVE_ANALYZER_STEPS_OPERATOR_TEXT_H
#define ALCOVE_ANALYZER_STEPS_OPERATOR_TEXT_H

#include "base/contract.h"
#include "base/error.h"
#include "base/redacted.h"

CHECKED int operator_text(struct redacted_text **ret, const char *text, struct error *err);

/* The text after `prefix`: " " + "Cardiology". */
CHECKED int operator_text_joined(struct redacted_text **ret, const char *prefix, const char *text,
                                 struct error *err);

#endif
