/* test_tamper.c - whatever is altered in the file or its log: never wrong data. Opening refuses, or a read fails, or
 * crypt_check reports it; of a damaged log either the commits up to some point are there, or nothing is given out. */
#include "tests/store/crypt/file_fixture.h"

#include <fcntl.h>

#define ROWS "SELECT * FROM t ORDER BY id"
#define ROWS_BY_INDEX "SELECT a, id FROM t INDEXED BY i ORDER BY a, id"

/* Interior pages, leaves, overflow chains, an index and free pages. */
static void fill(struct place *p)
{
    must(p, "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b BLOB); CREATE INDEX i ON t(a)");
    must(p, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) INSERT INTO t SELECT i,"
            "'name ' || (i * 7919 % 1000), CASE WHEN i % 50 THEN randomblob(150) ELSE randomblob(15000) END FROM n");
    must(p, "DELETE FROM t WHERE id % 100 = 50");
}

struct looked { bool is_refused, is_read; size_t problems; };

/* Opens the file as it is now and reads everything; fails when what is given out is not what was put in. */
static struct looked look(struct place *p, const struct hash expected[2], const char *what, size_t where)
{
    struct error err;
    struct looked o = {0};
    int rc[2];
    if (place_open(p, STORE_READ, &err)) {
        assert_int_equal(err.code, FAULT_STORE);
        o.is_refused = true;
        return o;
    }
    struct hash got[2] = {hash_of_rows(p, ROWS, &rc[0]), hash_of_rows(p, ROWS_BY_INDEX, &rc[1])};
    for (int i = 0; i < 2; i++) {
        if (rc[i] == SQLITE_OK && !hash_equal(&got[i], &expected[i]))
            fail_msg("%s at %zu: other rows, and no error", what, where);
        if (rc[i] != SQLITE_OK && rc[i] != SQLITE_IOERR_DATA)
            fail_msg("%s at %zu: SQLite says %d", what, where, rc[i]);
    }
    o.is_read = rc[0] == SQLITE_OK && rc[1] == SQLITE_OK;
    o.problems = problems(p, ignore_report);
    crypt_drop(&p->crypt);
    return o;
}

static void expect_found(struct place *p, const struct hash expected[2], const char *what, size_t where)
{
    struct looked o = look(p, expected, what, where);
    if (!o.is_refused && o.problems == 0)
        fail_msg("%s at %zu: nothing noticed", what, where);
}

static void start_filled(struct place *p, struct hash expected[2], struct buffer **ret_file)
{
    int rc;
    place_start(p);
    fill(p);
    expected[0] = hash_of_rows(p, ROWS, &rc);
    assert_int_equal(rc, SQLITE_OK);
    expected[1] = hash_of_rows(p, ROWS_BY_INDEX, &rc);
    assert_int_equal(rc, SQLITE_OK);
    assert_whole(p);
    assert_true(number(p, "PRAGMA freelist_count", NULL) > 2);
    crypt_drop(&p->crypt);
    *ret_file = bytes_in(p->path);
    struct looked o = look(p, expected, "nothing altered", 0);
    assert_true(o.is_read && o.problems == 0);
    put_bytes(p->path, *ret_file);
}

static void one_flipped_byte_anywhere_in_the_file_is_found(void **state UNUSED)
{
    struct place p;
    struct hash expected[2];
    AUTO(buffer) *file = NULL;
    uint64_t seed = test_seed();
    start_filled(&p, expected, &file);
    uint32_t pages = pages_in(file);
    size_t count = 0, places[1024];
    for (int copy = 0; copy < HEADER_COPIES; copy++) { /* each field, the slots, the zeros, HMAC and checksum */
        static const size_t in_copy[] = {0, 7, 8, 12, 16, 31, 32, 40, 44, 48, 72, 104, 120, 152, 156, 164, 172, 255,
                                         256, 271, 304, 360, 511, 512, 2303, 2304, 4031, 4032, 4063, 4064, 4095};
        for (size_t i = 0; i < COUNT_OF(in_copy); i++)
            places[count++] = (size_t)copy * HEADER_COPY_BYTES + in_copy[i];
    }
    for (uint32_t n = 1; n <= pages && n <= 200; n++) /* every page, whatever it is to SQLite */
        places[count++] = HEADER_BYTES + (size_t)(n - 1) * PAGE_BYTES + random_next(&seed) % PAGE_BYTES;
    for (size_t i = 0; i < RESERVE_BYTES; i += 3)
        places[count++] = HEADER_BYTES + 5 * PAGE_BYTES - 1 - i;
    for (int i = 0; i < 300; i++)
        places[count++] = random_next(&seed) % file->bytes;
    for (size_t i = 0; i < count; i++) {
        char before = file->data[places[i]];
        file->data[places[i]] ^= (char)(1 << random_next(&seed) % 8);
        put_bytes(p.path, file);
        file->data[places[i]] = before;
        expect_found(&p, expected, "a flipped byte", places[i]);
    }
    place_end(&p);
}

