/* rewrite.c - see rewrite.h. */
#include "analyzer/steps/rewrite.h"

#include "analyzer/steps/data/lists.h"
#include "analyzer/steps/grounding/grounding.h"
#include "analyzer/steps/operator_text.h"
#include "base/fold.h"

#include <ctype.h>
#include <stdlib.h>

#define SOURCE_WORDS_MIN 6u /* shorter sentences stay as they are */
#define SOURCE_TOKENS_MAX 200u
#define ANSWER_TOKENS_MIN 16u
#define KEPT_MIN 0.7 /* of the content words of the source: shorter, but not something else */

/* The wordings, tried in order. */
static const struct request {
    const char *system, *before, *after;
} requests[] = {
    {"Provide a concise, objective summary of the input text in one sentence, focusing on key "
     "facts, without using second "
     "or third person pronouns.",
     "", ""},
    {"You shorten sentences of medical notes. You keep their words and leave out what is not needed.", "",
     ""},
    {NULL, "Summarize in one short sentence:\n", ""},
    {NULL,
     "Shorten each sentence by leaving words out.\n"
     "Sentence: I saw this pleasant lady today, who has had a dry cough for three weeks.\n"
     "Short: She has had a dry cough for three weeks.\n"
     "Sentence: On the way home he fell over a step and hurt his left elbow.\n"
     "Short: He fell over a step and hurt his left elbow.\n"
     "Sentence: ",
     "\nShort:"},
    {NULL, "Rewrite this sentence of a medical note so that it is short and clear:\n", ""}};

struct rewriter {
    const struct model *model;
    struct session *session;
    const struct grounding_lists *lists;
    bool is_strict;
    struct redacted_text *texts[COUNT_OF(requests)][3]; /* system, before, after; NULL where there is none */
    token *common;                                      /* sorted: function words and signs */
    size_t common_count;
};

void rewriter_drop(struct rewriter **rewriter)
{
    struct rewriter *r = *rewriter;
    if (!r)
        return;
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        for (size_t k = 0; k < 3; k++)
            redacted_text_drop(&r->texts[i][k]);
    free(r->common);
    free(r);
    *rewriter = NULL;
}

static int by_id(const void *a, const void *b)
{
    return (*(const token *)a > *(const token *)b) - (*(const token *)a < *(const token *)b);
}

/* Sorts and drops doubles. */
static size_t sort_unique(token *ids, size_t count)
{
    size_t kept = 0;
    qsort(ids, count, sizeof *ids, by_id);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || ids[i] != ids[kept - 1])
            ids[kept++] = ids[i];
    return kept;
}

/* Appends the ids of `text` to an array that grows. only_single: nothing unless it is one token. */
static int add_ids(const struct model *model, struct slice text, bool only_single, token **ids, size_t *count,
                   struct error *err)
{
    token *more = NULL;
    size_t n;
    if (model_tokenize(model, text, false, false, &more, &n, err))
        return -1;
    if (!only_single || n == 1) {
        token *larger = realloc(*ids, (*count + n + 1) * sizeof **ids);
        if (!larger) {
            free(more);
            return error_memory(err);
        }
        *ids = larger;
        memcpy(larger + *count, more, n * sizeof *more);
        *count += n;
    }
    free(more);
    return 0;
}

/* A word behind a blank and at the start, in lower case and with a capital. */
static int add_word_forms(const struct model *model, struct slice word, token **ids, size_t *count,
                          struct error *err)
{
    char form[TERM_BYTES_MAX + 2];
    for (int capital = 0; capital < 2; capital++)
        for (int blank = 0; blank < 2; blank++) {
            int bytes = snprintf(form, sizeof form, "%s%.*s", blank ? " " : "", (int)word.bytes, word.data);
            form[blank] = (char)(capital ? toupper((unsigned char)form[blank]) : form[blank]);
            if (add_ids(model, (struct slice){form, (size_t)bytes}, true, ids, count, err))
                return -1;
        }
    return 0;
}

