/* watch.h - how long the keeper waits for a child: until it answers, dies, is late, or the run must stop. */
#ifndef ALCOVE_ANALYZER_PROCESS_WATCH_H
#define ALCOVE_ANALYZER_PROCESS_WATCH_H

#include "analyzer/process/keeper.h"

enum watch_end { WATCH_NONE, WATCH_DEAD, WATCH_LATE, WATCH_STOPPED, WATCH_ALONE /* the spawner is gone */ };

struct watch {
    struct keeper *keeper;
    enum crew_child who;
    int64_t deadline_ns; /* monotonic */
    enum watch_end end;
};

/* For a document of `bytes`, from now on. */
void watch_start(struct watch *watch, struct keeper *keeper, enum crew_child who, size_t bytes);

/* For message_send and message_receive. */
bool watch_is_over(void *watch);

/* Says why the watch ended, in place of the error that the wait left. -1. */
int watch_explain(const struct watch *watch, struct error *err);

#endif
