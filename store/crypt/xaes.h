/* xaes.h - XAES-256-GCM (C2SP specification): AES-256-GCM with 24-byte nonces, so that random ones never repeat.
 *
 * From the 24 bytes N a key of its own is derived: Kx = AES(K, 0x0001 "X" 0x00 N[0..12] ^ K1) || AES(K, 0x0002 ...),
 * K1 as in CMAC (NIST SP 800-108r1 with CMAC as the PRF); then AES-256-GCM under Kx with N[12..24]. Limit: 2^80
 * messages a key. Neither misuse-resistant nor key-committing: the store's header commits to its key. */
#ifndef ALCOVE_STORE_CRYPT_XAES_H
#define ALCOVE_STORE_CRYPT_XAES_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#define XAES_KEY_BYTES 32
#define XAES_NONCE_BYTES 24
#define XAES_TAG_BYTES 16

struct xaes; /* one key, with its contexts; one thread */

CHECKED int xaes_new(struct xaes **ret, const unsigned char key[XAES_KEY_BYTES], struct error *err);
void xaes_drop(struct xaes **xaes);

/* Encrypts plain.bytes to `to` (may be the same memory) and writes the tag. -1 when OpenSSL fails. */
CHECKED int xaes_seal(struct xaes *xaes, const unsigned char nonce[XAES_NONCE_BYTES], struct slice extra,
                      struct slice plain, unsigned char *to, unsigned char tag[XAES_TAG_BYTES]);

/* The reverse. -1 when it does not authenticate; `to` is then wiped. */
CHECKED int xaes_open(struct xaes *xaes, const unsigned char nonce[XAES_NONCE_BYTES], struct slice extra,
                      struct slice cipher, const unsigned char tag[XAES_TAG_BYTES], unsigned char *to);

/* A fresh random nonce, drawn in batches (a draw costs more than a page) and anew after a fork. -1 without entropy. */
CHECKED int xaes_nonce(struct xaes *xaes, unsigned char ret[XAES_NONCE_BYTES]);

#endif
