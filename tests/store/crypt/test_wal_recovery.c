/* test_wal_recovery.c - after a crash every commit is there: the traps of page encryption below a write-ahead log. */
#include "tests/store/crypt/file_fixture.h"

#include <fcntl.h>

static void must_work(int rc)
{
    if (rc != SQLITE_OK)
        _exit(4);
}

static void twenty_commits(struct place *p)
{
    must(p, "PRAGMA wal_autocheckpoint=0; CREATE TABLE t(id INTEGER PRIMARY KEY, a BLOB)");
    for (int i = 0; i < 20; i++)
        must(p, "INSERT INTO t(a) VALUES(randomblob(3000))");
}

/* Pitfall 1: recovery sums the reserved tail of every page; were it not zeros, the whole log would go unread. */
static void the_reserved_tail_reads_as_zeros_so_that_commits_survive_a_crash(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    in_a_crashing_child(&p, twenty_commits);
    AUTO(buffer) *file = bytes_in(p.path);
    assert_int_equal(pages_in(file), 1); /* nothing was brought in: the log alone has the rows */
    assert_ok(place_open(&p, STORE_WRITE, &err), err);
    assert_int_equal(number(&p, "SELECT count(*) FROM t WHERE length(a) = 3000", NULL), 20);
    assert_whole(&p);
    place_end(&p);
}

static void spill_and_vanish(struct place *p)
{
    twenty_commits(p);
    must(p, "PRAGMA cache_size=5; BEGIN; UPDATE t SET a = randomblob(3001)");
    for (int i = 0; i < 50; i++)
        must(p, "INSERT INTO t(a) VALUES(randomblob(3001))");
}

static void an_uncommitted_transaction_is_gone_after_a_crash_though_it_was_spilled(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    in_a_crashing_child(&p, spill_and_vanish);
    AUTO(buffer) *log = bytes_in(p.wal);
    assert_true(log->bytes > 60 * PAGE_BYTES); /* it was indeed spilled */
    assert_ok(place_open(&p, STORE_WRITE, &err), err);
    assert_int_equal(number(&p, "SELECT count(*) FROM t", NULL), 20);
    assert_int_equal(number(&p, "SELECT count(*) FROM t WHERE length(a) = 3001", NULL), 0);
    assert_whole(&p);
    place_end(&p);
}

/* Partial reads of overflow chains go to the file directly (SQLITE_DIRECT_OVERFLOW_READ), once the log is empty. */
static void pitfall_3_partial_reads_of_overflow_pages_are_whole_pages_cut_to_size(void **state UNUSED)
{
    struct place p;
    place_start(&p);
    assert_runs(&p, "CREATE TABLE t(id INTEGER PRIMARY KEY, a BLOB)");
    assert_runs(&p, "INSERT INTO t(a) VALUES(CAST(replace(hex(zeroblob(50000)), '00', 'abcdefghij') AS BLOB))");
    place_reopen(&p);
    sqlite3_blob *blob = NULL;
    assert_int_equal(sqlite3_blob_open(crypt_connection(p.crypt), "main", "t", "a", 1, 0, &blob), SQLITE_OK);
    assert_int_equal(sqlite3_blob_bytes(blob), 500000);
    uint64_t seed = test_seed();
    for (int i = 0; i < 300; i++) {
        char got[9000];
        int at = (int)(random_next(&seed) % 490000), bytes = 1 + (int)(random_next(&seed) % (sizeof got - 1));
        assert_int_equal(sqlite3_blob_read(blob, got, bytes, at), SQLITE_OK);
        for (int k = 0; k < bytes; k++)
            if (got[k] != 'a' + (at + k) % 10)
                fail_msg("byte %d is %d", at + k, got[k]);
    }
    sqlite3_blob_close(blob);
    place_end(&p);
}

