/* header.c - see header.h. */
#include "store/crypt/header.h"

#include "base/hash.h"

#include <openssl/crypto.h>

static const unsigned char magic[8] = {'A', 'L', 'C', 'O', 'V', 'E', '\r', '\n'};

enum { /* places in a copy; see the drawing in header.h */
    AT_VERSION = 8, AT_PAGE_BYTES = 12, AT_ID = 16, AT_SEQUENCE = 32, AT_STATE = 40, AT_PAGES = 44, AT_NONCE = 48,
    AT_SEALED = 72, SEALED_BYTES = 32, AT_TAG = 104, AT_COMMITMENT = 120, AT_FRAMES = 152, AT_LOG_SEQUENCE = 156,
    AT_LOG_SALTS = 164, AT_SLOTS = 256, AT_HMAC = 4032, AT_CHECKSUM = 4064
};
_Static_assert(AT_SLOTS + SLOTS * SLOT_BYTES <= AT_HMAC, "slots end before the HMAC");
_Static_assert(AT_CHECKSUM + HASH_BYTES == HEADER_COPY_BYTES, "the checksum ends the copy");

static uint64_t get(const unsigned char *from, int bytes)
{
    uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | from[i];
    return value;
}

static void put(unsigned char *to, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

static struct slice bytes_of(const unsigned char *at, size_t count)
{
    return (struct slice){(const char *)at, count};
}

static struct hash checksum(const unsigned char *copy)
{
    return hash_bytes(bytes_of(copy, AT_CHECKSUM));
}

static struct hash authenticator(const unsigned char *copy, const struct secret *data_key)
{
    unsigned char key[32];
    hash_derive(secret_slice(data_key), SLICE(""), SLICE("alcove header"), key, sizeof key);
    struct slice covered = bytes_of(copy, AT_HMAC);
    struct hash mac = hash_keyed(bytes_of(key, sizeof key), &covered, 1);
    OPENSSL_cleanse(key, sizeof key);
    return mac;
}

static struct hash commitment(const struct secret *data_key)
{
    struct hash out;
    hash_derive(secret_slice(data_key), SLICE(""), SLICE("alcove commitment"), out.bytes, sizeof out.bytes);
    return out;
}

static bool same(const struct hash *hash, const unsigned char *at)
{
    return CRYPTO_memcmp(hash->bytes, at, HASH_BYTES) == 0;
}

enum header_look header_look(const unsigned char copy[HEADER_COPY_BYTES])
{
    unsigned char any = 0;
    for (size_t i = 0; i < sizeof magic; i++)
        any |= copy[i];
    if (any == 0)
        return HEADER_ABSENT;
    if (memcmp(copy, magic, sizeof magic) != 0)
        return HEADER_FOREIGN;
    struct hash sum = checksum(copy);
    if (!same(&sum, copy + AT_CHECKSUM))
        return HEADER_DAMAGED;
    return get(copy + AT_VERSION, 4) == HEADER_VERSION ? HEADER_SOUND : HEADER_NEWER;
}

const unsigned char *header_slots(const unsigned char copy[HEADER_COPY_BYTES])
{
    return copy + AT_SLOTS;
}

const unsigned char *header_database_id(const unsigned char copy[HEADER_COPY_BYTES])
{
    return copy + AT_ID;
}

/* Seals or opens the digests; the extra data is everything before them. */
static int seal_digests(struct xaes *key, const unsigned char *plain, unsigned char *copy)
{
    return xaes_nonce(key, copy + AT_NONCE) ||
           xaes_seal(key, copy + AT_NONCE, bytes_of(copy, AT_NONCE), bytes_of(plain, SEALED_BYTES), copy + AT_SEALED,
                     copy + AT_TAG);
}

static int with_seal_key(const struct secret *data_key, struct xaes **ret)
{
    struct error ignored;
    unsigned char key[XAES_KEY_BYTES];
    hash_derive(secret_slice(data_key), SLICE(""), SLICE("alcove header seal"), key, sizeof key);
    int result = xaes_new(ret, key, &ignored);
    OPENSSL_cleanse(key, sizeof key);
    return result;
}

int header_decode(struct header *ret, const unsigned char copy[HEADER_COPY_BYTES], const struct secret *data_key)
{
    struct hash mac = authenticator(copy, data_key), committed = commitment(data_key);
    AUTO(xaes) *key = NULL;
    unsigned char digests[SEALED_BYTES];
    if (!same(&mac, copy + AT_HMAC) || !same(&committed, copy + AT_COMMITMENT) || with_seal_key(data_key, &key) ||
        xaes_open(key, copy + AT_NONCE, bytes_of(copy, AT_NONCE), bytes_of(copy + AT_SEALED, SEALED_BYTES),
                  copy + AT_TAG, digests))
        return -1;
    struct header h = {.page_bytes = (uint32_t)get(copy + AT_PAGE_BYTES, 4),
                       .pages = (uint32_t)get(copy + AT_PAGES, 4),
                       .log = {.frames = (uint32_t)get(copy + AT_FRAMES, 4), .sequence = get(copy + AT_LOG_SEQUENCE, 8)},
                       .sequence = get(copy + AT_SEQUENCE, 8),
                       .state = (enum header_state)get(copy + AT_STATE, 4),
                       .digest = {get(digests, 8), get(digests + 8, 8)},
                       .untouched = {get(digests + 16, 8), get(digests + 24, 8)}};
    memcpy(h.database_id, copy + AT_ID, DATABASE_ID_BYTES);
    memcpy(h.log.salts, copy + AT_LOG_SALTS, sizeof h.log.salts);
    memcpy(h.slots, copy + AT_SLOTS, sizeof h.slots);
    bool is_sane = h.page_bytes >= 1024 && h.page_bytes <= 65536 && (h.page_bytes & (h.page_bytes - 1)) == 0 &&
                   (h.state == HEADER_CLEAN || h.state == HEADER_IN_PROGRESS);
    if (!is_sane)
        return -1;
    *ret = h;
    return 0;
}

int header_encode(const struct header *h, const struct secret *data_key, unsigned char copy[HEADER_COPY_BYTES])
{
    memset(copy, 0, HEADER_COPY_BYTES);
    memcpy(copy, magic, sizeof magic);
    put(copy + AT_VERSION, HEADER_VERSION, 4);
    put(copy + AT_PAGE_BYTES, h->page_bytes, 4);
    memcpy(copy + AT_ID, h->database_id, DATABASE_ID_BYTES);
    put(copy + AT_SEQUENCE, h->sequence, 8);
    put(copy + AT_STATE, h->state, 4);
    put(copy + AT_PAGES, h->pages, 4);
    put(copy + AT_FRAMES, h->log.frames, 4);
    put(copy + AT_LOG_SEQUENCE, h->log.sequence, 8);
    memcpy(copy + AT_LOG_SALTS, h->log.salts, sizeof h->log.salts);
    unsigned char digests[SEALED_BYTES];
    put(digests, h->digest.low, 8);
    put(digests + 8, h->digest.high, 8);
    put(digests + 16, h->untouched.low, 8);
    put(digests + 24, h->untouched.high, 8);
    AUTO(xaes) *key = NULL;
    if (with_seal_key(data_key, &key) || seal_digests(key, digests, copy))
        return -1;
    struct hash committed = commitment(data_key);
    memcpy(copy + AT_COMMITMENT, committed.bytes, HASH_BYTES);
    memcpy(copy + AT_SLOTS, h->slots, sizeof h->slots);
    struct hash mac = authenticator(copy, data_key);
    memcpy(copy + AT_HMAC, mac.bytes, HASH_BYTES);
    struct hash sum = checksum(copy);
    memcpy(copy + AT_CHECKSUM, sum.bytes, HASH_BYTES);
    return 0;
}

int header_write(sqlite3_file *real, const struct header *h, const struct secret *data_key, int *first)
{
    unsigned char copy[HEADER_COPY_BYTES];
    if (header_encode(h, data_key, copy))
        return SQLITE_NOMEM;
    for (int done = 0; done < HEADER_COPIES; done++) {
        int rc = real->pMethods->xWrite(real, copy, sizeof copy, *first * HEADER_COPY_BYTES);
        if (rc == SQLITE_OK)
            rc = real->pMethods->xSync(real, SQLITE_SYNC_NORMAL);
        if (rc != SQLITE_OK)
            return rc;
        *first = !*first;
    }
    return SQLITE_OK;
}
