/* test_store_file.c - what an encrypted file lets through: no plain text, no other file, no setting that would weaken
 * it, and nothing that is not a store. */
#include "tests/store/crypt/file_fixture.h"

#include <dirent.h>
#include <math.h>

#define CANARY "kanarienvogel-4711"

/* Bits a byte. */
static double entropy(const char *bytes, size_t count)
{
    size_t seen[256] = {0};
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        seen[(unsigned char)bytes[i]]++;
    for (int i = 0; i < 256; i++)
        if (seen[i])
            sum -= (double)seen[i] / (double)count * log2((double)seen[i] / (double)count);
    return sum;
}

static void write_canaries(struct place *p)
{
    must(p, "CREATE TABLE " "kanarienvogel_t" "(id INTEGER PRIMARY KEY, a TEXT, b BLOB, c REAL)");
    must(p, "CREATE INDEX kanarienvogel_i ON kanarienvogel_t(a)");
    must(p, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO kanarienvogel_t "
            "SELECT i, '" CANARY "' || i, CAST(replace(hex(zeroblob(i * 10)), '00', '" CANARY "') AS BLOB), i FROM n");
    must(p, "UPDATE kanarienvogel_t SET a = a || '" CANARY "' WHERE id % 2");
    must(p, "DELETE FROM kanarienvogel_t WHERE id % 3 = 0");
}

static void assert_opaque(const struct buffer *file, size_t from, size_t page_bytes, size_t step)
{
    static const char *const needles[] = {"kanarienvogel", "CREATE TABLE", "SQLite format", "sqlite_"};
    for (size_t i = 0; i < COUNT_OF(needles); i++)
        assert_null(memmem(file->data, file->bytes, needles[i], strlen(needles[i])));
    for (size_t at = from; at + page_bytes <= file->bytes; at += step)
        if (entropy(file->data + at, page_bytes) < 7.9) /* 4,096 random bytes have 7.95 +- 0.003 */
            fail_msg("%zu bytes at %zu have an entropy of %.3f bits", page_bytes, at,
                     entropy(file->data + at, page_bytes));
}

static void neither_file_nor_log_shows_any_content(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    in_a_crashing_child(&p, write_canaries);
    AUTO(buffer) *log = bytes_in(p.wal);
    assert_true(log->bytes > 200 * PAGE_BYTES);
    assert_opaque(log, WAL_HEADER_BYTES + FRAME_HEADER_BYTES, PAGE_BYTES, FRAME_HEADER_BYTES + PAGE_BYTES);
    assert_ok(place_open(&p, STORE_WRITE, &err), err);
    assert_int_equal(number(&p, "SELECT count(*) FROM kanarienvogel_t", NULL), 267);
    crypt_drop(&p.crypt);
    assert_int_equal(access(p.wal, F_OK), -1);
    AUTO(buffer) *file = bytes_in(p.path);
    assert_true(file->bytes > 100 * PAGE_BYTES);
    assert_opaque(file, HEADER_BYTES, PAGE_BYTES, PAGE_BYTES);
    place_end(&p);
}

/* Pitfall 2: salts and running checksum of a frame are unkeyed and over plain text. */
static void the_checksums_of_frames_are_hidden(void **state UNUSED)
{
    struct place p;
    place_start(&p);
    in_a_crashing_child(&p, write_canaries);
    AUTO(buffer) *log = bytes_in(p.wal);
    size_t frames = (log->bytes - WAL_HEADER_BYTES) / (FRAME_HEADER_BYTES + PAGE_BYTES), bits = 0;
    for (size_t i = 0; i < frames; i++) {
        const char *header = log->data + WAL_HEADER_BYTES + i * (FRAME_HEADER_BYTES + PAGE_BYTES);
        assert_memory_not_equal(header + 8, log->data + 16, 8); /* the salts would be those of the log's header */
        for (int b = 8; b < FRAME_HEADER_BYTES; b++)
            bits += (size_t)__builtin_popcount((unsigned char)header[b]);
    }
    double share = (double)bits / (double)(frames * 128);
    assert_true(share > 0.48 && share < 0.52);
    place_end(&p);
}

