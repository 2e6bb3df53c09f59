/* test_labels.c - the labels that a pipeline may name are those of the rules room, one for one. */
#include "pipelines/keys.h"
#include "rules/rule.h"
#include "tests/support/support.h"

static void both_rooms_know_the_same_labels(void **state UNUSED)
{
    size_t count = 0;
    enum label label;
    for (; label_names[count]; count++)
        assert_true(label_from(label_names[count], &label));
    assert_int_equal(count, LABEL_COUNT);
    for (int i = 0; i < LABEL_COUNT; i++)
        assert_true(is_label(label_name((enum label)i)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_rooms_know_the_same_labels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
