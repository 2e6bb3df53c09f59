/* test_faults.c - SQLite runs out of memory at every single allocation in turn: a document is committed
 * whole, with its record, or not at all, and the store still verifies. */
#include "tests/store/fixture.h"

#include <sys/resource.h>

static sqlite3_mem_methods real;
static long long countdown = -1; /* allocations until one fails; -1 = never */
static bool has_fired;

static bool fails(void)
{
    if (countdown < 0 || countdown-- > 0)
        return false;
    countdown = -1;
    has_fired = true;
    return true;
}

static void *take(int bytes)
{
    return fails() ? NULL : real.xMalloc(bytes);
}

static void *retake(void *old, int bytes)
{
    return fails() ? NULL : real.xRealloc(old, bytes);
}

static int intercept(void **state UNUSED)
{
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real), SQLITE_OK);
    sqlite3_mem_methods ours = real;
    ours.xMalloc = take;
    ours.xRealloc = retake;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours), SQLITE_OK);
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK); /* every allocation is seen */
    return 0;
}

static uint64_t count_of(struct world *w, const char *sql)
{
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(w->store->db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    uint64_t count = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return count;
}

static void a_commit_without_memory_leaves_nothing_or_all(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    char run[33], name[32];
    uint64_t leaf, done = 0;
    unsigned refused = 0;
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, run);
    bool fired = true;
    for (long long nth = 0; fired; nth++) {
        snprintf(name, sizeof name, "%lld", nth);
        struct outcome o =
            outcome_of(&w, name, "text of some length, so that a page is not enough for all of them");
        uint64_t leaves = w.store->tree.size;
        countdown = nth;
        has_fired = false;
        int failed = store_commit(w.store, run, &o, &leaf, &err);
        countdown = -1;
        fired = has_fired;
        assert_true(failed == 0 || fired); /* fails only for cause; SQLite may absorb one */
        done += failed == 0;
        refused += failed != 0;
        if (failed)
            assert_int_equal(err.code, FAULT_TEMPORARY);
        assert_int_equal(w.store->tree.size, leaves + (failed == 0));
        assert_int_equal(count_of(&w, "SELECT count(*) FROM results"), done);
        assert_int_equal(count_of(&w, "SELECT count(*) FROM spans"), 2 * done);
        assert_int_equal(count_of(&w, "SELECT count(*) FROM documents"), done);
    }
    assert_true(refused > 0);
    print_message("%u allocations refused\n", refused);
    assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
    assert_int_equal(verdict.results_rehashed, done);
    world_reopen(&w, STORE_WRITE);
    assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
    world_end(&w);
}

/* The end of a run without memory: no end, or an end that is signed and anchored, at the latest by the next
 * opening. */
static void the_end_of_a_run_without_memory_can_be_repeated(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    world_start(&w);
    bool fired = true;
    for (long long nth = 0; fired; nth += 7) {
        char run[33];
        AUTO(buffer) *note = NULL;
        assert_ok(buffer_new(&note, NOTE_BYTES_MAX, &err), err);
        run_start(&w, "clinical-note", DIGEST_A, run);
        countdown = nth;
        has_fired = false;
        struct run_counts counts = {0};
        int failed = store_run_end(w.store, run, &counts, "completed", note, &err);
        countdown = -1;
        fired = has_fired;
        assert_true(failed == 0 || fired);
        assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
        assert_int_equal(verdict.size, w.store->tree.size);
    }
    world_reopen(&w, STORE_WRITE);
    assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
    world_end(&w);
}

/* A store opened for writing with 0, 1, 2... descriptors left: it passes by itself, so it is no damage. */
static void a_store_that_finds_no_descriptor_may_be_tried_again(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct rlimit before, few;
    struct audit_verdict verdict;
    unsigned refusals = 0;
    world_start(&w);
    run_of(&w, 1);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (bool is_open = false; !is_open;) {
        store_drop(&w.store);
        int lowest = dup(STDERR_FILENO);
        assert_true(lowest > 0);
        close(lowest);
        few = (struct rlimit){(rlim_t)lowest + refusals, before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        is_open = world_open(&w, STORE_WRITE, &err) == 0;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        if (!is_open) {
            assert_int_equal(err.code, FAULT_TEMPORARY);
            refusals++;
        }
        assert_true(refusals < 20);
    }
    assert_true(refusals >= 2); /* the store and its log at least */
    assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_commit_without_memory_leaves_nothing_or_all),
        cmocka_unit_test(the_end_of_a_run_without_memory_can_be_repeated),
        cmocka_unit_test(a_store_that_finds_no_descriptor_may_be_tried_again),
    };
    return cmocka_run_group_tests(tests, intercept, NULL);
}
