/* Each check refuses the flip that it is for, in sentences that are true but for that flip; and true ones
 * pass. */
#include "tests/support/support.h"

#include "analyzer/steps/grounding/grounding.h"

static struct grounding_lists lists;

static int open_lists(void **state)
{
    (void)state;
    struct error err;
    return grounding_lists_open(&lists, &err);
}

static int close_lists(void **state)
{
    (void)state;
    grounding_lists_close(&lists);
    return 0;
}

/* The name of the check that refuses, or "". */
static const char *refusal(const char *source, const char *written)
{
    struct error err;
    struct terms s, w;
    assert_ok(terms_read(&s, slice_of(source), &lists, &err), err);
    assert_ok(terms_read(&w, slice_of(written), &lists, &err), err);
    const char *name = grounding_refuses(&(struct claim){&w, &s, true});
    terms_close(&s);
    terms_close(&w);
    return name ? name : "";
}

static const struct {
    const char *source, *written, *check;
} cases[] = {
    /* numbers */
    {"I have started aspirin 81 mg daily.", "The patient started aspirin 81 mg daily.", ""},
    {"I have started aspirin 81 mg daily.", "The patient started aspirin 18 mg daily.", "number"},
    {"I have started aspirin 81 mg daily.", "The patient started aspirin 81 g daily.", "number"},
    {"He took 81 mg of aspirin and 5 g of salt.", "He took 81 g of aspirin and 5 mg of salt.", "number"},
    {"He walks four blocks in 10 minutes.", "He walks 4 blocks in ten minutes.", ""},
    {"He walks twenty-five yards.", "He walks 25 yards.", ""},
    {"He walks twenty-five yards.", "He walks 20 yards.", "number"},
    {"Blood pressure was 148/86.", "Blood pressure was 148/86.", ""},
    {"Blood pressure was 148/86, pulse 72.", "Blood pressure was 148/72, pulse 86.", "number"},
    {"Take one tablet twice daily.", "The patient is to take one tablet twice daily.", ""},
    {"Take one tablet daily, once in the morning.", "Take one tablet twice daily.", "number"},
    {"Prednisone 50 mg for 5 days.", "Prednisone 50 mg for 5 weeks.", "number"},
    {"Weight 1,200 g.", "Weight 1200 g.", ""},
    {"Creatinine 1.6, then 1.50.", "Creatinine 1.6, then 1.5.", ""},
    {"Creatinine 1.6.", "Creatinine 16.", "number"},
    /* doses and drugs */
    {"Apixaban 5 mg twice daily, atorvastatin 80 mg at night.",
     "Apixaban 5 mg twice daily and atorvastatin 80 mg at night.", ""},
    {"Apixaban 5 mg twice daily; atorvastatin 80 mg at night.",
     "Apixaban 80 mg twice daily and atorvastatin 5 mg at night.", "dose"},
    {"He takes metoprolol 25 mg.", "He takes metformin 25 mg.", "dose"},
    {"Apixaban 5 mg twice daily; atorvastatin 80 mg at night.",
     "Apixaban 5 mg twice daily; atorvastatin 80 mg twice daily.", "dose"},
    {"Fracture with 20 degrees of dorsal angulation.", "Fracture with 20 degrees of dorsal.", "form"},
    /* dates */
    {"A stress test is booked for March 18.", "The stress test is booked for March 18.", ""},
    {"A stress test is booked for March 18, seen April 2.",
     "The stress test is booked for March 2, seen April 18.", "date"},
    {"Last seen Tuesday; return Friday.", "Last seen Friday.", "order"},
    /* negation */
    {"There is no palpitation and he has never fainted.", "There is no palpitation and he has never fainted.",
     ""},
    {"There is no palpitation and he has never fainted.", "There is palpitation and he has fainted.",
     "negation"},
    {"He has chest pain, no fever.", "He has no chest pain, no fever.", "negation"},
    {"Thrombectomy was not needed.", "Thrombectomy was needed.", "negation"},
    {"Denies chest pain with exertion.", "The patient has chest pain with exertion.", "negation"},
    {"Pulmonary embolism was ruled out.", "There was pulmonary embolism.", "negation"},
    {"No fever but cough and wheeze.", "There is no fever, but cough and wheeze.", ""},
    /* family */
    {"Her sister has psoriasis.", "The patient has psoriasis.", "family"},
    {"His brother had a bypass operation at 61.", "The patient had a bypass operation at 61.", "family"},
    {"His brother had a bypass operation at 61.", "His brother had a bypass operation at 61.", ""},
    /* doubt */
    {"Possible pneumonia on the film.", "Pneumonia on the film.", "doubt"},
    {"Return if pain lasts longer.", "Return if pain lasts longer.", ""},
    /* side */
    {"Fracture of the left wrist.", "The patient has a fracture of the left wrist.", ""},
    {"Fracture of the left wrist; right elbow normal.", "Fracture of the right wrist; left elbow normal.",
     "side"},
    {"Right facial droop, left arm strong.", "Left facial droop, left arm strong.", "side"},
    {"Bilateral knee pain, worse on the left.", "Left knee pain, worse on the left.", "side"},
    {"Fracture of the left wrist.", "The patient has a fracture of the wrist.", ""},
    /* changes */
    {"Aspirin was stopped and apixaban was started.", "Aspirin was stopped and apixaban was started.", ""},
    {"Aspirin was stopped.", "The patient takes aspirin.", "stopped"},
    {"Metformin was increased; amlodipine is the same.", "Metformin is the same.", "order"},
    {"Dose increased to 20. Another was reduced to 10.", "Dose reduced to 20.", "change"},
    /* shape */
    {"CRP 28, albumin 31.", "A 28 CRP, 28.", "order"},
    {"Return in 2 weeks for bleeding.", "Return in 2 weeks, 2 weeks for bleeding.", "order"},
    {"Weeks of pain, pain in two weeks.", "Weeks of pain, pain.", ""},
    {"He saw pain and swelling.", "He saw swelling and pain.", "order"},
    {"CBC and ferritin before the visit.", "CBC and ferritin are the in the visit.", "form"},
    {"She is not on a blood thinner.", "She has not had a blood thinner.", "form"},
    {"Bed 14, aged 29, no.", "Bed 14, aged 29, no.", "form"},
    {"A stress test is booked for May.", "A stress test is a booked for May.", "form"},
    {"SpO2 95 % on 2 L.", "SpO2 95 on 2 L.", "number"},
    {"SpO2 95 % on 2 L.", "SpO2 95 % on 2.", "form"},
    {"He walks two weeks and then swims.", "He walks two weeks and.", "form"},
    {"He can walk far, then far again, and walk.", "He can walk far, far, walk far.", "repeat"},
    /* reads as a sentence: each planted fault with its good twin */
    {"fell on ice, left wrist pain", "The patient fell on ice, and left wrist pain.", "joined"},
    {"She fell on ice, she has wrist pain.", "She fell on ice, she has wrist pain.", ""},
    {"CBC and ferritin before the visit.", "A. CBC and ferritin before the visit.", "opening"},
    {"CT angiography showed a clot.", "A CT angiography showed a clot.", "opening"},
    {"CT angiography showed a clot.", "The CT angiography showed a clot.", ""},
    {"Alcohol use disorder in early remission.", "A patient with an alcohol use disorder in early remission.",
     "opening"},
    {"Cough in the mornings.", "The patient with cough in the mornings.", "opening"},
    {"Cough in the mornings.", "The patient has cough in the mornings.", ""},
    {"She was brought in by her partner Kim.", "Her partner Kim.", "verb"},
    {"She was brought in by her partner Kim.", "She was brought in by her partner.", ""},
    {"My impression is stable angina in a man.", "Stable angina in a man.", ""},
    {"No weight loss, no cough, no headache.", "No, no weight loss, no headache.", "doubled"},
    {"No weight loss, no cough, no headache.", "No weight loss, no headache.", ""},
    {"Rehab starts in May, bus booked.", "Rehab starts in May and bus booked.", "joined"},
    {"Rehab starts in May, bus booked.", "Rehab starts in May.", ""},
    {"She was seen by a nurse, who has found her weak.", "She has found her weak.", "main clause"},
    {"She was seen by a nurse, who has found her weak.", "She was seen by a nurse.", ""},
    /* words */
    {"He has a cough.", "He has a cough and pneumonia.", "words"},
    {"He has a cough.", "Yes.", "words"},
};