static int read_nothing(sqlite3_file *file UNUSED, void *to UNUSED, int bytes UNUSED, sqlite3_int64 at UNUSED)
{
    return SQLITE_OK;
}

/* Shapes that SQLite does not have are errors, in the log as in the file; a body is never passed on as it lies there. */
static void pitfall_3_unknown_shapes_in_the_log_are_errors(void **state UNUSED)
{
    static const sqlite3_io_methods methods = {.iVersion = 1, .xRead = read_nothing};
    static char to[2 * PAGE_BYTES];
    sqlite3_file file = {&methods};
    struct error err;
    AUTO(secret) *key = NULL;
    struct wal wal = {0};
    static const unsigned char id[DATABASE_ID_BYTES];
    assert_ok(secret_random(&key, 32, &err), err);
    assert_ok(wal_make(&wal, key, id, &err), err);
    const int frame = FRAME_HEADER_BYTES + (int)PAGE_BYTES;
    static const struct { int bytes, at; } unknown[] = {
        {31, 0}, {33, 0}, {4, 0}, {8, 20}, {8, 28}, {16, 24}, {100, WAL_HEADER_BYTES}, {25, WAL_HEADER_BYTES},
        {8, WAL_HEADER_BYTES + 20}, {100, WAL_HEADER_BYTES + 24}, {PAGE_BYTES, WAL_HEADER_BYTES + 23},
        {PAGE_BYTES, WAL_HEADER_BYTES + 25}, {PAGE_BYTES, WAL_HEADER_BYTES}, {2 * PAGE_BYTES, WAL_HEADER_BYTES + 24},
        {0, WAL_HEADER_BYTES}, {-1, WAL_HEADER_BYTES}};
    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        assert_int_equal(wal_read(&wal, &file, PAGE_BYTES, to, unknown[i].bytes, unknown[i].at), SQLITE_IOERR_READ);
    static const struct { int bytes, at; } writes[] = {
        {31, 0}, {8, 24}, {8, WAL_HEADER_BYTES + 16}, {23, WAL_HEADER_BYTES}, {100, WAL_HEADER_BYTES + 24},
        {PAGE_BYTES, WAL_HEADER_BYTES}, {FRAME_HEADER_BYTES + PAGE_BYTES, WAL_HEADER_BYTES},
        {FRAME_HEADER_BYTES, WAL_HEADER_BYTES + 1}, {PAGE_BYTES, 0}};
    for (size_t i = 0; i < COUNT_OF(writes); i++)
        assert_int_equal(wal_write(&wal, &file, PAGE_BYTES, to, writes[i].bytes, writes[i].at), SQLITE_IOERR_WRITE);
    assert_int_equal(wal_read(&wal, &file, PAGE_BYTES, to, 8, WAL_HEADER_BYTES + frame + 16), SQLITE_OK);
    assert_int_equal(wal_read(&wal, &file, PAGE_BYTES, to, 8, 24), SQLITE_OK);
    wal_wipe(&wal);
}

static char disk[WAL_HEADER_BYTES + FRAME_HEADER_BYTES + PAGE_BYTES];

static int read_disk(sqlite3_file *file UNUSED, void *to, int bytes, sqlite3_int64 at)
{
    memcpy(to, disk + at, (size_t)bytes);
    return SQLITE_OK;
}

static int write_disk(sqlite3_file *file UNUSED, const void *from, int bytes, sqlite3_int64 at)
{
    memcpy(disk + at, from, (size_t)bytes);
    return SQLITE_OK;
}

/* Pitfall 6: what is deleted is logged as a page of zeros. Were a damaged frame given to recovery with its header and a
 * body of zeros, its checksum would be right and the log would go on behind it. */
