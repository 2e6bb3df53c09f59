/* checkpoint.h - the state of the audit tree as a signed text: C2SP tlog-checkpoint within a C2SP
 * signed-note.
 *
 *   alcove/store/0193...                 origin: one a store
 *   1042                                 leaves
 *   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2M... root, base64
 *   pages 9nQ2...                        extension line: digest of the file's pages as they were durable then
 *                                        (an empty line)
 *   — alcove/store/0193... Az3grl...     Ed25519 over the lines above the empty one
 *
 * A verifier key is text as well, NAME+ID+KEY: it is all that a third party needs to check a checkpoint. Pure
 * functions: no I/O, no store. */
#ifndef ALCOVE_STORE_AUDIT_CHECKPOINT_H
#define ALCOVE_STORE_AUDIT_CHECKPOINT_H

#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/slice.h"

#include <stdint.h>

#define SIGN_SEED_BYTES 32u /* an Ed25519 private key (RFC 8032) */
#define SIGN_PUBLIC_BYTES 32u
#define SIGN_BYTES 64u
#define NOTE_NAME_BYTES_MAX 63u
#define NOTE_BYTES_MAX 4096u /* one checkpoint with its signatures */
#define VERIFIER_BYTES 128u  /* verifier key as text, with the NUL */

/* A public key with its name: `verifies` a note. */
struct verifier {
    char name[NOTE_NAME_BYTES_MAX + 1];
    unsigned char public_key[SIGN_PUBLIC_BYTES];
    uint32_t id; /* SHA-256(name || "\n" || 0x01 || public key), first four bytes, big-endian */
};

/* The verifier of a seed. -1 with FAULT_AUDIT: name empty, too long or with a space, '+' or control byte; or
 * a key that OpenSSL refuses. */
CHECKED int verifier_of_seed(struct verifier *ret, const char *name, const struct secret *seed,
                             struct error *err);

/* "NAME+0a1b2c3d+BASE64", and back. verifier_read gives false for anything malformed, or an id that is not
 * the key's. */
void verifier_write(const struct verifier *verifier, char ret[VERIFIER_BYTES]);
bool verifier_read(struct verifier *ret, struct slice text);

/* Appends the empty line and the signature line to `note`, whose bytes from `start` are the text (ending in a
 * newline, no control bytes). */
CHECKED int note_sign(struct buffer *note, size_t start, const struct verifier *verifier,
                      const struct secret *seed, struct error *err);

/* The text of a note (borrowed from it, with its last newline) that `verifier` signed. -1 with FAULT_AUDIT
 * when the note is malformed, when no signature is by this key, or when one by this key does not verify. */
CHECKED int note_open(struct slice note, const struct verifier *verifier, struct slice *ret_text,
                      struct error *err);

struct checkpoint {
    struct slice origin, extension; /* borrowed from the note; extension: all further lines, may be empty */
    uint64_t size;
    struct hash root;
};

/* Appends a whole signed checkpoint to `to`. pages: NULL = no extension line. */
CHECKED int checkpoint_write(struct buffer *to, const struct verifier *verifier, const struct secret *seed,
                             uint64_t size, const struct hash *root, const struct hash *pages,
                             struct error *err);

/* Reads the fields out of a note's text, whoever signed it. -1 with FAULT_AUDIT. */
CHECKED int checkpoint_read(struct checkpoint *ret, struct slice text, struct error *err);

#endif
