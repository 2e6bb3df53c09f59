/* test_kill.c - killed at any moment, a store has every commit that was reported and raises no false alarm.
 * ALCOVE_KILL_ROUNDS: how often (10). */
#include "tests/store/crypt/file_fixture.h"

#include <signal.h>
#include <time.h>

/* Commits numbered rows from `next` on, with updates and deletes, and reports each commit. */
static void work(struct place *p, long long next, int report)
{
    must(p, "PRAGMA wal_autocheckpoint=15; PRAGMA cache_size=20");
    for (;; next++) {
        char sql[600];
        snprintf(sql, sizeof sql,
                 "BEGIN; INSERT INTO t VALUES(%lld, randomblob(200 + abs(random()) %% 6000));"
                 "UPDATE t SET pad = randomblob(300) WHERE id > %lld - 8 AND id %% 3 = 0;"
                 "DELETE FROM gone; INSERT INTO gone SELECT id, pad FROM t WHERE id = %lld;"
                 "UPDATE last SET n = %lld; COMMIT",
                 next, next, next, next);
        must(p, sql);
        if (write(report, &next, sizeof next) != sizeof next)
            _exit(6);
    }
}

/* The last number that was reported before the pipe closed. */
static long long last_reported(int fd, long long before)
{
    long long n;
    while (read(fd, &n, sizeof n) == sizeof n)
        before = n;
    return before;
}

static void pause_us(uint64_t us)
{
    struct timespec t = {(time_t)(us / 1000000), (long)(us % 1000000 * 1000)};
    nanosleep(&t, NULL);
}

static void kill_one(struct place *p, uint64_t *seed, long long *reported)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct error err;
        close(ends[0]);
        if (place_open(p, STORE_WRITE, &err))
            _exit(2);
        work(p, *reported + 1, ends[1]);
    }
    close(ends[1]);
    pause_us(2000 + random_next(seed) % 120000);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it did not end by itself: no statement failed, no opening was refused */
    *reported = last_reported(ends[0], *reported);
    close(ends[0]);
}

static void a_killed_writer_loses_no_reported_commit(void **state UNUSED)
{
    const char *given = getenv("ALCOVE_KILL_ROUNDS");
    long rounds = given ? strtol(given, NULL, 10) : 10;
    struct place p;
    struct error err;
    uint64_t seed = test_seed();
    long long reported = 0;
    unsigned in_progress = 0, with_log = 0;
    place_start(&p);
    assert_runs(&p, "CREATE TABLE t(id INTEGER PRIMARY KEY, pad BLOB); CREATE TABLE gone(id, pad);"
                    "CREATE TABLE last(n); INSERT INTO last VALUES(0)");
    for (long i = 0; i < rounds; i++) {
        crypt_drop(&p.crypt);
        kill_one(&p, &seed, &reported);
        assert_ok(place_open(&p, STORE_WRITE, &err), err);
        in_progress += p.crypt->looks[0] == HEADER_SOUND && p.crypt->found[0] != p.crypt->found[1];
        with_log += p.crypt->was_left_open;
        int64_t there = number(&p, "SELECT n FROM last", NULL);
        if (there < reported || there > reported + 1)
            fail_msg("round %ld: %lld was reported, %lld is there", i, reported, (long long)there);
        assert_int_equal(number(&p, "SELECT count(*) FROM t", NULL), there);
        assert_int_equal(number(&p, "SELECT coalesce(max(id), 0) FROM t", NULL), there);
        assert_whole(&p);
        reported = there;
        if (there > 400) { /* keep it small: checkpoints and checks stay short */
            assert_runs(&p, "DELETE FROM t; UPDATE last SET n = 0");
            reported = 0;
        }
    }
    print_message("%ld rounds: %u left a log, %u were killed between the header copies\n", rounds, with_log, in_progress);
    place_end(&p);
}

/* The same while the store is being made. */
static void a_killed_creation_leaves_no_store_or_a_whole_one(void **state UNUSED)
{
    const char *given = getenv("ALCOVE_KILL_ROUNDS");
    long rounds = given ? strtol(given, NULL, 10) : 10;
    struct place p;
    struct error err;
    uint64_t seed = test_seed();
    place_start(&p);
    for (long i = 0; i < rounds; i++) {
        int status;
        crypt_drop(&p.crypt);
        unlink(p.path);
        unlink(p.wal);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            (void)!place_open(&p, STORE_CREATE, &err);
            pause();
        }
        pause_us(random_next(&seed) % 20000);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_ok(place_open(&p, STORE_CREATE, &err), err);
        assert_runs(&p, "CREATE TABLE t(a)");
        assert_whole(&p);
    }
    place_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_writer_loses_no_reported_commit),
        cmocka_unit_test(a_killed_creation_leaves_no_store_or_a_whole_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
