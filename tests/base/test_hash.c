/* test_hash.c - published vectors: FIPS 180-4 examples, RFC 4231 (HMAC), RFC 5869 (HKDF). */
#include "tests/support/support.h"

#include "base/hash.h"

static void assert_hash(struct hash got, const char *wanted)
{
    char hex[HASH_HEX_BYTES];
    hash_hex(&got, hex);
    assert_string_equal(hex, wanted);
}

static void sha256_gives_the_published_digests(void **state UNUSED)
{
    assert_hash(hash_bytes(SLICE("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(hash_bytes(SLICE("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const struct slice parts[] = {SLICE("abcdbcdecdefdefgefghfghi"), SLICE(""), SLICE("ghijhijkijkljklmklmnlmnomnopnopq")};
    assert_hash(hash_of(parts, 3), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void streaming_gives_the_same_digest(void **state UNUSED)
{
    struct error err;
    AUTO(hasher) *h = NULL;
    assert_ok(hasher_new(&h, &err), err);
    for (int i = 0; i < 1000000; i += 8)
        hasher_add(h, SLICE("aaaaaaaa"));
    assert_hash(hasher_finish(h), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void hmac_follows_rfc_4231(void **state UNUSED)
{
    char key[131];
    memset(key, 0x0b, 20);
    const struct slice hi = SLICE("Hi There");
    assert_hash(hash_keyed((struct slice){key, 20}, &hi, 1),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    const struct slice parts[] = {SLICE("what do ya want "), SLICE("for nothing?")};
    assert_hash(hash_keyed(SLICE("Jefe"), parts, 2),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    const struct slice larger = SLICE("Test Using Larger Than Block-Size Key - Hash Key First");
    assert_hash(hash_keyed((struct slice){key, sizeof key}, &larger, 1),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void hkdf_follows_rfc_5869(void **state UNUSED)
{
    char key[22];
    unsigned char out[42], wanted[42];
    memset(key, 0x0b, sizeof key);
    hash_derive((struct slice){key, sizeof key}, SLICE("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"),
                SLICE("\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9"), out, sizeof out);
    assert_true(hex_read(
        SLICE("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"), wanted, 42));
    assert_memory_equal(out, wanted, 42);
    hash_derive((struct slice){key, sizeof key}, SLICE(""), SLICE(""), out, sizeof out);
    assert_true(hex_read(
        SLICE("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"), wanted, 42));
    assert_memory_equal(out, wanted, 42);
}

static void hex_is_read_back_and_refused_when_malformed(void **state UNUSED)
{
    unsigned char back[3];
    char text[7];
    hex_write(SLICE("\x00\x9f\xff"), text);
    assert_string_equal(text, "009fff");
    assert_true(hex_read(SLICE("009FfF"), back, 3));
    assert_memory_equal(back, "\x00\x9f\xff", 3);
    assert_false(hex_read(SLICE("009ff"), back, 3));
    assert_false(hex_read(SLICE("009fg0"), back, 3));
    assert_false(hex_read(SLICE("009fff00"), back, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_published_digests),
        cmocka_unit_test(streaming_gives_the_same_digest),
        cmocka_unit_test(hmac_follows_rfc_4231),
        cmocka_unit_test(hkdf_follows_rfc_5869),
        cmocka_unit_test(hex_is_read_back_and_refused_when_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
