/* state.h - inside store/crypt: what an open store is made of, shared by the shim (vfs), the log (wal), opening and
 * checking. */
#ifndef ALCOVE_STORE_CRYPT_STATE_H
#define ALCOVE_STORE_CRYPT_STATE_H

#include "store/crypt/crypt.h"
#include "store/crypt/header.h"
#include "store/crypt/keyslot.h"
#include "store/crypt/wal.h"

#include <openssl/evp.h>

struct crypt {
    char *path, *wal_path;
    int fd;                   /* our own, flock'ed: header and raw pages; closed after SQLite's (POSIX locks!) */
    struct secret *data_key;
    struct xaes *page_key;
    struct wal wal;
    struct page_mac *mac;
    struct header header;     /* as last made durable */
    uint64_t sequence;        /* the highest that was given to a header, durable or not: none is used twice */
    bool was_left_open;       /* a log was beside it when it was opened: the last process did not close it */
    bool has_header;          /* false while the store is being made: nothing counts until the header is there */
    enum header_look looks[HEADER_COPIES]; /* as found when it was opened, for crypt_check */
    bool was_copy_refused[HEADER_COPIES];  /* sound to the eye, but not under the key */
    uint64_t found[HEADER_COPIES];         /* sequence numbers; 0 where there is no copy that authenticates */
    int first_copy;                        /* to be written first: the one that may be damaged or is behind */

    struct page_digest digest; /* over the pages as they are in the file now */
    uint32_t pages;            /* in the file now */
    bool is_digest_lost;       /* a write failed and what it left cannot be read: nothing is made durable any more */
    bool is_in_progress;       /* the durable header says so */
    bool is_header_stale;      /* frames were written since, or a header in part: it has to be renewed */
    sqlite3_file *real;        /* SQLite's database file below the shim, while it is open */

    sqlite3_vfs vfs, *below;
    char vfs_name[40];
    sqlite3 *db;
};

/* crypt.c: the bytes of a key file, or a copy of the passphrase. -1 with FAULT_STORE. */
CHECKED int key_read(const struct store_key *given, struct secret **ret, enum slot_type *ret_type, struct error *err);

/* vfs.c: registers the shim for this store; unregisters. */
CHECKED int vfs_register(struct crypt *crypt, struct error *err);
void vfs_unregister(struct crypt *crypt);

/* progress.c: the protocol that keeps the page digest true through a crash. SQLite result codes. */
int progress_begin(struct crypt *crypt); /* before the first page of a checkpoint is overwritten */
int progress_end(struct crypt *crypt);   /* after the database was synced */
int progress_start(struct crypt *crypt); /* the first header of a new store, or that of a store whose making was cut */

/* Takes up a log that was left: it is of the generation that the header speaks of and reaches as far, or it began after
 * that header; an older or a shorter one is refused, since SQLite would lay its pages over newer ones. -1 with
 * FAULT_STORE. */
CHECKED int progress_take_log(struct crypt *crypt, struct error *err);

/* Proves, after a crash in progress, that the pages which the log does not hold are those of the header, and takes the
 * digest of the file as it is. -1 with FAULT_STORE. */
CHECKED int progress_recover(struct crypt *crypt, struct error *err);

/* Place of a page in the file. */
static inline int64_t page_at(const struct crypt *crypt, uint32_t number)
{
    return HEADER_BYTES + (int64_t)(number - 1) * crypt->header.page_bytes;
}

#endif
