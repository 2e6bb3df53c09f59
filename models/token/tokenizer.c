/* tokenizer.c - see tokenizer.h. */
#include "models/token/tokenizer.h"

#include "base/utf8.h"
#include "models/format/gguf.h"
#include "models/token/bpe.h"
#include "models/token/split.h"
#include "models/token/vocabulary.h"

#define ENDS_MAX 16u
#define CHAT_TEMPLATE_BYTES_MAX (1u << 20)

struct tokenizer {
    struct vocabulary *vocabulary;
    const struct splitter *splitter;
    token bos; /* -1 = none to add */
    token ends[ENDS_MAX];
    size_t ends_count;
    char *chat_template;
    size_t chat_template_bytes;
};

/* Control tokens that end an answer by their name, whatever the keys say: many files name but one of two. */
static const char *const end_names[] = {"<|im_end|>",      "<|endoftext|>", "<|eot_id|>",
                                        "<|end_of_text|>", "<|eom_id|>"};

/* Keys that name one token, which thereby is no plain one: no text may turn into it. */
static const struct {
    const char *key;
    bool is_end;
} named_tokens[] = {{"tokenizer.ggml.bos_token_id", false},
                    {"tokenizer.ggml.eos_token_id", true},
                    {"tokenizer.ggml.eot_token_id", true},
                    {"tokenizer.ggml.eom_token_id", true}};

/* What the file says, while the tokenizer is built. */
struct source {
    const struct gguf *file;
    struct slice *tokens, *merges; /* owned arrays of borrowed texts */
    int32_t *kinds;
    size_t tokens_count, kinds_count, merges_count;
    token named[COUNT_OF(named_tokens)]; /* -1 = absent */
};

static void source_clear(struct source *source)
{
    free(source->tokens);
    free(source->merges);
    free(source->kinds);
}

static int refuse_pre(struct slice pre, struct error *err)
{
    size_t count;
    const struct splitter *rows = splitters(&count);
    char known[128] = "";
    for (size_t i = 0, n = 0; i < count && n < sizeof known; i++)
        n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", i ? ", " : "", rows[i].pre);
    error_set(err, FAULT_MODEL, "tokenizer.ggml.pre: the pre-tokenizer \"%.*s\" is not supported",
              (int)MIN(pre.bytes, 60), pre.data);
    return error_hint(err, "supported are %s", known);
}

static int read_kind(struct tokenizer *t, const struct gguf *file, struct error *err)
{
    struct slice model, pre;
    if (gguf_text(file, "tokenizer.ggml.model", NULL, &model, err) ||
        gguf_text(file, "tokenizer.ggml.pre", "", &pre, err))
        return -1;
    if (!slice_equal(model, SLICE("gpt2"))) {
        error_set(err, FAULT_MODEL, "tokenizer.ggml.model: the tokenizer \"%.*s\" is not supported",
                  (int)MIN(model.bytes, 60), model.data);
        return error_hint(err, "supported is gpt2 (byte-level BPE)");
    }
    t->splitter = splitter_find(pre);
    return t->splitter ? 0 : refuse_pre(pre, err);
}

static int read_named(struct source *source, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(named_tokens); i++) {
        uint32_t id;
        source->named[i] = -1;
        if (!gguf_has(source->file, named_tokens[i].key))
            continue;
        if (gguf_u32(source->file, named_tokens[i].key, 0, (uint32_t)source->tokens_count - 1, NULL, &id, err))
            return -1;
        source->named[i] = (token)id;
        if (source->kinds[id] == KIND_PLAIN)
            source->kinds[id] = KIND_CONTROL;
    }
    return 0;
}

static int read_source(struct source *source, struct error *err)
{
    if (gguf_texts(source->file, "tokenizer.ggml.tokens", &source->tokens, &source->tokens_count, err) ||
        gguf_i32s(source->file, "tokenizer.ggml.token_type", &source->kinds, &source->kinds_count, err) ||
        gguf_texts(source->file, "tokenizer.ggml.merges", &source->merges, &source->merges_count, err))
        return -1;
    if (source->tokens_count == 0 || source->tokens_count > VOCABULARY_TOKENS_MAX)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.tokens has %zu tokens, not 1 to %u", source->tokens_count,
                         VOCABULARY_TOKENS_MAX);
    if (source->kinds_count != source->tokens_count)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.token_type has %zu entries for %zu tokens",
                         source->kinds_count, source->tokens_count);
    return read_named(source, err);
}

static int fill_vocabulary(struct tokenizer *t, const struct source *source, struct error *err)
{
    size_t bytes = 0;
    for (size_t i = 0; i < source->tokens_count; i++)
        bytes += source->tokens[i].bytes;
    if (vocabulary_new(&t->vocabulary, source->tokens_count, bytes, source->merges_count, err))
        return -1;
    for (size_t i = 0; i < source->tokens_count; i++)
        if (vocabulary_add(t->vocabulary, source->tokens[i], (enum token_kind)source->kinds[i], err))
            return -1;
    for (size_t i = 0; i < source->merges_count; i++)
        if (vocabulary_merge(t->vocabulary, source->merges[i], err))
            return -1;
    return 0;
}

static void add_end(struct tokenizer *t, token id)
{
    if (id >= 0 && !tokenizer_is_end(t, id) && t->ends_count < ENDS_MAX)
        t->ends[t->ends_count++] = id;
}

