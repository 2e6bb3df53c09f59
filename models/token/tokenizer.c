/* tokenizer.c - see tokenizer.h. */
#include "models/token/tokenizer_parts.h"

#include "base/utf8.h"
#include "models/token/bpe.h"
#include "models/token/wordpiece.h"

static int encode_bpe(const struct tokenizer *t, struct slice text, bool is_start UNUSED, struct token_list *to,
                      struct error *err)
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

static int encode_spm(const struct tokenizer *t, struct slice text, bool is_start, struct token_list *to,
                      struct error *err)
{
    return spm_encode(t->spm, text, is_start && t->adds_space_prefix, to, err);
}

static int encode_wordpiece(const struct tokenizer *t, struct slice text, bool is_start UNUSED,
                            struct token_list *to, struct error *err)
{
    return wordpiece_encode(t->vocabulary, t->unknown, text, to, err);
}

static const struct tokenizer_model models[] = {
    {.name = "gpt2", .what = "byte-level BPE", .alphabet = alphabet_gpt2, .has_merges = true, .has_pre = true,
     .encode = encode_bpe},
    {.name = "llama", .what = "SentencePiece", .alphabet = alphabet_sentences, .has_scores = true, .adds_bos = true,
     .adds_space_prefix = true, .encode = encode_spm},
    {.name = "bert", .what = "WordPiece", .alphabet = alphabet_sentences, .has_unknown = true,
     .adds_first_last = true, .encode = encode_wordpiece},
};

const struct tokenizer_model *tokenizer_models(size_t *ret_count)
{
    *ret_count = COUNT_OF(models);
    return models;
}

static int encode_special(const struct tokenizer *t, struct slice text, bool is_start, struct token_list *to,
                          struct error *err)
{
    size_t plain = 0;
    for (size_t at = 0; at < text.bytes;) {
        token id = vocabulary_special_at(t->vocabulary, slice_sub(text, at, text.bytes));
        if (id < 0) {
            at++;
            continue;
        }
        if ((at > plain && t->model->encode(t, slice_sub(text, plain, at), is_start, to, err)) ||
            token_list_add(to, id, err))
            return -1;
        at += vocabulary_bytes(t->vocabulary, id).bytes;
        plain = at;
        is_start = true;
    }
    if (plain == text.bytes)
        return 0;
    return t->model->encode(t, slice_sub(text, plain, text.bytes), is_start, to, err);
}

static int encode(const struct tokenizer *t, struct slice text, bool special, bool is_start, struct token_list *to,
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
    if (special ? encode_special(t, text, is_start, to, err) : t->model->encode(t, text, is_start, to, err)) {
        to->count = before;
        return -1;
    }
    return 0;
}

int tokenizer_encode(const struct tokenizer *t, struct slice text, bool special, struct token_list *to,
                     struct error *err)
{
    return encode(t, text, special, true, to, err);
}

int tokenizer_continue(const struct tokenizer *t, struct slice text, struct token_list *to, struct error *err)
{
    return encode(t, text, false, false, to, err);
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
    bool is_text = kind == KIND_PLAIN || kind == KIND_USER || (kind == KIND_BYTE && t->spm);
    return is_text ? vocabulary_bytes(t->vocabulary, id) : SLICE("");
}

bool tokenizer_is_end(const struct tokenizer *t, token id)
{
    for (size_t i = 0; i < t->ends_count; i++)
        if (t->ends[i] == id)
            return true;
    return false;
}

token tokenizer_first(const struct tokenizer *t)
{
    return t->first;
}

token tokenizer_last(const struct tokenizer *t)
{
    return t->last;
}

token tokenizer_unknown(const struct tokenizer *t)
{
    return t->unknown;
}

bool tokenizer_is_sentencepiece(const struct tokenizer *t)
{
    return t->spm != NULL;
}

token tokenizer_control(const struct tokenizer *t, const char *text)
{
    return vocabulary_special(t->vocabulary, slice_of(text));
}

struct slice tokenizer_chat_template(const struct tokenizer *t)
{
    return (struct slice){t->chat_template, t->chat_template_bytes};
}
