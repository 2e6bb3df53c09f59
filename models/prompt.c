/* prompt.c - the front door's prompts: turns and text become token ids.
 *
 *   ids   [ ... control token | ids of the open run of text ]
 *                               ^ run_start                    run = head (the template's) + turn (the caller's text)
 * Text between two control tokens is one run and is tokenised as a whole, as the published tokenizers do: cut into
 * the parts in which it was added, "user\n" and what follows could give other ids. So each addition encodes the run
 * anew. */
#include "base/buffer.h"
#include "base/utf8.h"
#include "models/internal.h"
#include "models/token/template.h"
#include "models/token/tokenizer.h"
#include "models/token/unicode.h"

#include <assert.h>

struct prompt {
    const struct tokenizer *tokenizer;
    struct chat chat;
    bool is_chat, has_turns, is_open;
    bool goes_on; /* the run is behind ids that were typed, not behind a control token or nothing */
    enum role role;
    struct token_list ids;
    size_t run_start, turn_start;
    struct buffer *head, *turn, *run;
    struct buffer *system; /* text of ROLE_SYSTEM that waits for a turn to go into */
    bool has_system;
};

static int prompt_make(struct prompt **ret, const struct model *model, bool chat, const char *template,
                       struct error *err)
{
    AUTO(prompt) *p = calloc(1, sizeof *p);
    if (!p)
        return error_memory(err);
    p->tokenizer = model->tokenizer;
    p->is_chat = chat;
    if ((chat && chat_recognise(p->tokenizer, template, &p->chat, err)) ||
        buffer_new(&p->head, TOKENIZE_BYTES_MAX, err) || buffer_new(&p->turn, TOKENIZE_BYTES_MAX, err) ||
        buffer_new(&p->run, TOKENIZE_BYTES_MAX, err) || buffer_new(&p->system, TOKENIZE_BYTES_MAX, err))
        return -1;
    *ret = TAKE(p);
    return 0;
}

int prompt_new(struct prompt **ret, const struct model *model, bool chat, struct error *err)
{
    return prompt_make(ret, model, chat, NULL, err);
}

int prompt_new_as(struct prompt **ret, const struct model *model, const char *template, struct error *err)
{
    return prompt_make(ret, model, true, template, err);
}

void prompt_drop(struct prompt **prompt)
{
    struct prompt *p = *prompt;
    if (!p)
        return;
    token_list_clear(&p->ids);
    buffer_drop(&p->head);
    buffer_drop(&p->turn);
    buffer_drop(&p->run);
    buffer_drop(&p->system);
    free(p);
    *prompt = NULL;
}

/* ---- the run at the end ---- */

/* White space as the templates' own language trims it. */
static bool is_blank(struct slice text, size_t at)
{
    uint32_t code;
    utf8_decode(text, at, &code);
    return unicode_class(code) == UNICODE_SPACE || (code >= 0x1c && code <= 0x1f);
}

static struct slice trim(struct slice text, bool start, bool end)
{
    uint32_t code;
    while (start && text.bytes > 0 && is_blank(text, 0))
        text = slice_sub(text, utf8_decode(text, 0, &code), text.bytes);
    while (end && text.bytes > 0) {
        size_t last = text.bytes - 1;
        while (last > 0 && ((unsigned char)text.data[last] & 0xc0) == 0x80)
            last--;
        if (!is_blank(text, last))
            break;
        text.bytes = last;
    }
    return text;
}

/* BOS goes before the first turn or text, but not before ids that were typed. */
static int start(struct prompt *p, struct error *err)
{
    token bos = tokenizer_first(p->tokenizer);
    if (p->ids.count > 0 || bos < 0)
        return 0;
    p->run_start = 1;
    return token_list_add(&p->ids, bos, err);
}

/* Encodes the run anew; once the turn is complete, without the white space behind it. */
static int encode_run(struct prompt *p, bool is_complete, struct error *err)
{
    size_t valid = utf8_valid(buffer_slice(p->turn));
    if (valid != p->turn->bytes)
        return error_set(err, FAULT_DOCUMENT, "the text is not UTF-8 at byte %zu", valid);
    struct slice text = trim(buffer_slice(p->turn), p->chat.trims_start, p->chat.trims_end && is_complete);
    buffer_clear(p->run);
    if (start(p, err) || buffer_append(p->run, buffer_slice(p->head), err) || buffer_append(p->run, text, err))
        return -1;
    p->ids.count = p->run_start;
    return p->goes_on ? tokenizer_continue(p->tokenizer, buffer_slice(p->run), &p->ids, err)
                      : tokenizer_encode(p->tokenizer, buffer_slice(p->run), false, &p->ids, err);
}