static int make_common(struct rewriter *r, struct error *err)
{
    static const char *const signs[] = {".", ",", ";", " and", " or"};
    for (uint32_t i = 0; i < r->lists->function_words.count; i++)
        if (add_word_forms(r->model, wordlist_entry(&r->lists->function_words, i), &r->common,
                           &r->common_count, err))
            return -1;
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (add_ids(r->model, slice_of(signs[i]), true, &r->common, &r->common_count, err))
            return -1;
    r->common_count = sort_unique(r->common, r->common_count);
    return 0;
}

int rewriter_new(struct rewriter **ret, const struct model *model, struct session *session,
                 const struct grounding_lists *lists, bool is_strict, struct error *err)
{
    AUTO(rewriter) *r = calloc(1, sizeof *r);
    if (!r)
        return error_memory(err);
    *r = (struct rewriter){.model = model, .session = session, .lists = lists, .is_strict = is_strict};
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        const char *const texts[3] = {requests[i].system, requests[i].before, requests[i].after};
        for (size_t k = 0; k < 3; k++)
            if (texts[k] && *texts[k] && operator_text(&r->texts[i][k], texts[k], err))
                return -1;
    }
    if (make_common(r, err))
        return -1;
    *ret = TAKE(r);
    return 0;
}

static int add_turn(struct prompt *prompt, enum role role, const struct redacted_text *const parts[3],
                    struct error *err)
{
    if (prompt_open(prompt, role, err))
        return -1;
    for (size_t i = 0; i < 3; i++)
        if (parts[i] && prompt_add(prompt, parts[i], err))
            return -1;
    return prompt_close(prompt, err);
}

static int make_prompt(const struct rewriter *r, size_t i, const struct redacted_text *source,
                       struct prompt **ret, struct error *err)
{
    AUTO(prompt) *prompt = NULL;
    const struct redacted_text *const *t = (const struct redacted_text *const *)r->texts[i];
    if (prompt_new(&prompt, r->model, true, err) ||
        (t[0] && add_turn(prompt, ROLE_SYSTEM, (const struct redacted_text *[3]){t[0], NULL, NULL}, err)) ||
        add_turn(prompt, ROLE_USER, (const struct redacted_text *[3]){t[1], source, t[2]}, err) ||
        prompt_open(prompt, ROLE_ASSISTANT, err))
        return -1;
    *ret = TAKE(prompt);
    return 0;
}

