/* tokenizer_build.c - a tokenizer out of the keys of a model file; see tokenizer.h. */
#include "models/token/tokenizer_parts.h"

#include "models/format/gguf.h"

#define CHAT_TEMPLATE_BYTES_MAX (1u << 20)

/* Control tokens that end an answer by their name, whatever the keys say: many files name but one of two. */
static const char *const end_names[] = {"<|im_end|>",      "<|endoftext|>", "<|eot_id|>",
                                        "<|end_of_text|>", "<|eom_id|>",       "<end_of_turn>", "<|end|>"};

/* Keys that name one token, which thereby is no plain one: no text may turn into it. */
enum named { NAMED_BOS, NAMED_EOS, NAMED_EOT, NAMED_EOM, NAMED_CLS, NAMED_SEP, NAMED_UNKNOWN, NAMED_COUNT };
static const struct {
    const char *key;
    bool is_end, is_unknown;
} named_tokens[NAMED_COUNT] = {[NAMED_BOS] = {"tokenizer.ggml.bos_token_id"},
                               [NAMED_EOS] = {"tokenizer.ggml.eos_token_id", .is_end = true},
                               [NAMED_EOT] = {"tokenizer.ggml.eot_token_id", .is_end = true},
                               [NAMED_EOM] = {"tokenizer.ggml.eom_token_id", .is_end = true},
                               [NAMED_CLS] = {"tokenizer.ggml.cls_token_id"},
                               [NAMED_SEP] = {"tokenizer.ggml.seperator_token_id"}, /* spelled so in GGUF */
                               [NAMED_UNKNOWN] = {"tokenizer.ggml.unknown_token_id", .is_unknown = true}};

/* What the file says, while the tokenizer is built. */
struct source {
    const struct gguf *file;
    const struct tokenizer_model *model;
    struct slice *tokens, *merges; /* owned arrays of borrowed texts */
    int32_t *kinds;
    float *scores;
    size_t tokens_count, kinds_count, merges_count, scores_count;
    token named[NAMED_COUNT]; /* -1 = absent */
};

static void source_clear(struct source *source)
{
    free(source->tokens);
    free(source->merges);
    free(source->kinds);
    free(source->scores);
}

