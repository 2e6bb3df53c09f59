/* rewrite.c - see rewrite.h. */
#include "analyzer/steps/rewrite.h"

#include "analyzer/steps/grounding/grounding.h"
#include "analyzer/steps/operator_text.h"
#include "analyzer/steps/shorten.h"
#include "base/fold.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#define SOURCE_WORDS_MIN 6u /* shorter sentences stay as they are */
#define SOURCE_TOKENS_MAX 200u
#define WORDS_SAVED_MIN 2u /* less is not worth a sentence that is not the author's */
#define KEPT_MIN 0.5       /* of the content words behind an opening: shorter, but not something else */
#define VERSIONS_MAX (1u << SHORTEN_PARTS_MAX)
#define SCORE_LOST_MAX 1.5 /* nats a token below the source: what the model takes for broken */

static const char request_system[] =
    "You shorten sentences of medical notes. You keep their words and leave out what is not needed.";

struct rewriter {
    const struct model *model;
    struct session *session;
    const struct grounding_lists *lists;
    bool is_strict;
    struct redacted_text *system;
};

void rewriter_drop(struct rewriter **rewriter)
{
    struct rewriter *r = *rewriter;
    if (!r)
        return;
    redacted_text_drop(&r->system);
    free(r);
    *rewriter = NULL;
}

int rewriter_new(struct rewriter **ret, const struct model *model, struct session *session,
                 const struct grounding_lists *lists, bool is_strict, struct error *err)
{
    AUTO(rewriter) *r = calloc(1, sizeof *r);
    if (!r)
        return error_memory(err);
    *r = (struct rewriter){.model = model, .session = session, .lists = lists, .is_strict = is_strict};
    if (operator_text(&r->system, request_system, err))
        return -1;
    *ret = TAKE(r);
    return 0;
}

static int make_prompt(const struct rewriter *r, const struct redacted_text *source, struct prompt **ret,
                       struct error *err)
{
    AUTO(prompt) *prompt = NULL;
    if (prompt_new(&prompt, r->model, true, err) || prompt_open(prompt, ROLE_SYSTEM, err) ||
        prompt_add(prompt, r->system, err) || prompt_close(prompt, err) ||
        prompt_open(prompt, ROLE_USER, err) || prompt_add(prompt, source, err) ||
        prompt_close(prompt, err) || prompt_open(prompt, ROLE_ASSISTANT, err))
        return -1;
    *ret = TAKE(prompt);
    return 0;
}

static bool is_side(const struct term *t)
{
    static const char *const sides[] = {"left", "right", "both", "bilateral", "bilaterally"};
    for (size_t i = 0; i < COUNT_OF(sides); i++)
        if (strcmp(sides[i], t->text) == 0)
            return true;
    return false;
}

/* All sides, drugs and numbers ("95 % on 2 L" must not lose its oxygen), and most of the words: a shorter
 * sentence, not another one. What an opening of a letter says is not counted, nor is what a tag replaced. */
static bool keeps_enough(const struct terms *source, const struct terms *written, struct slice text)
{
    size_t content = 0, kept = 0;
    for (size_t s = frame_words(source); s < source->count; s++) {
        const struct term *t = &source->list[s];
        if (t->is_function || shorten_is_tagged(text, t))
            continue;
        bool has = false;
        for (size_t w = 0; w < written->count && !has; w++)
            has = strcmp(t->stem, written->list[w].stem) == 0;
        if (!has && (t->is_drug || t->is_number || is_side(t)))
            return false;
        content++;
        kept += has;
    }
    return (double)kept >= KEPT_MIN * (double)content;
}

/* The same letters and digits as the source: nothing was written. */
static int is_copy(struct slice written, struct slice source, bool *ret, struct error *err)
{
    AUTO(buffer) *a = NULL;
    AUTO(buffer) *b = NULL;
    if (buffer_new(&a, written.bytes * 4 + 8, err) || buffer_new(&b, source.bytes * 4 + 8, err) ||
        fold_append(written, a, err) || fold_append(source, b, err))
        return -1;
    *ret = slice_equal(buffer_slice(a), buffer_slice(b));
    return 0;
}

/* Dates, places and people of the source are told; the numbers of an office may go. */
static size_t count_tags(struct slice text)
{
    static const char *const may_go[] = {"ID_", "MRN_", "PHONE_", "ACCOUNT_", "IBAN_"};
    size_t n = 0;
    for (size_t i = 0; i < text.bytes; i++) {
        n += text.data[i] == '[';
        for (size_t k = 0; k < COUNT_OF(may_go) && text.data[i] == '['; k++)
            n -= text.bytes - i > strlen(may_go[k]) &&
                 memcmp(text.data + i + 1, may_go[k], strlen(may_go[k])) == 0;
    }
    return n;
}

/* Begins with a capital or a digit (or as its source does), every bracket is closed and every tag kept. */
static bool is_well_formed(struct slice answer, struct slice source)
{
    int open = 0;
    if (count_tags(answer) != count_tags(source))
        return false;
    for (size_t i = 0; i < answer.bytes; i++) {
        open += answer.data[i] == '(' ? 1 : answer.data[i] == ')' ? -1 : 0;
        if (open < 0)
            return false;
    }
    bool is_lower = islower((unsigned char)answer.data[0]);
    if (strchr(",;:-", answer.data[answer.bytes - 1]))
        return false;
    return open == 0 && (!is_lower || answer.data[0] == source.data[0]);
}