static void a_file_that_is_no_store_is_refused_and_left_untouched(void **state UNUSED)
{
    static const struct { const char *begin; size_t bytes; } rows[] = {
        {"Dear Dr. Smith,", 15}, {"SQLite format 3", 20000}, {"ALCOVE\r\n", 8}, {"ALCOVE\r\n", 30000}, {"", 100000},
        {"", HEADER_BYTES + PAGE_BYTES + 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int mode = STORE_READ; mode <= STORE_CREATE; mode++) {
            struct place p;
            struct error err;
            place_start(&p);
            crypt_drop(&p.crypt);
            AUTO(buffer) *before = NULL;
            assert_ok(buffer_new(&before, 1 << 20, &err), err);
            assert_ok(buffer_append_text(before, rows[i].begin, &err), err);
            while (before->bytes < rows[i].bytes)
                assert_ok(buffer_append_byte(before, before->bytes > 9000 ? 'x' : 0, &err), err);
            put_bytes(p.path, before);
            assert_int_equal(place_open(&p, (enum store_mode)mode, &err), -1);
            assert_int_equal(err.code, FAULT_STORE);
            AUTO(buffer) *after = bytes_in(p.path);
            assert_int_equal(after->bytes, before->bytes);
            assert_memory_equal(after->data, before->data, before->bytes);
            place_end(&p);
        }
}

static void what_is_no_key_leaves_no_file_behind(void **state UNUSED)
{
    static const size_t bytes[] = {0, 31, 4097};
    for (size_t i = 0; i < COUNT_OF(bytes); i++) {
        struct place p;
        struct error err;
        AUTO(buffer) *key = NULL;
        place_start(&p);
        crypt_drop(&p.crypt);
        assert_int_equal(unlink(p.path), 0);
        assert_ok(buffer_new(&key, 1 << 20, &err), err);
        while (key->bytes < bytes[i])
            assert_ok(buffer_append_byte(key, 'k', &err), err);
        put_bytes(p.key, key);
        assert_int_equal(place_open(&p, STORE_CREATE, &err), -1);
        assert_int_equal(err.code, FAULT_STORE);
        assert_string_equal(err.file, p.key);
        assert_int_not_equal(access(p.path, F_OK), 0);
        place_end(&p);
    }
}

static void a_missing_folder_is_named(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    crypt_drop(&p.crypt);
    for (int mode = STORE_READ; mode <= STORE_CREATE; mode++) {
        snprintf(p.path, sizeof p.path, "%s", path_of(p.folder, "none/dir/s.alc"));
        assert_int_equal(place_open(&p, (enum store_mode)mode, &err), -1);
        assert_int_equal(err.code, FAULT_STORE);
        assert_non_null(strstr(err.message, "folder"));
        assert_string_equal(err.file, path_of(p.folder, "none/dir"));
    }
    snprintf(p.path, sizeof p.path, "%s", path_of(p.folder, "none.alc"));
    assert_int_equal(place_open(&p, STORE_WRITE, &err), -1);
    assert_non_null(strstr(err.message, "no store here"));
    place_end(&p);
}

static void an_empty_file_becomes_a_store_only_when_asked(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    crypt_drop(&p.crypt);
    assert_int_equal(truncate(p.path, 0), 0);
    assert_int_equal(place_open(&p, STORE_READ, &err), -1);
    assert_int_equal(place_open(&p, STORE_WRITE, &err), -1);
    assert_int_equal(err.code, FAULT_STORE);
    assert_ok(place_open(&p, STORE_CREATE, &err), err);
    assert_whole(&p);
    assert_int_equal(unlink(p.path), 0);
    place_end(&p);
}

/* A creation may be cut within the first copy of the header too. */
static void a_store_whose_first_header_is_torn_is_made_anew(void **state UNUSED)
{
    for (size_t from = 0; from < HEADER_COPY_BYTES; from += 512) {
        struct place p;
        struct error err;
        place_start(&p);
        crypt_drop(&p.crypt);
        AUTO(buffer) *file = bytes_in(p.path);
        memset(file->data + from, 0, from ? HEADER_COPY_BYTES - from : 512);
        memset(file->data + HEADER_COPY_BYTES, 0, HEADER_COPY_BYTES);
        put_bytes(p.path, file);
        assert_int_equal(place_open(&p, STORE_WRITE, &err), -1);
        assert_ok(place_open(&p, STORE_CREATE, &err), err);
        assert_whole(&p);
        place_end(&p);
    }
}

/* A creation may be cut at any write: before the header there is no store, and the next creation begins anew. */
static void a_store_half_made_is_made_anew(void **state UNUSED)
{
    static const size_t lengths[] = {1, HEADER_BYTES, HEADER_BYTES + 100, HEADER_BYTES + PAGE_BYTES};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct place p;
        struct error err;
        place_start(&p);
        crypt_drop(&p.crypt);
        AUTO(buffer) *file = bytes_in(p.path);
        assert_int_equal(file->bytes, HEADER_BYTES + PAGE_BYTES); /* what a creation writes: HALF_MADE_BYTES_MAX */
        memset(file->data, 0, HEADER_BYTES);
        file->bytes = lengths[i];
        put_bytes(p.path, file);
        assert_int_equal(place_open(&p, STORE_WRITE, &err), -1);
        assert_ok(place_open(&p, STORE_CREATE, &err), err);
        assert_runs(&p, "CREATE TABLE t(a); INSERT INTO t VALUES(1)");
        place_reopen(&p);
        assert_whole(&p);
        place_end(&p);
    }
}

