/* Sentences of notes: wrapped prose, entries, lists, headings; where each begins and ends. */
#include "tests/support/support.h"

#include "analyzer/steps/sentence.h"
#include "base/slice.h"

#include <stdlib.h>

/* The sentences of `text`, joined by "|"; a heading in front is shown as "MEDS: ^". */
static const char *split(const char *text)
{
    static char out[4000];
    struct error err;
    struct sentence *list = NULL;
    size_t count, bytes = 0;
    assert_ok(sentences_split(slice_of(text), &list, &count, &err), err);
    out[0] = 0;
    for (size_t i = 0; i < count; i++) {
        struct span at = list[i].at;
        bytes += (size_t)snprintf(out + bytes, sizeof out - bytes, "%s%.*s%s%.*s", i ? "|" : "",
                                  (int)list[i].body, text + at.start, list[i].body ? "^" : "",
                                  (int)(at.end - at.start - list[i].body), text + at.start + list[i].body);
    }
    free(list);
    return out;
}

static void points_end_sentences_but_not_abbreviations_and_numbers(void **state)
{
    (void)state;
    assert_string_equal(split("He is well. She is not. Dr. A. Hamm saw him at 5 p.m. in room 3."),
                        "He is well.|She is not.|Dr. A. Hamm saw him at 5 p.m. in room 3.");
    assert_string_equal(split("Creatinine 1.6 mg/dL. Stopped!  Why? Next."),
                        "Creatinine 1.6 mg/dL.|Stopped!|Why?|Next.");
    assert_string_equal(split("Seen by Mr. Long. No. 5 was free. No. He left."),
                        "Seen by Mr. Long.|No. 5 was free.|No.|He left.");
}

static void wrapped_lines_are_one_sentence_and_entries_are_not(void **state)
{
    (void)state;
    assert_string_equal(split("Thank you for asking me to see him about tightness across the\nchest on "
                              "walking uphill. It began in May.\n"),
                        "Thank you for asking me to see him about tightness across the\nchest on walking "
                        "uphill.|It began in May.");
    assert_string_equal(split("Tel 1\nFax 2\n\nDear all"), "Tel 1|Fax 2|Dear all");
    assert_string_equal(split("Plan:\n- rest\n- ice\n1. Call back.\n"), "Plan:|rest|ice|Call back.");
}

static void headings_in_front_are_told_apart(void **state)
{
    (void)state;
    struct error err;
    struct sentence *list = NULL;
    size_t count;
    assert_string_equal(split("PMH: asthma. MEDS: none.\nRatio 1:2 stays."),
                        "PMH: ^asthma.|MEDS: ^none.|Ratio 1:2 stays.");
    const char *text = "ALLERGIES\nCodeine.\n\nHe is well.\n\nPlan\nRest.";
    assert_ok(sentences_split(slice_of(text), &list, &count, &err), err);
    assert_int_equal(count, 5);
    assert_true(list[0].is_heading);
    assert_int_equal(list[1].section, SECTION_ALLERGY);
    assert_int_equal(list[2].section, SECTION_NONE);
    assert_int_equal(list[4].section, SECTION_PLAN);
    free(list);
}

/* Whatever the bytes: sentences are in order, disjoint, not empty, and leave out nothing but blanks and list
 * marks. */
static void nothing_but_blanks_and_marks_is_left_out(void **state)
{
    (void)state;
    uint64_t random = test_seed();
    static const char *const pieces[] = {
        "word", ". ", " ", "\n", "\n\n", "Dr.", "MEDS: ", "- ", "A", "7", "\xc3\xa9", "?", "Plan:"};
    for (int round = 0; round < 2000; round++) {
        char text[400] = "";
        size_t bytes = 0, end = 0, count;
        struct error err;
        struct sentence *list = NULL;
        for (int i = 0; i < 30; i++)
            bytes += (size_t)snprintf(text + bytes, sizeof text - bytes, "%s",
                                      pieces[random_next(&random) % COUNT_OF(pieces)]);
        assert_ok(sentences_split(slice_of(text), &list, &count, &err), err);
        for (size_t i = 0; i <= count; i++) {
            size_t start = i < count ? list[i].at.start : bytes;
            assert_true(start >= end && (i == count || list[i].at.end > start));
            for (size_t k = end; k < start; k++)
                assert_non_null(memchr(" \n-7.", text[k], 5));
            end = i < count ? list[i].at.end : end;
        }
        free(list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_end_sentences_but_not_abbreviations_and_numbers),
        cmocka_unit_test(wrapped_lines_are_one_sentence_and_entries_are_not),
        cmocka_unit_test(headings_in_front_are_told_apart),
        cmocka_unit_test(nothing_but_blanks_and_marks_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
