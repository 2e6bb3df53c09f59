/* consistency.c - see consistency.h. */
#include "analyzer/redact/consistency.h"

#include "base/limits.h"

#include <stdlib.h>

struct marking {
    const struct mark *known;
    size_t known_count, passed; /* known marks that end before the hits to come */
    struct mark *marks;
    size_t count, capacity;
};

static int grow(struct marking *m, struct error *err)
{
    size_t capacity = m->capacity * 2;
    if (m->count >= SPANS_MAX)
        return error_set(err, FAULT_DOCUMENT, "more than %u identifiers in one document", SPANS_MAX);
    struct mark *marks = realloc(m->marks, capacity * sizeof *marks);
    if (!marks)
        return error_memory(err);
    m->marks = marks;
    m->capacity = capacity;
    return 0;
}

/* Hits come in order of their ends, so one pointer walks along the known marks. */
static int add_hit(void *context, const struct leak_hit *hit, struct error *err)
{
    struct marking *m = context;
    while (m->passed < m->known_count && m->known[m->passed].end < hit->at.end)
        m->passed++;
    if (m->passed < m->known_count && m->known[m->passed].start <= hit->at.start)
        return 0;
    if (m->count == m->capacity && grow(m, err))
        return -1;
    m->marks[m->count++] = (struct mark){.start = hit->at.start,
                                         .end = hit->at.end,
                                         .label = hit->source->label,
                                         .rule_id = CONSISTENCY_RULE,
                                         .score = hit->source->score,
                                         .is_whole = true};
    return 0;
}

int consistency_mark(const struct leak_set *set, struct slice text, const struct mark *known, size_t count,
                     struct mark **ret, size_t *ret_count, struct error *err)
{
    struct marking m = {.known = known, .known_count = count, .count = count, .capacity = MAX(count * 2, 16)};
    m.marks = calloc(m.capacity, sizeof *m.marks);
    if (!m.marks)
        return error_memory(err);
    if (count)
        memcpy(m.marks, known, count * sizeof *known);
    if (leak_set_find(set, text, add_hit, &m, err)) {
        free(m.marks);
        return -1;
    }
    *ret = m.marks;
    *ret_count = marks_resolve(m.marks, m.count);
    return 0;
}
