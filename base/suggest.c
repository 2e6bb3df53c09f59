/* suggest.c - see suggest.h. */
#include "base/suggest.h"

#include "base/contract.h"

#include <ctype.h>

#define NAME_BYTES_MAX 63u

static unsigned lower(char c)
{
    return (unsigned)tolower((unsigned char)c);
}

/* Edits (insert, delete, replace, swap of neighbours) between a and b; three rows suffice. */
static size_t distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    if (la > NAME_BYTES_MAX || lb > NAME_BYTES_MAX)
        return NAME_BYTES_MAX;
    size_t rows[3][NAME_BYTES_MAX + 2];
    for (size_t j = 0; j <= lb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t cost = lower(a[i - 1]) != lower(b[j - 1]);
            now[j] = MIN(MIN(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                now[j] = MIN(now[j], before[j - 2] + 1);
        }
    }
    return rows[la % 3][lb];
}

const char *suggest_nearest(const char *given, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t best_distance = NAME_BYTES_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(given, names[i]), longer = MAX(strlen(given), strlen(names[i]));
        if (d < best_distance && d <= MAX(longer / 3, (size_t)1)) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}
