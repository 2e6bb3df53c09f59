/* Surrogates: the same all over a store, never a word of the document, of the same shape. */
#include "tests/analyzer/redact/redact_support.h"

#include "analyzer/redact/surrogate.h"
#include "base/fold.h"

static struct bench b;

static int open_bench(void **state)
{
    (void)state;
    static struct operator_setting operators[] = {{.label = "default", .kind = OPERATOR_SURROGATE}};
    bench_open(&b, operators, 1);
    return 0;
}

static int close_bench(void **state)
{
    (void)state;
    bench_close(&b);
    return 0;
}

static void every_class_has_two_thousand_different_names(void **state)
{
    (void)state;
    struct error err;
    struct lists lists;
    char room[CLASS_NAME_BYTES_MAX];
    assert_ok(lists_open(&lists, &err), err);
    for (int c = 0; c < CLASS_COUNT; c++) {
        struct hashmap seen = {0};
        uint32_t size = class_size(&lists, (enum name_class)c);
        assert_true(size >= 2000);
        for (uint32_t i = 0; i < size; i++) {
            struct slice name = class_name(&lists, (enum name_class)c, i, room);
            bool is_new;
            assert_true(name.bytes >= 3 && name.bytes < CLASS_NAME_BYTES_MAX);
            assert_false(wordlist_has(&lists.common, name));
            assert_int_equal(hashmap_add(&seen, fold_hash(name), 1, &is_new, &err), 0);
            assert_true(is_new);
        }
        hashmap_close(&seen);
    }
    lists_close(&lists);
}

static void a_name_has_one_surrogate_in_all_documents(void **state)
{
    (void)state;
    char first[200];
    snprintf(first, sizeof first, "%s", redact_string(&b, "Seen: Chidi Okonkwo."));
    assert_string_equal(redact_string(&b, "Seen: Chidi Okonkwo."), first);
    char *name = first + 6;
    name[strlen(name) - 1] = 0;
    assert_non_null(strstr(redact_string(&b, "Other text. Mary Long and Chidi Okonkwo"), name));
}

/* Splits "A B" outputs into two words. */
static void words_of(const char *text, char to[2][40])
{
    assert_int_equal(sscanf(text, "%39[A-Za-z'-] %39[A-Za-z'-]", to[0], to[1]), 2);
}

static void shape_order_and_initials_are_kept(void **state)
{
    (void)state;
    char full[2][40], upper[2][40], initial[2][40];
    words_of(redact_string(&b, "Desmond Achterberg"), full);
    assert_int_equal(
        sscanf(redact_string(&b, "ACHTERBERG, DESMOND"), "%39[A-Z], %39[A-Z]", upper[0], upper[1]), 2);
    assert_int_equal(strcasecmp(full[0], upper[1]), 0);
    assert_int_equal(strcasecmp(full[1], upper[0]), 0);
    assert_true(full[0][0] >= 'A' && full[0][0] <= 'Z' && full[0][1] >= 'a');
    char text[200];
    snprintf(text, sizeof text, "%s", redact_string(&b, "J. Okonkwo and Chidi Okonkwo"));
    assert_int_equal(sscanf(text, "%39[A-Z]. %39[A-Za-z] and", initial[0], initial[1]), 2);
    assert_int_equal(strlen(initial[0]), 1);
    assert_non_null(strstr(strstr(text, " and "), initial[1]));
    const char *hyphen = redact_string(&b, "Anna Smith-Jones");
    assert_non_null(strchr(hyphen, '-'));
    assert_null(strstr(hyphen, "Smith"));
}

static bool is_in(const struct wordlist *list, const char *word)
{
    char lower[40] = {0};
    for (size_t i = 0; word[i]; i++)
        lower[i] = (char)(word[i] | 32);
    return wordlist_has(list, slice_of(lower));
}

static void gender_is_kept_where_the_given_name_tells(void **state)
{
    (void)state;
    struct error err;
    struct lists lists;
    char woman[2][40], man[2][40];
    assert_ok(lists_open(&lists, &err), err);
    words_of(redact_string(&b, "Mary Achterberg"), woman);
    words_of(redact_string(&b, "Desmond Achterberg"), man);
    assert_true(is_in(&lists.given_female, woman[0]));
    assert_true(is_in(&lists.given_male, man[0]));
    assert_string_equal(woman[1], man[1]);
    lists_close(&lists);
}

/* The text uses the very word that would be chosen: another one is taken, for this document. */
static void a_surrogate_is_no_word_of_the_document(void **state)
{
    (void)state;
    char plain[2][40], text[300], again[2][40];
    words_of(redact_string(&b, "Chidi Okonkwo"), plain);
    snprintf(text, sizeof text, "Chidi Okonkwo met %s and %s", plain[0], plain[1]);
    words_of(redact_string(&b, text), again);
    assert_string_not_equal(again[0], plain[0]);
    assert_string_not_equal(again[1], plain[1]);
}

static void codes_keep_their_form_and_reserved_ranges_are_used(void **state)
{
    (void)state;
    char text[400], mrn[20], ssn[20], area[8], last[8], user[60], ip[40];
    snprintf(text, sizeof text, "%s",
             redact_string(&b, "MRN-1234567 219-09-9998 (617) 555-0123 a.b@c.org 10.1.2.3"));
    assert_int_equal(sscanf(text, "%11s %11s (%3[0-9]) 555-%4[0-9] %50[a-z0-9]@example.com %20s", mrn, ssn,
                            area, last, user, ip),
                     6);
    assert_true(strlen(mrn) == 11 && mrn[3] == '-' && strspn(mrn + 4, "0123456789") == 7);
    assert_string_not_equal(mrn, "MRN-1234567");
    assert_true(ssn[0] == '9' && strncmp(ssn + 3, "-00-", 4) == 0);
    assert_true(strncmp(last, "01", 2) == 0);
    assert_true(strncmp(ip, "192.0.2.", 8) == 0 || strncmp(ip, "198.51.100.", 11) == 0 ||
                strncmp(ip, "203.0.113.", 10) == 0);
    assert_string_equal(redact_string(&b, "key hunter2secret."), "key [SECRET_1].");
}

static void places_get_places_of_their_kind(void **state)
{
    (void)state;
    const char *out = redact_string(&b, "7 Bowling Green Terrace / Wharfe Valley Hospital / Ilkley,");
    assert_non_null(strstr(out, " Terrace / "));
    assert_non_null(strstr(out, " Hospital / "));
    assert_null(strstr(out, "Wharfe"));
    assert_null(strstr(out, "Bowling"));
    assert_null(strstr(out, "Ilkley"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_class_has_two_thousand_different_names),
        cmocka_unit_test(a_name_has_one_surrogate_in_all_documents),
        cmocka_unit_test(shape_order_and_initials_are_kept),
        cmocka_unit_test(gender_is_kept_where_the_given_name_tells),
        cmocka_unit_test(a_surrogate_is_no_word_of_the_document),
        cmocka_unit_test(codes_keep_their_form_and_reserved_ranges_are_used),
        cmocka_unit_test(places_get_places_of_their_kind),
    };
    return cmocka_run_group_tests(tests, open_bench, close_bench);
}
