/* test_ndjson.c - the tokenizer of input lines, against RFC 8259 and against jansson where the two must
 * agree. */
#include "tests/support/support.h"

#include "analyzer/ingest/ndjson.h"

#include <jansson.h>

struct document {
    struct buffer *id, *text;
    struct error err;
};

static int read_line(struct slice line, struct document *d)
{
    *d = (struct document){0};
    return ndjson_document(line, &d->id, &d->text, &d->err);
}

static void drop(struct document *d)
{
    buffer_drop(&d->id);
    buffer_drop(&d->text);
}

static void assert_document(struct slice line, struct slice id, struct slice text)
{
    struct document d;
    assert_ok(read_line(line, &d), d.err);
    assert_true(slice_equal(buffer_slice(d.id), id));
    assert_true(slice_equal(buffer_slice(d.text), text));
    drop(&d);
}

static void assert_refused(struct slice line, const char *words)
{
    struct document d;
    if (read_line(line, &d) != -1)
        fail_msg("accepted: %.*s", (int)line.bytes, line.data);
    assert_int_equal(d.err.code, FAULT_DOCUMENT);
    if (!strstr(d.err.message, words))
        fail_msg("says \"%s\", not \"%s\"", d.err.message, words);
    assert_null(d.text);
    drop(&d);
}

static void id_and_text_are_taken_and_the_rest_dropped(void **state UNUSED)
{
    assert_document(SLICE("{\"id\":\"a\",\"text\":\"hello\"}"), SLICE("a"), SLICE("hello"));
    assert_document(SLICE(" { \"x\" : [1, {\"text\": \"no\"}], \"text\":\"b\" , \"id\" : \"i/j\" } \r"),
                    SLICE("i/j"), SLICE("b"));
}

static void a_number_keeps_its_digits(void **state UNUSED)
{
    assert_document(SLICE("{\"id\":1.10,\"text\":\"t\"}"), SLICE("1.10"), SLICE("t"));
    assert_document(SLICE("{\"id\":123456789012345678901234567890,\"text\":\"t\"}"),
                    SLICE("123456789012345678901234567890"), SLICE("t"));
}

static void escapes_become_characters(void **state UNUSED)
{
    assert_document(
        SLICE("{\"id\":\"\\u00e9\",\"text\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u20AC\\uD83D\\uDC8A\"}"),
        SLICE("\xc3\xa9"), SLICE("\"\\/\b\f\n\r\t\xe2\x82\xac\xf0\x9f\x92\x8a"));
}

static void the_id_is_known_even_when_the_text_is_bad(void **state UNUSED)
{
    struct document d;
    assert_int_equal(read_line(SLICE("{\"id\":\"x\"}"), &d), -1);
    assert_true(slice_equal(buffer_slice(d.id), SLICE("x")));
    drop(&d);
}

