/* template.c - see template.h. */
#include "models/token/template.h"

#define MARKERS_MAX 4

/* A control token and the plain text behind it; NULL ends the list. */
struct piece {
    const char *control, *text;
};

static const struct row {
    const char *name, *models;
    const char *markers[MARKERS_MAX]; /* all of them are in the template */
    const char *foreign[MARKERS_MAX]; /* and none of these */
    struct piece open[3][CHAT_STEPS_MAX], close, answer[CHAT_STEPS_MAX];
    const char *system_start; /* in the template, a literal default system turn starts with this and a line break */
    const char *system_head;
    bool has_system, folds_system, trims_start, trims_end;
    bool for_sentencepiece; /* alone */
} rows[] = {
    /* not Phi-4 (im_sep), nor those that think first */
    {.name = "chatml", .models = "SmolLM2, Qwen2",
     .markers = {"<|im_start|>", "<|im_end|>"},
     .foreign = {"<|im_sep|>", "enable_thinking", "<think>"},
     .open = {[ROLE_SYSTEM] = {{"<|im_start|>", "system\n"}},
              [ROLE_USER] = {{"<|im_start|>", "user\n"}},
              [ROLE_ASSISTANT] = {{"<|im_start|>", "assistant\n"}}},
     .close = {"<|im_end|>", "\n"},
     .system_start = "<|im_start|>system"},
    /* with enable_thinking = false */
    {.name = "qwen3", .models = "Qwen3",
     .markers = {"<|im_start|>", "<|im_end|>", "enable_thinking", "<think>\\n\\n</think>"},
     .foreign = {"<|im_sep|>"},
     .open = {[ROLE_SYSTEM] = {{"<|im_start|>", "system\n"}},
              [ROLE_USER] = {{"<|im_start|>", "user\n"}},
              [ROLE_ASSISTANT] = {{"<|im_start|>", "assistant\n"}}},
     .close = {"<|im_end|>", "\n"},
     .answer = {{"<think>", "\n\n"}, {"</think>", "\n\n"}}},
    {.name = "llama-3", .models = "Llama 3",
     .markers = {"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "| trim"},
     .foreign = {"Cutting Knowledge Date"},
     .open = {[ROLE_SYSTEM] = {{"<|start_header_id|>", "system"}, {"<|end_header_id|>", "\n\n"}},
              [ROLE_USER] = {{"<|start_header_id|>", "user"}, {"<|end_header_id|>", "\n\n"}},
              [ROLE_ASSISTANT] = {{"<|start_header_id|>", "assistant"}, {"<|end_header_id|>", "\n\n"}}},
     .close = {"<|eot_id|>", ""},
     .trims_start = true, .trims_end = true},
    /* today's date would change the answers from day to day: the template's own otherwise */
    {.name = "llama-3.1", .models = "Llama 3.1 to 3.3",
     .markers = {"<|start_header_id|>", "| trim", "Cutting Knowledge Date: December 2023", "26 Jul 2024"},
     .open = {[ROLE_SYSTEM] = {{"<|start_header_id|>", "system"}, {"<|end_header_id|>", "\n\n"}},
              [ROLE_USER] = {{"<|start_header_id|>", "user"}, {"<|end_header_id|>", "\n\n"}},
              [ROLE_ASSISTANT] = {{"<|start_header_id|>", "assistant"}, {"<|end_header_id|>", "\n\n"}}},
     .close = {"<|eot_id|>", ""},
     .system_head = "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n",
     .has_system = true, .trims_start = true, .trims_end = true},
    {.name = "gemma", .models = "Gemma",
     .markers = {"<start_of_turn>", "<end_of_turn>", "| trim"},
     .foreign = {"developer"},
     .open = {[ROLE_USER] = {{"<start_of_turn>", "user\n"}}, [ROLE_ASSISTANT] = {{"<start_of_turn>", "model\n"}}},
     .close = {"<end_of_turn>", "\n"},
     .folds_system = true, .trims_start = true, .trims_end = true},
    /* its tokenizer declares that white space behind a control token is dropped, and so that of the template */
    {.name = "phi-3", .models = "Phi-3",
     .markers = {"<|user|>", "<|assistant|>", "<|end|>"},
     .open = {[ROLE_SYSTEM] = {{"<|system|>", ""}},
              [ROLE_USER] = {{"<|user|>", ""}},
              [ROLE_ASSISTANT] = {{"<|assistant|>", ""}}},
     .close = {"<|end|>", ""},
     .trims_start = true, .for_sentencepiece = true},
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
    for (size_t at = 0; (at = find(text, at, row->system_start)) != SIZE_MAX;) {
        at += strlen(row->system_start);
        size_t gap = line_break(text, at);
        at += gap;
        if (gap == 0 || at == text.bytes || strchr("'\"{", text.data[at]))
            continue;
        size_t end = find(text, at, row->close.control);
        if (end == SIZE_MAX || !copy_literal(text, at, end, ret)) {
            error_set(err, FAULT_MODEL, "tokenizer.chat_template: its default system line is not understood");
            return error_hint(err, "use the model without its chat template");
        }
        ret->has_system = true;
        return 0;
    }
    return 0;
}

/* Finds the control tokens of up to `count` pieces. */
static int resolve(const struct tokenizer *tokenizer, const struct piece *pieces, size_t count,
                   struct chat_steps *ret, struct error *err)
{
    ret->count = 0;
    for (size_t i = 0; i < count && pieces[i].control; i++) {
        token id = tokenizer_control(tokenizer, pieces[i].control);
        if (id < 0)
            return error_set(err, FAULT_MODEL, "the chat template uses %s, which is no control token of the model",
                             pieces[i].control);
        ret->each[ret->count].control = id;
        ret->each[ret->count++].text = pieces[i].text;
    }
    return 0;
}

static int fill(const struct tokenizer *tokenizer, const struct row *row, struct chat *ret, struct error *err)
{
    *ret = (struct chat){.name = row->name,
                         .trims_start = row->trims_start,
                         .trims_end = row->trims_end,
                         .folds_system = row->folds_system,
                         .system_head = row->system_head ? row->system_head : "",
                         .has_system = row->has_system};
    for (size_t role = 0; role < COUNT_OF(row->open); role++)
        if (resolve(tokenizer, row->open[role], CHAT_STEPS_MAX, &ret->open[role], err))
            return -1;
    if (resolve(tokenizer, &row->close, 1, &ret->close, err) ||
        resolve(tokenizer, row->answer, CHAT_STEPS_MAX, &ret->answer, err))
        return -1;
    return row->system_start ? read_system(row, tokenizer_chat_template(tokenizer), ret, err) : 0;
}

static int hint_known(struct error *err)
{
    char known[160] = "";
    for (size_t i = 0, n = 0; i < COUNT_OF(rows) && n < sizeof known; i++)
        n += (size_t)snprintf(known + n, sizeof known - n, "%s%s (%s)", i ? ", " : "", rows[i].name, rows[i].models);
    return error_hint(err, "known are %s", known);
}

int chat_recognise(const struct tokenizer *tokenizer, const char *name, struct chat *ret, struct error *err)
{
    struct slice text = tokenizer_chat_template(tokenizer);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        bool is_right = name ? strcmp(name, row->name) == 0 : text.bytes > 0 && is_of(row, text);
        if (is_right && (!row->for_sentencepiece || tokenizer_is_sentencepiece(tokenizer)))
            return fill(tokenizer, row, ret, err);
    }
    if (name)
        error_set(err, FAULT_USAGE, "no chat template \"%s\" for this model", name);
    else
        error_set(err, FAULT_MODEL, "tokenizer.chat_template: %s",
                  text.bytes ? "this chat template is not known" : "the model has no chat template");
    return hint_known(err);
}