static void a_creation_cut_between_the_header_copies_is_mended_silently(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    crypt_drop(&p.crypt);
    AUTO(buffer) *file = bytes_in(p.path);
    memset(file->data + HEADER_COPY_BYTES, 0, HEADER_COPY_BYTES);
    put_bytes(p.path, file);
    assert_ok(place_open(&p, STORE_WRITE, &err), err);
    assert_whole(&p);
    place_end(&p);
}

static void wrong_key_and_damage_are_told_apart(void **state UNUSED)
{
    struct place p;
    struct error wrong, damaged, missing;
    place_start(&p);
    crypt_drop(&p.crypt);
    const char *other = path_of(p.folder, "other.key");
    assert_ok(key_file_make(other, &wrong), wrong);
    struct store_options options = {.path = p.path, .key = {.key_file = other}, .mode = STORE_WRITE};
    assert_int_equal(crypt_open(&p.crypt, &options, NULL, &wrong), -1);
    assert_int_equal(wrong.code, FAULT_STORE);
    options.key.key_file = path_of(p.folder, "none.key");
    assert_int_equal(crypt_open(&p.crypt, &options, NULL, &missing), -1);
    assert_int_equal(missing.code, FAULT_STORE);
    AUTO(buffer) *file = bytes_in(p.path);
    file->data[100] ^= 1;
    file->data[HEADER_COPY_BYTES + 100] ^= 1;
    put_bytes(p.path, file);
    assert_int_equal(place_open(&p, STORE_WRITE, &damaged), -1);
    assert_int_equal(damaged.code, FAULT_STORE);
    assert_string_not_equal(wrong.message, damaged.message);
    assert_non_null(strstr(wrong.message, "opens no key slot"));
    assert_non_null(strstr(damaged.message, "damaged"));
    place_end(&p);
}

static void a_passphrase_opens_and_a_wrong_one_does_not(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    crypt_drop(&p.crypt);
    assert_int_equal(unlink(p.path), 0);
    AUTO(secret) *passphrase = NULL;
    assert_ok(secret_new(&passphrase, 8, &err), err);
    memcpy(passphrase->data, "Tr0ub4do", 8);
    struct store_options options = {.path = p.path, .key = {.passphrase = passphrase}, .mode = STORE_CREATE};
    assert_ok(crypt_open(&p.crypt, &options, NULL, &err), err);
    crypt_drop(&p.crypt);
    options.mode = STORE_READ;
    assert_ok(crypt_open(&p.crypt, &options, NULL, &err), err);
    crypt_drop(&p.crypt);
    passphrase->data[0] = 't';
    assert_int_equal(crypt_open(&p.crypt, &options, NULL, &err), -1);
    assert_non_null(strstr(err.message, "passphrase"));
    assert_int_equal(place_open(&p, STORE_WRITE, &err), -1); /* a key file, where only a passphrase opens */
    assert_non_null(strstr(err.message, "key file"));
    place_end(&p);
}

