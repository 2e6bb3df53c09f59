/* The year of a date in many forms, and ages in digits and words. */
#include "tests/support/support.h"

#include "analyzer/redact/dates.h"

static void the_year_is_read_in_whatever_form(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int first, last;
    } cases[] = {
        {"2024-03-14", 2024, 2024},
        {"14 March 2024", 2024, 2024},
        {"03/14/1958", 1958, 1958},
        {"19/03/24", 2024, 2024},
        {"02.11.57", 1957, 1957},
        {"14Mar2024", 2024, 2024},
        {"Mar '98", 1998, 1998},
        {"March 58", 1958, 1958},
        {"14 Mar 24", 2024, 2024},
        {"20240314", 2024, 2024},
        {"14031958", 1958, 1958},
        {"2019 - 2021", 2019, 2021},
        {"14/03/24 2015", 2024, 2024},
        {"2024-03-14T10:22", 2024, 2024},
        {"11/2019", 2019, 2019},
        {"\xef\xbc\x92\xef\xbc\x90\xef\xbc\x92\xef\xbc\x94-03-14", 2024, 2024},
        {"27/01/27", 2027, 2027},
        {"27/01/28", 1928, 1928},
        {"1969", 1969, 1969},
        {"14 March", -1, -1},
        {"03/14", -1, -1},
        {"March 14", -1, -1},
        {"Christmas", -1, -1},
        {"19829999", -1, -1},
        {"on the 14th", -1, -1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct years years = {-1, -1, false};
        if (!date_years(slice_of(cases[i].value), 2026, &years))
            years = (struct years){-1, -1, false};
        if (years.first != cases[i].first || years.last != cases[i].last)
            fail_msg("%s: %d-%d", cases[i].value, years.first, years.last);
    }
}

static void ages_are_read_in_digits_and_words(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int age;
    } cases[] = {{"92-year-old", 92}, {"aged 45", 45}, {"ninety-two years old", 92},
                 {"18 months", 0},    {"100 days", 0}, {"one hundred and three", 103},
                 {"85-92", 92},       {"elderly", -1}, {"eighty nine", 89}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (age_years(slice_of(cases[i].value)) != cases[i].age)
            fail_msg("%s: %d", cases[i].value, age_years(slice_of(cases[i].value)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_year_is_read_in_whatever_form),
        cmocka_unit_test(ages_are_read_in_digits_and_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
