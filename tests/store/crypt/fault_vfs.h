/* fault_vfs.h - a VFS below the shim that fails the Nth call of a kind, or cuts the power there.
 *
 * Wraps "unix"; crypt_below names it. What is not synced is kept as a list of operations beside a copy of what is: a
 * power cut applies a random choice of them, sector by sector, to the copy and ends the process. */
#ifndef ALCOVE_TESTS_STORE_CRYPT_FAULT_VFS_H
#define ALCOVE_TESTS_STORE_CRYPT_FAULT_VFS_H

#include "tests/store/crypt/file_fixture.h"

#define SECTOR_BYTES 512

enum fault_kind { FAULT_READ = 1, FAULT_WRITE = 2, FAULT_SYNC = 4, FAULT_TRUNCATE = 8, FAULT_OPEN = 16, FAULT_DELETE = 32 };

static struct {
    unsigned kinds;     /* of calls that are counted */
    long left;          /* calls until the fault; -1 = no fault */
    bool is_lasting;    /* all calls after it fail too */
    bool is_power_cut;  /* instead of failing */
    bool has_fired;
    int code;           /* what a failed call returns; 0 = by kind */
    uint64_t seed;      /* of the power cut */
} fault;

struct operation {
    bool is_truncate;
    int64_t at;
    size_t bytes;
    unsigned char *data;
};

struct shadow { /* of one file */
    char path[PATH_MAX];
    unsigned char *synced;
    size_t bytes;
    struct operation *todo;
    size_t count, capacity;
};
static struct shadow shadows[2]; /* the store and its log */

struct faulty_file {
    sqlite3_file base;
    struct shadow *shadow;
    sqlite3_file *real;
};

static inline void shadow_forget(struct shadow *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->todo[i].data);
    s->count = 0;
}

/* What is in the file now is safe. */
static inline void shadow_sync(struct shadow *s)
{
    struct stat st;
    FILE *f = fopen(s->path, "rb");
    shadow_forget(s);
    free(s->synced);
    s->synced = NULL;
    s->bytes = 0;
    if (!f)
        return;
    if (fstat(fileno(f), &st) == 0 && st.st_size > 0) {
        s->synced = malloc((size_t)st.st_size);
        s->bytes = fread(s->synced, 1, (size_t)st.st_size, f);
    }
    fclose(f);
}

static inline void shadow_note(struct shadow *s, struct operation o)
{
    if (s->count == s->capacity) {
        s->capacity = 2 * s->capacity + 64;
        s->todo = realloc(s->todo, s->capacity * sizeof *s->todo);
    }
    s->todo[s->count++] = o;
}

static inline void resize(struct shadow *s, size_t bytes)
{
    if (bytes > s->bytes) {
        s->synced = realloc(s->synced, bytes);
        memset(s->synced + s->bytes, 0, bytes - s->bytes);
    }
    s->bytes = bytes;
}

/* Some of the operations reached the disk, in whatever order: here each sector of each with a chance of one half. */
static inline void shadow_cut(struct shadow *s)
{
    bool keeps_all = random_next(&fault.seed) % 4 == 0, keeps_none = random_next(&fault.seed) % 4 == 0;
    for (size_t i = 0; i < s->count && !keeps_none; i++) {
        const struct operation *o = &s->todo[i];
        if (o->is_truncate && (keeps_all || random_next(&fault.seed) % 2))
            resize(s, (size_t)o->at);
        for (size_t done = 0, step; done < o->bytes; done += step) {
            size_t at = (size_t)o->at + done;
            step = MIN(SECTOR_BYTES - at % SECTOR_BYTES, o->bytes - done);
            if (!keeps_all && random_next(&fault.seed) % 2)
                continue;
            if (at + step > s->bytes)
                resize(s, at + step);
            memcpy(s->synced + at, o->data + done, step);
        }
    }
    FILE *f = s->path[0] && access(s->path, F_OK) == 0 ? fopen(s->path, "wb") : NULL;
    if (f && s->bytes)
        fwrite(s->synced, 1, s->bytes, f);
    if (f)
        fclose(f);
}

/* Counts one call; the code to fail with, or SQLITE_OK. */
static inline int fault_here(enum fault_kind kind)
{
    static const struct { enum fault_kind kind; int code; } codes[] = {
        {FAULT_READ, SQLITE_IOERR_READ}, {FAULT_WRITE, SQLITE_IOERR_WRITE}, {FAULT_SYNC, SQLITE_IOERR_FSYNC},
        {FAULT_TRUNCATE, SQLITE_IOERR_TRUNCATE}, {FAULT_OPEN, SQLITE_CANTOPEN}, {FAULT_DELETE, SQLITE_IOERR_DELETE}};
    if (!(fault.kinds & kind) || fault.left < 0)
        return SQLITE_OK;
    if (fault.left > 0) {
        fault.left--;
        return SQLITE_OK;
    }
    fault.has_fired = true;
    if (fault.is_power_cut) {
        for (size_t i = 0; i < COUNT_OF(shadows); i++)
            shadow_cut(&shadows[i]);
        _exit(9);
    }
    if (!fault.is_lasting)
        fault.left = -1;
    for (size_t i = 0; i < COUNT_OF(codes) && !fault.code; i++)
        if (codes[i].kind == kind)
            return codes[i].code;
    return fault.code;
}

