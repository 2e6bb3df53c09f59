/* watch.c - see watch.h. */
#include "analyzer/process/watch.h"

#include "base/clock.h"

#define NS_PER_MS 1000000
#define PARSER_MS_PER_MB 1000
#define WORKER_MS_PER_MB 60000

void watch_start(struct watch *watch, struct keeper *keeper, enum crew_child who, size_t bytes)
{
    int64_t ms = who == CREW_PARSER ? keeper->parser_ms : keeper->worker_ms;
    ms += (int64_t)(bytes >> 20) * (who == CREW_PARSER ? PARSER_MS_PER_MB : WORKER_MS_PER_MB);
    *watch =
        (struct watch){.keeper = keeper, .who = who, .deadline_ns = clock_monotonic_ns() + ms * NS_PER_MS};
}

bool watch_is_over(void *context)
{
    struct watch *w = context;
    struct crew *crew = w->keeper->crew;
    int64_t now = clock_monotonic_ns();
    if (!crew_listen(crew))
        w->end = WATCH_ALONE;
    else if (!crew->members[w->who].pid)
        w->end = WATCH_DEAD;
    else if (w->keeper->drop_at_ns && now >= w->keeper->drop_at_ns())
        w->end = WATCH_STOPPED;
    else if (now >= w->deadline_ns)
        w->end = WATCH_LATE;
    return w->end != WATCH_NONE;
}

int watch_explain(const struct watch *watch, struct error *err)
{
    const char *name = crew_child_name(watch->who);
    char how[64];
    switch (watch->end) {
    case WATCH_NONE:
        break; /* the error that the wait left says it */
    case WATCH_DEAD:
        crew_describe_death(watch->keeper->crew, watch->who, how, sizeof how);
        return error_set(err, FAULT_DOCUMENT, "the %s process %s while it had this document", name, how);
    case WATCH_LATE:
        return error_set(err, FAULT_DOCUMENT,
                         "the %s process did not finish this document in the time allowed", name);
    case WATCH_STOPPED:
        return error_set(err, FAULT_INTERRUPTED, "stopped while it was in hand");
    case WATCH_ALONE:
        return error_set(err, FAULT_TEMPORARY, "the process that starts parser and worker is gone");
    }
    return -1;
}
