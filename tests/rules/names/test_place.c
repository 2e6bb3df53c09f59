/* test_place.c - the finders of towns and hospitals. */
#include "tests/support/support.h"

#include "rules/names/finder.h"

static const struct finder_points points = {0.3f, 1, 1, 1};

static int keep_last(void *context, const struct finder_find *find, struct error *err UNUSED)
{
    *(struct finder_find *)context = *find;
    return 0;
}

/* What the finder finds last in the text, as a slice of it; empty when nothing. */
static struct slice found_by(const struct finder *finder, const char *text)
{
    struct finder_find find = {.at = {0, 0}};
    struct error err;
    struct name_run run;
    for (size_t at = 0; name_run_next(slice_of(text), at, &run); at = run.next)
        assert_ok(finder->run(slice_of(text), &run, &points, 0.5, keep_last, &find, &err), err);
    return slice_sub(slice_of(text), find.at.start, find.at.end);
}

static void towns_are_found_by_what_stands_beside_them(void **state UNUSED)
{
    static const struct {
        const char *text, *town;
    } cases[] = {
        {"She was born in Sacramento and moved.", "Sacramento"},
        {"a flat near Palm Springs.", "Palm Springs"},
        {"of Decatur, GA", "Decatur"},
        {"He comes from San Antonio, Texas.", "San Antonio"},
        {"Started in Hope of relief.", ""},
        {"the Boston criteria", ""},
        {"Charlotte said so.", ""},
        {"Metformin in May.", ""},
        {"SPRING FORWARD", ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (!slice_equal(found_by(&finder_place, cases[i].text), slice_of(cases[i].town)))
            fail_msg("%s", cases[i].text);
}

static void hospitals_are_found_by_their_whole_name(void **state UNUSED)
{
    static const char text[] = "sent from Abrazo West Campus today";
    assert_true(slice_equal(found_by(&finder_hospital, text), SLICE("Abrazo West Campus")));
    assert_int_equal(found_by(&finder_hospital, "sent from Abrazo West today").bytes, 0);
    assert_int_equal(found_by(&finder_hospital, "the General Hospital").bytes, 0);
}

static void a_possessive_counts_against_a_town(void **state UNUSED)
{
    assert_int_equal(found_by(&finder_place, "as in Jackson's rule").bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(towns_are_found_by_what_stands_beside_them),
        cmocka_unit_test(hospitals_are_found_by_their_whole_name),
        cmocka_unit_test(a_possessive_counts_against_a_town),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