static int refuse_model(struct slice name, struct error *err)
{
    size_t count;
    const struct tokenizer_model *rows = tokenizer_models(&count);
    char known[128] = "";
    for (size_t i = 0, n = 0; i < count && n < sizeof known; i++)
        n += (size_t)snprintf(known + n, sizeof known - n, "%s%s (%s)", i ? ", " : "", rows[i].name, rows[i].what);
    error_set(err, FAULT_MODEL, "tokenizer.ggml.model: the tokenizer \"%.*s\" is not supported",
              (int)MIN(name.bytes, 60), name.data);
    return error_hint(err, "supported are %s", known);
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

static int read_model(struct tokenizer *t, const struct gguf *file, struct error *err)
{
    struct slice name, pre;
    size_t count;
    const struct tokenizer_model *rows = tokenizer_models(&count);
    if (gguf_text(file, "tokenizer.ggml.model", NULL, &name, err) ||
        gguf_text(file, "tokenizer.ggml.pre", "", &pre, err))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (slice_equal(name, slice_of(rows[i].name)))
            t->model = &rows[i];
    if (!t->model)
        return refuse_model(name, err);
    t->splitter = t->model->has_pre ? splitter_find(pre) : NULL;
    return t->model->has_pre && !t->splitter ? refuse_pre(pre, err) : 0;
}

static int read_named(struct source *source, struct error *err)
{
    for (size_t i = 0; i < NAMED_COUNT; i++) {
        uint32_t id;
        source->named[i] = -1;
        if (!gguf_has(source->file, named_tokens[i].key) ||
            (named_tokens[i].is_unknown && !source->model->has_unknown))
            continue;
        if (gguf_u32(source->file, named_tokens[i].key, 0, (uint32_t)source->tokens_count - 1, NULL, &id, err))
            return -1;
        source->named[i] = (token)id;
        int32_t kind = source->kinds[id];
        if (kind == KIND_PLAIN || kind == KIND_USER || kind == KIND_BYTE)
            source->kinds[id] = KIND_CONTROL;
    }
    return 0;
}

static int read_source(struct source *source, struct error *err)
{
    if (gguf_texts(source->file, "tokenizer.ggml.tokens", &source->tokens, &source->tokens_count, err) ||
        gguf_i32s(source->file, "tokenizer.ggml.token_type", &source->kinds, &source->kinds_count, err) ||
        (source->model->has_merges &&
         gguf_texts(source->file, "tokenizer.ggml.merges", &source->merges, &source->merges_count, err)) ||
        (source->model->has_scores &&
         gguf_f32s(source->file, "tokenizer.ggml.scores", &source->scores, &source->scores_count, err)))
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
    if (vocabulary_new(&t->vocabulary, t->model->alphabet, source->tokens_count, bytes, source->merges_count, err))
        return -1;
    for (size_t i = 0; i < source->tokens_count; i++)
        if (vocabulary_add(t->vocabulary, source->tokens[i], (enum token_kind)source->kinds[i], err))
            return -1;
    for (size_t i = 0; i < source->merges_count; i++)
        if (vocabulary_merge(t->vocabulary, source->merges[i], err))
            return -1;
    return t->model->has_scores ? spm_new(&t->spm, t->vocabulary, source->scores, source->scores_count, err) : 0;
}

static void add_end(struct tokenizer *t, token id)
{
    if (id >= 0 && !tokenizer_is_end(t, id) && t->ends_count < ENDS_MAX)
        t->ends[t->ends_count++] = id;
}

/* The token that is added where a key asks for one (or, absent, the model does). */
static int read_added(const struct source *source, const char *key, bool otherwise, enum named which, token *ret,
                      struct error *err)
{
    bool is_added;
    if (gguf_bool(source->file, key, &otherwise, &is_added, err))
        return -1;
    *ret = is_added ? source->named[which] : -1;
    if (is_added && *ret < 0)
        return error_set(err, FAULT_MODEL, "%s is missing, but %s asks for it", named_tokens[which].key, key);
    return 0;
}

/* CLS and SEP frame every text, and one of its words may be unknown. */
static int read_frame(struct tokenizer *t, const struct source *source, struct error *err)
{
    t->first = source->named[source->named[NAMED_CLS] < 0 ? NAMED_BOS : NAMED_CLS];
    t->last = source->named[source->named[NAMED_SEP] < 0 ? NAMED_EOS : NAMED_SEP];
    t->unknown = source->named[NAMED_UNKNOWN];
    if (t->first < 0 || t->last < 0 || t->unknown < 0)
        return error_set(err, FAULT_MODEL, "%s is missing",
                         named_tokens[t->first < 0  ? NAMED_CLS
                                      : t->last < 0 ? NAMED_SEP
                                                    : NAMED_UNKNOWN]
                             .key);
    if (t->unknown == t->first || t->unknown == t->last)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.unknown_token_id is that of CLS or SEP");
    return 0;
}

static int read_roles(struct tokenizer *t, const struct source *source, struct error *err)
{
    bool adds_bos = t->splitter ? t->splitter->adds_bos : t->model->adds_bos;
    if (gguf_bool(source->file, "tokenizer.ggml.add_space_prefix", &t->model->adds_space_prefix,
                  &t->adds_space_prefix, err))
        return -1;
    if (t->model->adds_first_last)
        return read_frame(t, source, err);
    t->unknown = -1;
    if (read_added(source, "tokenizer.ggml.add_bos_token", adds_bos, NAMED_BOS, &t->first, err) ||
        read_added(source, "tokenizer.ggml.add_eos_token", false, NAMED_EOS, &t->last, err))
        return -1;
    for (size_t i = 0; i < NAMED_COUNT; i++)
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
    if (read_model(t, file, err))
        return -1;
    source.model = t->model;
    if (read_source(&source, err) || fill_vocabulary(t, &source, err) ||
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
    spm_drop(&t->spm);
    vocabulary_drop(&t->vocabulary);
    free(t->chat_template);
    free(t);
    *tokenizer = NULL;
}