static void two_pages_swapped_are_found(void **state UNUSED)
{
    struct place p;
    struct hash expected[2];
    char page[PAGE_BYTES];
    AUTO(buffer) *file = NULL;
    uint64_t seed = test_seed();
    start_filled(&p, expected, &file);
    for (int i = 0; i < 40; i++) {
        uint32_t a = 1 + (uint32_t)(random_next(&seed) % pages_in(file)), b = i ? 1 + (uint32_t)(random_next(&seed) % pages_in(file)) : 1;
        if (a == b)
            continue;
        for (int twice = 0; twice < 2; twice++) {
            memcpy(page, page_in(file, a), PAGE_BYTES);
            memcpy(page_in(file, a), page_in(file, b), PAGE_BYTES);
            memcpy(page_in(file, b), page, PAGE_BYTES);
            if (twice == 0)
                put_bytes(p.path, file);
        }
        expect_found(&p, expected, "pages swapped", a);
    }
    place_end(&p);
}

static void a_file_cut_or_added_to_is_refused(void **state UNUSED)
{
    struct place p;
    struct hash expected[2];
    AUTO(buffer) *file = NULL;
    start_filled(&p, expected, &file);
    static const int64_t changes[] = {-1, -(int64_t)PAGE_BYTES, -10 * (int64_t)PAGE_BYTES, 1, PAGE_BYTES, 3 * PAGE_BYTES,
                                      -16};
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        put_bytes(p.path, file);
        assert_int_equal(truncate(p.path, (off_t)file->bytes + changes[i]), 0);
        assert_true(look(&p, expected, "cut or added to", i).is_refused);
    }
    static const size_t lengths[] = {1, 100, HEADER_COPY_BYTES, HEADER_BYTES, HEADER_BYTES + 1};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        put_bytes(p.path, file);
        assert_int_equal(truncate(p.path, (off_t)lengths[i]), 0);
        assert_true(look(&p, expected, "cut to", lengths[i]).is_refused);
    }
    place_end(&p);
}

/* Two states of one store: rows, index, schema and free pages differ. */
static void start_with_history(struct place *p, struct hash expected[2], struct buffer **ret_old, struct buffer **ret_new)
{
    int rc;
    start_filled(p, expected, ret_old);
    struct error err;
    assert_ok(place_open(p, STORE_WRITE, &err), err);
    assert_runs(p, "UPDATE t SET a = a || ' changed' WHERE id % 9 = 0; CREATE TABLE later(x)");
    assert_runs(p, "UPDATE t SET b = randomblob(length(b)) WHERE id % 11 = 0");
    expected[0] = hash_of_rows(p, ROWS, &rc);
    expected[1] = hash_of_rows(p, ROWS_BY_INDEX, &rc);
    crypt_drop(&p->crypt);
    *ret_new = bytes_in(p->path);
}

