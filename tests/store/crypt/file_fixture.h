/* file_fixture.h - an encrypted file in a scratch folder: opened, queried, altered from the outside, and crashed. */
#ifndef ALCOVE_TESTS_STORE_CRYPT_FILE_FIXTURE_H
#define ALCOVE_TESTS_STORE_CRYPT_FILE_FIXTURE_H

#include "base/file.h"
#include "store/crypt/keyslot.h"
#include "store/crypt/state.h"
#include "tests/support/support.h"

#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PAGE_BYTES 4096u

struct place {
    char *folder, path[PATH_MAX], wal[PATH_MAX], key[PATH_MAX];
    struct crypt *crypt;
};

static inline int place_open(struct place *p, enum store_mode mode, struct error *err)
{
    struct store_options options = {.path = p->path, .key = {.key_file = p->key}, .mode = mode, .make_key_file = true};
    return crypt_open(&p->crypt, &options, NULL, err);
}

static inline void place_reopen(struct place *p)
{
    struct error err;
    crypt_drop(&p->crypt);
    assert_ok(place_open(p, STORE_WRITE, &err), err);
}

static inline void place_start(struct place *p)
{
    struct error err;
    memset(p, 0, sizeof *p);
    p->folder = scratch_new();
    snprintf(p->path, sizeof p->path, "%s", path_of(p->folder, "s.alc"));
    snprintf(p->wal, sizeof p->wal, "%s", path_of(p->folder, "s.alc-wal"));
    snprintf(p->key, sizeof p->key, "%s", path_of(p->folder, "s.key"));
    assert_ok(place_open(p, STORE_CREATE, &err), err);
}

static inline void place_end(struct place *p)
{
    crypt_drop(&p->crypt);
    scratch_drop(p->folder);
}

/* Runs statements; the SQLite result code. */
static inline int run(struct place *p, const char *sql)
{
    return sqlite3_exec(crypt_connection(p->crypt), sql, NULL, NULL, NULL);
}

#define assert_runs(p, sql)                                                                                            \
    do {                                                                                                               \
        if (run(p, sql) != SQLITE_OK)                                                                                  \
            fail_msg("%s: %s", sql, sqlite3_errmsg(crypt_connection((p)->crypt)));                                     \
    } while (0)

/* The first column of the first row, or INT64_MIN with the code in *ret_rc when it fails. */
static inline int64_t number(struct place *p, const char *sql, int *ret_rc)
{
    sqlite3_stmt *s = NULL;
    int64_t value = INT64_MIN;
    int rc = sqlite3_prepare_v2(crypt_connection(p->crypt), sql, -1, &s, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        value = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    if (ret_rc)
        *ret_rc = rc == SQLITE_ROW ? SQLITE_OK : rc;
    return value;
}

/* All rows of a query, as one hash; *ret_rc is SQLITE_OK or why it could not be read to the end. */
static inline struct hash hash_of_rows(struct place *p, const char *sql, int *ret_rc)
{
    struct error err;
    AUTO(hasher) *h = NULL;
    assert_ok(hasher_new(&h, &err), err);
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(crypt_connection(p->crypt), sql, -1, &s, NULL);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(s);
        for (int i = 0; rc == SQLITE_ROW && i < sqlite3_column_count(s); i++) {
            const void *bytes = sqlite3_column_blob(s, i);
            size_t count = (size_t)sqlite3_column_bytes(s, i);
            hasher_add(h, (struct slice){(const char *)&count, sizeof count});
            hasher_add(h, (struct slice){bytes, count});
        }
    }
    sqlite3_finalize(s);
    *ret_rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
    return hasher_finish(h);
}

static inline void ignore_report(void *context UNUSED, const char *problem UNUSED)
{
}

static inline void print_report(void *context UNUSED, const char *problem)
{
    print_message("    problem: %s\n", problem);
}

/* Problems that crypt_check finds; SIZE_MAX when it cannot be carried out. */
static inline size_t problems(struct place *p, store_report *report)
{
    struct error err;
    size_t count;
    return crypt_check(p->crypt, report, NULL, &count, &err) ? SIZE_MAX : count;
}

/* Whole, by every measure we have. */
static inline void assert_whole(struct place *p)
{
    struct error err;
    size_t count;
    sqlite3_stmt *s = NULL;
    assert_ok(crypt_check(p->crypt, print_report, NULL, &count, &err), err);
    assert_int_equal(count, 0);
    assert_int_equal(sqlite3_prepare_v2(crypt_connection(p->crypt), "PRAGMA integrity_check", -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_string_equal(sqlite3_column_text(s, 0), "ok");
    sqlite3_finalize(s);
}

/* A file's bytes; the caller drops them. */
static inline struct buffer *bytes_in(const char *path)
{
    struct error err;
    struct buffer *bytes;
    assert_ok(file_read(&bytes, path, SIZE_MAX / 4, FAULT_INPUT, &err), err);
    return bytes;
}

static inline void put_bytes(const char *path, const struct buffer *bytes)
{
    FILE *f = fopen(path, "wb"); /* in place: the same inode, as an attacker's dd */
    assert_non_null(f);
    assert_int_equal(fwrite(bytes->data, 1, bytes->bytes, f), bytes->bytes);
    assert_int_equal(fclose(f), 0);
}

static inline char *page_in(const struct buffer *file, uint32_t n)
{
    return file->data + HEADER_BYTES + (size_t)(n - 1) * PAGE_BYTES;
}

static inline uint32_t pages_in(const struct buffer *file)
{
    return (uint32_t)((file->bytes - HEADER_BYTES) / PAGE_BYTES);
}

/* Runs `work` in a child that then vanishes without closing anything. The store is not open in the parent. */
static inline void in_a_crashing_child(struct place *p, void (*work)(struct place *p))
{
    crypt_drop(&p->crypt);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct error err;
        if (place_open(p, STORE_WRITE, &err))
            _exit(2);
        work(p);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* For the child: no cmocka there. */
static inline void must(struct place *p, const char *sql)
{
    if (run(p, sql) != SQLITE_OK)
        _exit(3);
}

#endif
