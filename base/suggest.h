/* suggest.h - "did you mean": the nearest of some names. */
#ifndef ALCOVE_BASE_SUGGEST_H
#define ALCOVE_BASE_SUGGEST_H

#include <stddef.h>

/* The name nearest to `given` by optimal string alignment distance (case ignored), or NULL when none is near enough
 * to be a slip: distance at most a third of the longer length, at least 1. Borrowed from `names`. */
const char *suggest_nearest(const char *given, const char *const *names, size_t count);

#endif
