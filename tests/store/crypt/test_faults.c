/* test_faults.c - every call to the disk fails in turn, or the power is cut at it: afterwards each transaction is there
 * or not, those that were reported are there, and crypt_check raises no false alarm. */
#include "tests/store/crypt/fault_vfs.h"

/* Each transaction sets the counter and rewrites pages all over; the small cache spills some of them first. */
static int transact(struct place *p, int n)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "BEGIN; INSERT INTO t VALUES(%d, randomblob(5000)); UPDATE t SET pad = randomblob(1000) WHERE id %% 3 = %d;"
             "DELETE FROM t WHERE id = %d - 6; UPDATE c SET n = %d; COMMIT",
             n, n % 3, n, n);
    int rc = run(p, sql);
    if (rc != SQLITE_OK && !sqlite3_get_autocommit(crypt_connection(p->crypt)))
        (void)run(p, "ROLLBACK");
    return rc;
}

static void make_template(struct place *p)
{
    assert_runs(p, "CREATE TABLE t(id INTEGER PRIMARY KEY, pad BLOB); CREATE TABLE c(n); INSERT INTO c VALUES(0)");
    for (int n = 1; n <= 10; n++)
        assert_int_equal(transact(p, n), SQLITE_OK);
}

/* What a process does with a store, from opening to closing, going on after failures as long as it can. Returns the
 * last transaction that was reported as done; *ret_tried is the last one begun. */
static int live(struct place *p, int first, int *ret_tried, struct error *err)
{
    int done = first - 1;
    *ret_tried = done;
    if (place_open(p, STORE_WRITE, err))
        return done;
    (void)run(p, "PRAGMA cache_size=3; PRAGMA wal_autocheckpoint=12");
    for (int n = first; n < first + 6; n++) {
        *ret_tried = n;
        if (transact(p, n) == SQLITE_OK)
            done = n;
        else
            crypt_sqlite_error(crypt_connection(p->crypt), "a transaction", err);
        if (n == first + 3) /* shrinks the file: the checkpoint truncates it */
            (void)run(p, "DELETE FROM t WHERE id < (SELECT max(id) FROM t)");
        if (n == first + 4)
            (void)run(p, "PRAGMA wal_checkpoint(TRUNCATE)");
    }
    crypt_drop(&p->crypt);
    return done;
}

/* After whatever happened: the last reported transaction or one begun after it, and nothing amiss. */
static int check_after(struct place *p, int done, int tried, const char *what, long nth)
{
    struct error err;
    if (place_open(p, STORE_WRITE, &err))
        fail_msg("%s, call %ld: does not open again: %s", what, nth, err.message);
    int rc, n = (int)number(p, "SELECT n FROM c", &rc);
    assert_int_equal(rc, SQLITE_OK);
    if (n < done || n > tried)
        fail_msg("%s, call %ld: %d was reported and %d begun, %d is there", what, nth, done, tried, n);
    if (number(p, "SELECT max(id) FROM t", NULL) != n)
        fail_msg("%s, call %ld: half a transaction", what, nth);
    if (problems(p, print_report) != 0)
        fail_msg("%s, call %ld: a false alarm", what, nth);
    assert_whole(p);
    crypt_drop(&p->crypt);
    return n;
}

static const struct sweep {
    const char *what;
    unsigned kind;
    int code;
    bool is_lasting;
} sweeps[] = {
    {"a read fails", FAULT_READ, 0, false},
    {"a write fails", FAULT_WRITE, 0, false},
    {"the disk is full once", FAULT_WRITE, SQLITE_FULL, false},
    {"the disk stays full", FAULT_WRITE, SQLITE_FULL, true},
    {"a sync fails", FAULT_SYNC, 0, false},
    {"syncs fail from then on", FAULT_SYNC, 0, true},
    {"a truncation fails", FAULT_TRUNCATE, 0, false},
    {"an opening fails", FAULT_OPEN, 0, false},
    {"a deletion fails", FAULT_DELETE, 0, false},
};

