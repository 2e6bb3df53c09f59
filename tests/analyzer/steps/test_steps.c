/* The steps on a tiny random model: what it says is nonsense, so all that must hold whatever a model says,
 * holds. */
#include "tests/support/support.h"
#include "tests/support/tiny_model.h"

#include "analyzer/steps/parts.h"
#include "analyzer/steps/steps.h"
#include "base/redacted_make.h"

#include <stdlib.h>

static const char note[] =
    "CLINIC NOTE\nPatient: [NAME_1]   MRN [MRN_1]\n\nHe has chest pain on walking uphill, no fever. He takes "
    "lisinopril 20 mg daily.\n\n"
    "Impression: stable angina. I have started aspirin 81 mg daily and stopped naproxen 220 mg.\n"
    "Plan: stress test on the left leg in 4 weeks. Return if pain lasts longer than ten minutes.\n";

static struct step the_steps[2];
static struct pipeline pipeline = {.name = "t", .steps = the_steps, .step_count = 2};
static struct model *model;
static struct steps *steps;
static char *folder;

static int open_all(void **state)
{
    (void)state;
    static const char *labels[] = {"Cardiology", "Orthopedics", "Neurology"};
    static const char *descriptions[] = {"heart", "bones", "brain"};
    struct error err;
    struct tiny_model tiny = tiny_model_default();
    the_steps[0] = (struct step){.kind = STEP_CLASSIFY,
                                 .name = "specialty",
                                 .labels = labels,
                                 .descriptions = descriptions,
                                 .label_count = 3,
                                 .has_prior_correction = true};
    the_steps[1] = (struct step){
        .kind = STEP_SUMMARIZE, .name = "summary", .style = "clinical", .tokens_max = 160, .is_strict = true};
    folder = scratch_new();
    const char *path = path_of(folder, "tiny.gguf");
    tiny_model_write(&tiny, path);
    assert_ok(model_load(&model, path, NULL, &err), err);
    const struct model *const models[] = {model, model};
    assert_ok(steps_new(&steps, &pipeline, models, NULL, &err), err);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    steps_drop(&steps);
    model_drop(&model);
    scratch_drop(folder);
    return 0;
}

static json_t *run(const char *text)
{
    struct error err;
    struct redacted_text *redacted = NULL;
    struct step_time times[2];
    json_t *results = NULL;
    assert_ok(redacted_text_make(&redacted, slice_of(text), &err), err);
    assert_ok(steps_run(steps, redacted, &results, times, &err), err);
    assert_string_equal(times[1].name, "summary");
    redacted_text_drop(&redacted);
    return results;
}

static void every_sentence_cites_bytes_of_the_text(void **state)
{
    (void)state;
    json_t *results = run(note), *summary = json_object_get(results, "summary"), *sentence;
    size_t i;
    assert_true(json_array_size(json_object_get(summary, "sentences")) >= 2);
    json_array_foreach(json_object_get(summary, "sentences"), i, sentence)
    {
        json_t *cite = json_array_get(json_object_get(sentence, "cites"), 0);
        size_t start = (size_t)json_integer_value(json_array_get(cite, 0)),
               end = (size_t)json_integer_value(json_array_get(cite, 1));
        const char *text = json_string_value(json_object_get(sentence, "text"));
        assert_true(start < end && end < sizeof note);
        if (strcmp(json_string_value(json_object_get(sentence, "origin")), "extracted") == 0)
            assert_memory_equal(note + start, text, end - start);
        else
            assert_string_equal(json_string_value(json_object_get(sentence, "origin")), "shortened");
    }
    json_decref(results);
}

static bool lists(const json_t *results, const char *what)
{
    size_t i;
    json_t *each;
    json_array_foreach(json_object_get(json_object_get(results, "summary"), "not_stated"), i,
                       each) if (strcmp(json_string_value(each), what) == 0) return true;
    return false;
}