static int read_roles(struct tokenizer *t, const struct source *source, struct error *err)
{
    bool adds_bos;
    if (gguf_bool(source->file, "tokenizer.ggml.add_bos_token", &t->splitter->adds_bos, &adds_bos, err))
        return -1;
    t->bos = adds_bos ? source->named[0] : -1;
    if (adds_bos && t->bos < 0)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.bos_token_id is missing, but a BOS is to be added");
    for (size_t i = 0; i < COUNT_OF(named_tokens); i++)
        if (named_tokens[i].is_end)
            add_end(t, source->named[i]);
    for (size_t i = 0; i < COUNT_OF(end_names); i++)
        add_end(t, tokenizer_control(t, end_names[i]));
    return 0;
}

static int read_template(struct tokenizer *t, const struct gguf *file, struct error *err)
{
    struct slice text;
    if (gguf_text(file, "tokenizer.chat_template", "", &text, err))
        return -1;
    if (text.bytes > CHAT_TEMPLATE_BYTES_MAX)
        return error_set(err, FAULT_MODEL, "tokenizer.chat_template has %zu bytes, the limit is %u", text.bytes,
                         CHAT_TEMPLATE_BYTES_MAX);
    t->chat_template = malloc(text.bytes + 1);
    if (!t->chat_template)
        return error_memory(err);
    memcpy(t->chat_template, text.data ? text.data : "", text.bytes);
    t->chat_template_bytes = text.bytes;
    return 0;
}

int tokenizer_new(struct tokenizer **ret, const struct gguf *file, struct error *err)
{
    AUTO(tokenizer) *t = calloc(1, sizeof *t);
    __attribute__((cleanup(source_clear))) struct source source = {.file = file};
    if (!t)
        return error_memory(err);
    if (read_kind(t, file, err) || read_source(&source, err) || fill_vocabulary(t, &source, err) ||
        read_roles(t, &source, err) || read_template(t, file, err))
        return -1;
    *ret = TAKE(t);
    return 0;
}

void tokenizer_drop(struct tokenizer **tokenizer)
{
    struct tokenizer *t = *tokenizer;
    if (!t)
        return;
    vocabulary_drop(&t->vocabulary);
    free(t->chat_template);
    free(t);
    *tokenizer = NULL;
}

/* ---- encoding ---- */

/* Text without special tokens in it. */
static int encode_plain(const struct tokenizer *t, struct slice text, struct token_list *to, struct error *err)
{
    for (size_t at = 0, end; at < text.bytes; at = end) {
        end = splitter_next(t->splitter, text, at);
        struct slice piece = slice_sub(text, at, end);
        token whole = t->splitter->whole_words ? vocabulary_word(t->vocabulary, piece) : -1;
        if (whole >= 0 ? token_list_add(to, whole, err) : bpe_encode(t->vocabulary, piece, to, err))
            return -1;
    }
    return 0;
}

static int encode_special(const struct tokenizer *t, struct slice text, struct token_list *to, struct error *err)
{
    size_t plain = 0;
    for (size_t at = 0; at < text.bytes;) {
        token id = vocabulary_special_at(t->vocabulary, slice_sub(text, at, text.bytes));
        if (id < 0) {
            at++;
            continue;
        }
        if (encode_plain(t, slice_sub(text, plain, at), to, err) || token_list_add(to, id, err))
            return -1;
        at += vocabulary_bytes(t->vocabulary, id).bytes;
        plain = at;
    }
    return encode_plain(t, slice_sub(text, plain, text.bytes), to, err);
}

int tokenizer_encode(const struct tokenizer *t, struct slice text, bool special, struct token_list *to,
                     struct error *err)
{
    size_t before = to->count;
    if (text.bytes > TOKENIZE_BYTES_MAX)
        return error_set(err, FAULT_DOCUMENT, "a text of %zu bytes is too long for a model, the limit is %u",
                         text.bytes, TOKENIZE_BYTES_MAX);
    size_t valid = utf8_valid(text);
    if (valid != text.bytes)
        return error_set(err, FAULT_DOCUMENT, "the text is not UTF-8 at byte %zu", valid);
    if (text.bytes == 0)
        return 0;
    if (special ? encode_special(t, text, to, err) : encode_plain(t, text, to, err)) {
        to->count = before;
        return -1;
    }
    return 0;
}

/* ---- asking ---- */
size_t tokenizer_count(const struct tokenizer *t)
{
    return vocabulary_count(t->vocabulary);
}

struct slice tokenizer_text(const struct tokenizer *t, token id)
{
    if (id < 0 || (size_t)id >= vocabulary_count(t->vocabulary))
        return SLICE("");
    enum token_kind kind = vocabulary_kind(t->vocabulary, id);
    return kind == KIND_PLAIN || kind == KIND_USER ? vocabulary_bytes(t->vocabulary, id) : SLICE("");
}

bool tokenizer_is_end(const struct tokenizer *t, token id)
{
    for (size_t i = 0; i < t->ends_count; i++)
        if (t->ends[i] == id)
            return true;
    return false;
}

token tokenizer_bos(const struct tokenizer *t)
{
    return t->bos;
}

token tokenizer_control(const struct tokenizer *t, const char *text)
{
    return vocabulary_special(t->vocabulary, slice_of(text));
}

struct slice tokenizer_chat_template(const struct tokenizer *t)
{
    return (struct slice){t->chat_template, t->chat_template_bytes};
}
