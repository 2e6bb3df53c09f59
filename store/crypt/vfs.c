/* vfs.c - the shim between SQLite and the file system: one VFS for one store.
 *
 * It opens two files and no other: the store and its log. Rollback journals, temporary files, sub- and super-journals
 * get CANTOPEN (temp_store is MEMORY, the journal mode is WAL), and to SQLite they do not exist. io_methods version 1: no shared memory, so the log is
 * usable in exclusive mode only, and no mmap. */
#include "store/crypt/state.h"

#include <assert.h>
#include <stdint.h>

#define RESERVE_AT 20 /* of page 1: bytes reserved at the end of each page */

const char *crypt_below;

struct shim_file {
    sqlite3_file base;
    struct crypt *crypt;
    sqlite3_file *real;
};

static struct shim_file *shim(sqlite3_file *file)
{
    return (struct shim_file *)file;
}

/* The VFS that ours stands on. A test may put one of its own in between (crypt_below). */
static sqlite3_vfs *below(sqlite3_vfs *vfs)
{
    return ((struct crypt *)vfs->pAppData)->below;
}

static struct page_place place_of(const struct crypt *c, uint32_t number)
{
    return (struct page_place){PAGE_DATABASE, c->header.database_id, number, 0, {0}, 0};
}

/* ---- the database ---- */

static int database_read(sqlite3_file *file, void *to, int bytes, sqlite3_int64 at)
{
    struct shim_file *f = shim(file);
    struct crypt *c = f->crypt;
    uint32_t page_bytes = c->header.page_bytes;
    int64_t index = at / page_bytes, within = at % page_bytes;
    if (bytes <= 0 || within + bytes > page_bytes || index >= UINT32_MAX)
        return SQLITE_IOERR_READ;
    bool is_whole = within == 0 && bytes == (int)page_bytes;
    unsigned char *page = is_whole ? to : sqlite3_malloc64(page_bytes);
    if (!page)
        return SQLITE_NOMEM;
    uint32_t number = (uint32_t)index + 1;
    int rc = f->real->pMethods->xRead(f->real, page, (int)page_bytes, page_at(c, number));
    if (rc == SQLITE_OK) {
        struct page_place place = place_of(c, number);
        if (page_open(c->page_key, &place, page, page_bytes, page)) /* page 1 may be torn and whole in the log */
            rc = number == 1 && bytes == 100 ? SQLITE_IOERR_SHORT_READ : SQLITE_IOERR_DATA;
    }
    if (rc == SQLITE_IOERR_SHORT_READ)
        memset(to, 0, (size_t)bytes);
    else if (rc == SQLITE_OK && !is_whole)
        memcpy(to, page + within, (size_t)bytes);
    if (!is_whole)
        sqlite3_free(page);
    return rc;
}

static int read_tag(const struct crypt *c, uint32_t number, unsigned char tag[XAES_TAG_BYTES])
{
    int64_t at = page_at(c, number) + c->header.page_bytes - XAES_TAG_BYTES;
    return c->real->pMethods->xRead(c->real, tag, XAES_TAG_BYTES, at);
}

/* Takes the page as it is in the file out of a digest. */
static int digest_forget(const struct crypt *c, struct page_digest *sum, uint32_t number)
{
    unsigned char tag[XAES_TAG_BYTES];
    int rc = read_tag(c, number, tag);
    return rc == SQLITE_OK && page_digest_remove(c->mac, sum, number, tag) ? SQLITE_IOERR_WRITE : rc;
}

/* The write failed, and the page may be the old one, the new one or torn. The digest goes by what is there, so that a
 * later attempt finds it true. */
static void digest_settle(struct crypt *c, struct page_digest without, uint32_t number)
{
    unsigned char tag[XAES_TAG_BYTES];
    if (read_tag(c, number, tag) != SQLITE_OK || page_digest_add(c->mac, &without, number, tag))
        c->is_digest_lost = true;
    else
        c->digest = without;
}

