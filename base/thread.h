/* thread.h - a pool for data-parallel loops. The work is split by output only, so results do not depend on the
 * number of threads.
 *
 * Workers spin briefly and then sleep, so more threads than cores do not hurt; where the machine is busy and waiting for
 * workers costs more than they give, the caller works alone for a while. Made before a sandbox closes (clone is
 * refused afterwards) and after the fork (threads do not survive one). */
#ifndef ALCOVE_BASE_THREAD_H
#define ALCOVE_BASE_THREAD_H

#include "base/contract.h"
#include "base/error.h"

struct pool;

/* Cores this process may use: the affinity mask and the cgroup's quota, at least 1. */
unsigned thread_cores(void);

/* A pool of `threads` (the caller's included, so threads - 1 are started). 0 = thread_cores(). */
CHECKED int pool_new(struct pool **ret, unsigned threads, struct error *err);
void pool_drop(struct pool **pool);
unsigned pool_threads(const struct pool *pool);

/* Calls work(context, index) once for every index in [0, count), from any of the threads, in any order; returns when
 * all are done. Not to be called from inside `work`. A NULL pool runs in the caller alone. */
void pool_run(struct pool *pool, size_t count, void (*work)(void *context, size_t index), void *context);

#endif