static void every_call_fails_once_and_each_transaction_is_whole_or_absent(void **state UNUSED)
{
    struct place p;
    struct error err;
    fault_vfs_install();
    place_start(&p);
    make_template(&p);
    crypt_drop(&p.crypt);
    AUTO(buffer) *template = bytes_in(p.path);
    for (size_t s = 0; s < COUNT_OF(sweeps); s++) {
        long nth = 0;
        for (bool fired = true; fired; nth++) {
            int tried, done;
            put_bytes(p.path, template);
            unlink(p.wal);
            err = (struct error){0};
            fault_arm(sweeps[s].kind, nth, sweeps[s].code, sweeps[s].is_lasting);
            done = live(&p, 11, &tried, &err);
            fired = fault_disarm();
            if (!fired && done != 16)
                fail_msg("%s: without a fault only %d is done", sweeps[s].what, done);
            if (sweeps[s].code == SQLITE_FULL && err.code != FAULT_NONE && err.code != FAULT_TEMPORARY)
                fail_msg("%s, call %ld: not a temporary fault: %s", sweeps[s].what, nth, err.message);
            check_after(&p, done, tried, sweeps[s].what, nth);
        }
        print_message("%s: %ld calls\n", sweeps[s].what, nth - 1);
        assert_true(nth > 1);
    }
    place_end(&p);
}

static void every_call_fails_once_while_a_store_is_made(void **state UNUSED)
{
    struct place p;
    struct error err;
    fault_vfs_install();
    place_start(&p);
    for (size_t s = 0; s < COUNT_OF(sweeps); s++)
        for (long nth = 0, fired = 1; fired; nth++) {
            crypt_drop(&p.crypt);
            unlink(p.path);
            unlink(p.wal);
            fault_arm(sweeps[s].kind, nth, sweeps[s].code, sweeps[s].is_lasting);
            int failed = place_open(&p, STORE_CREATE, &err);
            fired = fault_disarm();
            assert_true(!failed || fired);
            if (failed)
                assert_true(err.code == FAULT_STORE || err.code == FAULT_TEMPORARY);
            crypt_drop(&p.crypt);
            assert_ok(place_open(&p, STORE_CREATE, &err), err);
            assert_runs(&p, "CREATE TABLE t(a)");
            assert_whole(&p);
        }
    place_end(&p);
}

/* The power goes at the Nth write, sync or truncation; unsynced sectors arrive or do not. */
static void a_power_cut_at_any_write_loses_no_reported_transaction(void **state UNUSED)
{
    struct place p;
    uint64_t seed = test_seed();
    fault_vfs_install();
    place_start(&p);
    make_template(&p);
    crypt_drop(&p.crypt);
    int n = 10, status = 0;
    long nth = 0, cuts = 0;
    for (bool fired = true; fired || cuts < 60; nth = fired ? nth + 1 : 0) {
        int ends[2], progress[2] = {n, n};
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct error err;
            fault.is_power_cut = true;
            fault.seed = random_next(&seed) + (uint64_t)cuts;
            fault_arm(FAULT_WRITE | FAULT_SYNC | FAULT_TRUNCATE, nth, 0, false);
            if (place_open(&p, STORE_WRITE, &err))
                _exit(2);
            (void)run(&p, "PRAGMA cache_size=3; PRAGMA wal_autocheckpoint=12");
            for (int i = n + 1; i < n + 7; i++) {
                progress[1] = i;
                (void)!write(ends[1], progress, sizeof progress);
                if (transact(&p, i) != SQLITE_OK)
                    _exit(3);
                progress[0] = i;
                (void)!write(ends[1], progress, sizeof progress);
            }
            crypt_drop(&p.crypt);
            _exit(0);
        }
        close(ends[1]);
        while (read(ends[0], progress, sizeof progress) == sizeof progress)
            continue;
        close(ends[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 9 || WEXITSTATUS(status) == 0));
        fired = WEXITSTATUS(status) == 9;
        cuts += fired;
        /* Half of the times the next process is cut as well, before anything was checked or brought in. */
        if (cuts % 2 == 0 || !fired)
            n = check_after(&p, progress[0], progress[1], "power cut", nth);
        else {
            struct error err;
            if (place_open(&p, STORE_WRITE, &err))
                fail_msg("power cut at call %ld: does not open again: %s", nth, err.message);
            n = (int)number(&p, "SELECT n FROM c", NULL);
            assert_true(n >= progress[0] && n <= progress[1]);
            crypt_drop(&p.crypt);
        }
    }
    print_message("%ld power cuts\n", cuts);
    place_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_fails_once_and_each_transaction_is_whole_or_absent),
        cmocka_unit_test(every_call_fails_once_while_a_store_is_made),
        cmocka_unit_test(a_power_cut_at_any_write_loses_no_reported_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