static int page_put(struct crypt *c, uint32_t number, const unsigned char *plain, unsigned char *sealed)
{
    struct page_place place = place_of(c, number);
    struct page_digest sum = c->digest;
    uint32_t page_bytes = c->header.page_bytes;
    if (page_seal(c->page_key, &place, plain, page_bytes, sealed))
        return SQLITE_IOERR_WRITE;
    int rc = number <= c->pages ? digest_forget(c, &sum, number) : SQLITE_OK;
    if (rc != SQLITE_OK)
        return rc;
    rc = c->real->pMethods->xWrite(c->real, sealed, (int)page_bytes, page_at(c, number));
    if (rc != SQLITE_OK) {
        if (number <= c->pages)
            digest_settle(c, sum, number);
        return rc;
    }
    if (page_digest_add(c->mac, &sum, number, sealed + page_bytes - XAES_TAG_BYTES)) {
        c->is_digest_lost = true;
        return SQLITE_IOERR_WRITE;
    }
    c->digest = sum;
    c->pages = MAX(c->pages, number);
    return SQLITE_OK;
}

/* A hole would read as zeros, and zeros are never a page: sealed pages of zeros up to `last`. `sealed` is two pages. */
static int fill_holes(struct crypt *c, uint32_t last, unsigned char *sealed)
{
    uint32_t page_bytes = c->header.page_bytes;
    int rc = SQLITE_OK;
    if (c->pages >= last)
        return SQLITE_OK;
    memset(sealed + page_bytes, 0, page_bytes);
    while (rc == SQLITE_OK && c->pages < last)
        rc = page_put(c, c->pages + 1, sealed + page_bytes, sealed);
    return rc;
}

static int database_write(sqlite3_file *file, const void *from, int bytes, sqlite3_int64 at)
{
    struct crypt *c = shim(file)->crypt;
    uint32_t page_bytes = c->header.page_bytes;
    int64_t index = at / page_bytes;
    const unsigned char *plain = from;
    if (at % page_bytes || bytes != (int)page_bytes || index >= UINT32_MAX)
        return SQLITE_IOERR_WRITE;
    if (index == 0 && plain[RESERVE_AT] != RESERVE_BYTES)
        return SQLITE_IOERR_WRITE; /* without its reserve a page could not be sealed */
    int rc = progress_begin(c);
    if (rc != SQLITE_OK)
        return rc;
    unsigned char *sealed = sqlite3_malloc64(2 * (uint64_t)page_bytes);
    if (!sealed)
        return SQLITE_NOMEM;
    rc = fill_holes(c, (uint32_t)index, sealed);
    if (rc == SQLITE_OK)
        rc = page_put(c, (uint32_t)index + 1, plain, sealed);
    sqlite3_free(sealed);
    return rc;
}

/* Cuts, or (where the last pages are holes) extends. */
static int database_truncate(sqlite3_file *file, sqlite3_int64 bytes)
{
    struct crypt *c = shim(file)->crypt;
    uint32_t page_bytes = c->header.page_bytes;
    int64_t keep = bytes / page_bytes;
    unsigned char *sealed = sqlite3_malloc64(2 * (uint64_t)page_bytes);
    if (!sealed)
        return SQLITE_NOMEM;
    int rc = bytes % page_bytes || keep > UINT32_MAX ? SQLITE_IOERR_TRUNCATE : progress_begin(c);
    if (rc == SQLITE_OK)
        rc = fill_holes(c, (uint32_t)keep, sealed);
    sqlite3_free(sealed);
    struct page_digest sum = c->digest;
    for (int64_t n = keep + 1; rc == SQLITE_OK && n <= c->pages; n++)
        rc = digest_forget(c, &sum, (uint32_t)n);
    if (rc == SQLITE_OK)
        rc = c->real->pMethods->xTruncate(c->real, HEADER_BYTES + bytes);
    if (rc != SQLITE_OK)
        return rc;
    c->digest = sum;
    c->pages = (uint32_t)keep;
    return SQLITE_OK;
}

