/* runs.h - inside the store room: the run that outcomes belong to. */
#ifndef ALCOVE_STORE_RUNS_H
#define ALCOVE_STORE_RUNS_H

#include "store/audit/record.h"
#include "store/state.h"

/* Makes `run` the one whose context the next records repeat. -1 with FAULT_STORE when there is none such. */
CHECKED int run_load(struct store *store, const char *run, struct error *err);

/* done, quarantined and failed as the results of the run say; the rest is 0. */
CHECKED int run_count(struct store *store, int64_t run_number, struct run_counts *ret, struct error *err);

#endif