/* The ids of the source, of its words behind a blank and at the start, and the common ones. */
static int make_allowed(const struct rewriter *r, struct slice source, const struct terms *terms, token **ret,
                        size_t *ret_count, struct error *err)
{
    token *ids = NULL;
    size_t count = 0;
    int result = add_ids(r->model, source, false, &ids, &count, err);
    for (size_t i = 0; result == 0 && i < terms->count; i++) {
        AUTO(buffer) *word = NULL;
        struct slice text = slice_sub(source, terms->list[i].at.start, terms->list[i].at.end);
        result = buffer_new(&word, text.bytes + 2, err) || buffer_append_byte(word, ' ', err) ||
                         buffer_append(word, text, err) ||
                         add_ids(r->model, buffer_slice(word), false, &ids, &count, err) ||
                         add_ids(r->model, text, false, &ids, &count, err)
                     ? -1
                     : 0;
    }
    token *all = result ? NULL : realloc(ids, (count + r->common_count + 1) * sizeof *ids);
    if (!all) {
        free(ids);
        return result ? -1 : error_memory(err);
    }
    memcpy(all + count, r->common, r->common_count * sizeof *all);
    *ret = all;
    *ret_count = sort_unique(all, count + r->common_count);
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
 * sentence, not another one. */
static bool keeps_enough(const struct terms *source, const struct terms *written)
{
    size_t content = 0, kept = 0;
    for (size_t s = 0; s < source->count; s++) {
        const struct term *t = &source->list[s];
        if (t->is_function)
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

static size_t count_byte(struct slice text, char byte)
{
    size_t n = 0;
    for (size_t i = 0; i < text.bytes; i++)
        n += text.data[i] == byte;
    return n;
}

/* Begins with a capital or a digit (or as its source does), every bracket is closed and every tag kept. */
static bool is_well_formed(struct slice answer, struct slice source)
{
    int open = 0;
    if (count_byte(answer, '[') != count_byte(source, '['))
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

/* The answer up to its last full stop, trimmed; an answer that was cut off ends where its last whole sentence
 * does. */
static struct slice whole_sentences(struct slice answer, bool has_ended)
{
    while (answer.bytes && isspace((unsigned char)answer.data[0])) {
        answer.data++;
        answer.bytes--;
    }
    const char *line = answer.bytes ? memchr(answer.data, '\n', answer.bytes) : NULL;
    if (line)
        answer.bytes = (size_t)(line - answer.data);
    while (answer.bytes && isspace((unsigned char)answer.data[answer.bytes - 1]))
        answer.bytes--;
    size_t bytes = answer.bytes;
    while (answer.bytes) {
        char last = answer.data[answer.bytes - 1];
        bool is_inside =
            answer.bytes < bytes && isalnum((unsigned char)answer.data[answer.bytes]); /* "0.4" */
        if (!is_inside && (last == '!' || last == '?' || last == '.'))
            break;
        answer.bytes--;
    }
    if (answer.bytes == 0 && has_ended) /* an entry without a full stop, as its source */
        answer.bytes = bytes;
    return answer;
}

/* Why the answer may not stand; NULL if it may. */
static int judge(const struct rewriter *r, struct slice answer, struct slice source,
                 const struct terms *terms, const char **ret, struct error *err)
{
    struct terms written;
    bool is_same;
    *ret = "empty";
    if (answer.bytes == 0)
        return 0;
    if (is_copy(answer, source, &is_same, err) || terms_read(&written, answer, r->lists, err))
        return -1;
    const char *failed = grounding_refuses(&(struct claim){&written, terms, r->is_strict});
    *ret = is_same                           ? "copy"
           : failed                          ? failed
           : !keeps_enough(terms, &written)  ? "omission"
           : !is_well_formed(answer, source) ? "form"
                                             : NULL;
    terms_close(&written);
    return 0;
}

static int attempt(struct rewriter *r, size_t i, const struct redacted_text *source,
                   const struct terms *terms, const struct generation *how, struct buffer **ret,
                   const char **ret_failed, struct error *err)
{
    AUTO(prompt) *prompt = NULL;
    AUTO(buffer) *answer = NULL;
    struct generated made = {0};
    if (make_prompt(r, i, source, &prompt, err) || session_generate(r->session, prompt, how, &made, err))
        return -1;
    answer = made.text;
    struct slice whole = whole_sentences(buffer_slice(answer), made.ended);
    if (judge(r, whole, redacted_text_slice(source), terms, ret_failed, err))
        return -1;
    if (*ret_failed)
        return 0;
    AUTO(buffer) *kept = NULL;
    if (buffer_new(&kept, whole.bytes + 1, err) || buffer_append(kept, whole, err))
        return -1;
    *ret = TAKE(kept);
    return 0;
}

int rewriter_run(struct rewriter *r, const struct redacted_text *source, const struct terms *terms,
                 struct buffer **ret, json_t *refused, struct error *err)
{
    token *allowed = NULL;
    size_t count = 0, source_tokens = 0;
    *ret = NULL;
    if (terms->count < SOURCE_WORDS_MIN)
        return 0;
    if (model_tokenize(r->model, redacted_text_slice(source), false, false, &allowed, &source_tokens, err))
        return -1;
    free(allowed);
    if (source_tokens > SOURCE_TOKENS_MAX)
        return 0;
    if (make_allowed(r, redacted_text_slice(source), terms, &allowed, &count, err))
        return -1;
    struct generation how = {.tokens_max = MAX(ANSWER_TOKENS_MIN, (uint32_t)source_tokens + 8),
                             .allowed = allowed,
                             .allowed_count = count,
                             .no_repeat_4gram = true,
                             .use_lookup = true};
    int result = 0;
    for (size_t i = 0; i < COUNT_OF(requests) && result == 0 && !*ret; i++) {
        const char *failed;
        result = attempt(r, i, source, terms, &how, ret, &failed, err);
        if (result == 0 && failed)
            json_array_append_new(refused, json_string(failed));
    }
    free(allowed);
    return result;
}