static void pitfall_6_a_damaged_frame_of_a_deleted_page_is_no_frame_to_recovery(void **state UNUSED)
{
    static const sqlite3_io_methods methods = {.iVersion = 1, .xRead = read_disk, .xWrite = write_disk};
    static const unsigned char id[DATABASE_ID_BYTES];
    static const char zeros[FRAME_HEADER_BYTES + PAGE_BYTES], log_header[WAL_HEADER_BYTES] = "0123456789abcdefsaltsalt";
    static const char frame_header[FRAME_HEADER_BYTES + 1] = "\0\0\0\7\0\0\0\7saltsaltchecksum";
    char got[FRAME_HEADER_BYTES + PAGE_BYTES];
    sqlite3_file file = {&methods};
    struct error err;
    AUTO(secret) *key = NULL;
    struct wal wal = {0};
    assert_ok(secret_random(&key, 32, &err), err);
    assert_ok(wal_make(&wal, key, id, &err), err);
    assert_int_equal(wal_write(&wal, &file, PAGE_BYTES, log_header, WAL_HEADER_BYTES, 0), SQLITE_OK);
    assert_int_equal(wal_write(&wal, &file, PAGE_BYTES, frame_header, FRAME_HEADER_BYTES, 32), SQLITE_OK);
    assert_int_equal(wal_write(&wal, &file, PAGE_BYTES, zeros, PAGE_BYTES, 56), SQLITE_OK);
    wal.is_ours = false; /* as at the next opening */
    assert_int_equal(wal_read(&wal, &file, PAGE_BYTES, got, sizeof got, 32), SQLITE_OK);
    assert_memory_equal(got, frame_header, FRAME_HEADER_BYTES);
    assert_memory_equal(got + FRAME_HEADER_BYTES, zeros, PAGE_BYTES);
    disk[1000] ^= 1;
    assert_int_equal(wal_read(&wal, &file, PAGE_BYTES, got, sizeof got, 32), SQLITE_OK);
    assert_memory_equal(got, zeros, sizeof got); /* page number 0: the log ends here */
    wal.is_ours = true; /* while it is being summed again it is an error */
    assert_int_equal(wal_read(&wal, &file, PAGE_BYTES, got, sizeof got, 32), SQLITE_IOERR_DATA);
    wal_wipe(&wal);
}

static void rewrite_from_the_first_frame(struct place *p)
{
    must(p, "PRAGMA wal_autocheckpoint=0; CREATE TABLE t(id INTEGER PRIMARY KEY, a BLOB, n INTEGER DEFAULT 0)");
    must(p, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) "
            "INSERT INTO t(a) SELECT randomblob(3500) FROM n; PRAGMA wal_checkpoint(TRUNCATE)");
    must(p, "PRAGMA cache_size=4; BEGIN"); /* this transaction begins the log anew, and overwrites its own frames */
    for (int i = 0; i < 3; i++)
        must(p, "UPDATE t SET n = n + 1");
    must(p, "COMMIT");
}

/* Pitfall 4: a page spilled twice in one transaction is overwritten in its frame, body first, and the headers from
 * there on are summed again at the commit, starting from the log's own header when it is the first frame. */
static void pitfall_4_a_page_written_twice_in_a_transaction_is_recovered_as_written_last(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    in_a_crashing_child(&p, rewrite_from_the_first_frame);
    AUTO(buffer) *log = bytes_in(p.wal);
    assert_true(log->bytes > 60 * PAGE_BYTES && log->bytes < 120 * PAGE_BYTES); /* spilled, and frames used again */
    assert_ok(place_open(&p, STORE_WRITE, &err), err);
    assert_int_equal(number(&p, "SELECT count(*) FROM t WHERE n = 3", NULL), 60);
    assert_whole(&p);
    place_end(&p);
}