/* Every page of the older version authenticates by itself: that is what page encryption alone cannot see. */
static void an_older_version_of_any_page_put_back_is_found(void **state UNUSED)
{
    struct place p;
    struct hash expected[2];
    struct error err;
    AUTO(buffer) *old = NULL;
    AUTO(buffer) *new = NULL;
    unsigned tried = 0;
    start_with_history(&p, expected, &old, &new);
    char page[PAGE_BYTES];
    for (uint32_t n = 1; n <= MIN(pages_in(old), pages_in(new)); n++) {
        if (memcmp(page_in(old, n), page_in(new, n), PAGE_BYTES) == 0)
            continue;
        for (int copy = -1; copy < HEADER_COPIES; copy++) { /* alone, and with one header copy of that time */
            memcpy(page, page_in(new, n), PAGE_BYTES);
            memcpy(page_in(new, n), page_in(old, n), PAGE_BYTES);
            char header[HEADER_BYTES];
            memcpy(header, new->data, HEADER_BYTES);
            if (copy >= 0)
                memcpy(new->data + copy * HEADER_COPY_BYTES, old->data + copy * HEADER_COPY_BYTES, HEADER_COPY_BYTES);
            put_bytes(p.path, new);
            memcpy(new->data, header, HEADER_BYTES);
            memcpy(page_in(new, n), page, PAGE_BYTES);
            if (place_open(&p, STORE_READ, &err) == 0) { /* reads may give old rows here: the check tells */
                if (problems(&p, ignore_report) == 0)
                    fail_msg("older page %u put back (header copy %d): nothing noticed", n, copy);
                crypt_drop(&p.crypt);
            }
        }
        tried++;
    }
    assert_true(tried > 20);
    place_end(&p);
}

/* And it stays found, when the page is overwritten afterwards by right. */
static void an_older_page_is_found_even_after_it_was_written_over(void **state UNUSED)
{
    struct place p;
    struct hash expected[2];
    struct error err;
    AUTO(buffer) *old = NULL;
    AUTO(buffer) *new = NULL;
    start_with_history(&p, expected, &old, &new);
    uint32_t n = 2;
    while (memcmp(page_in(old, n), page_in(new, n), PAGE_BYTES) == 0)
        n++;
    memcpy(page_in(new, n), page_in(old, n), PAGE_BYTES);
    put_bytes(p.path, new);
    if (place_open(&p, STORE_WRITE, &err) == 0) {
        (void)run(&p, "UPDATE t SET a = a || ' again', b = randomblob(length(b))");
        crypt_drop(&p.crypt);
        if (place_open(&p, STORE_READ, &err) == 0)
            assert_true(problems(&p, ignore_report) > 0);
    }
    place_end(&p);
}

static void an_older_header_copy_is_reported_and_does_not_serve(void **state UNUSED)
{
    struct place p;
    struct hash expected[2];
    AUTO(buffer) *old = NULL;
    AUTO(buffer) *new = NULL;
    start_with_history(&p, expected, &old, &new);
    for (int copy = 0; copy < HEADER_COPIES; copy++) {
        put_bytes(p.path, new);
        int fd = open(p.path, O_WRONLY);
        assert_int_equal(pwrite(fd, old->data + copy * HEADER_COPY_BYTES, HEADER_COPY_BYTES, copy * HEADER_COPY_BYTES),
                         HEADER_COPY_BYTES);
        close(fd);
        struct looked o = look(&p, expected, "older header copy", (size_t)copy);
        assert_true(o.is_read);
        assert_int_equal(o.problems, 1);
    }
    place_end(&p);
}

/* ---- the log ---- */

/* Each transaction adds a row and sets a counter on another page: a mixture of states would show. */
static void count_up(struct place *p, int transactions, int autocheckpoint)
{
    char sql[300];
    snprintf(sql, sizeof sql, "PRAGMA wal_autocheckpoint=%d", autocheckpoint);
    must(p, sql);
    must(p, "CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, pad BLOB);"
            "CREATE TABLE IF NOT EXISTS c(n); INSERT INTO c SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM c)");
    for (int i = 0; i < transactions; i++)
        must(p, "BEGIN; INSERT INTO t(pad) VALUES(zeroblob(900)); UPDATE c SET n = n + 1; COMMIT");
}

/* What is deleted is overwritten by zeros: some frames hold nothing else. */
static void ten_in_the_log(struct place *p)
{
    must(p, "PRAGMA wal_autocheckpoint=0; CREATE TABLE big(x); INSERT INTO big VALUES(randomblob(60000))");
    must(p, "DELETE FROM big");
    count_up(p, 10, 0);
}

