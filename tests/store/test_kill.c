/* test_kill.c - a writer is killed at random moments: what it was told is committed, is there; the log
 * verifies; the next writer goes on. */
#include "tests/store/fixture.h"

#include <signal.h>
#include <sys/wait.h>

#define ROUNDS 10

/* Commits documents until killed, telling each leaf only after its commit. */
static void write_until_killed(struct world *w, int tell)
{
    struct error err;
    char run[33], name[32];
    if (world_open(w, STORE_WRITE, &err))
        _exit(2);
    run_start(w, "clinical-note", DIGEST_A, run);
    for (unsigned i = 0;; i++) {
        uint64_t leaf;
        snprintf(name, sizeof name, "note-%u.txt", i);
        struct outcome o = outcome_of(w, name, "[NAME_1] was seen, and more than a little was written down.");
        if (store_commit(w->store, run, &o, &leaf, &err) || write(tell, &leaf, sizeof leaf) != sizeof leaf)
            _exit(3);
        AUTO(buffer) *note = NULL;
        if (i % 5 == 4 && (buffer_new(&note, NOTE_BYTES_MAX, &err) || audit_checkpoint(w->store, note, &err)))
            _exit(4);
    }
}

/* Kills it some milliseconds after its first commit; the last leaf that it told of. */
static uint64_t kill_a_writer(struct world *w, uint64_t *seed)
{
    int tell[2];
    uint64_t last = 0, leaf;
    assert_int_equal(pipe(tell), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(tell[0]);
        write_until_killed(w, tell[1]);
    }
    close(tell[1]);
    assert_int_equal(read(tell[0], &last, sizeof last), sizeof last);
    usleep((useconds_t)(random_next(seed) % 40000));
    kill(child, SIGKILL);
    while (read(tell[0], &leaf, sizeof leaf) == sizeof leaf)
        last = leaf;
    close(tell[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return last;
}

static void a_killed_writer_loses_nothing_it_told_of(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    uint64_t seed = test_seed();
    world_start(&w);
    store_drop(&w.store);
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t last = kill_a_writer(&w, &seed);
        assert_ok(world_open(&w, i % 2 ? STORE_READ : STORE_WRITE, &err), err);
        assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
        assert_true(verdict.size > last);
        assert_true(verdict.results_rehashed == verdict.counts.done);
        store_drop(&w.store);
        assert_ok(world_open(&w, STORE_WRITE, &err), err);
        run_of(&w, 1);
        assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
        store_drop(&w.store);
    }
    print_message("%llu records after %d kills\n", (unsigned long long)verdict.size, ROUNDS);
    scratch_drop(w.folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_killed_writer_loses_nothing_it_told_of)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
