/* hash.c - see hash.h. A hash that fails would be a hash that lies, so failure of OpenSSL itself aborts. */
#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/core_names.h>

struct hasher {
    EVP_MD_CTX *context;
};

static void must(bool held)
{
    if (!held)
        abort();
}

struct hash hash_of(const struct slice *parts, size_t count)
{
    struct hash out;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    must(c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1);
    for (size_t i = 0; i < count; i++)
        must(EVP_DigestUpdate(c, parts[i].data, parts[i].bytes) == 1);
    must(EVP_DigestFinal_ex(c, out.bytes, NULL) == 1);
    EVP_MD_CTX_free(c);
    return out;
}

struct hash hash_bytes(struct slice bytes)
{
    return hash_of(&bytes, 1);
}

struct hash hash_keyed(struct slice key, const struct slice *parts, size_t count)
{
    struct hash out;
    size_t bytes = 0;
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *c = mac ? EVP_MAC_CTX_new(mac) : NULL;
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    must(c && EVP_MAC_init(c, (const unsigned char *)key.data, key.bytes, params) == 1);
    for (size_t i = 0; i < count; i++)
        must(EVP_MAC_update(c, (const unsigned char *)parts[i].data, parts[i].bytes) == 1);
    must(EVP_MAC_final(c, out.bytes, &bytes, sizeof out.bytes) == 1 && bytes == sizeof out.bytes);
    EVP_MAC_CTX_free(c);
    EVP_MAC_free(mac);
    return out;
}

void hash_derive(struct slice key, struct slice salt, struct slice info, unsigned char *to, size_t bytes)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *c = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    char digest[] = "SHA256";
    OSSL_PARAM params[5], *p = params;
    *p++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
    *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key.data, key.bytes);
    if (salt.bytes)
        *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt.data, salt.bytes);
    *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info.data, info.bytes);
    *p = OSSL_PARAM_construct_end();
    must(c && EVP_KDF_derive(c, to, bytes, params) == 1);
    EVP_KDF_CTX_free(c);
    EVP_KDF_free(kdf);
}

int hasher_new(struct hasher **ret, struct error *err)
{
    struct hasher *h = malloc(sizeof *h);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (!h || !c || EVP_DigestInit_ex(c, EVP_sha256(), NULL) != 1) {
        free(h);
        EVP_MD_CTX_free(c);
        return error_memory(err);
    }
    h->context = c;
    *ret = h;
    return 0;
}

void hasher_drop(struct hasher **hasher)
{
    if (!*hasher)
        return;
    EVP_MD_CTX_free((*hasher)->context);
    free(*hasher);
    *hasher = NULL;
}

void hasher_add(struct hasher *h, struct slice bytes)
{
    must(EVP_DigestUpdate(h->context, bytes.data, bytes.bytes) == 1);
}

struct hash hasher_finish(struct hasher *h)
{
    struct hash out;
    must(EVP_DigestFinal_ex(h->context, out.bytes, NULL) == 1);
    return out;
}

void hex_write(struct slice bytes, char *to)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.bytes; i++) {
        to[2 * i] = digits[(unsigned char)bytes.data[i] >> 4];
        to[2 * i + 1] = digits[bytes.data[i] & 15];
    }
    to[2 * bytes.bytes] = 0;
}

void hash_hex(const struct hash *hash, char ret[HASH_HEX_BYTES])
{
    hex_write((struct slice){(const char *)hash->bytes, HASH_BYTES}, ret);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hex_read(struct slice text, unsigned char *to, size_t bytes)
{
    if (text.bytes != 2 * bytes)
        return false;
    for (size_t i = 0; i < bytes; i++) {
        int high = digit(text.data[2 * i]), low = digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, HASH_BYTES) == 0;
}