static void a_second_opening_is_told_that_it_is_in_use(void **state UNUSED)
{
    struct place p, second;
    struct error err;
    int status;
    place_start(&p);
    second = p;
    second.crypt = NULL;
    assert_int_equal(place_open(&second, STORE_READ, &err), -1);
    assert_int_equal(err.code, FAULT_STORE);
    assert_non_null(strstr(err.message, "in use"));
    pid_t child = fork();
    if (child == 0) {
        bool is_told = place_open(&second, STORE_CREATE, &err) == -1 && err.code == FAULT_STORE &&
                       strstr(err.message, "in use");
        _exit(is_told ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_runs(&p, "CREATE TABLE t(a)");
    place_end(&p);
}

static void a_link_to_a_store_opens_it(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    assert_runs(&p, "CREATE TABLE t(a); INSERT INTO t VALUES(5)");
    crypt_drop(&p.crypt);
    const char *name = path_of(p.folder, "link");
    assert_int_equal(symlink(p.path, name), 0);
    struct store_options options = {.path = name, .key = {.key_file = p.key}, .mode = STORE_READ};
    assert_ok(crypt_open(&p.crypt, &options, NULL, &err), err);
    assert_int_equal(number(&p, "SELECT a FROM t", NULL), 5);
    place_end(&p);
}

static void sql_cannot_reach_other_files_or_weaken_the_settings(void **state UNUSED)
{
    static const char *const denied[] = {
        "ATTACH ':memory:' AS other", "ATTACH 'plain.db' AS other", "DETACH main", "PRAGMA journal_mode=DELETE",
        "PRAGMA journal_mode=MEMORY", "PRAGMA journal_mode=OFF", "PRAGMA main.journal_mode=DELETE",
        "PRAGMA locking_mode=NORMAL", "PRAGMA temp_store=FILE", "PRAGMA temp_store=1", "PRAGMA synchronous=OFF",
        "PRAGMA mmap_size=100000", "PRAGMA writable_schema=ON", "PRAGMA secure_delete=OFF", "VACUUM INTO 'plain.db'",
        "PRAGMA temp_store_directory='/tmp'", "SELECT load_extension('x')"};
    struct place p;
    place_start(&p);
    assert_runs(&p, "CREATE TABLE t(a); INSERT INTO t VALUES(1)");
    for (size_t i = 0; i < COUNT_OF(denied); i++)
        if (run(&p, denied[i]) == SQLITE_OK)
            fail_msg("not refused: %s", denied[i]);
    static const struct { const char *sql; int64_t value; } held[] = {
        {"PRAGMA synchronous", 2}, {"PRAGMA temp_store", 2}, {"PRAGMA secure_delete", 1}, {"PRAGMA foreign_keys", 1},
        {"SELECT journal_mode = 'wal' FROM pragma_journal_mode", 1},
        {"SELECT locking_mode = 'exclusive' FROM pragma_locking_mode", 1}};
    for (size_t i = 0; i < COUNT_OF(held); i++)
        assert_int_equal(number(&p, held[i].sql, NULL), held[i].value);
    assert_whole(&p);
    place_end(&p);
}

/* Names in the folder, as a count and as a set of known ones. */
static unsigned names_in(const char *folder)
{
    unsigned count = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));)
        count += e->d_name[0] != '.';
    closedir(d);
    return count;
}

