/* test_joined.c - identifiers torn apart by line ends and blanks. */
#include "tests/support/support.h"

#include "rules/joined.h"

static void expect(const char *shadow, const char *joined)
{
    AUTO(joined) *j = NULL;
    struct slice text;
    struct error err;
    assert_ok(joined_new(&j, &err), err);
    assert_ok(joined_make(j, slice_of(shadow), &text, &err), err);
    if (!slice_equal(text, slice_of(joined)))
        fail_msg("\"%s\" becomes \"%.*s\"", shadow, (int)text.bytes, text.data);
}

static void torn_identifiers_are_put_together(void **state UNUSED)
{
    expect("DOB 1988-03-0\n1.", "DOB 1988-03-01.");
    expect("VIN WDB979\r\n1616F382961", "VIN WDB9791616F382961");
    expect("mail a.b@exampl\ne.org", "mail a.b@example.org");
    expect("fax 4 4 8 - 5 6 4 - 5 4 2 8.", "fax 448-564-5428.");
    expect("on 2 6   A u g   1 9 4 5", "on 26 Aug 1945");
}

static void prose_is_left_alone(void **state UNUSED)
{
    expect("the word\nthat follows", "");
    expect("12 mg\nthen 14", "");
    expect("seen in 2019\nand again", "");
    expect("I am a b c", "");
    expect("2 of 3", "");
    expect("", "");
    expect("\n", "");
}

static void places_lead_back_to_the_shadow(void **state UNUSED)
{
    static const char shadow[] = "x 1988-03-0\n1 y";
    AUTO(joined) *j = NULL;
    struct slice text;
    struct span back;
    struct error err;
    assert_ok(joined_new(&j, &err), err);
    assert_ok(joined_make(j, slice_of(shadow), &text, &err), err);
    assert_true(joined_shadow(j, (struct span){2, 12}, &back));
    assert_int_equal(back.start, 2);
    assert_int_equal(back.end, 13);
    assert_false(joined_shadow(j, (struct span){2, 11}, &back)); /* nothing is missing within */
}

/* Whatever the text, the joined one is the shadow with characters taken out, window by window, in order. */
static void every_byte_comes_from_where_it_says(void **state UNUSED)
{
    static const char alphabet[] = "12aB.-/ \n\r @:";
    AUTO(joined) *j = NULL;
    struct error err;
    unsigned seed = 20261124;
    print_message("seed %u\n", seed);
    assert_ok(joined_new(&j, &err), err);
    for (int round = 0; round < 2000; round++) {
        char shadow[400];
        size_t bytes = (size_t)(seed >> 8) % sizeof shadow;
        for (size_t i = 0; i < bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            shadow[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        seed = seed * 1664525u + 1013904223u;
        struct slice text;
        assert_ok(joined_make(j, (struct slice){shadow, bytes}, &text, &err), err);
        for (size_t i = 0; i < text.bytes; i++) {
            struct span back;
            (void)joined_shadow(j, (struct span){i, i + 1}, &back);
            assert_true(back.start <= bytes);
            assert_true(text.data[i] == '\n' || text.data[i] == shadow[back.start]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(torn_identifiers_are_put_together),
        cmocka_unit_test(prose_is_left_alone),
        cmocka_unit_test(places_lead_back_to_the_shadow),
        cmocka_unit_test(every_byte_comes_from_where_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
