/* test_header.c - a header copy comes back as it went in, and no byte of it can be changed. */
#include "store/crypt/header.h"
#include "tests/support/support.h"

#include <openssl/evp.h>

static struct secret *key_new(void)
{
    struct error err;
    struct secret *key;
    assert_ok(secret_random(&key, 32, &err), err);
    return key;
}

static struct header header_sample(void)
{
    struct header h = {.page_bytes = 4096, .pages = 77, .log = {12, 40, {1, 2, 3, 4, 5, 6, 7, 8}}, .sequence = 41,
                       .state = HEADER_IN_PROGRESS, .digest = {0x1122334455667788, 9}, .untouched = {3, 0x99aa}};
    memset(h.database_id, 0xd1, sizeof h.database_id);
    memset(h.slots, 0x5a, sizeof h.slots);
    return h;
}

static void a_copy_comes_back_as_it_went_in(void **state UNUSED)
{
    AUTO(secret) *key = key_new();
    struct header in = header_sample(), out = {0};
    unsigned char copy[HEADER_COPY_BYTES];
    assert_int_equal(header_encode(&in, key, copy), 0);
    assert_int_equal(header_look(copy), HEADER_SOUND);
    assert_int_equal(header_decode(&out, copy, key), 0);
    assert_int_equal(out.page_bytes, in.page_bytes);
    assert_int_equal(out.pages, in.pages);
    assert_int_equal(out.sequence, in.sequence);
    assert_int_equal(out.state, in.state);
    assert_int_equal(out.log.frames, in.log.frames);
    assert_int_equal(out.log.sequence, in.log.sequence);
    assert_memory_equal(out.log.salts, in.log.salts, sizeof in.log.salts);
    assert_memory_equal(&out.digest, &in.digest, sizeof in.digest);
    assert_memory_equal(&out.untouched, &in.untouched, sizeof in.untouched);
    assert_memory_equal(out.database_id, in.database_id, sizeof in.database_id);
    assert_memory_equal(out.slots, in.slots, sizeof in.slots);
    assert_memory_equal(header_slots(copy), in.slots, sizeof in.slots);
    assert_memory_equal(header_database_id(copy), in.database_id, sizeof in.database_id);
}

static void every_flipped_byte_is_seen_before_any_key_is_known(void **state UNUSED)
{
    AUTO(secret) *key = key_new();
    struct header in = header_sample();
    unsigned char copy[HEADER_COPY_BYTES];
    assert_int_equal(header_encode(&in, key, copy), 0);
    for (size_t i = 0; i < sizeof copy; i++) {
        copy[i] ^= 0x10;
        assert_int_not_equal(header_look(copy), HEADER_SOUND);
        copy[i] ^= 0x10;
    }
    assert_int_equal(header_look(copy), HEADER_SOUND);
}

/* The outer checksum has no key: whoever alters the copy can renew it, and is then stopped by the HMAC. */
static void a_copy_with_its_checksum_renewed_does_not_decode(void **state UNUSED)
{
    AUTO(secret) *key = key_new();
    struct header in = header_sample(), out;
    unsigned char copy[HEADER_COPY_BYTES];
    assert_int_equal(header_encode(&in, key, copy), 0);
    for (size_t i = 12; i < 4064; i++) { /* behind magic and version */
        copy[i] ^= 0x10;
        unsigned char sum[32];
        assert_int_equal(EVP_Digest(copy, 4064, sum, NULL, EVP_sha256(), NULL), 1);
        memcpy(copy + 4064, sum, sizeof sum);
        assert_int_equal(header_look(copy), HEADER_SOUND);
        if (header_decode(&out, copy, key) == 0)
            fail_msg("a copy altered at byte %zu decodes", i);
        copy[i] ^= 0x10;
    }
}

static void another_key_does_not_decode(void **state UNUSED)
{
    AUTO(secret) *key = key_new();
    AUTO(secret) *other = key_new();
    struct header in = header_sample(), out;
    unsigned char copy[HEADER_COPY_BYTES];
    assert_int_equal(header_encode(&in, key, copy), 0);
    assert_int_equal(header_decode(&out, copy, other), -1);
}

/* Equal digests must not be told from the outside: two stores in the same state have nothing in common. */
static void the_digests_are_sealed_anew_each_time(void **state UNUSED)
{
    AUTO(secret) *key = key_new();
    struct header in = header_sample();
    unsigned char a[HEADER_COPY_BYTES], b[HEADER_COPY_BYTES];
    assert_int_equal(header_encode(&in, key, a), 0);
    assert_int_equal(header_encode(&in, key, b), 0);
    assert_memory_not_equal(a + 48, b + 48, 24);
    assert_memory_not_equal(a + 72, b + 72, 32);
}

static void what_is_no_header_is_told_apart(void **state UNUSED)
{
    AUTO(secret) *key = key_new();
    struct header in = header_sample();
    unsigned char copy[HEADER_COPY_BYTES] = {0}, sum[32];
    assert_int_equal(header_look(copy), HEADER_ABSENT);
    memcpy(copy, "SQLite format 3", 16);
    assert_int_equal(header_look(copy), HEADER_FOREIGN);
    assert_int_equal(header_encode(&in, key, copy), 0);
    copy[8] = 2; /* a later version, with its checksum in order */
    assert_int_equal(EVP_Digest(copy, 4064, sum, NULL, EVP_sha256(), NULL), 1);
    memcpy(copy + 4064, sum, sizeof sum);
    assert_int_equal(header_look(copy), HEADER_NEWER);
}

static void values_that_no_store_has_do_not_decode(void **state UNUSED)
{
    AUTO(secret) *key = key_new();
    static const struct { uint32_t page_bytes; int state; } rows[] = {
        {512, HEADER_CLEAN}, {4097, HEADER_CLEAN}, {0, HEADER_CLEAN}, {131072, HEADER_CLEAN}, {4096, 0}, {4096, 3}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct header in = header_sample(), out;
        unsigned char copy[HEADER_COPY_BYTES];
        in.page_bytes = rows[i].page_bytes;
        in.state = (enum header_state)rows[i].state;
        assert_int_equal(header_encode(&in, key, copy), 0);
        assert_int_equal(header_decode(&out, copy, key), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_comes_back_as_it_went_in),
        cmocka_unit_test(every_flipped_byte_is_seen_before_any_key_is_known),
        cmocka_unit_test(a_copy_with_its_checksum_renewed_does_not_decode),
        cmocka_unit_test(another_key_does_not_decode),
        cmocka_unit_test(the_digests_are_sealed_anew_each_time),
        cmocka_unit_test(what_is_no_header_is_told_apart),
        cmocka_unit_test(values_that_no_store_has_do_not_decode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