static void what_is_refused_and_why(void **state UNUSED)
{
    static const struct {
        struct slice line;
        const char *words;
    } rows[] = {
        {SLICE(""), "byte 0: not valid JSON: an object"},
        {SLICE("[]"), "byte 0: not valid JSON: an object"},
        {SLICE("{\"id\":\"a\",\"text\":\"b\"} x"), "byte 22: not valid JSON: something follows"},
        {SLICE("{\"id\":\"a\",\"text\":\"b\""), "\",\" or \"}\""},
        {SLICE("{\"id\":\"a\",\"text\":\"b}"), "not closed"},
        {SLICE("{\"id\":\"a\",,\"text\":\"b\"}"), "byte 10"},
        {SLICE("{\"id\":\"a\",\"text\":\"b\",}"), "a string is expected"},
        {SLICE("{\"id\" \"a\"}"), "\":\""},
        {SLICE("{id:1}"), "a string is expected"},
        {SLICE("{\"id\":01,\"text\":\"b\"}"), "begin with 0"},
        {SLICE("{\"id\":1.,\"text\":\"b\"}"), "digit"},
        {SLICE("{\"id\":-,\"text\":\"b\"}"), "digit"},
        {SLICE("{\"id\":1e,\"text\":\"b\"}"), "digit"},
        {SLICE("{\"id\":NaN,\"text\":\"b\"}"), "a value is expected"},
        {SLICE("{\"id\":\"a\",\"text\":\"tab\there\"}"), "control character"},
        {SLICE("{\"id\":\"a\",\"text\":\"\\x41\"}"), "unknown escape"},
        {SLICE("{\"id\":\"a\",\"text\":\"\\u12G4\"}"), "four hex digits"},
        {SLICE("{\"id\":\"a\",\"text\":\"\\ud83d alone\"}"), "byte 18: half a surrogate pair"},
        {SLICE("{\"id\":\"a\",\"text\":\"\\udc8a\"}"), "half a surrogate pair"},
        {SLICE("{\"id\":\"a\",\"text\":\"nul \\u0000\"}"), "byte 22: NUL"},
        {SLICE("{\"id\":\"a\",\"text\":\"bad \xff\"}"), "byte 22: not valid UTF-8"},
        {SLICE("{\"text\":\"b\"}"), "no \"id\""},
        {SLICE("{\"id\":null,\"text\":\"b\"}"), "must be a string or a number"},
        {SLICE("{\"id\":\"\",\"text\":\"b\"}"), "empty"},
        {SLICE("{\"id\":\"a\\u0000\",\"text\":\"b\"}"), "cannot be used"},
        {SLICE("{\"id\":\"a\"}"), "no \"text\""},
        {SLICE("{\"id\":\"a\",\"text\":5}"), "no \"text\""},
        {SLICE("{\"id\":\"a\",\"text\":\"\"}"), "empty"},
        {SLICE("{\"id\":\"a\",\"id\":\"b\",\"text\":\"c\"}"), "given twice"},
        {SLICE("{\"id\":\"a\",\"text\":\"c\",\"text\":\"d\"}"), "given twice"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_refused(rows[i].line, rows[i].words);
}

static void depth_is_bounded(void **state UNUSED)
{
    for (int depth = 1; depth <= 100000; depth *= 10) {
        struct error err;
        size_t bytes = 2 * (size_t)depth + 6;
        char *line = malloc(bytes);
        memcpy(line, "{\"x\":", 5);
        memset(line + 5, '[', (size_t)depth);
        memset(line + 5 + depth, ']', (size_t)depth);
        line[bytes - 1] = '}';
        int failed = json_check((struct slice){line, bytes}, &err);
        assert_int_equal(failed, depth < (int)JSON_DEPTH_MAX ? 0 : -1);
        free(line);
    }
}

/* Random mutations: accepted by us only if jansson accepts them too (jansson is the laxer: it allows no
 * less). */
static void what_we_accept_is_json(void **state UNUSED)
{
    static const char seedling[] =
        "{\"id\":\"a1\",\"n\":[1,-2.5e3,true,null,{\"k\":\"\\u00e9\"}],\"text\":\"x y\"}";
    static const char alphabet[] = "{}[]\",:\\ue0123456789-+.tfn \n\t";
    uint64_t seed = test_seed();
    int accepted = 0;
    for (int round = 0; round < 30000; round++) {
        char line[sizeof seedling];
        memcpy(line, seedling, sizeof line);
        for (uint64_t k = random_next(&seed) % 3 + 1; k; k--)
            line[random_next(&seed) % (sizeof line - 1)] =
                alphabet[random_next(&seed) % (sizeof alphabet - 1)];
        struct error err;
        json_error_t where;
        if (json_check((struct slice){line, sizeof line - 1}, &err))
            continue;
        accepted++;
        json_t *value = json_loadb(line, sizeof line - 1, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &where);
        if (!value && !strstr(where.text, "surrogate") && !strstr(where.text, "real number overflow") &&
            !strstr(where.text, "U+"))
            fail_msg("accepted, but not by jansson (%s): %s", where.text, line);
        json_decref(value);
    }
    assert_true(accepted > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_and_text_are_taken_and_the_rest_dropped),
        cmocka_unit_test(a_number_keeps_its_digits),
        cmocka_unit_test(escapes_become_characters),
        cmocka_unit_test(the_id_is_known_even_when_the_text_is_bad),
        cmocka_unit_test(what_is_refused_and_why),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(what_we_accept_is_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
