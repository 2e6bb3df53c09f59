/* prompt.c - the front door's prompts: turns and text become token ids.
 *
 *   ids   [ ... control token | ids of the open run of text ]
 *                               ^ run_start
 * Text between two control tokens is one run and is tokenised as a whole, as the published tokenizers do: cut into
 * the parts in which it was added, "user\n" and what follows could give other ids. So each addition encodes the run
 * anew. */
#include "base/buffer.h"
#include "models/internal.h"
#include "models/token/template.h"
#include "models/token/tokenizer.h"

#include <assert.h>

struct prompt {
    const struct tokenizer *tokenizer;
    struct chat chat;
    bool is_chat, has_turns, is_open;
    struct token_list ids;
    size_t run_start;
    struct buffer *run;
};

int prompt_new(struct prompt **ret, const struct model *model, bool chat, struct error *err)
{
    AUTO(prompt) *p = calloc(1, sizeof *p);
    if (!p)
        return error_memory(err);
    p->tokenizer = model->tokenizer;
    p->is_chat = chat;
    if ((chat && chat_recognise(p->tokenizer, &p->chat, err)) || buffer_new(&p->run, TOKENIZE_BYTES_MAX, err))
        return -1;
    *ret = TAKE(p);
    return 0;
}

void prompt_drop(struct prompt **prompt)
{
    struct prompt *p = *prompt;
    if (!p)
        return;
    token_list_clear(&p->ids);
    buffer_drop(&p->run);
    free(p);
    *prompt = NULL;
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

static int add_text(struct prompt *p, struct slice text, struct error *err)
{
    if (start(p, err) || buffer_append(p->run, text, err))
        return -1;
    p->ids.count = p->run_start;
    return tokenizer_encode(p->tokenizer, buffer_slice(p->run), false, &p->ids, err);
}

/* Ends the run of text. */
static void cut(struct prompt *p)
{
    p->run_start = p->ids.count;
    buffer_clear(p->run);
}

static int add_control(struct prompt *p, token id, struct error *err)
{
    if (start(p, err) || token_list_add(&p->ids, id, err))
        return -1;
    cut(p);
    return 0;
}

static int open_turn(struct prompt *p, enum role role, struct error *err)
{
    return add_control(p, p->chat.open, err) || add_text(p, slice_of(p->chat.roles[role]), err) ? -1 : 0;
}

static int close_turn(struct prompt *p, struct error *err)
{
    return add_control(p, p->chat.close, err) || add_text(p, slice_of(p->chat.close_text), err) ? -1 : 0;
}

static int add_default_system(struct prompt *p, struct error *err)
{
    return open_turn(p, ROLE_SYSTEM, err) ||
                   add_text(p, (struct slice){p->chat.system, p->chat.system_bytes}, err) || close_turn(p, err)
               ? -1
               : 0;
}

int prompt_open(struct prompt *p, enum role role, struct error *err)
{
    assert(!p->is_open);
    if (!p->is_chat)
        return 0;
    if (!p->has_turns && role != ROLE_SYSTEM && p->chat.system_bytes > 0 && add_default_system(p, err))
        return -1;
    p->has_turns = p->is_open = true;
    return open_turn(p, role, err);
}

int prompt_add(struct prompt *p, const struct redacted_text *text, struct error *err)
{
    assert(p->is_open || !p->is_chat);
    return add_text(p, redacted_text_slice(text), err);
}

int prompt_close(struct prompt *p, struct error *err)
{
    if (!p->is_chat)
        return 0;
    assert(p->is_open);
    p->is_open = false;
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
    cut(p);
    return 0;
}

const token *prompt_tokens(const struct prompt *prompt, size_t *ret_count)
{
    *ret_count = prompt->ids.count;
    return prompt->ids.ids;
}
