/* generate.c - the front door's session_generate: one token after the other, or several where a draft holds.
 *
 *   batch   [ token chosen last | draft ... ]      rows: logits behind each of them
 *   walk    choose from row i; while the choice is the draft's token i + 1, row i + 1 is the next one
 * A choice depends on the tokens before it alone, so drafts change the number of passes and never the output. */
#include "models/decode/lookup.h"
#include "models/decode/sample.h"
#include "models/internal.h"
#include "models/session.h"
#include "models/token/list.h"
#include "models/token/tokenizer.h"

#include "base/buffer.h"
#include "base/utf8.h"

#define TEXT_BYTES_MAX (64u << 20)
#define GRAM 4u

struct run {
    struct session *session;
    const struct tokenizer *tokenizer;
    const struct generation *how;
    struct token_list history; /* the prompt, then the output */
    size_t prompt_tokens;
    struct token_list allowed; /* how->allowed and the end tokens, ascending; empty = everything */
    struct token_list banned;
    struct buffer *text;
    uint64_t random;
    bool is_done, ended;
    token batch[1 + LOOKUP_DRAFT_MAX];
};

static void run_clear(struct run *run)
{
    token_list_clear(&run->history);
    token_list_clear(&run->allowed);
    token_list_clear(&run->banned);
    buffer_drop(&run->text);
    explicit_bzero(run->batch, sizeof run->batch);
}

/* Merges the allowed ids with the model's end tokens. */
static int read_allowed(struct run *run, struct error *err)
{
    size_t at = 0, count = run->how->allowed_count;
    const token *allowed = run->how->allowed;
    if (!allowed)
        return 0;
    for (token id = 0; (size_t)id < tokenizer_count(run->tokenizer); id++) {
        while (at < count && allowed[at] < id)
            at++;
        bool is_allowed = (at < count && allowed[at] == id) || tokenizer_is_end(run->tokenizer, id);
        if (is_allowed && token_list_add(&run->allowed, id, err))
            return -1;
    }
    return token_list_reserve(&run->allowed, 1, err); /* an empty list still allows nothing */
}

static int start(struct run *run, const struct prompt *prompt, struct error *err)
{
    const token *ids = prompt_tokens(prompt, &run->prompt_tokens);
    if (token_list_reserve(&run->history, run->prompt_tokens + run->how->tokens_max, err) ||
        buffer_new(&run->text, TEXT_BYTES_MAX, err) || read_allowed(run, err))
        return -1;
    if (run->prompt_tokens)
        memcpy(run->history.ids, ids, run->prompt_tokens * sizeof *ids);
    run->history.count = run->prompt_tokens;
    run->random = run->how->seed;
    return 0;
}

/* Tokens that would complete a group of four that the output already holds. */
static int ban_repeats(struct run *run, struct error *err)
{
    const token *output = run->history.ids + run->prompt_tokens;
    size_t count = run->history.count - run->prompt_tokens;
    run->banned.count = 0;
    if (!run->how->no_repeat_4gram || count < GRAM)
        return 0;
    const token *tail = output + count - (GRAM - 1);
    for (size_t i = 0; i + GRAM <= count; i++)
        if (memcmp(output + i, tail, (GRAM - 1) * sizeof *tail) == 0 &&
            token_list_add(&run->banned, output[i + GRAM - 1], err))
            return -1;
    return 0;
}

static int choose(struct run *run, const float *logits, token *ret, struct error *err)
{
    if (ban_repeats(run, err))
        return -1;
    struct choices choices = {
        .ids = run->allowed.ids,       .ids_count = run->allowed.count,
        .banned = run->banned.ids,     .banned_count = run->banned.count,
        .vocabulary = tokenizer_count(run->tokenizer), /* the matrix may have more rows, for padding */
    };
    *ret = run->how->temperature > 0 ? sample_random(logits, &choices, run->how->temperature, &run->random)
                                     : sample_greedy(logits, &choices);
    return 0;
}

/* Takes a chosen token into the output, and sees whether the output ends with it. */
static int take(struct run *run, token id, struct error *err)
{
    if (id < 0 || tokenizer_is_end(run->tokenizer, id)) {
        run->ended = id >= 0;
        run->is_done = true;
        return 0;
    }
    if (token_list_add(&run->history, id, err) ||
        buffer_append(run->text, tokenizer_text(run->tokenizer, id), err))
        return -1;
    run->is_done = run->history.count - run->prompt_tokens == run->how->tokens_max ||
                   (run->how->stop && run->how->stop(run->how->stop_context, buffer_slice(run->text)));
    return 0;
}

/* Fills run->batch behind its first token and returns how many there are; 0 when the context is full. */
static size_t draft(struct run *run)
{
    size_t room = session_capacity(run->session) - session_length(run->session);
    size_t wanted = run->how->tokens_max - (run->history.count - run->prompt_tokens);
    size_t most = MIN(MIN(room, wanted), 1 + LOOKUP_DRAFT_MAX);
    if (most < 2 || !run->how->use_lookup)
        return MIN(most, 1);
    return 1 + lookup_draft(run->history.ids, run->history.count, run->batch + 1, most - 1);
}

static int decode(struct run *run, const float *rows, struct error *err)
{
    size_t vocabulary = session_model(run->session)->shape.vocabulary, count = 1, row = 0;
    for (;;) {
        token id;
        if (choose(run, rows + row * vocabulary, &id, err) || take(run, id, err))
            return -1;
        if (run->is_done)
            return 0;
        if (row + 1 < count && run->batch[row + 1] == id) { /* the draft holds: its row is the next */
            row++;
            continue;
        }
        session_rewind(run->session, session_length(run->session) - (uint32_t)(count - 1 - row));
        run->batch[0] = id;
        count = draft(run);
        row = 0;
        if (count == 0)
            return 0;
        if (session_extend(run->session, run->batch, count, ROWS_ALL, &rows, err))
            return -1;
    }
}

/* The output as UTF-8: a model of bytes may write, or be stopped in, what is none; that becomes U+FFFD. */
static int mend(const struct buffer *text, struct buffer **ret, struct error *err)
{
    AUTO(buffer) *mended = NULL;
    if (buffer_new(&mended, (size_t)TEXT_BYTES_MAX * 3, err))
        return -1;
    for (struct slice rest = buffer_slice(text); rest.bytes > 0;) {
        size_t valid = utf8_valid(rest);
        if (buffer_append(mended, slice_sub(rest, 0, valid), err))
            return -1;
        rest = slice_sub(rest, valid, rest.bytes);
        if (rest.bytes > 0 && buffer_append_text(mended, "\xef\xbf\xbd", err))
            return -1;
        rest = slice_sub(rest, MIN(rest.bytes, 1), rest.bytes);
    }
    *ret = TAKE(mended);
    return 0;
}

int session_generate(struct session *session, const struct prompt *prompt, const struct generation *how,
                     struct generated *ret, struct error *err)
{
    const float *logits;
    size_t rows;
    __attribute__((cleanup(run_clear))) struct run run = {
        .session = session, .tokenizer = session_model(session)->tokenizer, .how = how};
    struct buffer *text;
    if (start(&run, prompt, err) || session_logits(session, prompt, false, &logits, &rows, err) ||
        (how->tokens_max > 0 && decode(&run, logits, err)) || mend(run.text, &text, err))
        return -1;
    *ret = (struct generated){.text = text,
                              .prompt_tokens = (uint32_t)run.prompt_tokens,
                              .tokens = (uint32_t)(run.history.count - run.prompt_tokens),
                              .ended = run.ended};
    return 0;
}
