/* test_shard.c - the shard of a document is a fixed function, checked against values computed elsewhere
 * (Python's hashlib: int.from_bytes(sha256(b"alcove-shard-v1\0" + id).digest()[:8], "big") % N). */
#include "tests/support/support.h"

#include "analyzer/run/shard.h"

static void the_function_is_the_published_one(void **state UNUSED)
{
    static const struct {
        const char *id;
        uint32_t of_3, of_16, of_1000;
    } rows[] = {
        {"", 2, 15, 319},    {"a.txt", 0, 9, 457},    {"sub/c.txt", 2, 7, 215},
        {"n-1", 2, 13, 373}, {"\xc3\xa9", 0, 5, 309},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (uint32_t n = 0; n < 1000; n++) {
            struct shard s3 = {n, 3}, s16 = {n, 16}, s1000 = {n, 1000};
            assert_int_equal(n < 3 && shard_has(&s3, slice_of(rows[i].id)), n == rows[i].of_3);
            assert_int_equal(n < 16 && shard_has(&s16, slice_of(rows[i].id)), n == rows[i].of_16);
            assert_int_equal(shard_has(&s1000, slice_of(rows[i].id)), n == rows[i].of_1000);
        }
}

static void without_shards_all_is_mine(void **state UNUSED)
{
    struct shard all = {0};
    assert_true(shard_has(&all, SLICE("anything")));
}

static void every_document_has_one_shard_and_shards_are_even(void **state UNUSED)
{
    enum { DOCUMENTS = 20000, SHARDS = 16 };
    size_t counts[SHARDS] = {0};
    for (int i = 0; i < DOCUMENTS; i++) {
        char id[32];
        int owners = 0;
        snprintf(id, sizeof id, "doc-%d", i);
        for (uint32_t n = 0; n < SHARDS; n++) {
            struct shard s = {n, SHARDS};
            bool mine = shard_has(&s, slice_of(id));
            owners += mine;
            counts[n] += mine;
        }
        assert_int_equal(owners, 1);
    }
    for (int n = 0; n < SHARDS; n++) /* 1250 expected, sigma 34 */
        assert_in_range(counts[n], 1250 - 200, 1250 + 200);
}

static void only_i_of_n_is_read(void **state UNUSED)
{
    struct shard s;
    struct error err;
    assert_ok(shard_read("0/1", &s, &err), err);
    assert_ok(shard_read("999999/1000000", &s, &err), err);
    assert_int_equal(s.index, 999999);
    static const char *const bad[] = {"",      "1",    "1/1",  "2/1",       "/3",
                                      "1/",    "-1/3", "1/-3", "a/b",       "1/3x",
                                      " 1/3",  "1 /3", "0/0",  "0/1000001", "99999999999999999999/3",
                                      "0x1/3", "+1/3"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(shard_read(bad[i], &s, &err), -1);
        assert_int_equal(err.code, FAULT_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_function_is_the_published_one),
        cmocka_unit_test(without_shards_all_is_mine),
        cmocka_unit_test(every_document_has_one_shard_and_shards_are_even),
        cmocka_unit_test(only_i_of_n_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
