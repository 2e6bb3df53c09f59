/* resolve.c - see resolve.h. */
#include "analyzer/redact/resolve.h"

#include <stdlib.h>

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int by_place(const void *left, const void *right)
{
    const struct mark *a = left, *b = right;
    int order = ORDER(a->start, b->start);
    order = order ? order : ORDER(b->end, a->end);
    order = order ? order : ORDER(b->score, a->score);
    order = order ? order : ORDER(a->label, b->label);
    return order ? order : ORDER(b->finding != NULL, a->finding != NULL);
}

/* How much of the union a mark explains, by its score. */
static double weight(const struct mark *m, size_t bytes)
{
    return (double)m->score * (double)(m->end - m->start) / (double)bytes;
}

static struct mark join(const struct mark *group, size_t count, size_t end)
{
    const struct mark *best = group;
    size_t bytes = end - group->start;
    for (size_t i = 1; i < count; i++) {
        double gain = weight(&group[i], bytes) - weight(best, bytes);
        if (gain > 0 || (gain == 0 && group[i].score > best->score))
            best = &group[i];
    }
    struct mark joined = *best;
    joined.is_whole = best->is_whole && best->start == group->start && best->end == end;
    joined.start = group->start;
    joined.end = end;
    return joined;
}

size_t marks_resolve(struct mark *marks, size_t count)
{
    size_t kept = 0;
    qsort(marks, count, sizeof *marks, by_place);
    for (size_t i = 0; i < count;) {
        size_t end = marks[i].end, next = i + 1;
        for (; next < count && marks[next].start < end; next++)
            end = marks[next].end > end ? marks[next].end : end;
        if (end > marks[i].start)
            marks[kept++] = join(marks + i, next - i, end);
        i = next;
    }
    return kept;
}