/* Ends the run of text. */
static void cut(struct prompt *p, bool goes_on)
{
    p->run_start = p->ids.count;
    p->goes_on = goes_on;
    buffer_clear(p->head);
    buffer_clear(p->turn);
}

/* ---- turns ---- */
static int add_steps(struct prompt *p, const struct chat_steps *steps, struct error *err)
{
    for (size_t i = 0; i < steps->count; i++) {
        if (start(p, err) || token_list_add(&p->ids, steps->each[i].control, err))
            return -1;
        cut(p, false);
        if (buffer_append_text(p->head, steps->each[i].text, err) || encode_run(p, false, err))
            return -1;
    }
    return 0;
}

static int add_text(struct prompt *p, struct slice text, struct error *err)
{
    return buffer_append(p->turn, text, err) || encode_run(p, false, err) ? -1 : 0;
}

/* What stands before the text of a turn: the template's own words, or a system text that waited for it. */
static int add_head(struct prompt *p, enum role role, struct error *err)
{
    if (role == ROLE_SYSTEM)
        return buffer_append_text(p->head, p->chat.system_head, err);
    if (!p->has_system)
        return 0;
    p->has_system = false;
    return buffer_append(p->head, buffer_slice(p->system), err) || buffer_append_text(p->head, "\n\n", err) ? -1 : 0;
}

static int open_turn(struct prompt *p, enum role role, struct error *err)
{
    return add_steps(p, &p->chat.open[role], err) || add_head(p, role, err) || encode_run(p, false, err) ? -1 : 0;
}

static int close_turn(struct prompt *p, struct error *err)
{
    return encode_run(p, true, err) || add_steps(p, &p->chat.close, err) ? -1 : 0;
}

/* The turns that go before one of `role` and that nobody opened. */
static int add_unasked(struct prompt *p, enum role role, struct error *err)
{
    if (!p->has_turns && role != ROLE_SYSTEM && p->chat.has_system &&
        (open_turn(p, ROLE_SYSTEM, err) || add_text(p, (struct slice){p->chat.system, p->chat.system_bytes}, err) ||
         close_turn(p, err)))
        return -1;
    if (p->has_system && role == ROLE_ASSISTANT && (open_turn(p, ROLE_USER, err) || close_turn(p, err)))
        return -1;
    return 0;
}

static bool is_folded(const struct prompt *p)
{
    return p->chat.folds_system && p->role == ROLE_SYSTEM;
}

int prompt_open(struct prompt *p, enum role role, struct error *err)
{
    assert(!p->is_open);
    if (!p->is_chat)
        return 0;
    if (add_unasked(p, role, err))
        return -1;
    p->has_turns = p->is_open = true;
    p->role = role;
    p->turn_start = p->ids.count;
    if (is_folded(p))
        return 0;
    if (open_turn(p, role, err))
        return -1;
    return role == ROLE_ASSISTANT ? add_steps(p, &p->chat.answer, err) : 0;
}

int prompt_add(struct prompt *p, const struct redacted_text *text, struct error *err)
{
    assert(p->is_open || !p->is_chat);
    if (p->is_open && is_folded(p))
        return buffer_append(p->system, redacted_text_slice(text), err);
    return add_text(p, redacted_text_slice(text), err);
}

/* A turn that was an answer is history: what a template puts before new answers alone is taken out. */
static int rewrite_answer(struct prompt *p, struct error *err)
{
    AUTO(buffer) *text = TAKE(p->turn);
    p->ids.count = p->turn_start;
    if (buffer_new(&p->turn, TOKENIZE_BYTES_MAX, err))
        return -1;
    return open_turn(p, ROLE_ASSISTANT, err) || add_text(p, buffer_slice(text), err) ? -1 : 0;
}

int prompt_close(struct prompt *p, struct error *err)
{
    if (!p->is_chat)
        return 0;
    assert(p->is_open);
    p->is_open = false;
    if (is_folded(p)) {
        p->has_system = true;
        return 0;
    }
    if (p->role == ROLE_ASSISTANT && p->chat.answer.count > 0 && rewrite_answer(p, err))
        return -1;
    return close_turn(p, err);
}

int prompt_add_tokens(struct prompt *p, const token *ids, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] < 0 || (size_t)ids[i] >= tokenizer_count(p->tokenizer))
            return error_set(err, FAULT_USAGE, "token %d is not one of the model's %zu", ids[i],
                             tokenizer_count(p->tokenizer));
    if (token_list_reserve(&p->ids, count, err))
        return -1;
    if (count)
        memcpy(p->ids.ids + p->ids.count, ids, count * sizeof *ids);
    p->ids.count += count;
    cut(p, true);
    return 0;
}

const token *prompt_tokens(const struct prompt *prompt, size_t *ret_count)
{
    *ret_count = prompt->ids.count;
    return prompt->ids.ids;
}
