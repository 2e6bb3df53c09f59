/* From text to redacted text: operators, consistency, spans, and that nothing found is left. */
#include "tests/analyzer/redact/redact_support.h"

#include "base/fold.h"

static void tags_are_numbered_by_value(void **state)
{
    (void)state;
    struct bench b = {0};
    bench_open(&b, (struct operator_setting[]){{.label = "default", .kind = OPERATOR_TAG}}, 1);
    assert_string_equal(
        redact_string(&b, "Desmond Achterberg and Mary Long. ACHTERBERG, DESMOND again; Mr Achterberg left. "
                          "MRN-1234567, mrn 1234567."),
        "[NAME_1] and [NAME_2]. [NAME_1] again; Mr [NAME_1] left. [MRN_1], [MRN_1].");
    bench_close(&b);
}

static void children_take_their_parents_operator_then_the_default(void **state)
{
    (void)state;
    struct bench b = {0};
    struct operator_setting operators[] = {{.label = "LOCATION", .kind = OPERATOR_MASK},
                                           {.label = "ZIP", .kind = OPERATOR_ZIP3},
                                           {.label = "default", .kind = OPERATOR_REMOVE}};
    bench_open(&b, operators, 3);
    assert_string_equal(
        redact_string(&b, "<7 Bowling Green Terrace> <Ilkley,> <01234> <03601-2345> <MRN-1234567>"),
        "<* ******* ***** *******> <******,> <012> <000> <>");
    bench_close(&b);
}

static void safe_harbor_is_the_profile_without_operators(void **state)
{
    (void)state;
    struct bench b = {0};
    bench_open(&b, NULL, 0);
    assert_string_equal(
        redact_string(
            &b, "A 94-year-old (a 45-year-old beside), ninety-two years old; born 02/11/1931 or 4 May 1990, "
                "seen May 12, 2019. ZIP 20301 and 10001 and LS29 9HP."),
        "A 90+ year-old (a 45-year-old beside), 90 or older; born 1936 or earlier or 1990, "
        "seen [DATE_1], 2019. ZIP 000 and 100 and [ZIP_1].");
    bench_close(&b);
}

static void a_union_of_two_kinds_is_not_read_as_one_of_them(void **state)
{
    (void)state;
    struct bench b = {0};
    struct operator_setting operators[] = {{.label = "ZIP", .kind = OPERATOR_ZIP3},
                                           {.label = "default", .kind = OPERATOR_TAG}};
    bench_open(&b, operators, 2);
    assert_string_equal(redact_string(&b, "at 7 Bowling Green Terrace, 10001 now"), "at [ADDRESS_1] now");
    bench_close(&b);
}

static void what_is_found_once_goes_everywhere(void **state)
{
    (void)state;
    struct bench b = {0};
    bench_open(&b, NULL, 0);
    const char *out =
        redact_string(&b, "Mary Long came. We saw Long walk; a long way. Long QT was not seen.\n"
                          "SSN 219-09-9998 is 219099998. Achterberg? Desmond Achterberg. desmond!");
    assert_string_equal(out, "[NAME_1] came. We saw [NAME_1] walk; a long way. Long QT was not seen.\n"
                             "SSN [SSN_1] is [SSN_1]. [NAME_2]? [NAME_2]. [NAME_2]!");
    bench_close(&b);
}

static void spans_say_what_was_replaced_and_where(void **state)
{
    (void)state;
    struct bench b = {0};
    bench_open(&b,
               (struct operator_setting[]){{.label = "IP", .kind = OPERATOR_KEEP},
                                           {.label = "default", .kind = OPERATOR_TAG}},
               2);
    const char *text = "Mary Long at 10.1.2.3, Long's MRN-1234567";
    struct redaction *made = redact_text(&b, text);
    struct slice out = redacted_text_slice(made->text);
    assert_int_equal(made->span_count, 3);
    size_t in_at = 0, out_at = 0;
    for (size_t i = 0; i < made->span_count; i++) {
        const struct redacted_span *s = &made->spans[i];
        assert_int_equal(s->start - in_at, s->out_start - out_at);
        assert_memory_equal(text + in_at, out.data + out_at, s->start - in_at);
        in_at = s->end;
        out_at = s->out_end;
    }
    assert_string_equal(made->spans[0].rule_id, "t.name");
    assert_non_null(made->spans[0].finding);
    assert_null(made->spans[1].rule);
    assert_string_equal(made->spans[1].rule_id, "document.consistency");
    assert_int_equal(made->label_counts[LABEL_NAME], 2);
    assert_int_equal(made->label_counts[LABEL_IP], 0);
    redaction_drop(&made);
    bench_close(&b);
}

