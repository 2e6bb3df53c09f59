/* page.h - one page of a store at rest, and the keyed multiset hash over all of them.
 *
 *   0                              page_bytes - 40        - 16           page_bytes
 *   +------------------------------+----------------------+--------------+
 *   | cipher text of the page      | nonce (24)           | tag (16)     |   XAES-256-GCM
 *   +------------------------------+----------------------+--------------+
 *   extra data: "alcove" version kind | database id (16) | page number u32 | file offset u64 | salts (8) | sequence u64
 *
 * SQLite reserves the last 40 bytes of every page (RESERVE_BYTES); in memory they are zeros and nothing else, since
 * WAL checksums cover them. */
#ifndef ALCOVE_STORE_CRYPT_PAGE_H
#define ALCOVE_STORE_CRYPT_PAGE_H

#include "store/crypt/xaes.h"

#include <stdint.h>

#define RESERVE_BYTES (XAES_NONCE_BYTES + XAES_TAG_BYTES)
#define DATABASE_ID_BYTES 16

enum page_kind { PAGE_DATABASE = 1, PAGE_WAL = 2 };

struct page_place {
    enum page_kind kind;
    const unsigned char *database_id; /* [DATABASE_ID_BYTES] */
    uint32_t number;                  /* from 1, as SQLite counts */
    uint64_t offset;                  /* of the frame in the WAL; 0 for the database, where the number says it */
    unsigned char salts[8];           /* of the log: ties the frame to this generation; 0 for the database */
    uint64_t sequence;                /* of the header when this generation began: an older log is not taken; 0 likewise */
};

/* plain and sealed are page_bytes each and may be the same memory. -1 when the tail of `plain` is not zero (what was
 * not reserved must not be lost) or OpenSSL fails. */
CHECKED int page_seal(struct xaes *key, const struct page_place *place, const unsigned char *plain, size_t page_bytes,
                      unsigned char *sealed);

/* -1 when it does not authenticate at this place. */
CHECKED int page_open(struct xaes *key, const struct page_place *place, const unsigned char *sealed, size_t page_bytes,
                      unsigned char *plain);

/* Sum over pages of AES-CBC-MAC(key, number || tag) modulo 2^128: a page written twice leaves one term, the order does
 * not matter, and without the key no term can be computed or cancelled (MSet-Add-Hash, Clarke et al. 2003). */
struct page_digest {
    uint64_t low, high;
};
struct page_mac;
CHECKED int page_mac_new(struct page_mac **ret, const unsigned char key[32], struct error *err);
void page_mac_drop(struct page_mac **mac);
CHECKED int page_digest_add(struct page_mac *mac, struct page_digest *sum, uint32_t number,
                            const unsigned char tag[XAES_TAG_BYTES]);
CHECKED int page_digest_remove(struct page_mac *mac, struct page_digest *sum, uint32_t number,
                               const unsigned char tag[XAES_TAG_BYTES]);

#endif
