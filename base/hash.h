/* hash.h - SHA-256, HMAC-SHA-256, HKDF-SHA-256 (FIPS 180-4, RFC 2104, RFC 5869), by OpenSSL. */
#ifndef ALCOVE_BASE_HASH_H
#define ALCOVE_BASE_HASH_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

#define HASH_BYTES 32
#define HASH_HEX_BYTES 65 /* with the NUL */

struct hash {
    unsigned char bytes[HASH_BYTES];
};

/* SHA-256 of the parts one after the other. Aborts the process when OpenSSL cannot hash at all. */
struct hash hash_of(const struct slice *parts, size_t count);
struct hash hash_bytes(struct slice bytes);

/* HMAC-SHA-256 of the parts one after the other under `key`. */
struct hash hash_keyed(struct slice key, const struct slice *parts, size_t count);

/* HKDF-SHA-256: `bytes` of output (at most 8160) to `to`. */
void hash_derive(struct slice key, struct slice salt, struct slice info, unsigned char *to, size_t bytes);

/* Streaming. */
struct hasher;
CHECKED int hasher_new(struct hasher **ret, struct error *err);
void hasher_drop(struct hasher **hasher);
void hasher_add(struct hasher *hasher, struct slice bytes);
struct hash hasher_finish(struct hasher *hasher);

/* Lower-case hex with a NUL. */
void hash_hex(const struct hash *hash, char ret[HASH_HEX_BYTES]);

/* Hex of any bytes; `to` has room for 2 * bytes + 1. */
void hex_write(struct slice bytes, char *to);

/* Reads exactly bytes * 2 hex digits. False if the text is not that. */
bool hex_read(struct slice text, unsigned char *to, size_t bytes);

/* Constant-time comparison. */
bool hash_equal(const struct hash *a, const struct hash *b);

#endif
