/* thread.c - see thread.h.
 *
 * A run is published as one 64-bit word: number of the run in the high half, indices still to be claimed in the low
 * half. A thread claims one by compare-and-swap on that word, so a worker that wakes late finds another number or
 * nothing left, and the caller waits for the indices, never for sleeping workers. Why reading the run's fields before
 * the claim is safe: they change only when every index was claimed and done, and then the word says "nothing left". (It
 * counts down for that reason: an upper bound beside the word would already be the next run's.) */
#include "base/thread.h"

#include "base/clock.h"
#include "base/limits.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>

#define SPINS_BEFORE_SLEEP 4000 /* some 20 to 80 microseconds: longer than the gaps inside a forward pass */
#define STACK_BYTES (1u << 20)

/* On a busy machine the system takes a worker off its core in the middle of an index, and the caller waits for
 * milliseconds where it works for microseconds; or it wakes a worker on the caller's own core. So a run whose wait was
 * longer than its work (and than STALL_NS) counts as stalled, and so does one that finds a worker asleep again soon
 * after it was called. The caller then does some runs alone, twice as many each time, until runs go well again. */
#define STALL_NS 50000
#define ALONE_RUNS_MIN 64u
#define ALONE_RUNS_MAX 1024u
#define GOOD_RUNS_TO_FORGET 2048u
#define RUNS_BETWEEN_CALLS 64u

typedef void work_function(void *context, size_t index);

struct pool {
    unsigned threads, started;
    int spins;
    /* the caller's: runs still to do alone, how many after the next stall, good ones since, runs since it called */
    unsigned alone_left, alone_next, good, since_call;
    pthread_t *ids; /* [started] */
    _Alignas(64) _Atomic uint64_t ticket;
    _Atomic(work_function *) work;
    _Atomic(void *) context;
    _Alignas(64) _Atomic uint32_t unfinished;
    _Alignas(64) _Atomic uint32_t sleepers, waking; /* waking: of the sleepers, those already called */
    atomic_bool is_stopping, caller_sleeps;
    pthread_mutex_t lock;
    pthread_cond_t published, finished;
};

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/* ---- cores ---- */

/* Cores that a cgroup's quota amounts to, rounded up; 0 = no limit or no such file. */
static unsigned quota_cores(const char *quota_path, const char *period_path)
{
    char text[64];
    long quota = 0, period = 0;
    FILE *f = fopen(quota_path, "re");
    if (!f)
        return 0;
    if (fgets(text, sizeof text, f)) {
        char *end;
        quota = strtol(text, &end, 10); /* "max" gives 0 */
        period = strtol(end, NULL, 10); /* version 2 has both in one file */
    }
    fclose(f);
    if (period_path && (f = fopen(period_path, "re"))) {
        if (fgets(text, sizeof text, f))
            period = strtol(text, NULL, 10);
        fclose(f);
    }
    return quota > 0 && period > 0 ? (unsigned)((quota + period - 1) / period) : 0;
}

