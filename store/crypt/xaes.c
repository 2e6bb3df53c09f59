/* xaes.c - see xaes.h. */
#include "store/crypt/xaes.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define BLOCK_BYTES 16
#define NONCES_DRAWN 128

struct xaes {
    EVP_CIPHER_CTX *block, *seal, *open; /* AES-256-ECB under K; GCM contexts whose key changes with each nonce */
    unsigned char mask[BLOCK_BYTES];     /* K1 */
    unsigned char drawn[NONCES_DRAWN * XAES_NONCE_BYTES];
    size_t drawn_left;
    unsigned drawn_in; /* which process, see process_mark */
};

/* A number that differs between a process and what it forks: a page that the kernel clears in the child (a process id is
 * not enough across namespaces, and a system call costs a tenth of a page). 0 when there is no such page: draw anew. */
static unsigned process_mark(void)
{
    static _Atomic(atomic_uint *) page;
    static atomic_uint last;
    atomic_uint *p = atomic_load(&page);
    if (!p) {
        p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            return 0;
        atomic_uint *none = NULL;
        if (madvise(p, sizeof *p, MADV_WIPEONFORK) || !atomic_compare_exchange_strong(&page, &none, p)) {
            munmap(p, sizeof *p);
            return 0;
        }
    }
    unsigned mark = atomic_load(p), zero = 0;
    if (mark)
        return mark;
    mark = atomic_fetch_add(&last, 1) + 1;
    return atomic_compare_exchange_strong(p, &zero, mark) ? mark : zero;
}

static bool encrypt_blocks(struct xaes *x, const unsigned char *from, int bytes, unsigned char *to)
{
    int done = 0;
    return EVP_EncryptUpdate(x->block, to, &done, from, bytes) == 1 && done == bytes;
}

/* K1 = AES(K, 0) doubled in GF(2^128). */
static bool make_mask(struct xaes *x)
{
    static const unsigned char zero[BLOCK_BYTES];
    unsigned char l[BLOCK_BYTES];
    if (!encrypt_blocks(x, zero, BLOCK_BYTES, l))
        return false;
    unsigned carry = l[0] >> 7;
    for (int i = 0; i < BLOCK_BYTES; i++)
        x->mask[i] = (unsigned char)(l[i] << 1 | (i + 1 < BLOCK_BYTES ? l[i + 1] >> 7 : 0));
    x->mask[BLOCK_BYTES - 1] ^= (unsigned char)(carry * 0x87);
    OPENSSL_cleanse(l, sizeof l);
    return true;
}

