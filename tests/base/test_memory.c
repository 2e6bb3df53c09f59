/* test_memory.c - buffers keep to their maximum, arenas give aligned zeroed memory, secrets are wiped. */
#include "tests/support/support.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "base/secret.h"

static void a_buffer_never_grows_beyond_its_maximum(void **state UNUSED)
{
    struct error err;
    AUTO(buffer) *b = NULL;
    assert_ok(buffer_new(&b, 10, &err), err);
    assert_ok(buffer_append_text(b, "12345678", &err), err);
    assert_int_equal(buffer_append_text(b, "abc", &err), -1);
    assert_int_equal(err.code, FAULT_DOCUMENT);
    assert_string_equal(b->data, "12345678");
    assert_int_equal(buffer_printf(b, &err, "%03d", 7), -1);
    assert_ok(buffer_printf(b, &err, "%02d", 7), err);
    assert_string_equal(b->data, "1234567807");
    buffer_clear(b);
    assert_int_equal(b->bytes, 0);
    assert_string_equal(b->data, "");
}

static void a_buffer_holds_any_bytes_and_ends_with_a_nul(void **state UNUSED)
{
    struct error err;
    AUTO(buffer) *b = NULL;
    assert_ok(buffer_new(&b, 1 << 20, &err), err);
    for (int i = 0; i < 5000; i++)
        assert_ok(buffer_append_byte(b, (char)(i % 256), &err), err);
    assert_int_equal(b->bytes, 5000);
    for (int i = 0; i < 5000; i++)
        assert_int_equal((unsigned char)b->data[i], i % 256);
    assert_int_equal(b->data[b->bytes], 0);
}

static void an_arena_gives_zeroed_aligned_memory(void **state UNUSED)
{
    struct error err;
    uint64_t seed = test_seed();
    AUTO(arena) *a = NULL;
    assert_ok(arena_new(&a, &err), err);
    for (int i = 0; i < 2000; i++) {
        size_t bytes = random_next(&seed) % 3000;
        unsigned char *taken = arena_take(a, bytes, &err);
        assert_non_null(taken);
        assert_int_equal((uintptr_t)taken % 16, 0);
        for (size_t k = 0; k < bytes; k++)
            assert_int_equal(taken[k], 0);
        memset(taken, 0xff, bytes);
    }
    assert_string_equal(arena_copy(a, SLICE("copied"), &err), "copied");
    assert_null(arena_array(a, SIZE_MAX / 2, 4, &err));
    assert_int_equal(err.code, FAULT_TEMPORARY);
}

static void secrets_are_random_and_dropped_twice_without_harm(void **state UNUSED)
{
    struct error err;
    struct secret *a = NULL, *b = NULL;
    assert_ok(secret_random(&a, 32, &err), err);
    assert_ok(secret_random(&b, 32, &err), err);
    assert_memory_not_equal(a->data, b->data, 32);
    secret_drop(&a);
    assert_null(a);
    secret_drop(&a);
    secret_drop(&b);
}

int main(void)
{
    struct error err;
    if (process_harden(&err))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_never_grows_beyond_its_maximum),
        cmocka_unit_test(a_buffer_holds_any_bytes_and_ends_with_a_nul),
        cmocka_unit_test(an_arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(secrets_are_random_and_dropped_twice_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