static void some_brought_in(struct place *p)
{
    count_up(p, 30, 0);
    must(p, "PRAGMA wal_checkpoint(PASSIVE)"); /* all is in the file; the log stays as it is */
}

/* Rows 1..k and the counter at k. Returns k, or -1 when a read fails. */
static int64_t counted(struct place *p, const char *what, size_t where)
{
    int rc[4];
    int64_t tables = number(p, "SELECT count(*) FROM sqlite_master WHERE name IN ('t', 'c')", &rc[0]);
    if (rc[0] == SQLITE_OK && tables < 2)
        return 0; /* before the first commits */
    int64_t n = number(p, "SELECT n FROM c", &rc[1]), rows = number(p, "SELECT count(*) FROM t", &rc[2]),
            last = number(p, "SELECT coalesce(max(id), 0) FROM t", &rc[3]);
    if (rc[1] == SQLITE_DONE)
        return 0; /* the counter's row was not there yet */
    for (int i = 0; i < 4; i++)
        if (rc[i] != SQLITE_OK) {
            assert_int_equal(rc[i], SQLITE_IOERR_DATA);
            return -1;
        }
    if (n != rows || last != rows)
        fail_msg("%s at %zu: %lld rows up to %lld, the counter says %lld", what, where, (long long)rows,
                 (long long)last, (long long)n);
    return rows;
}

static void flip_the_log(void (*work)(struct place *p), int64_t least)
{
    struct place p;
    struct error err;
    uint64_t seed = test_seed();
    place_start(&p);
    in_a_crashing_child(&p, work);
    AUTO(buffer) *file = bytes_in(p.path);
    AUTO(buffer) *log = bytes_in(p.wal);
    size_t frame = FRAME_HEADER_BYTES + PAGE_BYTES, frames = (log->bytes - WAL_HEADER_BYTES) / frame;
    size_t count = 0, places[1024];
    for (size_t i = 0; i < WAL_HEADER_BYTES; i++)
        places[count++] = i;
    for (size_t f = 0; f < frames && f < 120; f++) {
        for (size_t i = 0; i < FRAME_HEADER_BYTES && f < 30; i += 2)
            places[count++] = WAL_HEADER_BYTES + f * frame + i;
        places[count++] = WAL_HEADER_BYTES + f * frame + FRAME_HEADER_BYTES + random_next(&seed) % PAGE_BYTES;
        places[count++] = WAL_HEADER_BYTES + (f + 1) * frame - 1;
    }
    for (size_t i = 0; i < count; i++) {
        put_bytes(p.path, file);
        char before = log->data[places[i]];
        log->data[places[i]] ^= (char)(1 << random_next(&seed) % 8);
        put_bytes(p.wal, log);
        log->data[places[i]] = before;
        if (place_open(&p, STORE_WRITE, &err)) {
            assert_int_equal(err.code, FAULT_STORE);
            continue;
        }
        int64_t rows = counted(&p, "a byte flipped in the log", places[i]);
        assert_true(rows >= least);
        assert_whole(&p);
        crypt_drop(&p.crypt);
    }
    put_bytes(p.path, file);
    put_bytes(p.wal, log);
    assert_ok(place_open(&p, STORE_WRITE, &err), err);
    assert_int_equal(counted(&p, "nothing altered", 0), least ? 30 : 10);
    assert_whole(&p);
    place_end(&p);
}

static void one_flipped_byte_in_the_log_leaves_the_commits_before_it_or_is_refused(void **state UNUSED)
{
    flip_the_log(ten_in_the_log, 0);
}

/* A log that was already brought into the file lies there until the next commit. Cut short by damage, SQLite would lay
 * its older pages over the newer ones of the file. */
static void a_damaged_log_that_was_brought_in_brings_no_old_pages_back(void **state UNUSED)
{
    flip_the_log(some_brought_in, 30);
}