static int database_sync(sqlite3_file *file, int flags)
{
    struct shim_file *f = shim(file);
    int rc = f->real->pMethods->xSync(f->real, flags);
    return rc == SQLITE_OK ? progress_end(f->crypt) : rc;
}

static int database_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    struct shim_file *f = shim(file);
    int rc = f->real->pMethods->xFileSize(f->real, ret);
    *ret = MAX((sqlite3_int64)0, *ret - HEADER_BYTES);
    return rc;
}

/* ---- the log ---- */

static int log_read(sqlite3_file *file, void *to, int bytes, sqlite3_int64 at)
{
    struct shim_file *f = shim(file);
    return wal_read(&f->crypt->wal, f->real, f->crypt->header.page_bytes, to, bytes, at);
}

static int log_write(sqlite3_file *file, const void *from, int bytes, sqlite3_int64 at)
{
    struct shim_file *f = shim(file);
    f->crypt->is_header_stale = true;
    if (at == 0)
        f->crypt->wal.sequence = f->crypt->header.sequence;
    return wal_write(&f->crypt->wal, f->real, f->crypt->header.page_bytes, from, bytes, at);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 bytes)
{
    struct shim_file *f = shim(file);
    f->crypt->is_header_stale = true;
    return wal_truncate(&f->crypt->wal, f->real, bytes);
}