/* Pitfall 10. */
static void temporary_tables_and_sorts_make_no_file(void **state UNUSED)
{
    struct place p;
    place_start(&p);
    assert_runs(&p, "CREATE TABLE t(a); CREATE TEMP TABLE x(a, b)");
    assert_runs(&p, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
                    "INSERT INTO x SELECT i, hex(randomblob(500)) FROM n");
    assert_runs(&p, "PRAGMA cache_size=10; SAVEPOINT a; INSERT INTO t SELECT b FROM x ORDER BY b; SAVEPOINT b;"
                    "UPDATE t SET a = a || 'x'; ROLLBACK TO b; RELEASE a");
    assert_runs(&p, "CREATE INDEX i ON t(a)");
    assert_int_equal(names_in(p.folder), 3); /* store, log, key: neither -shm nor -journal nor anything else */
    assert_int_equal(access(p.wal, F_OK), 0);
    assert_whole(&p);
    place_end(&p);
}

/* Pitfall 9: while a store is open the shim is SQLite's default, so what is opened without naming a VFS is refused. */
static void a_plain_connection_cannot_write_beside_an_open_store(void **state UNUSED)
{
    struct place p;
    sqlite3 *db = NULL;
    place_start(&p);
    const char *other = path_of(p.folder, "plain.db");
    bool is_refused = sqlite3_open(other, &db) != SQLITE_OK ||
                      sqlite3_exec(db, "CREATE TABLE t(a)", NULL, NULL, NULL) != SQLITE_OK;
    sqlite3_close(db);
    assert_true(is_refused);
    assert_int_equal(access(other, F_OK), -1);
    is_refused = sqlite3_open(p.path, &db) != SQLITE_OK ||
                 sqlite3_exec(db, "CREATE TABLE t(a)", NULL, NULL, NULL) != SQLITE_OK;
    sqlite3_close(db);
    assert_true(is_refused);
    assert_runs(&p, "CREATE TABLE t(a); INSERT INTO t VALUES(1)");
    assert_whole(&p);
    place_end(&p);
    db = NULL;
    char *folder = scratch_new(); /* and afterwards SQLite is as it was */
    assert_int_equal(sqlite3_open(path_of(folder, "plain.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(a)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    scratch_drop(folder);
}

static void a_strange_journal_beside_the_store_is_neither_played_nor_touched(void **state UNUSED)
{
    struct place p;
    struct error err;
    place_start(&p);
    assert_runs(&p, "CREATE TABLE t(a); INSERT INTO t VALUES(1)");
    crypt_drop(&p.crypt);
    const char *journal = path_of(p.folder, "s.alc-journal");
    AUTO(buffer) *bytes = NULL;
    assert_ok(buffer_new(&bytes, 4096, &err), err);
    assert_ok(buffer_append(bytes, SLICE("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\xff\xff\xff\xff junk"), &err), err);
    put_bytes(journal, bytes);
    assert_ok(place_open(&p, STORE_WRITE, &err), err);
    assert_int_equal(number(&p, "SELECT a FROM t", NULL), 1);
    assert_whole(&p);
    crypt_drop(&p.crypt);
    AUTO(buffer) *after = bytes_in(journal);
    assert_int_equal(after->bytes, bytes->bytes);
    place_end(&p);
}

/* The shapes in which SQLite reads the database (pitfall 3), asked of the VFS itself: anything else is an error. */
static void unknown_shapes_of_reads_and_writes_are_errors(void **state UNUSED)
{
    struct place p;
    sqlite3_file *file = NULL;
    static char page[2 * PAGE_BYTES];
    place_start(&p);
    assert_int_equal(sqlite3_file_control(crypt_connection(p.crypt), "main", SQLITE_FCNTL_FILE_POINTER, &file),
                     SQLITE_OK);
    static const struct { int bytes; int64_t at; int expected; } reads[] = {
        {100, 0, SQLITE_OK}, {16, 24, SQLITE_OK}, {PAGE_BYTES, 0, SQLITE_OK}, {1000, 77, SQLITE_OK},
        {100, PAGE_BYTES - 50, SQLITE_IOERR_READ}, {2 * PAGE_BYTES, 0, SQLITE_IOERR_READ}, {0, 0, SQLITE_IOERR_READ},
        {PAGE_BYTES, 1, SQLITE_IOERR_READ}};
    for (size_t i = 0; i < COUNT_OF(reads); i++)
        assert_int_equal(file->pMethods->xRead(file, page, reads[i].bytes, reads[i].at), reads[i].expected);
    assert_int_equal(file->pMethods->xRead(file, page, PAGE_BYTES, 0), SQLITE_OK);
    static const struct { int bytes; int64_t at; } writes[] = {
        {100, 0}, {PAGE_BYTES, 1}, {PAGE_BYTES - 1, 0}, {2 * PAGE_BYTES, 0}, {4, 24}};
    for (size_t i = 0; i < COUNT_OF(writes); i++)
        assert_int_equal(file->pMethods->xWrite(file, page, writes[i].bytes, writes[i].at), SQLITE_IOERR_WRITE);
    page[20] = 39; /* pitfall 8: page 1 without its reserve */
    assert_int_equal(file->pMethods->xWrite(file, page, PAGE_BYTES, 0), SQLITE_IOERR_WRITE);
    page[20] = 40;
    page[PAGE_BYTES - 1] = 1; /* pitfall 1: a tail that is not zero */
    assert_int_equal(file->pMethods->xWrite(file, page, PAGE_BYTES, 0), SQLITE_IOERR_WRITE);
    assert_whole(&p);
    place_end(&p);
}

/* Pitfall 7. */
static void a_hole_is_filled_with_sealed_pages(void **state UNUSED)
{
    struct place p;
    sqlite3_file *file = NULL;
    static char page[PAGE_BYTES], zeros[PAGE_BYTES];
    place_start(&p);
    assert_int_equal(sqlite3_file_control(crypt_connection(p.crypt), "main", SQLITE_FCNTL_FILE_POINTER, &file),
                     SQLITE_OK);
    memset(page, 'a', PAGE_BYTES - RESERVE_BYTES);
    assert_int_equal(file->pMethods->xWrite(file, page, PAGE_BYTES, 9 * PAGE_BYTES), SQLITE_OK);
    assert_int_equal(file->pMethods->xTruncate(file, 12 * PAGE_BYTES), SQLITE_OK);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    for (int i = 1; i < 12; i++) {
        char got[PAGE_BYTES];
        assert_int_equal(file->pMethods->xRead(file, got, PAGE_BYTES, (int64_t)i * PAGE_BYTES), SQLITE_OK);
        assert_memory_equal(got, i == 9 ? page : zeros, PAGE_BYTES);
    }
    assert_int_equal(problems(&p, print_report), 0);
    assert_int_equal(file->pMethods->xTruncate(file, PAGE_BYTES), SQLITE_OK);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    place_reopen(&p);
    assert_whole(&p);
    place_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neither_file_nor_log_shows_any_content),
        cmocka_unit_test(the_checksums_of_frames_are_hidden),
        cmocka_unit_test(a_file_that_is_no_store_is_refused_and_left_untouched),
        cmocka_unit_test(what_is_no_key_leaves_no_file_behind),
        cmocka_unit_test(a_missing_folder_is_named),
        cmocka_unit_test(an_empty_file_becomes_a_store_only_when_asked),
        cmocka_unit_test(a_store_half_made_is_made_anew),
        cmocka_unit_test(a_store_whose_first_header_is_torn_is_made_anew),
        cmocka_unit_test(a_creation_cut_between_the_header_copies_is_mended_silently),
        cmocka_unit_test(wrong_key_and_damage_are_told_apart),
        cmocka_unit_test(a_passphrase_opens_and_a_wrong_one_does_not),
        cmocka_unit_test(a_second_opening_is_told_that_it_is_in_use),
        cmocka_unit_test(a_link_to_a_store_opens_it),
        cmocka_unit_test(sql_cannot_reach_other_files_or_weaken_the_settings),
        cmocka_unit_test(temporary_tables_and_sorts_make_no_file),
        cmocka_unit_test(a_plain_connection_cannot_write_beside_an_open_store),
        cmocka_unit_test(a_strange_journal_beside_the_store_is_neither_played_nor_touched),
        cmocka_unit_test(unknown_shapes_of_reads_and_writes_are_errors),
        cmocka_unit_test(a_hole_is_filled_with_sealed_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