static void a_log_cut_anywhere_leaves_the_commits_before_it_or_is_refused(void **state UNUSED)
{
    static const struct { void (*work)(struct place *p); int64_t least; } rows[] = {
        {ten_in_the_log, 0}, {some_brought_in, 30}};
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        struct place p;
        struct error err;
        place_start(&p);
        in_a_crashing_child(&p, rows[r].work);
        AUTO(buffer) *file = bytes_in(p.path);
        AUTO(buffer) *log = bytes_in(p.wal);
        int64_t before = -1;
        for (size_t bytes = 0; bytes <= log->bytes; bytes += 1030) {
            put_bytes(p.path, file);
            put_bytes(p.wal, log);
            assert_int_equal(truncate(p.wal, (off_t)bytes), 0);
            if (place_open(&p, STORE_WRITE, &err)) {
                assert_int_equal(err.code, FAULT_STORE);
                continue;
            }
            int64_t k = counted(&p, "log cut", bytes);
            assert_true(k >= before && k >= rows[r].least);
            before = rows[r].least ? k : MAX(before, k);
            assert_whole(&p);
            crypt_drop(&p.crypt);
        }
        place_end(&p);
    }
}

static void ten_more(struct place *p)
{
    count_up(p, 10, 0);
}

static void forty_with_checkpoints(struct place *p)
{
    count_up(p, 40, 20);
}

/* A whole log of an earlier generation, frames and checksums in order, put back beside a later file. */
static void an_older_log_put_back_brings_no_old_pages(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    in_a_crashing_child(&p, ten_in_the_log);
    AUTO(buffer) *old = bytes_in(p.wal);
    assert_ok(place_open(&p, STORE_WRITE, &err), err); /* brings the ten in and deletes the log */
    assert_int_equal(counted(&p, "ten", 0), 10);
    crypt_drop(&p.crypt);
    static void (*const later[])(struct place *p) = {ten_more, forty_with_checkpoints, NULL};
    int64_t sum = 10;
    for (size_t i = 0; i < COUNT_OF(later); i++) {
        if (later[i]) {
            in_a_crashing_child(&p, later[i]);
            assert_ok(place_open(&p, STORE_WRITE, &err), err);
            sum += i == 0 ? 10 : 40;
            assert_int_equal(counted(&p, "later", i), sum);
            crypt_drop(&p.crypt);
        }
        AUTO(buffer) *file = bytes_in(p.path);
        put_bytes(p.wal, old);
        if (place_open(&p, STORE_WRITE, &err) == 0) {
            assert_int_equal(counted(&p, "an older log put back", i), sum);
            assert_whole(&p);
            crypt_drop(&p.crypt);
        }
        unlink(p.wal);
        put_bytes(p.path, file);
    }
    place_end(&p);
}

/* Neither is the log of one store taken by another, under the same key file. */
static void the_log_of_another_store_is_not_taken(void **state UNUSED)
{
    struct place p, q;
    struct error err;
    place_start(&p);
    place_start(&q);
    in_a_crashing_child(&p, ten_in_the_log);
    in_a_crashing_child(&q, forty_with_checkpoints);
    AUTO(buffer) *log = bytes_in(p.wal);
    assert_ok(place_open(&q, STORE_WRITE, &err), err);
    crypt_drop(&q.crypt);
    put_bytes(q.wal, log);
    if (place_open(&q, STORE_WRITE, &err) == 0) {
        assert_int_equal(counted(&q, "the log of another store", 0), 40);
        assert_whole(&q);
    }
    place_end(&p);
    place_end(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_flipped_byte_anywhere_in_the_file_is_found),
        cmocka_unit_test(two_pages_swapped_are_found),
        cmocka_unit_test(a_file_cut_or_added_to_is_refused),
        cmocka_unit_test(an_older_version_of_any_page_put_back_is_found),
        cmocka_unit_test(an_older_page_is_found_even_after_it_was_written_over),
        cmocka_unit_test(an_older_header_copy_is_reported_and_does_not_serve),
        cmocka_unit_test(one_flipped_byte_in_the_log_leaves_the_commits_before_it_or_is_refused),
        cmocka_unit_test(a_damaged_log_that_was_brought_in_brings_no_old_pages_back),
        cmocka_unit_test(a_log_cut_anywhere_leaves_the_commits_before_it_or_is_refused),
        cmocka_unit_test(an_older_log_put_back_brings_no_old_pages),
        cmocka_unit_test(the_log_of_another_store_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
