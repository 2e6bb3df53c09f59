/* test_xaes.c - XAES-256-GCM against the published vectors of the C2SP specification, accumulated ones included. */
#include "base/hash.h"
#include "store/crypt/xaes.h"
#include "tests/support/support.h"

#include <openssl/evp.h>
#include <sys/wait.h>

static struct slice bytes_of(const void *at, size_t count)
{
    return (struct slice){at, count};
}

/* Key bytes, extra data, cipher text and tag as hex. */
static const struct vector {
    int key_byte;
    const char *extra, *sealed;
} vectors[] = {
    {0x01, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"},
    {0x03, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"},
};

static void the_published_vectors_hold_both_ways(void **state UNUSED)
{
    static const char plain[] = "XAES-256-GCM", nonce[] = "ABCDEFGHIJKLMNOPQRSTUVWX";
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct error err;
        unsigned char key[XAES_KEY_BYTES], sealed[12 + XAES_TAG_BYTES], opened[12];
        char hex[2 * sizeof sealed + 1];
        AUTO(xaes) *x = NULL;
        memset(key, vectors[i].key_byte, sizeof key);
        assert_ok(xaes_new(&x, key, &err), err);
        assert_int_equal(xaes_seal(x, (const unsigned char *)nonce, slice_of(vectors[i].extra), slice_of(plain), sealed,
                                   sealed + 12), 0);
        hex_write(bytes_of(sealed, sizeof sealed), hex);
        assert_string_equal(hex, vectors[i].sealed);
        assert_int_equal(xaes_open(x, (const unsigned char *)nonce, slice_of(vectors[i].extra), bytes_of(sealed, 12),
                                   sealed + 12, opened), 0);
        assert_memory_equal(opened, plain, 12);
    }
}

#define ROUNDS 10000
#define STREAM_BYTES_MAX (ROUNDS * (XAES_KEY_BYTES + XAES_NONCE_BYTES + 1 + 255 + 1 + 255))

/* The specification's own test: inputs from one SHAKE-128 stream, outputs into another. */
static void the_accumulated_vectors_hold(void **state UNUSED)
{
    struct error err;
    unsigned char *stream = malloc(STREAM_BYTES_MAX), digest[32], sealed[255 + XAES_TAG_BYTES], opened[255];
    EVP_MD_CTX *in = EVP_MD_CTX_new(), *out = EVP_MD_CTX_new();
    assert_non_null(stream);
    assert_int_equal(EVP_DigestInit_ex(in, EVP_shake128(), NULL), 1);
    assert_int_equal(EVP_DigestFinalXOF(in, stream, STREAM_BYTES_MAX), 1);
    assert_int_equal(EVP_DigestInit_ex(out, EVP_shake128(), NULL), 1);
    const unsigned char *at = stream;
    for (int i = 0; i < ROUNDS; i++) {
        const unsigned char *key = at, *nonce = key + XAES_KEY_BYTES, *plain = nonce + XAES_NONCE_BYTES + 1;
        size_t plain_bytes = plain[-1];
        const unsigned char *extra = plain + plain_bytes + 1;
        size_t extra_bytes = extra[-1];
        at = extra + extra_bytes;
        AUTO(xaes) *x = NULL;
        assert_ok(xaes_new(&x, key, &err), err);
        assert_int_equal(xaes_seal(x, nonce, bytes_of(extra, extra_bytes), bytes_of(plain, plain_bytes), sealed,
                                   sealed + plain_bytes), 0);
        assert_int_equal(xaes_open(x, nonce, bytes_of(extra, extra_bytes), bytes_of(sealed, plain_bytes),
                                   sealed + plain_bytes, opened), 0);
        assert_memory_equal(opened, plain, plain_bytes);
        assert_int_equal(EVP_DigestUpdate(out, sealed, plain_bytes + XAES_TAG_BYTES), 1);
    }
    assert_int_equal(EVP_DigestFinalXOF(out, digest, sizeof digest), 1);
    char hex[2 * sizeof digest + 1];
    hex_write(bytes_of(digest, sizeof digest), hex);
    assert_string_equal(hex, "e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939");
    EVP_MD_CTX_free(in);
    EVP_MD_CTX_free(out);
    free(stream);
}

static void one_altered_bit_anywhere_is_refused_and_the_output_wiped(void **state UNUSED)
{
    struct error err;
    unsigned char key[XAES_KEY_BYTES] = {7}, plain[100], zeros[100] = {0}, out[100];
    unsigned char all[XAES_NONCE_BYTES + 10 + sizeof plain + XAES_TAG_BYTES] = "nonce nonce nonce nonce extra data";
    unsigned char *nonce = all, *extra = all + XAES_NONCE_BYTES, *sealed = extra + 10, *tag = sealed + sizeof plain;
    AUTO(xaes) *x = NULL;
    memset(plain, 'p', sizeof plain);
    assert_ok(xaes_new(&x, key, &err), err);
    assert_int_equal(xaes_seal(x, nonce, bytes_of(extra, 10), bytes_of(plain, sizeof plain), sealed, tag), 0);
    for (size_t bit = 0; bit < 8 * sizeof all; bit++) {
        all[bit / 8] ^= (unsigned char)(1 << bit % 8);
        memset(out, 'x', sizeof out);
        assert_int_equal(xaes_open(x, nonce, bytes_of(extra, 10), bytes_of(sealed, sizeof plain), tag, out), -1);
        assert_memory_equal(out, zeros, sizeof out);
        all[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    assert_int_equal(xaes_open(x, nonce, bytes_of(extra, 10), bytes_of(sealed, sizeof plain), tag, out), 0);
    assert_memory_equal(out, plain, sizeof plain);
}

/* Pitfall 11: nonces are drawn in batches, and a batch must not be used on both sides of a fork. */
static void nonces_never_repeat_not_even_after_a_fork(void **state UNUSED)
{
    enum { DRAWN = 300 };
    static unsigned char mine[DRAWN][XAES_NONCE_BYTES], childs[DRAWN][XAES_NONCE_BYTES];
    struct error err;
    unsigned char key[XAES_KEY_BYTES] = {9}, first[XAES_NONCE_BYTES];
    int ends[2];
    AUTO(xaes) *x = NULL;
    assert_ok(xaes_new(&x, key, &err), err);
    assert_int_equal(xaes_nonce(x, first), 0);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    for (int i = 0; i < DRAWN; i++)
        if (xaes_nonce(x, mine[i]))
            _exit(1);
    if (child == 0)
        _exit(write(ends[1], mine, sizeof mine) == (ssize_t)sizeof mine ? 0 : 1);
    close(ends[1]);
    size_t got = 0;
    ssize_t n;
    while (got < sizeof childs && (n = read(ends[0], (char *)childs + got, sizeof childs - got)) > 0)
        got += (size_t)n;
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(got, sizeof childs);
    for (int i = 0; i < DRAWN; i++) {
        assert_memory_not_equal(mine[i], first, XAES_NONCE_BYTES);
        for (int k = 0; k < DRAWN; k++) {
            assert_memory_not_equal(mine[i], childs[k], XAES_NONCE_BYTES);
            assert_true(k == i || memcmp(mine[i], mine[k], XAES_NONCE_BYTES) != 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_hold_both_ways),
        cmocka_unit_test(the_accumulated_vectors_hold),
        cmocka_unit_test(one_altered_bit_anywhere_is_refused_and_the_output_wiped),
        cmocka_unit_test(nonces_never_repeat_not_even_after_a_fork),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
