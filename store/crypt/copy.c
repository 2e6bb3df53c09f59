/* copy.c - the file of an open store as it is, byte for byte: sealed as before, opened by the same keys; see
 * crypt.h. */
#include "base/file.h"
#include "store/crypt/state.h"

#define COPY_BYTES (1u << 20)

int crypt_copy(struct crypt *c, int to, struct error *err)
{
    AUTO(buffer) *part = NULL;
    int64_t end, at = 0;
    if (sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        return crypt_sqlite_error(c->db, "the store cannot be copied", err);
    if (c->is_in_progress || c->is_digest_lost)
        return error_set(err, FAULT_STORE, "the store cannot be copied after a failed write: open it again");
    if (buffer_new(&part, COPY_BYTES, err) || buffer_reserve(part, COPY_BYTES, err))
        return -1;
    for (end = page_at(c, c->pages + 1); at < end;) {
        ssize_t got = pread(c->fd, part->data, (size_t)MIN(end - at, (int64_t)COPY_BYTES), at);
        if (got <= 0)
            return error_errno(err, FAULT_STORE, "cannot be read", c->path);
        if (file_write_fd(to, (struct slice){part->data, (size_t)got}, FAULT_STORE, err))
            return -1;
        at += got;
    }
    return 0;
}
