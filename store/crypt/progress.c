/* progress.c - keeps the digest over all pages true, whenever the machine stops.
 *
 * Between checkpoints the database file does not change and its header says: clean, with the digest of all pages. A
 * checkpoint copies pages out of the log; a crash in the midst of it leaves some new, some old, some torn, all of them
 * also in the log. So before the first is overwritten the header is made to say: in progress, with the digest of the
 * pages that the log does NOT hold. After the crash those must still add up: an older version of any of them, put back
 * while the state was open, is found. The others are written again from the log, whose pages authenticate.
 *
 *   clean(digest) -> in progress(untouched, frames) -> pages written, synced -> clean(new digest)
 */
#include "store/crypt/state.h"

#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>


static int read_tag(const struct crypt *c, uint32_t number, unsigned char tag[XAES_TAG_BYTES])
{
    int64_t at = page_at(c, number) + c->header.page_bytes - XAES_TAG_BYTES;
    return pread(c->fd, tag, XAES_TAG_BYTES, at) == XAES_TAG_BYTES ? 0 : -1;
}

static bool is_held(const unsigned char *held, uint32_t number)
{
    return held[(number - 1) / 8] >> (number - 1) % 8 & 1;
}

/* The digest of pages 1..limit that are not held (held NULL: of all). -1 when a tag cannot be read. */
static int digest_of(struct crypt *c, const unsigned char *held, uint32_t limit, struct page_digest *ret)
{
    struct page_digest sum = {0, 0};
    unsigned char tag[XAES_TAG_BYTES];
    for (uint32_t n = 1; n <= limit; n++)
        if (!held || !is_held(held, n))
            if (read_tag(c, n, tag) || page_digest_add(c->mac, &sum, n, tag))
                return -1;
    *ret = sum;
    return 0;
}

/* Removes from the digest of all pages those that are held or beyond the size after the log's last commit. */
static int digest_without(struct crypt *c, const unsigned char *held, uint32_t limit, struct page_digest *ret)
{
    struct page_digest sum = c->digest;
    unsigned char tag[XAES_TAG_BYTES];
    for (uint32_t n = 1; n <= c->pages; n++)
        if (n > limit || is_held(held, n))
            if (read_tag(c, n, tag) || page_digest_remove(c->mac, &sum, n, tag))
                return -1;
    *ret = sum;
    return 0;
}

static int read_sqlite(void *context, void *to, int bytes, int64_t at)
{
    sqlite3_file *file = context;
    return file->pMethods->xRead(file, to, bytes, at) == SQLITE_OK ? 0 : -1;
}

static int write_header(struct crypt *c, struct header *next)
{
    struct error err;
    next->sequence = c->header.sequence + 1;
    if (header_write(c->fd, next, c->data_key, &err))
        return err.code == FAULT_TEMPORARY ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    c->header = *next;
    return SQLITE_OK;
}

int progress_begin(struct crypt *c)
{
    if (!c->has_header || (c->is_in_progress && !c->is_wal_changed))
        return SQLITE_OK;
    struct header next = c->header;
    uint32_t size_after = 0;
    unsigned char *held = calloc(c->pages / 8 + 1, 1);
    if (!held)
        return SQLITE_NOMEM;
    struct wal_source source = {read_sqlite, c->wal_file};
    next.wal_frames = 0;
    int failed = c->wal_file && wal_held(&c->wal, &source, c->header.page_bytes, c->pages, UINT32_MAX, held,
                                         &next.wal_frames, &size_after);
    uint32_t limit = next.wal_frames ? MIN(size_after, c->pages) : c->pages;
    failed = failed || digest_without(c, held, limit, &next.untouched);
    free(held);
    if (failed)
        return SQLITE_IOERR_READ;
    next.state = HEADER_IN_PROGRESS;
    next.pages = c->pages;
    int rc = write_header(c, &next);
    if (rc == SQLITE_OK) {
        c->is_in_progress = true;
        c->is_wal_changed = false;
    }
    return rc;
}

int progress_end(struct crypt *c)
{
    if (!c->has_header || !c->is_in_progress)
        return SQLITE_OK;
    struct header next = c->header;
    next.state = HEADER_CLEAN;
    next.wal_frames = 0;
    next.untouched = (struct page_digest){0, 0};
    next.digest = c->digest;
    next.pages = c->pages;
    int rc = write_header(c, &next);
    c->is_in_progress = rc != SQLITE_OK;
    return rc;
}

static int read_descriptor(void *context, void *to, int bytes, int64_t at)
{
    return pread(*(int *)context, to, (size_t)bytes, at) == bytes ? 0 : -1;
}

int progress_recover(struct crypt *c, struct error *err)
{
    struct stat st;
    if (fstat(c->fd, &st))
        return error_errno(err, FAULT_STORE, "cannot be looked at", c->path);
    int64_t bytes = MAX((int64_t)0, (int64_t)st.st_size - HEADER_BYTES);
    uint32_t in_file = (uint32_t)(bytes / c->header.page_bytes), frames = 0, size_after = 0;
    unsigned char *held = calloc(c->header.pages / 8 + 1, 1);
    if (!held)
        return error_memory(err);
    AUTO_FD wal = open(c->wal_path, O_RDONLY | O_CLOEXEC);
    struct wal_source source = {read_descriptor, &wal};
    struct page_digest untouched;
    int failed = wal < 0 || wal_held(&c->wal, &source, c->header.page_bytes, c->header.pages, c->header.wal_frames, held,
                                     &frames, &size_after) ||
                 frames != c->header.wal_frames;
    uint32_t limit = MIN(size_after, c->header.pages);
    failed = failed || limit > in_file || digest_of(c, held, limit, &untouched);
    free(held);
    if (failed || untouched.low != c->header.untouched.low || untouched.high != c->header.untouched.high) {
        error_set(err, FAULT_STORE,
                  "the store was left in the midst of a checkpoint and its pages or its log are not those of that moment");
        error_hint(err, "restore a backup, log included");
        return error_at(err, c->path, 0, 0);
    }
    c->pages = in_file;
    if (digest_of(c, NULL, in_file, &c->digest))
        return error_errno(err, FAULT_STORE, "cannot be read", c->path);
    return 0;
}
