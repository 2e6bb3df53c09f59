/* The leak set: which spellings of a value are found, which words are no leak, against a search that is
 * written plainly. */
#include "tests/support/support.h"

#include "analyzer/redact/data/tables.h"
#include "analyzer/redact/leak.h"
#include "base/clock.h"

static struct wordlist common;

static int open_lists(void **state)
{
    (void)state;
    struct error err;
    return wordlist_open(&common, common_words, &err);
}

static int close_lists(void **state)
{
    (void)state;
    wordlist_close(&common);
    return 0;
}

static struct leak_set *set_of(const char *value, enum label label, float score)
{
    struct error err;
    struct leak_set *set = NULL;
    struct leak_source source = {label, "t.rule", score};
    assert_ok(leak_set_new(&set, &common, &err), err);
    assert_ok(leak_set_add(set, slice_of(value), &source, &err), err);
    assert_ok(leak_set_close(set, &err), err);
    return set;
}

static void assert_leaks(const char *value, enum label label, const char *output, bool wanted)
{
    struct leak_set *set = set_of(value, label, 0.9f);
    if (leak_set_has(set, slice_of(output)) != wanted)
        fail_msg("%s in \"%s\": wanted %d", value, output, wanted);
    leak_set_drop(&set);
}

static void a_value_is_found_however_it_is_spelled(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        enum label label;
        const char *output;
        bool is_leak;
    } cases[] = {
        {"Desmond Achterberg", LABEL_NAME, "seen with Desmond Achterberg today", true},
        {"Desmond Achterberg", LABEL_NAME, "seen with ACHTERBERG, D.", true},
        {"Desmond Achterberg", LABEL_NAME, "desmond was seen", true},
        {"Desmond Achterberg", LABEL_NAME, "_achterberg_", true},
        {"Desmond Achterberg", LABEL_NAME, "Achterberg's pump", true},
        {"Desmond Achterberg", LABEL_NAME, "D\u00e9sm\u00f6nd was seen", true},
        {"Desmond Achterberg", LABEL_NAME, "Ach\u200bterberg", true},
        {"Desmond Achterberg", LABEL_NAME, "Achterbergs were seen; desmondii", false},
        {"Desmond J. Achterberg", LABEL_NAME, "J. was seen", false},
        {"123-45-6789", LABEL_SSN, "ssn 123456789", true},
        {"123-45-6789", LABEL_SSN, "ssn 123 45 6789.", true},
        {"123-45-6789", LABEL_SSN, "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93-45-6789", true},
        {"123-45-6789", LABEL_SSN, "1123456789", false},
        {"MRN-1828169", LABEL_MRN, "number 1828169", true},
        {"+1 (617) 555-0123", LABEL_PHONE, "617.555.0123", true},
        {"62704-1234", LABEL_ZIP, "in 62704", true},
        {"12080", LABEL_ZIP, "BP 120 80", false},
        {"12080", LABEL_ZIP, "zip 12080", true},
        {"7 Bowling Green Terrace", LABEL_ADDRESS, "of bowling green terrace", true},
        {"94-year-old", LABEL_AGE, "pulse 94", false},
        {"94", LABEL_AGE, "SpO2 94", false},
        {"Li Wei", LABEL_NAME, "Wei, Li was seen", true},
        {"Li Wei", LABEL_NAME, "Li, Na and K were normal", false},
        {"14 March 2024", LABEL_DATE, "on 14-March-2024", true},
        {"14 March 2024", LABEL_DATE, "in 2024", false},
        {"Ada National", LABEL_NAME, "NHI [NATIONAL_ID_1], [NAME:0123456789abcdef]", false},
        {"Ada National", LABEL_NAME, "NHI [NATIONAL_ID_x], [NATIONAL]", true},
        {"Ada National", LABEL_NAME, "[NATIONAL_ID_1] national", true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_leaks(cases[i].value, cases[i].label, cases[i].output, cases[i].is_leak);
}

/* A name that is a word: alone no leak, beside the rest of the name one; initials count only beside the
 * surname. */
static void a_common_word_leaks_only_with_the_rest_of_the_name(void **state)
{
    (void)state;
    assert_leaks("John Long", LABEL_NAME, "a long walk; Long QT", false);
    assert_leaks("John Long", LABEL_NAME, "Long, John", true);
    assert_leaks("John Q. Long", LABEL_NAME, "Q. Long", true);
    assert_leaks("J. Long", LABEL_NAME, "J Long was seen", true);
    assert_leaks("J. Long", LABEL_NAME, "J was seen for long", false);
    assert_leaks("Reading", LABEL_CITY, "reading glasses", false);
}

static void a_doubtful_name_gives_no_parts(void **state)
{
    (void)state;
    struct leak_set *set = set_of("Laurel Quist", LABEL_NAME, 0.5f);
    assert_false(leak_set_has(set, SLICE("a laurel wreath")));
    assert_true(leak_set_has(set, SLICE("LAUREL QUIST")));
    leak_set_drop(&set);
}

struct seen {
    size_t count;
    struct span spans[64];
};

static int record(void *context, const struct leak_hit *hit, struct error *err)
{
    (void)err;
    struct seen *seen = context;
    if (seen->count < COUNT_OF(seen->spans))
        seen->spans[seen->count++] = hit->at;
    return 0;
}

/* Against the plain search: every place where the value's letters begin and end at word borders. */
static void the_automaton_finds_what_a_plain_search_finds(void **state)
{
    (void)state;
    uint64_t random = test_seed();
    static const char letters[] = "ab ";
    for (int round = 0; round < 3000; round++) {
        char text[41] = {0}, values[3][8] = {{0}};
        struct error err;
        struct leak_set *set = NULL;
        struct leak_source source = {LABEL_ID, "t", 0.9f};
        for (int i = 0; i < 40; i++)
            text[i] = letters[random_next(&random) % 3];
        assert_ok(leak_set_new(&set, &common, &err), err);
        for (int v = 0; v < 3; v++) {
            size_t bytes = 3 + random_next(&random) % 4;
            for (size_t i = 0; i < bytes; i++)
                values[v][i] = letters[random_next(&random) % 2];
            assert_ok(leak_set_add_folded(set, slice_of(values[v]), LEAK_STRONG, &source, &err), err);
        }
        assert_ok(leak_set_close(set, &err), err);
        struct seen seen = {0};
        assert_int_equal(leak_set_find(set, slice_of(text), record, &seen, &err), 0);
        size_t plain[41];
        memset(plain, 0xff, sizeof plain);
        for (size_t start = 0; start < 40; start++) {
            if (text[start] == ' ' || (start && text[start - 1] != ' '))
                continue;
            char folded[41] = {0};
            size_t n = 0, gap = 0;
            for (size_t end = start; end < 40 && gap <= 6; end++) {
                gap = text[end] == ' ' ? gap + 1 : 0;
                if (text[end] == ' ')
                    continue;
                folded[n++] = text[end];
                bool is_value = false;
                for (int v = 0; v < 3; v++)
                    is_value |= strcmp(folded, values[v]) == 0;
                if (is_value && (end == 39 || text[end + 1] == ' '))
                    plain[end + 1] = MIN(plain[end + 1], start);
            }
        }
        size_t wanted = 0; /* at each end the longest */
        for (size_t end = 0; end <= 40; end++) {
            if (plain[end] == SIZE_MAX)
                continue;
            assert_true(wanted < seen.count);
            assert_int_equal(seen.spans[wanted].start, plain[end]);
            assert_int_equal(seen.spans[wanted++].end, end);
        }
        assert_int_equal(seen.count, wanted);
        leak_set_drop(&set);
    }
}

/* Values that are prefixes of each other over a text of one letter: the work is reported as steps by the size
 * of text. */
static void long_hostile_text_is_searched(void **state)
{
    (void)state;
    struct error err;
    struct leak_set *set = NULL;
    struct leak_source source = {LABEL_ID, "t", 0.9f};
    static char text[1 << 20], value[4096];
    memset(text, 'a', sizeof text);
    memset(value, 'a', sizeof value);
    for (size_t i = 1; i < sizeof text; i += 2)
        text[i] = '.';
    assert_ok(leak_set_new(&set, &common, &err), err);
    for (size_t bytes = 3; bytes < sizeof value; bytes += 41)
        assert_ok(leak_set_add_folded(set, (struct slice){value, bytes}, LEAK_STRONG, &source, &err), err);
    assert_ok(leak_set_close(set, &err), err);
    int64_t before = clock_monotonic_ns();
    struct seen seen = {0};
    assert_int_equal(leak_set_find(set, (struct slice){text, sizeof text}, record, &seen, &err), 0);
    print_message("1 MB of \"a.a.a.\" against 100 nested values: %.0f ms\n",
                  (double)(clock_monotonic_ns() - before) / 1e6);
    assert_int_equal(seen.count, COUNT_OF(seen.spans));
    leak_set_drop(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_found_however_it_is_spelled),
        cmocka_unit_test(a_common_word_leaks_only_with_the_rest_of_the_name),
        cmocka_unit_test(a_doubtful_name_gives_no_parts),
        cmocka_unit_test(the_automaton_finds_what_a_plain_search_finds),
        cmocka_unit_test(long_hostile_text_is_searched),
    };
    return cmocka_run_group_tests(tests, open_lists, close_lists);
}
