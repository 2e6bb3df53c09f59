/* progress.h - a bar with rate and time left on a terminal; nothing elsewhere unless asked for. */
#ifndef ALCOVE_BASE_PROGRESS_H
#define ALCOVE_BASE_PROGRESS_H

#include "base/contract.h"

#include <stdbool.h>
#include <stddef.h>

enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct progress;

/* `unit` in the plural ("documents"); total 0 = not known. Never fails: without memory there is no bar (NULL). */
struct progress *progress_new(enum progress_when when, const char *unit, size_t total);
void progress_step(struct progress *progress, size_t done); /* absolute count; redraws at most ten times a second */
void progress_drop(struct progress **progress);             /* clears the line */

#endif