static void rewrite_in_many_ways(struct place *p)
{
    must(p, "PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=4; CREATE TABLE t(id INTEGER PRIMARY KEY, a BLOB, n);"
            "CREATE INDEX i ON t(n, a)");
    for (int round = 0; round < 8; round++) {
        must(p, "BEGIN; SAVEPOINT outer_one");
        for (int i = 0; i < 15; i++)
            must(p, "INSERT INTO t(a, n) VALUES(randomblob(1500), 0)");
        must(p, "SAVEPOINT inner_one; UPDATE t SET n = n + 100; DELETE FROM t WHERE id % 2; ROLLBACK TO inner_one");
        must(p, "UPDATE t SET n = n + 1; RELEASE outer_one");
        must(p, round % 3 == 2 ? "ROLLBACK" : "COMMIT");
    }
}

static void savepoints_and_rollbacks_of_spilled_pages_survive_a_crash(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    in_a_crashing_child(&p, rewrite_in_many_ways);
    assert_ok(place_open(&p, STORE_WRITE, &err), err);
    assert_int_equal(number(&p, "SELECT count(*) FROM t", NULL), 90); /* six of eight rounds */
    assert_int_equal(number(&p, "SELECT max(n) FROM t", NULL), 6);
    assert_int_equal(number(&p, "SELECT sum(n) FROM t", NULL), 15 * (1 + 2 + 3 + 4 + 5 + 6));
    assert_whole(&p);
    place_end(&p);
}

/* ---- torn checkpoints ---- */

static void rows_brought_in_and_more_in_the_log(struct place *p)
{
    must(p, "PRAGMA wal_autocheckpoint=0; CREATE TABLE t(id INTEGER PRIMARY KEY, a BLOB)");
    for (int i = 0; i < 10; i++)
        must(p, "INSERT INTO t(a) VALUES(randomblob(3000))");
    must(p, "PRAGMA wal_checkpoint(TRUNCATE)");
    for (int i = 0; i < 10; i++)
        must(p, "INSERT INTO t(a) VALUES(randomblob(3000)); CREATE TABLE IF NOT EXISTS u(x)");
    must(p, "DELETE FROM t WHERE id < 5");
}

/* Vanishes in the midst of its checkpoint: after `spare` pages were written to the database. */
static int spare;
static int (*write_below)(sqlite3_file *, const void *, int, sqlite3_int64);

static int write_some(sqlite3_file *file, const void *from, int bytes, sqlite3_int64 at)
{
    if (spare-- == 0) {
        (void)!write_below(file, from, bytes / 2, at); /* the last one torn */
        _exit(0);
    }
    return write_below(file, from, bytes, at);
}