static void an_output_that_holds_a_value_is_refused_without_naming_it(void **state)
{
    (void)state;
    struct bench b = {0};
    struct error err;
    bench_open(&b, NULL, 0);
    struct redaction *made = redact_text(&b, "Desmond Achterberg, MRN-1234567.");
    assert_ok(redaction_verify(made, SLICE("The patient was seen."), &err), err);
    static const char *const leaks[] = {"achterberg came", "DESMOND", "mrn 1234567", "Mr Achter\u00adberg"};
    for (size_t i = 0; i < COUNT_OF(leaks); i++) {
        assert_int_equal(redaction_verify(made, slice_of(leaks[i]), &err), -1);
        assert_int_equal(err.code, FAULT_PRIVACY);
        assert_null(strcasestr(err.message, "achterberg"));
        assert_null(strstr(err.message, "1234567"));
        assert_non_null(strstr(err.message, "t."));
    }
    redaction_drop(&made);
    bench_close(&b);
}

static void hashes_are_keyed_and_asked_for_at_once(void **state)
{
    (void)state;
    struct bench b = {0};
    bench_open(&b, (struct operator_setting[]){{.label = "default", .kind = OPERATOR_HASH}}, 1);
    const char *out = redact_string(&b, "Mary Long, MRN-1234567, MRN-7654321");
    assert_int_equal(b.calls, 1);
    struct hash wanted =
        hash_keyed(SLICE("a key for tests"), (struct slice[]){SLICE("redact"), {"MRN\0mrn1234567", 14}}, 2);
    char hex[HASH_HEX_BYTES], tag[40];
    hash_hex(&wanted, hex);
    snprintf(tag, sizeof tag, "[MRN:%.16s]", hex);
    assert_non_null(strstr(out, tag));
    bench_close(&b);
}

/* Random texts out of names, words and numbers: no found value is left, whatever the operator. */
static void nothing_found_is_left(void **state)
{
    (void)state;
    static const char *const pieces[] = {"Desmond Achterberg",
                                         "Mary Long",
                                         "J. Okonkwo",
                                         "Okonkwo",
                                         "long",
                                         "Long",
                                         "Mary",
                                         "MRN-1234567",
                                         "1234567",
                                         "219-09-9998",
                                         "219099998",
                                         ", ",
                                         ". ",
                                         " ",
                                         "\n",
                                         "(617) 555-0199",
                                         "6175550199",
                                         "12/03/1980",
                                         "12031980",
                                         "May 12",
                                         "may",
                                         "10001",
                                         "100 01",
                                         "Li Wei",
                                         "Wei",
                                         "Fiona O'Brien",
                                         "OBrien",
                                         "7 Bowling Green Terrace, 10001",
                                         "bowling green terrace",
                                         "a.b@c.org"};
    uint64_t random = test_seed();
    for (int kind = 0; kind < OPERATOR_COUNT; kind++) {
        struct bench b = {0};
        if (kind == OPERATOR_KEEP)
            continue;
        struct operator_setting operators[] = {{.label = "default", .kind = (enum operator_kind)kind}};
        bench_open(&b, operators, 1);
        for (int round = 0; round < 60; round++) {
            char text[2000] = "";
            size_t bytes = 0;
            for (int i = 0; i < 40; i++)
                bytes += (size_t)snprintf(text + bytes, sizeof text - bytes, "%s ",
                                          pieces[random_next(&random) % COUNT_OF(pieces)]);
            struct error err;
            struct redaction *made = NULL;
            struct keyed_hashes keys = {fixed_hashes, &b.calls};
            int result = redactor_run(b.redactor, slice_of(text), &keys, &made, &err);
            if (result && err.code != FAULT_PRIVACY)
                fail_msg("%s", err.message);
            if (!result) {
                struct slice out = redacted_text_slice(made->text);
                assert_null(memmem(out.data, out.bytes, "Achterberg", 10));
                assert_null(memmem(out.data, out.bytes, "219-09-9998", 11));
            }
            redaction_drop(&made);
        }
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_numbered_by_value),
        cmocka_unit_test(children_take_their_parents_operator_then_the_default),
        cmocka_unit_test(safe_harbor_is_the_profile_without_operators),
        cmocka_unit_test(a_union_of_two_kinds_is_not_read_as_one_of_them),
        cmocka_unit_test(what_is_found_once_goes_everywhere),
        cmocka_unit_test(spans_say_what_was_replaced_and_where),
        cmocka_unit_test(an_output_that_holds_a_value_is_refused_without_naming_it),
        cmocka_unit_test(hashes_are_keyed_and_asked_for_at_once),
        cmocka_unit_test(nothing_found_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
