/* signals.h - SIGTERM and SIGINT end a run in order: what is committed stays, the next run goes on from
 * there.
 *
 *   SIGTERM (a scheduler)  the document in hand is finished if it is within 10 s, else dropped whole; exit 75
 *   SIGINT (Ctrl-C)        the document in hand is dropped; exit 130 */
#ifndef ALCOVE_ANALYZER_RUN_SIGNALS_H
#define ALCOVE_ANALYZER_RUN_SIGNALS_H

#include "base/contract.h"
#include "base/error.h"

#include <stdint.h>

/* Installs the handlers; SIGPIPE is ignored from here on (a closed stdout is an error like any other). */
CHECKED int signals_catch(struct error *err);

/* For a command that has nothing to save: both end it at once, with 75 and 130. SIGPIPE is ignored. */
void signals_exit(void);

/* FAULT_NONE, FAULT_TEMPORARY (SIGTERM) or FAULT_INTERRUPTED (SIGINT). */
enum fault signals_seen(void);
bool signals_any(void);

/* Monotonic time from which the document in hand is dropped; INT64_MAX while there was no signal. */
int64_t signals_drop_at_ns(void);

/* Becomes readable with the first signal: for poll(2). */
int signals_fd(void);

#endif
