/* page.c - see page.h. */
#include "store/crypt/page.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#define EXTRA_BYTES (8 + DATABASE_ID_BYTES + 4 + 8 + 8 + 8)

static void put_le(unsigned char *to, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

static void write_extra(const struct page_place *place, unsigned char extra[EXTRA_BYTES])
{
    memcpy(extra, "alcove\1", 7);
    extra[7] = (unsigned char)place->kind;
    memcpy(extra + 8, place->database_id, DATABASE_ID_BYTES);
    put_le(extra + 8 + DATABASE_ID_BYTES, place->number, 4);
    put_le(extra + 8 + DATABASE_ID_BYTES + 4, place->offset, 8);
    memcpy(extra + 8 + DATABASE_ID_BYTES + 12, place->salts, sizeof place->salts);
    put_le(extra + 8 + DATABASE_ID_BYTES + 20, place->sequence, 8);
}

static bool is_zero(const unsigned char *bytes, size_t count)
{
    unsigned char any = 0;
    for (size_t i = 0; i < count; i++)
        any |= bytes[i];
    return any == 0;
}

int page_seal(struct xaes *key, const struct page_place *place, const unsigned char *plain, size_t page_bytes,
              unsigned char *sealed)
{
    unsigned char extra[EXTRA_BYTES], nonce[XAES_NONCE_BYTES], tag[XAES_TAG_BYTES];
    size_t body = page_bytes - RESERVE_BYTES;
    if (!is_zero(plain + body, RESERVE_BYTES) || xaes_nonce(key, nonce))
        return -1;
    write_extra(place, extra);
    if (xaes_seal(key, nonce, (struct slice){(const char *)extra, sizeof extra},
                  (struct slice){(const char *)plain, body}, sealed, tag))
        return -1;
    memcpy(sealed + body, nonce, sizeof nonce);
    memcpy(sealed + body + sizeof nonce, tag, sizeof tag);
    return 0;
}

int page_open(struct xaes *key, const struct page_place *place, const unsigned char *sealed, size_t page_bytes,
              unsigned char *plain)
{
    unsigned char extra[EXTRA_BYTES], tail[RESERVE_BYTES];
    size_t body = page_bytes - RESERVE_BYTES;
    memcpy(tail, sealed + body, sizeof tail);
    write_extra(place, extra);
    if (xaes_open(key, tail, (struct slice){(const char *)extra, sizeof extra},
                  (struct slice){(const char *)sealed, body}, tail + XAES_NONCE_BYTES, plain))
        return -1;
    memset(plain + body, 0, RESERVE_BYTES);
    return 0;
}

/* ---- the digest over all pages ---- */

struct page_mac {
    EVP_CIPHER_CTX *block;
};

int page_mac_new(struct page_mac **ret, const unsigned char key[32], struct error *err)
{
    AUTO(page_mac) *m = calloc(1, sizeof *m);
    if (!m || !(m->block = EVP_CIPHER_CTX_new()) ||
        EVP_EncryptInit_ex(m->block, EVP_aes_256_ecb(), NULL, key, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(m->block, 0) != 1)
        return error_memory(err);
    *ret = TAKE(m);
    return 0;
}

void page_mac_drop(struct page_mac **mac)
{
    if (!*mac)
        return;
    EVP_CIPHER_CTX_free((*mac)->block);
    free(*mac);
    *mac = NULL;
}

/* CBC-MAC of exactly two blocks (a PRF for a fixed length): the number padded with zeros, then the tag. */
static int term(struct page_mac *mac, uint32_t number, const unsigned char *tag, struct page_digest *ret)
{
    unsigned char block[16] = {0}, out[16];
    int n;
    put_le(block, number, 4);
    if (EVP_EncryptUpdate(mac->block, out, &n, block, 16) != 1)
        return -1;
    for (int i = 0; i < 16; i++)
        block[i] = out[i] ^ tag[i];
    if (EVP_EncryptUpdate(mac->block, out, &n, block, 16) != 1)
        return -1;
    memcpy(&ret->low, out, 8);
    memcpy(&ret->high, out + 8, 8);
    return 0;
}

int page_digest_add(struct page_mac *mac, struct page_digest *sum, uint32_t number,
                    const unsigned char tag[XAES_TAG_BYTES])
{
    struct page_digest t;
    if (term(mac, number, tag, &t))
        return -1;
    sum->high += t.high + (unsigned)__builtin_add_overflow(sum->low, t.low, &sum->low);
    return 0;
}

int page_digest_remove(struct page_mac *mac, struct page_digest *sum, uint32_t number,
                       const unsigned char tag[XAES_TAG_BYTES])
{
    struct page_digest t;
    if (term(mac, number, tag, &t))
        return -1;
    sum->high -= t.high + (unsigned)__builtin_sub_overflow(sum->low, t.low, &sum->low);
    return 0;
}