static void each_flip_is_refused_by_its_check(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *got = refusal(cases[i].source, cases[i].written);
        if (strcmp(got, cases[i].check) != 0) {
            print_message("\"%s\" for \"%s\": got \"%s\", wanted \"%s\"\n", cases[i].written, cases[i].source,
                          got, cases[i].check);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* A number changed in any one digit is refused, whatever the sentence around it. */
static void any_changed_digit_is_refused(void **state)
{
    (void)state;
    static const char source[] =
        "Alteplase was given at 08 and the scale had fallen from 19 to 4; apixaban 5 mg, atorvastatin 80 mg.";
    assert_string_equal(refusal(source, source), "");
    uint64_t random = test_seed();
    for (size_t i = 0; i < sizeof source - 1; i++) {
        char written[sizeof source];
        if (source[i] < '0' || source[i] > '9')
            continue;
        memcpy(written, source, sizeof source);
        written[i] = (char)('0' + (source[i] - '0' + 1 + (int)(random_next(&random) % 9)) % 10);
        const char *name = refusal(source, written);
        if (!*name)
            print_message("passed: %s\n", written);
        assert_true(*name);
    }
}

static void every_check_has_a_case(void **state)
{
    (void)state;
    for (const struct check *c = grounding_checks; c->name; c++) {
        bool is_used = strcmp(c->name, "drug") == 0 || strcmp(c->name, "change") == 0; /* below */
        for (size_t i = 0; i < COUNT_OF(cases); i++)
            is_used |= strcmp(cases[i].check, c->name) == 0;
        if (!is_used)
            fail_msg("no case for the check \"%s\"", c->name);
    }
}

static const struct check *check_of(const char *name)
{
    for (const struct check *c = grounding_checks; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    fail_msg("no check %s", name);
    return NULL;
}

static bool holds(const char *name, const char *source, const char *written)
{
    struct error err;
    struct terms s, w;
    assert_ok(terms_read(&s, slice_of(source), &lists, &err), err);
    assert_ok(terms_read(&w, slice_of(written), &lists, &err), err);
    bool result = check_of(name)->holds(&(struct claim){&w, &s, true}, check_of(name));
    terms_close(&s);
    terms_close(&w);
    return result;
}

/* These are caught by the check of words as well; by themselves they must not depend on it. */
static void a_planted_drug_or_change_is_refused_by_its_own_check(void **state)
{
    (void)state;
    assert_false(holds("drug", "He takes metoprolol 25 mg.", "He takes warfarin 25 mg."));
    assert_true(holds("drug", "He takes metoprolol 25 mg.", "Metoprolol is taken."));
    assert_false(holds("change", "Metformin 500 mg was reduced.", "Metformin 500 mg was increased."));
    assert_false(holds("change", "Lisinopril as before.", "Lisinopril was started."));
    assert_true(holds("change", "Lisinopril was started.", "Lisinopril 20 mg."));
    assert_false(holds("date", "Seen in March.", "Seen in May."));
    assert_false(holds("side", "Pain in the left knee.", "Pain in both knees."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_flip_is_refused_by_its_check),
        cmocka_unit_test(any_changed_digit_is_refused),
        cmocka_unit_test(every_check_has_a_case),
        cmocka_unit_test(a_planted_drug_or_change_is_refused_by_its_own_check),
    };
    return cmocka_run_group_tests(tests, open_lists, close_lists);
}
