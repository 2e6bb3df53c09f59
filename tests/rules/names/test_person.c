/* test_person.c - the gazetteer and the finder of persons. */
#include "tests/support/support.h"

#include "rules/names/feature.h"
#include "rules/names/finder.h"

#define FINDS_MAX 32

static const struct finder_points points = {0.31f, 1, 1, 1};

struct finds {
    struct finder_find items[FINDS_MAX];
    size_t count;
};

static int keep(void *context, const struct finder_find *find, struct error *err UNUSED)
{
    struct finds *finds = context;
    assert_true(finds->count < FINDS_MAX);
    finds->items[finds->count++] = *find;
    return 0;
}

static int run_over(const char *text, const struct finder_points *weights, struct finds *finds,
                    struct error *err)
{
    struct name_run run;
    for (size_t at = 0; name_run_next(slice_of(text), at, &run); at = run.next)
        if (finder_person.run(slice_of(text), &run, weights, 0.5, keep, finds, err))
            return -1;
    return 0;
}

static struct finds find_all(const char *text)
{
    struct finds finds = {.count = 0};
    struct error err;
    assert_ok(run_over(text, &points, &finds, &err), err);
    return finds;
}

static void the_gazetteer_knows_what_its_sources_list(void **state UNUSED)
{
    const struct word_facts *smith = gazetteer_find(SLICE("smith")), *mary = gazetteer_find(SLICE("mary"));
    assert_non_null(smith);
    assert_non_null(mary);
    assert_int_equal(smith->surname, 7);
    assert_int_equal(mary->given, 7);
    assert_true(gazetteer_find(SLICE("the"))->common == 7);
    assert_true(gazetteer_find(SLICE("metformin"))->classes & CLASS_DRUG);
    assert_true(gazetteer_find(SLICE("parkinson"))->classes & CLASS_EPONYM);
    assert_true(gazetteer_find(SLICE("san antonio"))->place == 3);
    assert_null(gazetteer_find(SLICE("qxzvwq")));
    assert_null(gazetteer_find(SLICE("")));
    assert_null(gazetteer_find(SLICE("zzzzzzzzzzzzzzzz")));
}

static void every_block_begins_with_a_word_that_is_found(void **state UNUSED)
{
    for (uint32_t block = 0; block < gazetteer_block_count; block++) {
        uint32_t at = gazetteer_block_at[block] + 1, bytes = 0;
        const char *word = &gazetteer_text[at];
        while ((word[bytes] >= 'a' && word[bytes] <= 'z') || word[bytes] == ' ')
            bytes++;
        assert_non_null(gazetteer_find((struct slice){word, bytes}));
    }
}

/* A text with the name in brackets: exactly that is found. */
static void persons_are_found_whole(void **state UNUSED)
{
    static const char *const cases[] = {
        "She was seen by [Imogen Tsai] today.",
        "The analyst [Leopold Achterberg] signed it.",
        "Weekly therapy with [Wendell Osei] goes on.",
        "He met [Maria de la Cruz] there.",
        "I spoke to [JANE KOWALSKI] on the phone.",
        "It was [Patrick O'Connor] who called.",
        "We saw [Anna-Maria Hancock-Bittle] again.",
        "a letter for [Robert J. Miller].",
        "and [Mohammed Hussain] said so",
        "his neighbour [Priya Krishnamurthy] agreed",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[128];
        size_t bytes = 0, start = 0, end = 0;
        for (const char *c = cases[i]; *c; c++)
            if (*c == '[')
                start = bytes;
            else if (*c == ']')
                end = bytes;
            else
                text[bytes++] = *c;
        text[bytes] = 0;
        struct finds finds = find_all(text);
        if (finds.count != 1 || finds.items[0].at.start != start || finds.items[0].at.end != end)
            fail_msg("%s: %zu finds, the first at %zu-%zu", cases[i], finds.count,
                     finds.count ? finds.items[0].at.start : 0, finds.count ? finds.items[0].at.end : 0);
    }
}

static void clinical_words_are_no_persons(void **state UNUSED)
{
    static const char *const texts[] = {
        "Parkinson disease and Crohn's disease, stable.",
        "Foley catheter removed.",
        "Graves' disease is known.",
        "Alteplase was given at 08:25.",
        "NURSE TRIAGE",
        "Kellgren-Lawrence grade 4.",
        "Food feels slow going down.",
        "E K G and M R I done.",
        "Start Metformin and Lisinopril.",
        "Chief Complaint: Chest Pain",
        "On Monday in May.",
        "Call the Ward Sister.",
        "PAST MEDICAL HISTORY",
        "Review in four weeks.",
        "No Known Drug Allergies",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct finds finds = find_all(texts[i]);
        if (finds.count)
            fail_msg("%s: found %zu-%zu", texts[i], finds.items[0].at.start, finds.items[0].at.end);
    }
}

static void points_add_up_and_can_be_weighed(void **state UNUSED)
{
    struct finds finds = find_all("She was seen by Imogen Tsai today."), none = {.count = 0};
    struct error err;
    const struct finder_points *p = &finds.items[0].points;
    assert_int_equal(finds.count, 1);
    assert_true(p->pattern == points.pattern);
    assert_true(p->valid > 0 && p->context > 0 && p->negative >= 0);
    assert_true(p->pattern + p->valid + p->context - p->negative >= 0.5f);
    const struct finder_points deaf = {0.31f, 0, 0, 1};
    assert_ok(run_over("She was seen by Imogen Tsai today.", &deaf, &none, &err), err);
    assert_int_equal(none.count, 0);
}

static void runs_of_any_length_are_cut_and_go_on(void **state UNUSED)
{
    char text[4096];
    size_t bytes = 0;
    while (bytes + 6 < sizeof text)
        bytes += (size_t)snprintf(text + bytes, sizeof text - bytes, "Anna ");
    struct name_run run;
    size_t tokens = 0, at = 0;
    for (; name_run_next((struct slice){text, bytes}, at, &run); at = run.next) {
        assert_true(run.count >= 1 && run.count <= RUN_TOKENS_MAX && run.next > at);
        tokens += run.count;
    }
    assert_int_equal(tokens, bytes / 5);
}

static void finders_are_found_by_name(void **state UNUSED)
{
    assert_ptr_equal(finder_find("person"), &finder_person);
    assert_null(finder_find("persons"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gazetteer_knows_what_its_sources_list),
        cmocka_unit_test(every_block_begins_with_a_word_that_is_found),
        cmocka_unit_test(persons_are_found_whole),
        cmocka_unit_test(clinical_words_are_no_persons),
        cmocka_unit_test(points_add_up_and_can_be_weighed),
        cmocka_unit_test(runs_of_any_length_are_cut_and_go_on),
        cmocka_unit_test(finders_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
