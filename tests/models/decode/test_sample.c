/* test_sample.c - choices follow the distribution that libm's exp gives, and drafts come from what recurs. */
#include "models/decode/lookup.h"
#include "models/decode/sample.h"
#include "tests/support/support.h"

#include <math.h>

#define VOCABULARY 50

static void fill(float *logits, uint64_t *seed)
{
    for (int i = 0; i < VOCABULARY; i++)
        logits[i] = (float)(random_next(seed) % 10000) / 1000.0f - 5.0f;
}

static void the_normaliser_is_the_log_of_the_sum_of_exponentials(void **state UNUSED)
{
    uint64_t seed = test_seed();
    for (int round = 0; round < 100; round++) {
        float logits[VOCABULARY];
        double sum = 0;
        fill(logits, &seed);
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] += (float)(round * 20); /* far beyond what exp itself can hold */
            sum += exp((double)logits[i] - 20.0 * round);
        }
        assert_true(fabs(log_normaliser(logits, VOCABULARY) - (log(sum) + 20.0 * round)) < 1e-11);
    }
}

static void greedy_takes_the_likeliest_and_the_first_of_equals(void **state UNUSED)
{
    static const float logits[] = {1, 3, 2, 3, -INFINITY};
    static const token some[] = {0, 2, 3}, banned[] = {1, 3}, all[] = {0, 1, 2, 3, 4};
    assert_int_equal(sample_greedy(logits, &(struct choices){.vocabulary = 5}), 1);
    assert_int_equal(sample_greedy(logits, &(struct choices){.vocabulary = 1}), 0);
    assert_int_equal(sample_greedy(logits, &(struct choices){.vocabulary = 5, .ids = some, .ids_count = 3}), 3);
    assert_int_equal(sample_greedy(logits, &(struct choices){.vocabulary = 5, .banned = banned, .banned_count = 2}), 2);
    assert_int_equal(sample_greedy(logits, &(struct choices){.vocabulary = 5, .banned = all, .banned_count = 5}), -1);
    assert_int_equal(sample_greedy(logits, &(struct choices){.vocabulary = 5, .ids = some}), -1);
}

/* SplitMix64 and the inverse of the distribution, written down a second time with libm. */
static token draw(const float *logits, const struct choices *choices, double temperature, uint64_t *state)
{
    double u = (double)(random_next(state) >> 11) / 9007199254740992.0, sum = 0, at = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < (choices->ids ? choices->ids_count : choices->vocabulary); i++) {
            token id = choices->ids ? choices->ids[i] : (token)i;
            bool is_banned = choices->banned_count && choices->banned[0] == id;
            double weight = is_banned ? 0 : exp(logits[id] / temperature);
            *(pass ? &at : &sum) += weight;
            if (pass && at > u * sum)
                return id;
        }
    return -1;
}

static void random_choices_follow_the_distribution(void **state UNUSED)
{
    uint64_t seed = test_seed();
    static const token some[] = {3, 7, 8, 40}, banned[] = {7};
    static const struct choices choices[] = {
        {.vocabulary = VOCABULARY},
        {.vocabulary = VOCABULARY, .ids = some, .ids_count = 4},
        {.vocabulary = VOCABULARY, .ids = some, .ids_count = 4, .banned = banned, .banned_count = 1},
    };
    for (size_t c = 0; c < COUNT_OF(choices); c++)
        for (int round = 0; round < 2000; round++) {
            float logits[VOCABULARY], temperature = 0.3f + (float)(round % 20) / 10;
            fill(logits, &seed);
            uint64_t ours = seed, theirs = seed;
            assert_int_equal(sample_random(logits, &choices[c], temperature, &ours),
                             draw(logits, &choices[c], temperature, &theirs));
            assert_int_equal(ours, theirs); /* one number a choice */
        }
}

static void a_temperature_near_zero_is_greedy(void **state UNUSED)
{
    uint64_t seed = test_seed();
    struct choices choices = {.vocabulary = VOCABULARY};
    for (int round = 0; round < 200; round++) {
        float logits[VOCABULARY];
        fill(logits, &seed);
        assert_int_equal(sample_random(logits, &choices, 1e-30f, &seed), sample_greedy(logits, &choices));
    }
}

static void a_draft_is_what_followed_the_same_tokens_last_time(void **state UNUSED)
{
    static const struct {
        token ids[12];
        size_t count, max;
        token wanted[8];
        size_t wanted_count;
    } rows[] = {
        {{1, 2, 3, 4, 5, 1, 2, 3}, 8, 7, {4, 5, 1, 2, 3}, 5},        /* three recur */
        {{1, 2, 3, 4, 5, 1, 2, 3}, 8, 2, {4, 5}, 2},                 /* no more than asked for */
        {{9, 2, 3, 4, 8, 2, 3, 7, 2, 3}, 10, 3, {7, 2, 3}, 3},       /* two recur: the latest place */
        {{1, 2, 3, 6, 5, 2, 3, 7, 1, 2, 3}, 11, 2, {6, 5}, 2},       /* three before two */
        {{5, 5, 5, 5}, 4, 7, {5}, 1},                                /* a run repeats itself */
        {{1, 2, 3, 4}, 4, 7, {0}, 0},
        {{1, 1}, 2, 7, {0}, 0},
        {{1}, 1, 7, {0}, 0},
        {{0}, 0, 7, {0}, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        token draft[8];
        size_t count = lookup_draft(rows[i].ids, rows[i].count, draft, rows[i].max);
        assert_int_equal(count, rows[i].wanted_count);
        assert_memory_equal(draft, rows[i].wanted, count * sizeof *draft);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_normaliser_is_the_log_of_the_sum_of_exponentials),
        cmocka_unit_test(greedy_takes_the_likeliest_and_the_first_of_equals),
        cmocka_unit_test(random_choices_follow_the_distribution),
        cmocka_unit_test(a_temperature_near_zero_is_greedy),
        cmocka_unit_test(a_draft_is_what_followed_the_same_tokens_last_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