int xaes_new(struct xaes **ret, const unsigned char key[XAES_KEY_BYTES], struct error *err)
{
    AUTO(xaes) *x = OPENSSL_secure_zalloc(sizeof *x);
    if (!x)
        x = OPENSSL_zalloc(sizeof *x); /* the secure heap is small; the contexts are not in it either */
    if (!x)
        return error_memory(err);
    x->block = EVP_CIPHER_CTX_new();
    x->seal = EVP_CIPHER_CTX_new();
    x->open = EVP_CIPHER_CTX_new();
    if (!x->block || !x->seal || !x->open ||
        EVP_EncryptInit_ex(x->block, EVP_aes_256_ecb(), NULL, key, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(x->block, 0) != 1 ||
        EVP_EncryptInit_ex(x->seal, EVP_aes_256_gcm(), NULL, NULL, NULL) != 1 ||
        EVP_DecryptInit_ex(x->open, EVP_aes_256_gcm(), NULL, NULL, NULL) != 1 || !make_mask(x))
        return error_memory(err);
    *ret = TAKE(x);
    return 0;
}

void xaes_drop(struct xaes **xaes)
{
    struct xaes *x = *xaes;
    if (!x)
        return;
    EVP_CIPHER_CTX_free(x->block);
    EVP_CIPHER_CTX_free(x->seal);
    EVP_CIPHER_CTX_free(x->open);
    OPENSSL_cleanse(x, sizeof *x);
    if (CRYPTO_secure_allocated(x))
        OPENSSL_secure_free(x);
    else
        OPENSSL_free(x);
    *xaes = NULL;
}

static bool derive(struct xaes *x, const unsigned char *nonce, unsigned char ret_key[XAES_KEY_BYTES])
{
    unsigned char m[2 * BLOCK_BYTES] = {0, 1, 'X', 0};
    memcpy(m + 4, nonce, 12);
    memcpy(m + BLOCK_BYTES, m, BLOCK_BYTES);
    m[BLOCK_BYTES + 1] = 2;
    for (int i = 0; i < 2 * BLOCK_BYTES; i++)
        m[i] ^= x->mask[i % BLOCK_BYTES];
    return encrypt_blocks(x, m, sizeof m, ret_key);
}

int xaes_seal(struct xaes *x, const unsigned char nonce[XAES_NONCE_BYTES], struct slice extra, struct slice plain,
              unsigned char *to, unsigned char tag[XAES_TAG_BYTES])
{
    unsigned char key[XAES_KEY_BYTES];
    int n;
    bool held = plain.bytes <= INT_MAX && derive(x, nonce, key) &&
                EVP_EncryptInit_ex(x->seal, NULL, NULL, key, nonce + 12) == 1 &&
                EVP_EncryptUpdate(x->seal, NULL, &n, (const unsigned char *)extra.data, (int)extra.bytes) == 1 &&
                EVP_EncryptUpdate(x->seal, to, &n, (const unsigned char *)plain.data, (int)plain.bytes) == 1 &&
                EVP_EncryptFinal_ex(x->seal, to + plain.bytes, &n) == 1 &&
                EVP_CIPHER_CTX_ctrl(x->seal, EVP_CTRL_AEAD_GET_TAG, XAES_TAG_BYTES, tag) == 1;
    OPENSSL_cleanse(key, sizeof key);
    return held ? 0 : -1;
}

int xaes_open(struct xaes *x, const unsigned char nonce[XAES_NONCE_BYTES], struct slice extra, struct slice cipher,
              const unsigned char tag[XAES_TAG_BYTES], unsigned char *to)
{
    unsigned char key[XAES_KEY_BYTES], copy[XAES_TAG_BYTES];
    int n;
    memcpy(copy, tag, sizeof copy);
    bool held = cipher.bytes <= INT_MAX && derive(x, nonce, key) &&
                EVP_DecryptInit_ex(x->open, NULL, NULL, key, nonce + 12) == 1 &&
                EVP_DecryptUpdate(x->open, NULL, &n, (const unsigned char *)extra.data, (int)extra.bytes) == 1 &&
                EVP_DecryptUpdate(x->open, to, &n, (const unsigned char *)cipher.data, (int)cipher.bytes) == 1 &&
                EVP_CIPHER_CTX_ctrl(x->open, EVP_CTRL_AEAD_SET_TAG, XAES_TAG_BYTES, copy) == 1 &&
                EVP_DecryptFinal_ex(x->open, to + cipher.bytes, &n) == 1;
    OPENSSL_cleanse(key, sizeof key);
    if (!held)
        OPENSSL_cleanse(to, cipher.bytes);
    return held ? 0 : -1;
}

int xaes_nonce(struct xaes *x, unsigned char ret[XAES_NONCE_BYTES])
{
    unsigned mark = process_mark();
    if (x->drawn_left == 0 || mark == 0 || x->drawn_in != mark) {
        if (RAND_bytes(x->drawn, sizeof x->drawn) != 1)
            return -1;
        x->drawn_left = NONCES_DRAWN;
        x->drawn_in = mark;
    }
    memcpy(ret, x->drawn + --x->drawn_left * XAES_NONCE_BYTES, XAES_NONCE_BYTES);
    return 0;
}
