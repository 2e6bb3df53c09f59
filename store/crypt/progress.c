/* progress.c - keeps the digest over all pages true, whenever the machine stops.
 *
 * Between checkpoints the database file does not change and its header says: clean, with the digest of all pages. A
 * checkpoint copies pages out of the log; a crash in the midst of it leaves some new, some old, some torn, all of them
 * also in the log. So before the first is overwritten the header is made to say: in progress, with the digest of the
 * pages that the log does NOT hold. After the crash those must still add up: an older version of any of them, put back
 * while the state was open, is found. The others are written again from the log, whose pages authenticate.
 *
 *   clean(digest) -> in progress(untouched, log mark) -> pages written, synced -> clean(new digest, log mark)
 *
 * The mark names the log by its generation (salts, and the sequence number of the header when it began, which every
 * frame is bound to) and by its length. SQLite lays the pages of a log that it finds over those of the file, so a log
 * older than the header or cut before the mark would bring old pages back. */
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

/* A write that fails half-way may have left either header: until one was written whole none is relied on. */
static int write_header(struct crypt *c, struct header *next)
{
    next->sequence = ++c->sequence;
    int rc = header_write(c->real, next, c->data_key, &c->first_copy);
    c->is_header_stale = rc != SQLITE_OK;
    if (rc == SQLITE_OK) {
        c->header = *next;
        c->is_in_progress = next->state == HEADER_IN_PROGRESS;
    }
    return rc;
}

int progress_begin(struct crypt *c)
{
    if (!c->has_header || (c->is_in_progress && !c->is_header_stale))
        return SQLITE_OK;
    if (c->is_digest_lost)
        return SQLITE_IOERR_WRITE;
    struct header next = c->header;
    unsigned char *held = calloc(c->pages / 8 + 1, 1);
    if (!held)
        return SQLITE_NOMEM;
    next.log = (struct log_mark){.frames = c->wal.committed, .sequence = c->wal.sequence};
    memcpy(next.log.salts, c->wal.salts, sizeof next.log.salts);
    uint32_t size_after = wal_held(&c->wal, next.log.frames, c->pages, held);
    uint32_t limit = next.log.frames ? MIN(size_after, c->pages) : c->pages;
    int failed = digest_without(c, held, limit, &next.untouched);
    free(held);
    if (failed)
        return SQLITE_IOERR_READ;
    next.state = HEADER_IN_PROGRESS;
    next.pages = c->pages;
    return write_header(c, &next);
}

int progress_end(struct crypt *c)
{
    if (!c->has_header || !c->is_in_progress)
        return SQLITE_OK;
    if (c->is_digest_lost)
        return SQLITE_IOERR_FSYNC;
    return progress_start(c);
}

int progress_start(struct crypt *c)
{
    struct header next = c->header;
    next.state = HEADER_CLEAN;
    next.untouched = (struct page_digest){0, 0};
    next.digest = c->digest;
    next.pages = c->pages;
    return write_header(c, &next);
}

static int refuse_log(const struct crypt *c, struct error *err)
{
    error_set(err, FAULT_STORE, "the log beside the store is not the one that its header speaks of: it was cut, altered"
                                " or exchanged");
    error_hint(err, "restore a backup, log included");
    return error_at(err, c->path, 0, 0);
}

int progress_take_log(struct crypt *c, struct error *err)
{
    const struct log_mark *mark = &c->header.log;
    unsigned char salts[8];
    AUTO_FD fd = open(c->wal_path, O_RDONLY | O_CLOEXEC);
    bool is_there = fd >= 0 && wal_salts(fd, salts) == 0;
    bool is_marked = is_there && mark->frames && memcmp(salts, mark->salts, sizeof salts) == 0;
    if (c->is_in_progress && !is_marked)
        return refuse_log(c, err);
    c->wal.sequence = is_marked ? mark->sequence : c->header.sequence;
    if (is_there && wal_prove(&c->wal, fd, c->header.page_bytes))
        return error_memory(err);
    return is_marked && c->wal.committed < mark->frames ? refuse_log(c, err) : 0;
}

int progress_recover(struct crypt *c, struct error *err)
{
    struct stat st;
    if (fstat(c->fd, &st))
        return error_errno(err, FAULT_STORE, "cannot be looked at", c->path);
    int64_t in_file = MAX((int64_t)0, (int64_t)st.st_size - HEADER_BYTES) / c->header.page_bytes;
    unsigned char *held = calloc(c->header.pages / 8 + 1, 1);
    if (!held)
        return error_memory(err);
    struct page_digest untouched;
    uint32_t limit = MIN(wal_held(&c->wal, c->header.log.frames, c->header.pages, held), c->header.pages);
    bool is_whole = limit <= in_file && digest_of(c, held, limit, &untouched) == 0 &&
                    untouched.low == c->header.untouched.low && untouched.high == c->header.untouched.high;
    free(held);
    if (!is_whole) {
        error_set(err, FAULT_STORE,
                  "the store was left in the midst of a checkpoint and its pages are not those of that moment");
        error_hint(err, "restore a backup, log included");
        return error_at(err, c->path, 0, 0);
    }
    /* What the checkpoint added beyond the old end may be holes: it is all written again. */
    c->pages = (uint32_t)MIN(in_file, (int64_t)c->header.pages);
    c->is_header_stale = true;
    if (digest_of(c, NULL, c->pages, &c->digest))
        return error_errno(err, FAULT_STORE, "cannot be read", c->path);
    return 0;
}
