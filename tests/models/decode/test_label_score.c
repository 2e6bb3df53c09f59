/* test_label_score.c - the trie gives what scoring each label on its own gives, to the bit, and the right number. */
#include "models/model.h"
#include "models/session.h"
#include "tests/support/support.h"
#include "tests/support/tiny_model.h"

#include "base/redacted_make.h"

#include <math.h>

#define LABELS 9

static const char *const texts[LABELS] = {
    " Cardiology", " Cardiac surgery", " Cardio", " Neurology",  " Orthopedics and trauma",
    " Other",      " Cardiology", "X", " naïve café – 東京",
};

struct fixture {
    struct model *model;
    struct redacted_text *labels[LABELS];
};

static int fixture_open(void **state)
{
    struct error err;
    struct tiny_model tiny = tiny_model_default();
    struct fixture *f = calloc(1, sizeof *f);
    char *folder = scratch_new();
    const char *path = path_of(folder, "tiny.gguf");
    *state = f;
    tiny_model_write(&tiny, path);
    int r = model_load(&f->model, path, NULL, &err);
    scratch_drop(folder);
    if (r) {
        print_error("%s (%s)\n", err.message, err.hint);
        return -1;
    }
    for (size_t i = 0; i < LABELS; i++)
        if (redacted_text_make(&f->labels[i], slice_of(texts[i]), &err))
            return -1;
    return 0;
}

static int fixture_close(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < LABELS; i++)
        redacted_text_drop(&f->labels[i]);
    model_drop(&f->model);
    free(f);
    return 0;
}

static struct prompt *prompt_of(const struct model *model, const char *text)
{
    struct error err;
    struct prompt *prompt = NULL;
    AUTO(redacted_text) *redacted = NULL;
    assert_ok(redacted_text_make(&redacted, slice_of(text), &err), err);
    assert_ok(prompt_new(&prompt, model, false, &err), err);
    assert_ok(prompt_add(prompt, redacted, &err), err);
    return prompt;
}

static struct session *session_of(const struct model *model)
{
    struct error err;
    struct session *session = NULL;
    assert_ok(session_new(&session, model, 256, NULL, &err), err);
    return session;
}

static void score(struct fixture *f, struct session *session, size_t first, size_t count, double *sums,
                  uint32_t *counts)
{
    struct error err;
    AUTO(prompt) *prompt = prompt_of(f->model, "Chest pain on exertion. Specialty:");
    const struct redacted_text *const *labels = (const struct redacted_text *const *)f->labels + first;
    assert_ok(session_score(session, prompt, labels, count, sums, counts, &err), err);
}

static void sums_are_the_log_probabilities_of_the_whole_sequence(void **state)
{
    struct fixture *f = *state;
    double sums[LABELS];
    uint32_t counts[LABELS];
    struct model_info info;
    AUTO(session) *session = session_of(f->model), *other = session_of(f->model);
    score(f, session, 0, LABELS, sums, counts);
    model_info(f->model, &info);
    for (size_t i = 0; i < LABELS; i++) {
        /* The prompt and the label's ids in one pass, all rows, softmax by libm. */
        struct error err;
        token *label;
        size_t label_count, prompt_count, rows;
        const float *logits;
        AUTO(prompt) *whole = prompt_of(f->model, "Chest pain on exertion. Specialty:");
        prompt_tokens(whole, &prompt_count);
        assert_ok(model_tokenize(f->model, slice_of(texts[i]), false, false, &label, &label_count, &err), err);
        assert_ok(prompt_add_tokens(whole, label, label_count, &err), err);
        assert_ok(session_logits(other, whole, true, &logits, &rows, &err), err);
        double wanted = 0;
        for (size_t k = 0; k < label_count; k++) {
            const float *row = logits + (prompt_count - 1 + k) * info.vocabulary;
            double sum = 0;
            for (size_t t = 0; t < info.vocabulary; t++)
                sum += exp((double)row[t]);
            wanted += (double)row[label[k]] - log(sum);
        }
        free(label);
        assert_int_equal(counts[i], label_count);
        assert_true(fabs(sums[i] - wanted) < 1e-9);
    }
    assert_true(sums[0] == sums[6]); /* the same label twice */
}

static void a_label_scores_the_same_alone_and_among_others(void **state)
{
    struct fixture *f = *state;
    double all[LABELS], alone;
    uint32_t counts[LABELS], count;
    AUTO(session) *session = session_of(f->model);
    score(f, session, 0, LABELS, all, counts);
    for (size_t i = 0; i < LABELS; i++) {
        AUTO(session) *fresh = session_of(f->model);
        score(f, fresh, i, 1, &alone, &count);
        assert_memory_equal(&alone, &all[i], sizeof alone);
        score(f, session, i, 1, &alone, &count); /* and in a cache that holds the prompt */
        assert_memory_equal(&alone, &all[i], sizeof alone);
    }
}

static void the_session_is_left_at_the_prompt(void **state)
{
    struct fixture *f = *state;
    double sums[LABELS];
    uint32_t counts[LABELS];
    size_t count;
    AUTO(session) *session = session_of(f->model);
    AUTO(prompt) *prompt = prompt_of(f->model, "Chest pain on exertion. Specialty:");
    score(f, session, 0, LABELS, sums, counts);
    const token *ids = prompt_tokens(prompt, &count);
    assert_int_equal(session_length(session), count);
    assert_memory_equal(session_tokens(session), ids, count * sizeof *ids);
}

static void an_empty_label_or_one_beyond_the_context_is_refused(void **state)
{
    struct fixture *f = *state;
    struct error err;
    double sum;
    uint32_t count;
    char text[400]; /* a context of 256 */
    memset(text, 'x', sizeof text);
    AUTO(redacted_text) *empty = NULL, *long_one = NULL;
    AUTO(session) *session = session_of(f->model);
    AUTO(prompt) *prompt = prompt_of(f->model, "A");
    assert_ok(redacted_text_make(&empty, SLICE(""), &err), err);
    assert_ok(redacted_text_make(&long_one, (struct slice){text, sizeof text}, &err), err);
    const struct redacted_text *labels[] = {empty, long_one};
    assert_int_equal(session_score(session, prompt, &labels[0], 1, &sum, &count, &err), -1);
    assert_int_equal(err.code, FAULT_PIPELINE);
    assert_int_equal(session_score(session, prompt, &labels[1], 1, &sum, &count, &err), -1);
    assert_int_equal(err.code, FAULT_DOCUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_the_log_probabilities_of_the_whole_sequence),
        cmocka_unit_test(a_label_scores_the_same_alone_and_among_others),
        cmocka_unit_test(the_session_is_left_at_the_prompt),
        cmocka_unit_test(an_empty_label_or_one_beyond_the_context_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
