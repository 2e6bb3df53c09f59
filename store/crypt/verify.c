/* verify.c - reads the raw file of an open store, byte for byte: both header copies, every page, the digest over all. */
#include "store/crypt/state.h"

#include <stdarg.h>
#include <sys/stat.h>

struct report {
    store_report *call;
    void *context;
    size_t problems;
};

static void PRINTF_LIKE(2, 3) problem(struct report *r, const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    r->problems++;
    if (r->call)
        r->call(r->context, text);
}

/* As they were found on opening: a checkpoint since then may have made both new. After a crash one of them may be torn
 * or a step behind by right, and the log beside the store tells that there was one. */
static void check_found(const struct crypt *c, struct report *r)
{
    if (c->was_left_open)
        return;
    for (int i = 0; i < HEADER_COPIES; i++)
        if (c->has_header && c->looks[i] != HEADER_SOUND && c->looks[1 - i] == HEADER_SOUND)
            problem(r, "header copy %d is damaged; the other one serves", i + 1);
        else if (c->was_copy_refused[i])
            problem(r, "header copy %d does not authenticate; the other one serves", i + 1);
        else if (c->found[i] < c->found[1 - i])
            problem(r, "header copy %d is an older one; the other one serves", i + 1);
}

static void check_copies(struct crypt *c, struct report *r)
{
    unsigned char copies[HEADER_COPIES][HEADER_COPY_BYTES];
    if (pread(c->fd, copies, sizeof copies, 0) != (ssize_t)sizeof copies) {
        problem(r, "the header cannot be read");
        return;
    }
    size_t before = r->problems;
    check_found(c, r);
    for (int i = 0; i < HEADER_COPIES && r->problems == before; i++) {
        struct header h;
        if (header_look(copies[i]) != HEADER_SOUND || header_decode(&h, copies[i], c->data_key))
            problem(r, "header copy %d is damaged; the other one serves", i + 1);
        else if (h.sequence != c->header.sequence)
            problem(r, "header copy %d is an older one (%llu, not %llu)", i + 1, (unsigned long long)h.sequence,
                    (unsigned long long)c->header.sequence);
    }
}

static int check_pages(struct crypt *c, struct report *r, struct error *err)
{
    uint32_t page_bytes = c->header.page_bytes;
    struct page_digest sum = {0, 0};
    struct stat st;
    unsigned char *page = malloc(page_bytes);
    if (!page)
        return error_memory(err);
    if (fstat(c->fd, &st) || st.st_size != HEADER_BYTES + (int64_t)c->header.pages * page_bytes)
        problem(r, "the file has not the size that its header states");
    bool is_whole = true;
    for (uint32_t n = 1; n <= c->header.pages; n++) {
        struct page_place place = {PAGE_DATABASE, c->header.database_id, n, 0, {0}, 0};
        if (pread(c->fd, page, page_bytes, page_at(c, n)) != (ssize_t)page_bytes) {
            problem(r, "page %u cannot be read", n);
            is_whole = false;
            break;
        }
        if (page_digest_add(c->mac, &sum, n, page + page_bytes - XAES_TAG_BYTES)) {
            free(page);
            return error_memory(err);
        }
        if (page_open(c->page_key, &place, page, page_bytes, page))
            problem(r, "page %u does not authenticate: it was altered or damaged", n);
    }
    free(page);
    if (is_whole && (sum.low != c->header.digest.low || sum.high != c->header.digest.high))
        problem(r, "the pages together are not those of the last commit: an older version of a page was put back");
    return 0;
}

int crypt_check(struct crypt *c, store_report *report, void *context, size_t *ret_problems, struct error *err)
{
    struct report r = {report, context, 0};
    int rc = sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (rc == SQLITE_IOERR_DATA || (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
        problem(&r, "the log cannot be brought into the database: a page of either does not authenticate");
    else if (rc != SQLITE_OK)
        return crypt_sqlite_error(c->db, "the log cannot be brought into the database", err);
    check_copies(c, &r);
    if (check_pages(c, &r, err))
        return -1;
    *ret_problems = r.problems;
    return 0;
}
