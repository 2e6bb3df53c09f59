/* lookup.c - see lookup.h. */
#include "models/decode/lookup.h"

#define MATCH_MAX 3u /* a longer match first: it guesses better */
#define MATCH_MIN 2u

size_t lookup_draft(const token *ids, size_t count, token *ret, size_t max)
{
    for (size_t match = MATCH_MAX; match >= MATCH_MIN; match--) {
        if (count <= match)
            continue;
        const token *tail = ids + count - match;
        for (size_t end = count; end-- > match;) { /* the latest place first; ids[end - match, end) is compared */
            if (memcmp(ids + end - match, tail, match * sizeof *ids) != 0)
                continue;
            size_t found = MIN(max, count - end);
            memcpy(ret, ids + end, found * sizeof *ids);
            return found;
        }
    }
    return 0;
}
