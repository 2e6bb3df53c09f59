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

struct wal_keys {
    struct xaes *body;
    EVP_CIPHER_CTX *hide, *show; /* XTS */
    const unsigned char *database_id;
};
CHECKED int wal_keys_make(struct wal_keys *keys, const struct secret *data_key, const unsigned char *database_id,
                          struct error *err);
void wal_keys_wipe(struct wal_keys *keys);

/* SQLite's reads and writes in the shapes that it has; any other is an I/O error, never bytes in the clear. */
int wal_read(struct wal_keys *keys, sqlite3_file *real, size_t page_bytes, void *to, int bytes, sqlite3_int64 at);
int wal_write(struct wal_keys *keys, sqlite3_file *real, size_t page_bytes, const void *from, int bytes,
              sqlite3_int64 at);

/* Which pages the committed part of the log holds, for the first frames_max frames (UINT32_MAX: all).
 *   ret_held     bit n - 1 of byte (n - 1) / 8 set when page n is held; [pages / 8 + 1], zeroed by the caller
 *   ret_frames   frames up to and including the last commit
 *   ret_pages    size of the database after it; 0 when nothing is committed */
struct wal_source { /* where frames are read from: SQLite's file or a descriptor */
    int (*read)(void *context, void *to, int bytes, int64_t at); /* 0, or -1 at the end or on an error */
    void *context;
};
int wal_held(struct wal_keys *keys, const struct wal_source *source, size_t page_bytes, uint32_t pages,
             uint32_t frames_max, unsigned char *ret_held, uint32_t *ret_frames, uint32_t *ret_pages);

#endif