/* Replaces the write of the real file below the shim from now on: pages and header copies alike pass through it. */
static void vanish_in_the_checkpoint(struct place *p)
{
    static sqlite3_io_methods methods;
    rows_brought_in_and_more_in_the_log(p);
    methods = *p->crypt->real->pMethods;
    write_below = methods.xWrite;
    methods.xWrite = write_some;
    p->crypt->real->pMethods = &methods;
    must_work(sqlite3_wal_checkpoint_v2(crypt_connection(p->crypt), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
    _exit(spare >= 0 ? 0 : 5);
}

/* Every write of a checkpoint in turn is torn: header copies before, pages (page 1 among them), header copies after. */
static void a_checkpoint_cut_at_any_write_loses_nothing_and_alarms_nobody(void **state UNUSED)
{
    int writes = 0;
    for (int cut = 0; writes == 0; cut++) {
        struct place p;
        struct error err;
        place_start(&p);
        spare = cut;
        in_a_crashing_child(&p, vanish_in_the_checkpoint);
        struct stat st;
        if (stat(p.wal, &st) == 0 && st.st_size == 0)
            writes = cut; /* there was no such write: the log was emptied */
        assert_ok(place_open(&p, STORE_WRITE, &err), err);
        assert_int_equal(number(&p, "SELECT count(*) FROM t WHERE length(a) = 3000", NULL), 16);
        assert_whole(&p);
        place_reopen(&p);
        assert_whole(&p);
        place_end(&p);
    }
    assert_true(writes > 10);
}

/* Pitfall 6: page 1 is torn in the file and whole in the log. */
static void page_1_torn_during_a_checkpoint_is_read_from_the_log(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    spare = 2; /* past the header copies: the first page is number 1 */
    in_a_crashing_child(&p, vanish_in_the_checkpoint);
    AUTO(buffer) *file = bytes_in(p.path);
    memset(page_in(file, 1), 0x55, PAGE_BYTES); /* and none of it is left, not even half */
    put_bytes(p.path, file);
    assert_ok(place_open(&p, STORE_WRITE, &err), err);
    assert_int_equal(number(&p, "SELECT count(*) FROM t", NULL), 16);
    assert_whole(&p);
    place_end(&p);
}

/* Between the crash and the next opening: the pages that the log does not hold are proven, and so is the log. */
static void tampering_after_a_cut_checkpoint_is_refused(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    spare = 5;
    in_a_crashing_child(&p, vanish_in_the_checkpoint);
    AUTO(buffer) *file = bytes_in(p.path);
    AUTO(buffer) *log = bytes_in(p.wal);
    unsigned refused = 0, whole = 0;
    for (uint32_t n = 1; n <= pages_in(file); n++) { /* a page the log holds may be anything: it is written again */
        char before = page_in(file, n)[PAGE_BYTES - 1];
        page_in(file, n)[PAGE_BYTES - 1] ^= 1;
        put_bytes(p.path, file);
        put_bytes(p.wal, log);
        page_in(file, n)[PAGE_BYTES - 1] = before;
        if (place_open(&p, STORE_WRITE, &err)) {
            assert_int_equal(err.code, FAULT_STORE);
            refused++;
            continue;
        }
        assert_int_equal(number(&p, "SELECT count(*) FROM t WHERE length(a) = 3000", NULL), 16);
        assert_whole(&p);
        crypt_drop(&p.crypt);
        whole++;
    }
    assert_true(refused > 0 && whole > 0);
    static const size_t cuts[] = {0, 31, 32, 2000, 4152, 50000};
    for (size_t i = 0; i < COUNT_OF(cuts); i++) {
        put_bytes(p.path, file);
        put_bytes(p.wal, log);
        assert_int_equal(truncate(p.wal, (off_t)cuts[i]), 0);
        assert_int_equal(place_open(&p, STORE_WRITE, &err), -1);
        assert_non_null(strstr(err.message, "log"));
    }
    for (size_t at = WAL_HEADER_BYTES; at < log->bytes; at += 1000) {
        log->data[at] ^= 2;
        put_bytes(p.wal, log);
        log->data[at] ^= 2;
        assert_int_equal(place_open(&p, STORE_WRITE, &err), -1);
    }
    put_bytes(p.path, file);
    put_bytes(p.wal, log);
    assert_ok(place_open(&p, STORE_WRITE, &err), err);
    assert_whole(&p);
    place_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reserved_tail_reads_as_zeros_so_that_commits_survive_a_crash),
        cmocka_unit_test(an_uncommitted_transaction_is_gone_after_a_crash_though_it_was_spilled),
        cmocka_unit_test(pitfall_3_partial_reads_of_overflow_pages_are_whole_pages_cut_to_size),
        cmocka_unit_test(pitfall_3_unknown_shapes_in_the_log_are_errors),
        cmocka_unit_test(pitfall_6_a_damaged_frame_of_a_deleted_page_is_no_frame_to_recovery),
        cmocka_unit_test(pitfall_4_a_page_written_twice_in_a_transaction_is_recovered_as_written_last),
        cmocka_unit_test(savepoints_and_rollbacks_of_spilled_pages_survive_a_crash),
        cmocka_unit_test(a_checkpoint_cut_at_any_write_loses_nothing_and_alarms_nobody),
        cmocka_unit_test(page_1_torn_during_a_checkpoint_is_read_from_the_log),
        cmocka_unit_test(tampering_after_a_cut_checkpoint_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
