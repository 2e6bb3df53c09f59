/* header.h - the first 8 KiB of a store: two copies of one header, each authenticated to the last byte.
 *
 *   0     8     magic "ALCOVE\r\n"
 *   8     4     version, 1                                          integers are little-endian
 *   12    4     page_bytes
 *   16    16    database id
 *   32    8     sequence number: the copy with the higher one counts
 *   40    4     state: 1 clean, 2 in progress (pages are being overwritten; the log has them all)
 *   44    4     pages of the file
 *   48    24    nonce of the sealed part
 *   72    32    sealed (XAES): digest of all pages | digest of the pages that the log does not hold
 *   104   16    tag of the sealed part
 *   120   32    commitment to the data key: HKDF(data key, "alcove commitment")
 *   152   4     frames of the log that this header speaks of: brought into the file, or (in progress) being brought
 *   156   8     sequence number of the header under which that generation of the log began
 *   164   8     the salts of that generation
 *   172   84    zeros
 *   256   8 x   key slots, 256 bytes each (keyslot.h)
 *   2304  1728  zeros
 *   4032  32    HMAC-SHA-256 of 0..4031 under HKDF(data key, "alcove header")
 *   4064  32    SHA-256 of 0..4063: tells damage from a wrong key before any key is known
 *   4096        the same again
 *   8192        page 1 of the database
 */
#ifndef ALCOVE_STORE_CRYPT_HEADER_H
#define ALCOVE_STORE_CRYPT_HEADER_H

#include "base/secret.h"
#include "store/crypt/page.h"

#include <sqlite3.h>

#define HEADER_COPY_BYTES 4096
#define HEADER_COPIES 2
#define HEADER_BYTES (HEADER_COPIES * HEADER_COPY_BYTES)
#define HEADER_VERSION 1
#define SLOTS 8
#define SLOT_BYTES 256

enum header_state { HEADER_CLEAN = 1, HEADER_IN_PROGRESS = 2 };

struct log_mark { /* a place in one generation of the log */
    uint32_t frames;
    uint64_t sequence;
    unsigned char salts[8];
};

struct header {
    uint32_t page_bytes, pages;
    struct log_mark log;
    unsigned char database_id[DATABASE_ID_BYTES];
    uint64_t sequence;
    enum header_state state;
    struct page_digest digest, untouched; /* untouched: meaningful in progress */
    unsigned char slots[SLOTS][SLOT_BYTES];
};

/* What a copy looks like before a key is known. */
enum header_look {
    HEADER_ABSENT,  /* no magic: never written (zeros or a short file) */
    HEADER_FOREIGN, /* bytes of something else */
    HEADER_DAMAGED, /* magic, but the checksum is wrong */
    HEADER_NEWER,   /* a version this program does not know */
    HEADER_SOUND
};
enum header_look header_look(const unsigned char copy[HEADER_COPY_BYTES]);

/* The slots of a sound copy (borrowed from it) and its database id, for unwrapping the data key. */
const unsigned char *header_slots(const unsigned char copy[HEADER_COPY_BYTES]);
const unsigned char *header_database_id(const unsigned char copy[HEADER_COPY_BYTES]);

/* Reads a sound copy under the data key: HMAC, commitment, sealed part. -1 when anything does not authenticate. */
CHECKED int header_decode(struct header *ret, const unsigned char copy[HEADER_COPY_BYTES],
                          const struct secret *data_key);

/* Writes one copy. -1 when OpenSSL fails. */
CHECKED int header_encode(const struct header *header, const struct secret *data_key,
                          unsigned char copy[HEADER_COPY_BYTES]);

/* Writes both copies to the file, one synced before the other is touched: one is whole at any moment. Returns an SQLite
 * result code.
 *   first   the copy to begin with: the one that may be damaged; after a failure the one that now may be */
CHECKED int header_write(sqlite3_file *real, const struct header *header, const struct secret *data_key, int *first);

#endif
