/* test_scan.c - the scanner on small packs: order, overlaps, score arithmetic, words around, limits. */
#include "tests/support/support.h"

#include "base/file.h"
#include "rules/compile.h"

struct fixture {
    char *folder;
    struct ruleset *rules;
    struct scanner *scanner;
    const struct finding *findings;
    size_t count;
};

/* Loads a pack from its text. */
static struct fixture load(const char *yaml)
{
    struct fixture f = {.folder = scratch_new()};
    struct error err;
    const char *path = path_of(f.folder, "p.yaml");
    assert_ok(file_write(path, slice_of(yaml), 0600, FAULT_INPUT, &err), err);
    assert_ok(ruleset_load(&f.rules, &path, 1, ".", &err), err);
    assert_ok(scanner_new(&f.scanner, f.rules, &err), err);
    return f;
}

static void scan(struct fixture *f, const char *text, double threshold)
{
    struct error err;
    assert_ok(scanner_scan(f->scanner, slice_of(text), threshold, &f->findings, &f->count, &err), err);
}

static void unload(struct fixture *f)
{
    scanner_drop(&f->scanner);
    ruleset_drop(&f->rules);
    scratch_drop(f->folder);
}

static const char overlapping[] =
    "pack: p\nversion: 1\nrules:\n"
    "  - {id: short, label: ID, pattern: '\\d{3}', score: {pattern: 1}}\n"
    "  - {id: long, label: PHONE, pattern: '\\d{3}-\\d{4}', score: {pattern: 1}}\n"
    "  - {id: same, label: FAX, pattern: '\\d{3}-\\d{4}', score: {pattern: 1}}\n"
    "  - {id: wide, label: NAME, pattern: 'call \\d{3}', score: {pattern: 1}}\n";

static void overlaps_are_kept_by_start_then_longer_first(void **state UNUSED)
{
    static const struct {
        const char *id;
        size_t start, end;
    } expected[] = {{"wide", 0, 8}, {"long", 5, 13}, {"same", 5, 13}, {"short", 5, 8}, {"short", 9, 12}};
    struct fixture f = load(overlapping);
    scan(&f, "call 555-0143", 0.5);
    assert_int_equal(f.count, COUNT_OF(expected));
    for (size_t i = 0; i < f.count; i++) {
        assert_string_equal(rule_id(f.findings[i].rule), expected[i].id);
        assert_int_equal(f.findings[i].start, expected[i].start);
        assert_int_equal(f.findings[i].end, expected[i].end);
    }
    unload(&f);
}

static const char scored[] =
    "pack: p\nversion: 2026.1\nrules:\n"
    "  - id: r\n    label: CARD\n    hipaa: 10\n    source: a standard\n    pattern: '\\b\\d{16}\\b'\n    "
    "validate: luhn\n"
    "    invalid: keep\n    context: {words: [card, credit card], negative: [order no.]}\n"
    "    score: {pattern: 0.3, context: 0.25, valid: 0.2, negative: 0.15}\n";

static void the_score_is_the_sum_of_its_parts(void **state UNUSED)
{
    static const struct {
        const char *text;
        double pattern, context, valid, negative;
        uint32_t context_at;
    } rows[] = {
        {"x 4111111111111111", 0.3, 0, 0.2, 0, UINT32_MAX},
        {"x 4111111111111112", 0.3, 0, 0, 0, UINT32_MAX},
        {"My Card is 4111111111111111", 0.3, 0.25, 0.2, 0, 3},
        {"4111111111111111 (card)", 0.3, 0.25, 0.2, 0, 18},
        {"discards 4111111111111111", 0.3, 0, 0.2, 0, UINT32_MAX}, /* whole words only */
        {"order no. 4111111111111111", 0.3, 0, 0.2, 0.15, UINT32_MAX},
        {"order 7, no. 4111111111111111", 0.3, 0, 0.2, 0, UINT32_MAX},
        {"Credit cards:\nx y\nz 4111111111111111", 0.3, 0, 0.2, 0, UINT32_MAX},
        {"Paid by card:\nx y\nz 4111111111111111", 0.3, 0.25, 0.2, 0, 8}, /* the heading above */
    };
    struct fixture f = load(scored);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        scan(&f, rows[i].text, 0);
        assert_int_equal(f.count, 1);
        const struct finding *found = &f.findings[0];
        double sum = rows[i].pattern + rows[i].context + rows[i].valid - rows[i].negative;
        if (found->context_at != rows[i].context_at)
            fail_msg("%s: context at %u", rows[i].text, found->context_at);
        assert_float_equal(found->score_pattern, rows[i].pattern, 1e-6);
        assert_float_equal(found->score_context, rows[i].context, 1e-6);
        assert_float_equal(found->score_valid, rows[i].valid, 1e-6);
        assert_float_equal(found->score_negative, rows[i].negative, 1e-6);
        assert_float_equal(found->score, sum, 1e-6);
    }
    assert_string_equal(rule_version(f.findings[0].rule), "2026.1");
    assert_string_equal(rule_validator(f.findings[0].rule), "luhn");
    assert_string_equal(rule_source(f.findings[0].rule), "a standard");
    assert_int_equal(rule_hipaa(f.findings[0].rule), 10);
    unload(&f);
}

