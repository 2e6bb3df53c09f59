/* redacted_make.h - makes a redacted_text. For analyzer/redact alone (see redacted.h). */
#ifndef ALCOVE_BASE_REDACTED_MAKE_H
#define ALCOVE_BASE_REDACTED_MAKE_H

#include "base/error.h"
#include "base/redacted.h"

/* Copies `text`, which the caller vouches for. 0, or -1 with FAULT_TEMPORARY. */
CHECKED int redacted_text_make(struct redacted_text **ret, struct slice text, struct error *err);

#endif
