/* keyslot.h - a key slot: the store's data key, wrapped under what a person or a machine holds.
 *
 *   0    4    type: 0 unused, 1 key file, 2 passphrase
 *   4    12   scrypt: log2 N, r, p (u32 each; zeros for a key file)
 *   16   32   salt
 *   48   24   nonce
 *   72   32   data key, sealed by XAES-256-GCM under the slot's key
 *   104  16   tag; the extra data is "alcove slot", the database id, the slot's number and bytes 0..47
 *   120  136  zeros
 *
 * Slot key: HKDF-SHA-256(content of the file, salt, "alcove key file"), or scrypt(passphrase, salt, N = 2^17, r = 8,
 * p = 1) (RFC 7914), which takes about 0.7 s and 128 MiB. */
#ifndef ALCOVE_STORE_CRYPT_KEYSLOT_H
#define ALCOVE_STORE_CRYPT_KEYSLOT_H

#include "store/crypt/header.h"
#include "store/store.h"

#define KEY_FILE_BYTES_MIN 32
#define KEY_FILE_BYTES_MAX 4096
#define DATA_KEY_BYTES 32

enum slot_type { SLOT_UNUSED = 0, SLOT_KEY_FILE = 1, SLOT_PASSPHRASE = 2 };
enum slot_type slot_type(const unsigned char slot[SLOT_BYTES]);

/* The bytes of a key file. -1 with FAULT_STORE: missing, unreadable, shorter than 32 or longer than 4,096 bytes. */
CHECKED int key_file_read(const char *path, struct secret **ret, struct error *err);

/* Makes a key file of 32 random bytes (O_EXCL, 0600) and syncs it and its folder. */
CHECKED int key_file_make(const char *path, struct error *err);

/* Wraps data_key into `slot` number `index`. key: exactly one of its members is set. */
CHECKED int slot_fill(unsigned char slot[SLOT_BYTES], unsigned index, const unsigned char *database_id,
                      enum slot_type type, const struct secret *key, const struct secret *data_key, struct error *err);

/* Tries every used slot of `type`. 0 and the data key; 1 when none opens; -1 when it cannot be tried (memory). */
CHECKED int slots_open(const unsigned char *slots /*[SLOTS][SLOT_BYTES]*/, const unsigned char *database_id,
                       enum slot_type type, const struct secret *key, struct secret **ret_data_key,
                       struct error *err);

#endif
