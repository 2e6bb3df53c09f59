/* template.c - see template.h. */
#include "models/token/template.h"

#define MARKERS_MAX 4

static const struct row {
    const char *name;
    const char *markers[MARKERS_MAX]; /* all of them are in the template */
    const char *foreign[MARKERS_MAX]; /* and none of these */
    const char *open, *close, *roles[3], *close_text;
    const char *system_start; /* in the template, a literal default system turn starts with this and a line break */
} rows[] = {
    {.name = "chatml", /* SmolLM2, Qwen2, Qwen2.5; not Phi-4 (im_sep), nor those that think first */
     .markers = {"<|im_start|>", "<|im_end|>"},
     .foreign = {"<|im_sep|>", "enable_thinking"},
     .open = "<|im_start|>", .close = "<|im_end|>", .close_text = "\n",
     .roles = {[ROLE_SYSTEM] = "system\n", [ROLE_USER] = "user\n", [ROLE_ASSISTANT] = "assistant\n"},
     .system_start = "<|im_start|>system"},
};

/* Where `needle` is in `text` from `at` on; SIZE_MAX if it is not. */
static size_t find(struct slice text, size_t at, const char *needle)
{
    const char *found = memmem(text.data + at, text.bytes - at, needle, strlen(needle));
    return found ? (size_t)(found - text.data) : SIZE_MAX;
}

static bool is_of(const struct row *row, struct slice text)
{
    for (size_t i = 0; i < MARKERS_MAX; i++)
        if ((row->markers[i] && find(text, 0, row->markers[i]) == SIZE_MAX) ||
            (row->foreign[i] && find(text, 0, row->foreign[i]) != SIZE_MAX))
            return false;
    return true;
}

/* Bytes of the line break at `at`, as such or as the escape \n; 0 if there is none. */
static size_t line_break(struct slice text, size_t at)
{
    if (at < text.bytes && text.data[at] == '\n')
        return 1;
    return at + 1 < text.bytes && text.data[at] == '\\' && text.data[at + 1] == 'n' ? 2 : 0;
}

/* Copies the literal from `at` to `end` of the template; false if it is more than plain text. */
static bool copy_literal(struct slice text, size_t at, size_t end, struct chat *ret)
{
    size_t n = 0, bytes;
    for (; at < end; at += bytes) {
        bytes = line_break(text, at);
        char byte = bytes ? '\n' : text.data[at];
        bytes = bytes ? bytes : 1;
        if (strchr("'\"{}\\", byte) || n == sizeof ret->system)
            return false;
        ret->system[n++] = byte;
    }
    ret->system_bytes = n;
    return n > 0;
}

/* Finds the default system turn, a literal in the template:  <|im_start|>system\nYou are ...<|im_end|>
 * Where a quote ends the literal behind the line break, the turn is the caller's own and not a default. */
static int read_system(const struct row *row, struct slice text, struct chat *ret, struct error *err)
{
    ret->system_bytes = 0;
    for (size_t at = 0; (at = find(text, at, row->system_start)) != SIZE_MAX;) {
        at += strlen(row->system_start);
        size_t gap = line_break(text, at);
        at += gap;
        if (gap == 0 || at == text.bytes || strchr("'\"{", text.data[at]))
            continue;
        size_t end = find(text, at, row->close);
        if (end == SIZE_MAX || !copy_literal(text, at, end, ret)) {
            error_set(err, FAULT_MODEL, "tokenizer.chat_template: its default system line is not understood");
            return error_hint(err, "use the model without its chat template");
        }
        return 0;
    }
    return 0;
}

static int resolve(const struct tokenizer *tokenizer, const char *text, token *ret, struct error *err)
{
    *ret = tokenizer_control(tokenizer, text);
    if (*ret < 0)
        return error_set(err, FAULT_MODEL, "tokenizer.chat_template uses %s, which is no control token of the model",
                         text);
    return 0;
}

int chat_recognise(const struct tokenizer *tokenizer, struct chat *ret, struct error *err)
{
    struct slice text = tokenizer_chat_template(tokenizer);
    for (size_t i = 0; text.bytes > 0 && i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        if (!is_of(row, text))
            continue;
        ret->name = row->name;
        memcpy(ret->roles, row->roles, sizeof ret->roles);
        ret->close_text = row->close_text;
        if (resolve(tokenizer, row->open, &ret->open, err) || resolve(tokenizer, row->close, &ret->close, err))
            return -1;
        return read_system(row, text, ret, err);
    }
    error_set(err, FAULT_MODEL, "tokenizer.chat_template: %s",
              text.bytes ? "this chat template is not known" : "the model has no chat template");
    return error_hint(err, "known is ChatML (SmolLM2, Qwen2); use the model without chat");
}
