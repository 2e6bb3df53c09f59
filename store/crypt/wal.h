/* wal.h - the write-ahead log at rest.
 *
 *   0    32   header of the log, as SQLite writes it (sizes, salts, its own checksum: nothing of the content)
 *   32   24   frame header: page number, size after commit | salts, running checksum  (the last 16 encrypted)
 *   56   n    frame body: a sealed page (page.h, kind WAL; offset = the frame's)
 *   ...       further frames
 *
 * The running checksum is unkeyed and over plain text: left readable it would let anyone test guesses of short secrets.
 * It is exactly one AES block with the salts: AES-256-XTS, tweak = offset of the frame, so rewriting is harmless. */
#ifndef ALCOVE_STORE_CRYPT_WAL_H
#define ALCOVE_STORE_CRYPT_WAL_H

#include "base/secret.h"
#include "store/crypt/page.h"

#include <openssl/evp.h>
#include <sqlite3.h>

#define WAL_HEADER_BYTES 32
#define FRAME_HEADER_BYTES 24

struct wal_frame {
    uint32_t page, size; /* size: pages of the database after the commit that this frame ends; 0 = ends none */
};

struct wal {
    struct xaes *body;
    EVP_CIPHER_CTX *hide, *show; /* XTS */
    const unsigned char *database_id;
    uint64_t sequence;           /* of the store's header when this generation of the log began */
    unsigned char salts[8];      /* of this generation */
    bool is_ours;                /* we wrote to it: from now on a frame that does not authenticate is an error */
    struct wal_frame *frames;    /* as they stand in the log, committed or not */
    uint32_t count, capacity;
    unsigned char *frame;        /* one frame, sealed; its header waits here for the body, to be written at once */
    int64_t waiting_at;          /* place of that frame; 0 = none waits */
    uint32_t committed, pending; /* frames up to the last commit that was synced; up to the one that is not yet */
};
CHECKED int wal_make(struct wal *wal, const struct secret *data_key, const unsigned char *database_id,
                     struct error *err);
void wal_wipe(struct wal *wal);

/* SQLite's reads and writes in the shapes that it has; any other is an I/O error, never bytes in the clear. */
int wal_read(struct wal *wal, sqlite3_file *real, size_t page_bytes, void *to, int bytes, sqlite3_int64 at);
int wal_write(struct wal *wal, sqlite3_file *real, size_t page_bytes, const void *from, int bytes, sqlite3_int64 at);
int wal_sync(struct wal *wal, sqlite3_file *real, int flags);
int wal_truncate(struct wal *wal, sqlite3_file *real, sqlite3_int64 bytes);
int wal_flush(struct wal *wal, sqlite3_file *real); /* before anything else looks at the file */

/* The salts in the log's header: which generation it is. -1 when there is no log. */
CHECKED int wal_salts(int fd, unsigned char ret[8]);

/* Takes into `frames` and `committed` what SQLite's recovery will take of a log that was left: all up to the last
 * commit before the first frame that does not belong, does not authenticate or does not add up; nothing when the
 * log's header is not sound. -1 without memory. */
CHECKED int wal_prove(struct wal *wal, int fd, size_t page_bytes);

/* Which pages the first `frames` frames hold, of a database of `pages`: bit n - 1 of byte (n - 1) / 8 is set when page
 * n is held; [pages / 8 + 1], zeroed by the caller. Returns the size of the database after them; `frames` is the end of
 * a commit. */
uint32_t wal_held(const struct wal *wal, uint32_t frames, uint32_t pages, unsigned char *ret_held);

#endif