/* Why the version may not stand; NULL if it may. */
static int judge(const struct rewriter *r, struct slice version, struct slice source,
                 const struct terms *terms, const char **ret, struct error *err)
{
    struct terms written;
    bool is_same;
    *ret = "empty";
    if (version.bytes == 0)
        return 0;
    if (is_copy(version, source, &is_same, err) || terms_read(&written, version, r->lists, err))
        return -1;
    const char *failed = grounding_refuses(&(struct claim){&written, terms, r->is_strict});
    *ret = is_same                                            ? "copy"
           : failed                                           ? failed
           : !keeps_enough(terms, &written, source)           ? "omission"
           : !is_well_formed(version, source)                 ? "form"
           : written.count + WORDS_SAVED_MIN > terms->count   ? "gain"
                                                              : NULL;
    terms_close(&written);
    return 0;
}

struct versions {
    struct redacted_text *list[VERSIONS_MAX + 1]; /* [0] is the source */
    size_t count;
};

static void versions_close(struct versions *v)
{
    for (size_t i = 0; i < v->count; i++)
        redacted_text_drop(&v->list[i]);
}

/* The source without the parts whose bit is set. */
static int leave_out(const struct redacted_text *source, const struct span *parts, size_t count, unsigned set,
                     struct redacted_text **ret, struct error *err)
{
    struct span kept[SHORTEN_PARTS_MAX + 1];
    size_t n = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        if (set >> i & 1u) {
            kept[n++] = (struct span){at, parts[i].start};
            at = parts[i].end;
        }
    kept[n++] = (struct span){at, redacted_text_slice(source).bytes};
    return redacted_text_parts(ret, source, kept, n, err);
}

/* The source, then every version of it that passes the checks. */
static int make_versions(const struct rewriter *r, const struct redacted_text *source,
                         const struct terms *terms, struct versions *v, json_t *refused, struct error *err)
{
    struct span parts[SHORTEN_PARTS_MAX];
    struct slice text = redacted_text_slice(source);
    size_t count = shorten_parts(text, terms, parts);
    if (redacted_text_part(&v->list[0], source, 0, text.bytes, err))
        return -1;
    v->count = 1;
    for (unsigned set = 1; set < 1u << count; set++) {
        AUTO(redacted_text) *version = NULL;
        const char *failed;
        if (leave_out(source, parts, count, set, &version, err) ||
            judge(r, redacted_text_slice(version), text, terms, &failed, err))
            return -1;
        if (failed)
            json_array_append_new(refused, json_string(failed));
        else
            v->list[v->count++] = TAKE(version);
    }
    return 0;
}

/* The version that the model finds likeliest a token; 0 if it finds all much worse than the source. */
static int choose(const struct rewriter *r, const struct versions *v, size_t *ret, struct error *err)
{
    AUTO(prompt) *prompt = NULL;
    double sums[VERSIONS_MAX + 1], best = -INFINITY;
    uint32_t counts[VERSIONS_MAX + 1];
    *ret = 0;
    if (make_prompt(r, v->list[0], &prompt, err) ||
        session_score(r->session, prompt, (const struct redacted_text *const *)v->list, v->count, sums,
                      counts, err))
        return -1;
    for (size_t i = 1; i < v->count; i++)
        if (sums[i] / counts[i] > best && sums[i] / counts[i] > sums[0] / counts[0] - SCORE_LOST_MAX) {
            best = sums[i] / counts[i];
            *ret = i;
        }
    return 0;
}

static bool fits_the_model(const struct rewriter *r, const struct redacted_text *source, int *result,
                           struct error *err)
{
    token *ids = NULL;
    size_t count = 0;
    *result = model_tokenize(r->model, redacted_text_slice(source), false, false, &ids, &count, err);
    free(ids);
    return *result == 0 && count <= SOURCE_TOKENS_MAX;
}

static int copy_text(const struct redacted_text *text, struct buffer **ret, struct error *err)
{
    AUTO(buffer) *copy = NULL;
    struct slice bytes = redacted_text_slice(text);
    if (buffer_new(&copy, bytes.bytes + 1, err) || buffer_append(copy, bytes, err))
        return -1;
    *ret = TAKE(copy);
    return 0;
}

int rewriter_run(struct rewriter *r, const struct redacted_text *source, const struct terms *terms,
                 struct buffer **ret, json_t *refused, struct error *err)
{
    struct versions v = {0};
    size_t chosen = 0;
    int result = 0;
    *ret = NULL;
    if (terms->count < SOURCE_WORDS_MIN || !fits_the_model(r, source, &result, err))
        return result;
    result = make_versions(r, source, terms, &v, refused, err);
    if (result == 0 && v.count > 1)
        result = choose(r, &v, &chosen, err);
    if (result == 0 && v.count > 1 && chosen == 0)
        json_array_append_new(refused, json_string("score"));
    if (result == 0 && chosen)
        result = copy_text(v.list[chosen], ret, err);
    versions_close(&v);
    return result;
}