static int log_sync(sqlite3_file *file, int flags)
{
    return wal_sync(&shim(file)->crypt->wal, shim(file)->real, flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    int rc = wal_flush(&shim(file)->crypt->wal, shim(file)->real);
    return rc == SQLITE_OK ? shim(file)->real->pMethods->xFileSize(shim(file)->real, ret) : rc;
}

/* ---- both ---- */

static int file_close_shim(sqlite3_file *file)
{
    struct shim_file *f = shim(file);
    if (f->crypt->real == f->real)
        f->crypt->real = NULL;
    else
        (void)wal_flush(&f->crypt->wal, f->real); /* of a transaction that was not committed */
    return f->real->pMethods->xClose(f->real);
}

static int file_lock(sqlite3_file *file, int level)
{
    return shim(file)->real->pMethods->xLock(shim(file)->real, level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return shim(file)->real->pMethods->xUnlock(shim(file)->real, level);
}

static int file_check_lock(sqlite3_file *file, int *ret)
{
    return shim(file)->real->pMethods->xCheckReservedLock(shim(file)->real, ret);
}

static int file_control(sqlite3_file *file, int what, void *argument)
{
    if (what == SQLITE_FCNTL_CHUNK_SIZE || what == SQLITE_FCNTL_SIZE_HINT)
        return SQLITE_OK; /* would grow the file by zeros */
    if (what == SQLITE_FCNTL_MMAP_SIZE) {
        *(sqlite3_int64 *)argument = 0;
        return SQLITE_OK;
    }
    return shim(file)->real->pMethods->xFileControl(shim(file)->real, what, argument);
}

static int file_sector(sqlite3_file *file)
{
    return shim(file)->real->pMethods->xSectorSize(shim(file)->real);
}

/* POWERSAFE_OVERWRITE stays, or SQLite would pad the log and split its writes; nothing atomic survives sealing. */
static int file_traits(sqlite3_file *file)
{
    return shim(file)->real->pMethods->xDeviceCharacteristics(shim(file)->real) &
           (SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN);
}

static const sqlite3_io_methods database_methods = {
    .iVersion = 1, .xClose = file_close_shim, .xRead = database_read, .xWrite = database_write,
    .xTruncate = database_truncate, .xSync = database_sync, .xFileSize = database_size, .xLock = file_lock,
    .xUnlock = file_unlock, .xCheckReservedLock = file_check_lock, .xFileControl = file_control,
    .xSectorSize = file_sector, .xDeviceCharacteristics = file_traits};

static const sqlite3_io_methods log_methods = {
    .iVersion = 1, .xClose = file_close_shim, .xRead = log_read, .xWrite = log_write, .xTruncate = log_truncate,
    .xSync = log_sync, .xFileSize = log_size, .xLock = file_lock, .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock, .xFileControl = file_control, .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits};

/* ---- the VFS ---- */

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    struct crypt *c = vfs->pAppData;
    struct shim_file *f = shim(file);
    bool is_log = flags & SQLITE_OPEN_WAL;
    const char *ours = is_log ? c->wal_path : c->path;
    f->base.pMethods = NULL;
    if (!name || !(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) || strcmp(name, ours) != 0 || (!is_log && c->real))
        return SQLITE_CANTOPEN;
    f->crypt = c;
    f->real = (sqlite3_file *)(f + 1);
    int rc = below(vfs)->xOpen(below(vfs), name, f->real, flags, ret_flags);
    if (rc != SQLITE_OK)
        return rc;
    f->base.pMethods = is_log ? &log_methods : &database_methods;
    if (!is_log)
        c->real = f->real;
    return SQLITE_OK;
}

static bool is_ours(const struct crypt *c, const char *name)
{
    return strcmp(name, c->path) == 0 || strcmp(name, c->wal_path) == 0;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    if (strcmp(name, ((struct crypt *)vfs->pAppData)->wal_path) != 0)
        return SQLITE_IOERR_DELETE;
    return below(vfs)->xDelete(below(vfs), name, sync_folder);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    *ret = 0;
    if (!is_ours(vfs->pAppData, name))
        return SQLITE_OK; /* a journal that someone laid beside the store is none of ours */
    return below(vfs)->xAccess(below(vfs), name, flags, ret);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int bytes, char *ret)
{
    return below(vfs)->xFullPathname(below(vfs), name, bytes, ret);
}

static int vfs_randomness(sqlite3_vfs *vfs, int bytes, char *ret)
{
    return below(vfs)->xRandomness(below(vfs), bytes, ret);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    return below(vfs)->xSleep(below(vfs), microseconds);
}

static int vfs_time(sqlite3_vfs *vfs, double *ret)
{
    return below(vfs)->xCurrentTime(below(vfs), ret);
}

static int vfs_last_error(sqlite3_vfs *vfs, int bytes, char *ret)
{
    return below(vfs)->xGetLastError(below(vfs), bytes, ret);
}

int vfs_register(struct crypt *c, struct error *err)
{
    c->below = sqlite3_vfs_find(crypt_below ? crypt_below : "unix");
    if (!c->below)
        return error_set(err, FAULT_STORE, "SQLite has no unix VFS here");
    snprintf(c->vfs_name, sizeof c->vfs_name, "alcove-%p", (void *)c);
    c->vfs = (sqlite3_vfs){.iVersion = 1,
                           .szOsFile = (int)sizeof(struct shim_file) + c->below->szOsFile,
                           .mxPathname = c->below->mxPathname,
                           .zName = c->vfs_name,
                           .pAppData = c,
                           .xOpen = vfs_open,
                           .xDelete = vfs_delete,
                           .xAccess = vfs_access,
                           .xFullPathname = vfs_full_path,
                           .xRandomness = vfs_randomness,
                           .xSleep = vfs_sleep,
                           .xCurrentTime = vfs_time,
                           .xGetLastError = vfs_last_error};
    /* Also the default: a connection opened without a VFS's name must not write plain text beside the store. */
    if (sqlite3_vfs_register(&c->vfs, 1) != SQLITE_OK)
        return error_set(err, FAULT_STORE, "SQLite refuses the encrypting VFS");
    return 0;
}

void vfs_unregister(struct crypt *c)
{
    if (c->vfs.zName)
        sqlite3_vfs_unregister(&c->vfs);
}