unsigned thread_cores(void)
{
    cpu_set_t set;
    unsigned cores = 1;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        cores = (unsigned)CPU_COUNT(&set);
    static const char *const quotas[][2] = {
        {"/sys/fs/cgroup/cpu.max", NULL},
        {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us"}};
    for (size_t i = 0; i < COUNT_OF(quotas); i++) {
        unsigned quota = quota_cores(quotas[i][0], quotas[i][1]);
        if (quota)
            cores = MIN(cores, quota);
    }
    return MIN(MAX(cores, 1u), THREADS_MAX);
}

/* ---- running ---- */

/* Claims and does indices of run `number` until none is left. */
static void take_part(struct pool *p, uint32_t number)
{
    uint64_t ticket = atomic_load_explicit(&p->ticket, memory_order_acquire);
    while (ticket >> 32 == number && (uint32_t)ticket > 0) {
        work_function *work = atomic_load_explicit(&p->work, memory_order_relaxed);
        void *context = atomic_load_explicit(&p->context, memory_order_relaxed);
        if (!atomic_compare_exchange_weak_explicit(&p->ticket, &ticket, ticket - 1, memory_order_acq_rel,
                                                   memory_order_acquire))
            continue;
        work(context, (uint32_t)ticket - 1);
        if (atomic_fetch_sub(&p->unfinished, 1) == 1 && atomic_load(&p->caller_sleeps)) {
            pthread_mutex_lock(&p->lock);
            pthread_cond_signal(&p->finished);
            pthread_mutex_unlock(&p->lock);
        }
        ticket = atomic_load_explicit(&p->ticket, memory_order_acquire);
    }
}

static uint32_t run_number(struct pool *p)
{
    return (uint32_t)(atomic_load(&p->ticket) >> 32);
}

/* Waits for a run other than `seen`; returns its number, or `seen` when the pool stops. */
static uint32_t wait_for_run(struct pool *p, uint32_t seen)
{
    for (int i = 0; i < p->spins; i++) {
        uint32_t number = run_number(p);
        if (number != seen)
            return number;
        pause_briefly();
    }
    pthread_mutex_lock(&p->lock);
    atomic_fetch_add(&p->sleepers, 1); /* before the look below: the publisher looks in the opposite order */
    while (run_number(p) == seen && !atomic_load(&p->is_stopping))
        pthread_cond_wait(&p->published, &p->lock);
    atomic_fetch_sub(&p->sleepers, 1);
    if (atomic_load(&p->waking) > 0)
        atomic_fetch_sub(&p->waking, 1);
    pthread_mutex_unlock(&p->lock);
    return run_number(p);
}

static void *worker(void *argument)
{
    struct pool *p = argument;
    uint32_t seen = 0;
    while (!atomic_load(&p->is_stopping)) {
        uint32_t number = wait_for_run(p, seen);
        if (number != seen)
            take_part(p, number);
        seen = number;
    }
    return NULL;
}

/* True if it had to wait longer than the spin. */
static bool wait_until_done(struct pool *p)
{
    for (int i = 0; i < p->spins; i++) {
        if (atomic_load_explicit(&p->unfinished, memory_order_acquire) == 0)
            return false;
        pause_briefly();
    }
    pthread_mutex_lock(&p->lock);
    atomic_store(&p->caller_sleeps, true);
    while (atomic_load(&p->unfinished) != 0)
        pthread_cond_wait(&p->finished, &p->lock);
    atomic_store(&p->caller_sleeps, false);
    pthread_mutex_unlock(&p->lock);
    return true;
}

static void go_alone(struct pool *p)
{
    p->alone_left = p->alone_next;
    p->alone_next = MIN(2 * p->alone_next, ALONE_RUNS_MAX);
    p->good = 0;
    p->since_call = RUNS_BETWEEN_CALLS;
}

/* Whether this run is the caller's alone. */
static bool is_run_alone(struct pool *p, size_t count)
{
    if (!p || p->started == 0 || count < 2)
        return true;
    if (p->alone_left > 0) {
        p->alone_left--;
        return true;
    }
    if (atomic_load(&p->sleepers) > atomic_load(&p->waking) && p->since_call < RUNS_BETWEEN_CALLS && p->spins) {
        go_alone(p);
        return true;
    }
    p->since_call += p->since_call < RUNS_BETWEEN_CALLS;
    return false;
}

/* Learns from a run: `work_ns` the caller's own part, `wait_ns` what it then waited. */
static void judge_run(struct pool *p, int64_t work_ns, int64_t wait_ns)
{
    if (wait_ns > STALL_NS && wait_ns > work_ns) {
        go_alone(p);
    } else if (++p->good == GOOD_RUNS_TO_FORGET) {
        p->alone_next = ALONE_RUNS_MIN;
        p->good = 0;
    }
}

void pool_run(struct pool *p, size_t count, work_function *work, void *context)
{
    if (is_run_alone(p, count)) {
        for (size_t i = 0; i < count; i++)
            work(context, i);
        return;
    }
    assert(count <= UINT32_MAX);
    uint32_t number = run_number(p) + 1;
    int64_t start = clock_monotonic_ns();
    atomic_store_explicit(&p->work, work, memory_order_relaxed);
    atomic_store_explicit(&p->context, context, memory_order_relaxed);
    atomic_store_explicit(&p->unfinished, (uint32_t)count, memory_order_relaxed);
    atomic_store(&p->ticket, (uint64_t)number << 32 | (uint32_t)count);
    if (atomic_load(&p->sleepers) > atomic_load(&p->waking)) { /* calling again one who waits for a core costs us ours */
        pthread_mutex_lock(&p->lock);
        atomic_store(&p->waking, atomic_load(&p->sleepers));
        p->since_call = 0;
        pthread_cond_broadcast(&p->published);
        pthread_mutex_unlock(&p->lock);
    }
    take_part(p, number);
    int64_t done = clock_monotonic_ns();
    judge_run(p, done - start, wait_until_done(p) ? clock_monotonic_ns() - done : 0);
}

/* ---- life ---- */

/* Starts the workers with all signals blocked, so that they reach the thread that knows what to do about them. */
static int start_workers(struct pool *p, struct error *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int failed = 0;
    while (!failed && p->started + 1 < p->threads) {
        failed = pthread_create(&p->ids[p->started], &attributes, worker, p);
        p->started += !failed;
    }
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? error_set(err, FAULT_TEMPORARY, "a thread cannot be started: %s", strerror(failed)) : 0;
}

int pool_new(struct pool **ret, unsigned threads, struct error *err)
{
    unsigned cores = thread_cores();
    threads = MIN(threads ? threads : cores, THREADS_MAX);
    AUTO(pool) *p = aligned_alloc(64, (sizeof *p + 63) / 64 * 64);
    if (!p)
        return error_memory(err);
    memset(p, 0, sizeof *p);
    p->threads = threads;
    p->alone_next = ALONE_RUNS_MIN;
    p->since_call = RUNS_BETWEEN_CALLS;
    p->spins = threads <= cores ? SPINS_BEFORE_SLEEP : 0; /* with more threads than cores, spinning starves the rest */
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->published, NULL);
    pthread_cond_init(&p->finished, NULL);
    p->ids = calloc(threads, sizeof *p->ids);
    if (!p->ids)
        return error_memory(err);
    if (start_workers(p, err))
        return -1;
    *ret = TAKE(p);
    return 0;
}

void pool_drop(struct pool **pool)
{
    struct pool *p = *pool;
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    atomic_store(&p->is_stopping, true);
    pthread_cond_broadcast(&p->published);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->started; i++)
        pthread_join(p->ids[i], NULL);
    pthread_cond_destroy(&p->finished);
    pthread_cond_destroy(&p->published);
    pthread_mutex_destroy(&p->lock);
    free(p->ids);
    free(p);
    *pool = NULL;
}

unsigned pool_threads(const struct pool *pool)
{
    return pool ? pool->threads : 1;
}
