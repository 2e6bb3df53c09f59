/* backup.c - a copy of an open store that is proved before it gets its name; see store.h. */
#include "base/file.h"
#include "store/state.h"

#include <errno.h>
#include <fcntl.h>

static int write_copy(struct store *store, const char *path, struct error *err)
{
    AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_errno(err, FAULT_STORE, "the backup cannot be made", path);
    if (crypt_copy(store->crypt, fd, err))
        return -1;
    return fsync(fd) ? error_errno(err, FAULT_STORE, "the backup cannot be written", path) : 0;
}

/* Opened as anyone would who has to restore it: every page, the tables, the log and every row. */
static int prove(const char *path, const struct store_key *key, struct audit_verdict *ret, struct error *err)
{
    AUTO(store) *copy = NULL;
    struct store_options options = {.path = path, .key = *key, .mode = STORE_READ};
    return store_open(&copy, &options, NULL, err) || store_check(copy, NULL, NULL, err) ||
                   audit_verify(copy, NULL, 0, ret, err)
               ? -1
               : 0;
}

static int refuse_existing(const char *path, struct error *err)
{
    error_set(err, FAULT_STORE, "the backup would overwrite a file");
    error_hint(err, "name one that is not there yet");
    return error_at(err, path, 0, 0);
}

/* Under its name there is the whole, proved copy or nothing. */
static int give_name(const char *part, const char *path, struct error *err)
{
    if (renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return folder_sync_of(path, FAULT_STORE, err);
    return errno == EEXIST ? refuse_existing(path, err)
                           : error_errno(err, FAULT_STORE, "the backup cannot get its name", path);
}

static int record(struct store *store, const char *path, const char *outcome, const struct audit_verdict *v,
                  struct error *err)
{
    char file[HASH_HEX_BYTES], root[HASH_HEX_BYTES];
    struct hash hash = store_commit_name(store, slice_of(path));
    hash_hex(&hash, file);
    hash_hex(&v->root, root);
    return audit_event(store, "store-backup", outcome,
                       json_pack("{s:s, s:I, s:s}", "file", file, "size", (json_int_t)v->size, "root", root),
                       NULL, err);
}

/* Recorded and signed after the copy was made: so the anchor is ahead of the copy from the beginning, and
 * whoever opens that for writing is refused. Two stores that go on under one anchor would each look like a
 * forgery of the other. */
static int finish(struct store *store, const char *part, const char *path, const struct audit_verdict *v,
                  struct error *err)
{
    AUTO(buffer) *note = NULL;
    struct error ignored;
    if (buffer_new(&note, NOTE_BYTES_MAX, err) || record(store, path, "ok", v, err) ||
        audit_checkpoint(store, note, err))
        return -1;
    if (give_name(part, path, err) == 0)
        return 0;
    (void)!record(store, path, "failed", v, &ignored);
    return -1;
}

int store_backup(struct store *store, const struct store_key *key, const char *path,
                 struct audit_verdict *ret, struct error *err)
{
    AUTO(buffer) *note = NULL;
    char part[PATH_MAX];
    if (access(path, F_OK) == 0)
        return refuse_existing(path, err);
    if (path_join(part, sizeof part, err, "%s.part", path) || buffer_new(&note, NOTE_BYTES_MAX, err) ||
        audit_checkpoint(store, note, err))
        return -1;
    int failed =
        write_copy(store, part, err) || prove(part, key, ret, err) || finish(store, part, path, ret, err);
    if (failed)
        unlink(part);
    return failed ? -1 : 0;
}
