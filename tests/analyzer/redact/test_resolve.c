/* Overlapping findings: whatever they are, exactly the union of their ranges remains, each part under one
 * label. */
#include "tests/support/support.h"

#include "analyzer/redact/resolve.h"

#define TEXT_BYTES 200

static struct mark mark_of(size_t start, size_t end, enum label label, float score)
{
    return (struct mark){
        .start = start, .end = end, .label = label, .score = score, .rule_id = "t", .is_whole = true};
}

static void the_union_is_covered_and_nothing_else(void **state)
{
    (void)state;
    uint64_t random = test_seed();
    for (int round = 0; round < 2000; round++) {
        struct mark marks[40];
        bool wanted[TEXT_BYTES] = {false}, got[TEXT_BYTES] = {false};
        size_t count = random_next(&random) % 40;
        for (size_t i = 0; i < count; i++) {
            size_t start = random_next(&random) % 180, bytes = random_next(&random) % 20;
            marks[i] = mark_of(start, start + bytes, (enum label)(random_next(&random) % LABEL_COUNT),
                               (float)(random_next(&random) % 100) / 100);
            memset(wanted + start, true, bytes);
        }
        size_t kept = marks_resolve(marks, count);
        for (size_t i = 0; i < kept; i++) {
            assert_true(marks[i].start < marks[i].end);
            assert_true(i == 0 || marks[i - 1].end <= marks[i].start);
            memset(got + marks[i].start, true, marks[i].end - marks[i].start);
        }
        assert_memory_equal(wanted, got, TEXT_BYTES);
    }
}

static void the_result_does_not_depend_on_the_order(void **state)
{
    (void)state;
    uint64_t random = test_seed();
    for (int round = 0; round < 500; round++) {
        struct mark a[12], b[12];
        for (size_t i = 0; i < 12; i++) {
            size_t start = random_next(&random) % 60;
            a[i] = mark_of(start, start + 1 + random_next(&random) % 12,
                           (enum label)(random_next(&random) % 8), (float)(random_next(&random) % 5) / 5);
            b[i] = a[i];
        }
        for (size_t i = 11; i > 0; i--) {
            size_t j = random_next(&random) % (i + 1);
            struct mark swap = b[i];
            b[i] = b[j];
            b[j] = swap;
        }
        size_t n = marks_resolve(a, 12);
        assert_int_equal(n, marks_resolve(b, 12));
        for (size_t i = 0; i < n; i++)
            assert_true(a[i].start == b[i].start && a[i].end == b[i].end && a[i].label == b[i].label &&
                        a[i].score == b[i].score);
    }
}

static void the_label_that_explains_most_wins(void **state)
{
    (void)state;
    struct mark zip_in_address[] = {mark_of(30, 35, LABEL_ZIP, 0.9f), mark_of(0, 35, LABEL_ADDRESS, 0.6f)};
    assert_int_equal(marks_resolve(zip_in_address, 2), 1);
    assert_int_equal(zip_in_address[0].label, LABEL_ADDRESS);
    assert_true(zip_in_address[0].is_whole);
    struct mark same_place[] = {mark_of(0, 10, LABEL_PHONE, 0.5f), mark_of(0, 10, LABEL_MRN, 0.8f)};
    assert_int_equal(marks_resolve(same_place, 2), 1);
    assert_int_equal(same_place[0].label, LABEL_MRN);
    struct mark half[] = {mark_of(0, 10, LABEL_DATE, 0.9f), mark_of(5, 14, LABEL_ID, 0.5f)};
    assert_int_equal(marks_resolve(half, 2), 1);
    assert_int_equal(half[0].label, LABEL_DATE);
    assert_false(half[0].is_whole);
    assert_int_equal(half[0].end, 14);
}

static void ranges_that_touch_stay_apart(void **state)
{
    (void)state;
    struct mark marks[] = {mark_of(5, 9, LABEL_CITY, 0.9f), mark_of(0, 5, LABEL_NAME, 0.9f)};
    assert_int_equal(marks_resolve(marks, 2), 2);
    assert_int_equal(marks[0].label, LABEL_NAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_union_is_covered_and_nothing_else),
        cmocka_unit_test(the_result_does_not_depend_on_the_order),
        cmocka_unit_test(the_label_that_explains_most_wins),
        cmocka_unit_test(ranges_that_touch_stay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