static void what_a_note_does_not_state_is_named(void **state)
{
    (void)state;
    json_t *results = run(note);
    assert_true(lists(results, "allergies"));
    assert_false(lists(results, "medication"));
    assert_false(lists(results, "follow_up"));
    json_decref(results);
    results = run("He has a cough. No known allergies are on file.");
    assert_false(lists(results, "allergies"));
    assert_true(lists(results, "medication"));
    assert_true(lists(results, "follow_up"));
    json_decref(results);
}

static void the_same_text_gives_the_same_bytes(void **state)
{
    (void)state;
    json_t *a = run(note), *other = run("Another text about bones."), *b = run(note);
    assert_true(json_equal(a, b));
    json_decref(a);
    json_decref(b);
    json_decref(other);
}

static void scores_are_a_distribution_and_a_low_one_abstains(void **state)
{
    (void)state;
    json_t *results = run(note), *specialty = json_object_get(results, "specialty"), *each;
    const char *label;
    double sum = 0;
    json_object_foreach(json_object_get(specialty, "scores"), label, each) sum += json_real_value(each);
    assert_true(sum > 0.999 && sum < 1.001);
    assert_non_null(json_string_value(json_object_get(specialty, "label")));
    assert_null(json_object_get(specialty, "nearest"));
    json_decref(results);
    the_steps[0].abstain_below = 1.0;
    results = run(note);
    specialty = json_object_get(results, "specialty");
    assert_true(json_is_null(json_object_get(specialty, "label")));
    assert_non_null(json_string_value(json_object_get(specialty, "nearest")));
    the_steps[0].abstain_below = 0;
    json_decref(results);
}

/* A text longer than the context is read to its end, in parts. */
static void a_long_text_is_read_whole(void **state)
{
    (void)state;
    struct error err;
    static char text[12000];
    size_t bytes = 0, tokens;
    token *ids = NULL;
    while (bytes < 9000)
        bytes += (size_t)snprintf(text + bytes, sizeof text - bytes, "He has pain in room %zu.%s", bytes,
                                  bytes % 7 ? " " : "\n\n");
    json_t *results = run(text), *specialty = json_object_get(results, "specialty");
    assert_ok(model_tokenize(model, slice_of(text), false, false, &ids, &tokens, &err), err);
    free(ids);
    assert_true(json_integer_value(json_object_get(specialty, "parts")) >= 2);
    assert_true((size_t)json_integer_value(json_object_get(specialty, "tokens")) >= tokens);
    json_decref(results);
}

static void parts_join_to_the_text_and_fit(void **state)
{
    (void)state;
    uint64_t random = test_seed();
    static const char *const pieces[] = {
        "word ", ". ", "\n\n", "\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "1.5 "};
    for (int round = 0; round < 40; round++) {
        char text[4000] = "";
        size_t bytes = 0, count, end = 0;
        struct error err;
        struct redacted_text *redacted = NULL;
        struct part *parts = NULL;
        for (int i = 0; i < 60; i++)
            bytes += (size_t)snprintf(text + bytes, sizeof text - bytes, "%s",
                                      pieces[random_next(&random) % COUNT_OF(pieces)]);
        assert_ok(redacted_text_make(&redacted, slice_of(text), &err), err);
        assert_ok(parts_cut(model, redacted, 32, &parts, &count, &err), err);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(parts[i].at.start, end);
            assert_true(parts[i].tokens <= 32);
            end = parts[i].at.end;
        }
        assert_int_equal(end, bytes);
        free(parts);
        redacted_text_drop(&redacted);
    }
}

static void an_empty_text_has_a_label_and_no_sentence(void **state)
{
    (void)state;
    json_t *results = run("\n");
    assert_int_equal(json_array_size(json_object_get(json_object_get(results, "summary"), "sentences")), 0);
    json_decref(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_cites_bytes_of_the_text),
        cmocka_unit_test(what_a_note_does_not_state_is_named),
        cmocka_unit_test(the_same_text_gives_the_same_bytes),
        cmocka_unit_test(scores_are_a_distribution_and_a_low_one_abstains),
        cmocka_unit_test(a_long_text_is_read_whole),
        cmocka_unit_test(parts_join_to_the_text_and_fit),
        cmocka_unit_test(an_empty_text_has_a_label_and_no_sentence),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