static void the_threshold_is_inclusive(void **state UNUSED)
{
    struct fixture f = load(scored);
    scan(&f, "x 4111111111111111", 0.5);
    assert_int_equal(f.count, 1);
    scan(&f, "x 4111111111111111", 0.51);
    assert_int_equal(f.count, 0);
    unload(&f);
}

static void exceptions_and_stop_words_cut_the_identifier(void **state UNUSED)
{
    struct fixture f = load("pack: p\nversion: 1\nlists: {no: [disease, the]}\nrules:\n"
                            "  - id: r\n    label: NAME\n    at: [dr, my name]\n"
                            "    pattern: '(?i:dr|my name) (?<id>[A-Z][a-z]{1,9}(?: [A-Z][a-z]{1,9}){0,2})'\n"
                            "    except: [graves]\n    stop: ['%{no}']\n    score: {pattern: 1}\n");
    static const struct {
        const char *text;
        size_t start, end; /* 0, 0: nothing */
    } rows[] = {{"Dr Anna Lee", 3, 11},  {"Dr Anna Disease", 3, 7}, {"DR The End", 0, 0},
                {"Dr Graves Lee", 0, 0}, {"Dr Lee Graves", 3, 13},  {"my name Anna", 8, 12},
                {"my  name Anna", 0, 0}, {"Adr Anna", 0, 0},        {"dr anna", 0, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        scan(&f, rows[i].text, 0.5);
        if (f.count != (rows[i].end > 0) ||
            (f.count && (f.findings[0].start != rows[i].start || f.findings[0].end != rows[i].end)))
            fail_msg("%s: %zu found", rows[i].text, f.count);
    }
    unload(&f);
}

static void places_are_those_of_the_original_bytes(void **state UNUSED)
{
    struct fixture f = load(overlapping);
    scan(&f,
         "\xef\xbb\xbf\xc3\xa9 \xef\xbc\x95\xe2\x80\x8b\xef\xbc\x95\xef\xbc\x95\xe2\x80\x93"
         "0143.",
         0.5); /* BOM, e acute, three full-width fives with a zero-width space, an en dash */
    assert_int_equal(f.findings[0].start, 6);
    assert_int_equal(f.findings[0].end, 25);
    unload(&f);
}

static void a_limit_that_is_hit_fails_closed(void **state UNUSED)
{
    struct fixture f = load("pack: p\nversion: 1\nrules:\n"
                            "  - {id: slow, label: ID, pattern: '(?:a+)+b', score: {pattern: 1}}\n");
    char text[4096];
    memset(text, 'a', sizeof text);
    memcpy(text + sizeof text - 2, "cb", 2); /* else PCRE2 sees at once that the b is missing */
    struct error err;
    assert_int_equal(
        scanner_scan(f.scanner, (struct slice){text, sizeof text}, 0.5, &f.findings, &f.count, &err), -1);
    assert_int_equal(err.code, FAULT_DOCUMENT);
    assert_non_null(strstr(err.message, "slow"));
    scan(&f, "xaab", 0.5); /* the scanner serves on */
    assert_int_equal(f.count, 1);
    unload(&f);
}

static void nothing_is_found_in_nothing(void **state UNUSED)
{
    struct fixture f = load(overlapping);
    struct error err;
    assert_ok(scanner_scan(f.scanner, (struct slice){NULL, 0}, 0, &f.findings, &f.count, &err), err);
    assert_int_equal(f.count, 0);
    unload(&f);
}

/* Text made of pieces that the shipped rules look for, in any order. */
static size_t random_pieces(uint64_t *random, char *to, size_t capacity)
{
    static const char *const pieces[] = {"219-09-9998",
                                         "4111 1111 1111 1111",
                                         "Dr. ",
                                         "Anna ",
                                         "Smith, ",
                                         "JOHN Q ",
                                         "3/14/2024",
                                         "12 March",
                                         " 2024-01-02",
                                         "a.b@example.org",
                                         "10.0.0.1",
                                         "::1",
                                         " MRN ",
                                         "1828169",
                                         "\n",
                                         " and ",
                                         "02367",
                                         ", MA ",
                                         "+44 20 ",
                                         "79460018",
                                         "(555) ",
                                         "555-0143",
                                         "12 Oak Lane",
                                         "IBAN ",
                                         "GB82WEST12345698765432",
                                         "\xc3\xa9",
                                         "\xef\xbc\x95",
                                         "\xe2\x80\x8b",
                                         "-",
                                         ".",
                                         "/",
                                         ":",
                                         "@",
                                         "#",
                                         "("};
    size_t bytes = 0;
    while (bytes + 40 < capacity) {
        const char *piece = pieces[random_next(random) % COUNT_OF(pieces)];
        memcpy(to + bytes, piece, strlen(piece));
        bytes += strlen(piece);
        if (random_next(random) % 3 == 0)
            to[bytes++] = ' ';
    }
    return bytes;
}

static void the_prefilter_loses_nothing(void **state UNUSED)
{
    static const char *const packs[] = {"common", "us-hipaa"};
    AUTO(ruleset) *with = NULL;
    AUTO(ruleset) *without = NULL;
    AUTO(scanner) *a = NULL;
    AUTO(scanner) *b = NULL;
    struct error err;
    uint64_t random = test_seed();
    assert_ok(ruleset_load(&with, packs, 2, source_file("rules/packs"), &err), err);
    assert_ok(ruleset_load(&without, packs, 2, source_file("rules/packs"), &err), err);
    size_t filtered = 0;
    for (size_t i = 0; i < without->count; i++)
        if (!without->rules[i].text->near && without->rules[i].start_set != NO_SET) {
            without->rules[i].start_set = NO_SET;
            filtered++;
        }
    assert_true(filtered > 20);
    assert_ok(scanner_new(&a, with, &err), err);
    assert_ok(scanner_new(&b, without, &err), err);
    size_t total = 0;
    for (int round = 0; round < 60; round++) {
        char text[1500];
        struct slice slice = {text, random_pieces(&random, text, sizeof text)};
        const struct finding *x, *y;
        size_t x_count, y_count;
        assert_ok(scanner_scan(a, slice, 0, &x, &x_count, &err), err);
        assert_ok(scanner_scan(b, slice, 0, &y, &y_count, &err), err);
        assert_int_equal(x_count, y_count);
        total += x_count;
        for (size_t i = 0; i < x_count; i++)
            assert_true(x[i].start == y[i].start && x[i].end == y[i].end &&
                        x[i].rule->index == y[i].rule->index);
    }
    assert_true(total > 1000);
}

static void hostile_text_is_scanned_to_its_end(void **state UNUSED)
{
    static const char *const packs[] = {"common", "us-hipaa"};
    static const char *const repeated[] = {"a.",
                                           "1-",
                                           "1",
                                           "4 ",
                                           "((",
                                           "[[",
                                           "A. ",
                                           "Anna ",
                                           "a@",
                                           "a:1:",
                                           "Dr ",
                                           "\n",
                                           "1/1/",
                                           "A",
                                           "-",
                                           "no. ",
                                           "account number ",
                                           "one ",
                                           "\xef\xbc\x91",
                                           "\xe2\x80\x8b",
                                           "http://",
                                           "x=",
                                           "Lane ",
                                           "St. ",
                                           "O'",
                                           "\""};
    AUTO(ruleset) *rules = NULL;
    AUTO(scanner) *scanner = NULL;
    struct error err;
    size_t bytes = 128u << 10;
    char *text = malloc(bytes);
    assert_non_null(text);
    assert_ok(ruleset_load(&rules, packs, 2, source_file("rules/packs"), &err), err);
    assert_ok(scanner_new(&scanner, rules, &err), err);
    for (size_t i = 0; i < COUNT_OF(repeated); i++) {
        size_t length = strlen(repeated[i]), whole = bytes / length * length;
        for (size_t at = 0; at < whole; at += length)
            memcpy(text + at, repeated[i], length);
        const struct finding *findings;
        size_t count;
        assert_ok(scanner_scan(scanner, (struct slice){text, whole}, 0.5, &findings, &count, &err), err);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlaps_are_kept_by_start_then_longer_first),
        cmocka_unit_test(the_score_is_the_sum_of_its_parts),
        cmocka_unit_test(the_threshold_is_inclusive),
        cmocka_unit_test(exceptions_and_stop_words_cut_the_identifier),
        cmocka_unit_test(places_are_those_of_the_original_bytes),
        cmocka_unit_test(a_limit_that_is_hit_fails_closed),
        cmocka_unit_test(nothing_is_found_in_nothing),
        cmocka_unit_test(the_prefilter_loses_nothing),
        cmocka_unit_test(hostile_text_is_scanned_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