static inline void fault_arm(unsigned kinds, long nth, int code, bool is_lasting)
{
    fault.kinds = kinds;
    fault.left = nth;
    fault.code = code;
    fault.is_lasting = is_lasting;
    fault.has_fired = false;
}

static inline bool fault_disarm(void)
{
    fault.left = -1;
    return fault.has_fired;
}

#define REAL(file) (((struct faulty_file *)(file))->real)
#define SHADOW(file) (((struct faulty_file *)(file))->shadow)

static inline int faulty_close(sqlite3_file *f)
{
    return REAL(f)->pMethods->xClose(REAL(f));
}

static inline int faulty_read(sqlite3_file *f, void *to, int bytes, sqlite3_int64 at)
{
    int rc = fault_here(FAULT_READ);
    return rc ? rc : REAL(f)->pMethods->xRead(REAL(f), to, bytes, at);
}

/* A failed write leaves the first half of it, as a full disk does. */
static inline int faulty_write(sqlite3_file *f, const void *from, int bytes, sqlite3_int64 at)
{
    int rc = fault_here(FAULT_WRITE);
    if (fault.is_power_cut) {
        unsigned char *data = malloc((size_t)bytes);
        memcpy(data, from, (size_t)bytes);
        shadow_note(SHADOW(f), (struct operation){false, at, (size_t)bytes, data});
    }
    if (rc == SQLITE_OK)
        return REAL(f)->pMethods->xWrite(REAL(f), from, bytes, at);
    (void)!REAL(f)->pMethods->xWrite(REAL(f), from, bytes / 2, at);
    return rc;
}

static inline int faulty_truncate(sqlite3_file *f, sqlite3_int64 bytes)
{
    int rc = fault_here(FAULT_TRUNCATE);
    if (fault.is_power_cut)
        shadow_note(SHADOW(f), (struct operation){true, bytes, 0, NULL});
    return rc ? rc : REAL(f)->pMethods->xTruncate(REAL(f), bytes);
}

static inline int faulty_sync(sqlite3_file *f, int flags)
{
    int rc = fault_here(FAULT_SYNC);
    if (rc)
        return rc;
    if (fault.is_power_cut) /* the power is cut by us alone: a real sync would only cost time */
        shadow_sync(SHADOW(f));
    return fault.is_power_cut ? SQLITE_OK : REAL(f)->pMethods->xSync(REAL(f), flags);
}

static inline int faulty_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    return REAL(f)->pMethods->xFileSize(REAL(f), ret);
}

static inline int faulty_lock(sqlite3_file *f, int level)
{
    return REAL(f)->pMethods->xLock(REAL(f), level);
}

static inline int faulty_unlock(sqlite3_file *f, int level)
{
    return REAL(f)->pMethods->xUnlock(REAL(f), level);
}

static inline int faulty_check(sqlite3_file *f, int *ret)
{
    return REAL(f)->pMethods->xCheckReservedLock(REAL(f), ret);
}

static inline int faulty_control(sqlite3_file *f, int what, void *argument)
{
    return REAL(f)->pMethods->xFileControl(REAL(f), what, argument);
}

static inline int faulty_sector(sqlite3_file *f)
{
    return REAL(f)->pMethods->xSectorSize(REAL(f));
}

static inline int faulty_traits(sqlite3_file *f)
{
    return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}

static const sqlite3_io_methods faulty_methods = {
    1, faulty_close, faulty_read, faulty_write, faulty_truncate, faulty_sync, faulty_size, faulty_lock, faulty_unlock,
    faulty_check, faulty_control, faulty_sector, faulty_traits, NULL, NULL, NULL, NULL, NULL, NULL};

static sqlite3_vfs *unix_vfs;

static inline int faulty_open(sqlite3_vfs *vfs UNUSED, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    struct faulty_file *f = (struct faulty_file *)file;
    f->base.pMethods = NULL;
    f->real = (sqlite3_file *)(f + 1);
    f->shadow = &shadows[flags & SQLITE_OPEN_WAL ? 1 : 0];
    int rc = fault_here(FAULT_OPEN);
    if (rc == SQLITE_OK)
        rc = unix_vfs->xOpen(unix_vfs, name, f->real, flags, ret_flags);
    if (rc == SQLITE_OK) {
        f->base.pMethods = &faulty_methods;
        snprintf(f->shadow->path, sizeof f->shadow->path, "%s", name);
        if (fault.is_power_cut)
            shadow_sync(f->shadow);
    }
    return rc;
}

static inline int faulty_delete(sqlite3_vfs *vfs UNUSED, const char *name, int sync_folder)
{
    int rc = fault_here(FAULT_DELETE);
    return rc ? rc : unix_vfs->xDelete(unix_vfs, name, sync_folder);
}

/* Installs it below every store that is opened from now on. */
static inline void fault_vfs_install(void)
{
    static sqlite3_vfs vfs;
    if (vfs.zName)
        return;
    unix_vfs = sqlite3_vfs_find("unix");
    vfs = *unix_vfs;
    vfs.zName = "faulty";
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct faulty_file) + unix_vfs->szOsFile;
    vfs.xOpen = faulty_open;
    vfs.xDelete = faulty_delete;
    assert_int_equal(sqlite3_vfs_register(&vfs, 0), SQLITE_OK);
    crypt_below = "faulty";
    fault.left = -1;
}

#endif
