/* test_thread.c - the pool: every index once, whatever the threads, with rests between the runs. */
#include "tests/support/support.h"

#include "base/thread.h"

#include <stdatomic.h>

#define INDICES_MAX 1000

struct tally {
    _Atomic unsigned times[INDICES_MAX];
    _Atomic size_t outside;
};

static void count_index(void *context, size_t index)
{
    struct tally *t = context;
    if (index < INDICES_MAX)
        atomic_fetch_add(&t->times[index], 1);
    else
        atomic_fetch_add(&t->outside, 1);
}

static void assert_each_once(const struct tally *t, size_t count)
{
    assert_int_equal(t->outside, 0);
    for (size_t i = 0; i < INDICES_MAX; i++)
        assert_int_equal(t->times[i], i < count);
}

static void every_index_is_done_once_before_run_returns(void **state UNUSED)
{
    static const size_t counts[] = {0, 1, 2, 3, 7, 64, INDICES_MAX};
    for (unsigned threads = 1; threads <= 8; threads++) {
        struct error err;
        AUTO(pool) *pool = NULL;
        assert_ok(pool_new(&pool, threads, &err), err);
        assert_int_equal(pool_threads(pool), threads);
        for (int round = 0; round < 20; round++)
            for (size_t i = 0; i < COUNT_OF(counts); i++) {
                struct tally tally = {0};
                pool_run(pool, counts[i], count_index, &tally);
                assert_each_once(&tally, counts[i]);
            }
    }
}

static void workers_that_went_to_sleep_wake_again(void **state UNUSED)
{
    struct error err;
    AUTO(pool) *pool = NULL;
    assert_ok(pool_new(&pool, 3, &err), err);
    for (int round = 0; round < 20; round++) {
        struct tally tally = {0};
        pool_run(pool, 100, count_index, &tally);
        assert_each_once(&tally, 100);
        usleep(2000);
    }
}

static void no_pool_means_the_caller_alone(void **state UNUSED)
{
    struct tally tally = {0};
    pool_run(NULL, 10, count_index, &tally);
    assert_each_once(&tally, 10);
    assert_int_equal(pool_threads(NULL), 1);
}

static void zero_threads_means_the_cores_we_may_use(void **state UNUSED)
{
    struct error err;
    AUTO(pool) *pool = NULL;
    assert_true(thread_cores() >= 1);
    assert_ok(pool_new(&pool, 0, &err), err);
    assert_int_equal(pool_threads(pool), thread_cores());
}

/* Runs of different lengths follow each other at once: a worker late for one must not take part of the next. */
static void short_and_long_runs_in_a_row_do_not_mix(void **state UNUSED)
{
    struct error err;
    uint64_t random = test_seed();
    AUTO(pool) *pool = NULL;
    assert_ok(pool_new(&pool, 4, &err), err);
    for (int round = 0; round < 20000; round++) {
        struct tally tally = {0};
        size_t count = 2 + random_next(&random) % 9;
        pool_run(pool, count, count_index, &tally);
        for (size_t i = 0; i < 12; i++)
            assert_int_equal(tally.times[i], i < count);
    }
}

struct chain {
    uint64_t value[2][64]; /* each run reads what the run before wrote, on whatever thread */
    int from;
};

static void step(void *context, size_t index)
{
    struct chain *c = context;
    c->value[!c->from][index] = c->value[c->from][index] * 31 + c->value[c->from][(index + 1) % 64];
}

static void a_run_sees_what_the_run_before_wrote(void **state UNUSED)
{
    struct error err;
    struct chain alone = {0}, many = {0};
    for (uint64_t i = 0; i < 64; i++)
        alone.value[0][i] = many.value[0][i] = i + 1;
    AUTO(pool) *pool = NULL;
    assert_ok(pool_new(&pool, 4, &err), err);
    for (int i = 0; i < 2000; i++) {
        pool_run(NULL, 64, step, &alone);
        pool_run(pool, 64, step, &many);
        alone.from = !alone.from;
        many.from = !many.from;
    }
    assert_memory_equal(alone.value, many.value, sizeof alone.value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_is_done_once_before_run_returns),
        cmocka_unit_test(workers_that_went_to_sleep_wake_again),
        cmocka_unit_test(short_and_long_runs_in_a_row_do_not_mix),
        cmocka_unit_test(no_pool_means_the_caller_alone),
        cmocka_unit_test(zero_threads_means_the_cores_we_may_use),
        cmocka_unit_test(a_run_sees_what_the_run_before_wrote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
