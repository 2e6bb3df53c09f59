/* arch.c - see arch.h. */
#include "models/network/arch.h"

#include <math.h>

#define LAYERS_MAX 1024u
#define DIM_MAX 65536u
#define HEADS_MAX 1024u
#define HEAD_SIZE_MAX 512u
#define FFN_DIM_MAX (1u << 20)
#define CONTEXT_MAX (1u << 20)  /* real.h computes angles up to here */
#define VOCABULARY_MAX (1u << 24)
#define KEY_TEXT_BYTES 128

#define WINDOW_PERIOD 6u        /* every sixth layer sees everything (Gemma 3) */

/* clang-format off */
static const struct architecture architectures[] = {
    {"llama",  ROPE_PAIRS,  GATE_SILU, DECODER},
    {"qwen2",  ROPE_HALVES, GATE_SILU, DECODER | QKV_BIAS},
    {"qwen3",  ROPE_HALVES, GATE_SILU, DECODER | QK_NORM},
    {"gemma3", ROPE_HALVES, GATE_GELU, DECODER | QK_NORM | PRODUCT_NORMS | SCALED_EMBEDDING | WINDOWS},
    {"bert",   ROPE_PAIRS,  GATE_GELU, ENCODER | QKV_BIAS}, /* neither turned nor gated */
};
/* clang-format on */

uint32_t architecture_window(const struct architecture *a, const struct shape *s, uint32_t layer)
{
    return a->traits & WINDOWS && layer % WINDOW_PERIOD != WINDOW_PERIOD - 1 ? s->window : 0;
}

void architecture_names(char *ret, size_t bytes)
{
    size_t at = 0;
    for (size_t i = 0; i < COUNT_OF(architectures) && at < bytes; i++)
        at += (size_t)snprintf(ret + at, bytes - at, "%s%s", i ? ", " : "", architectures[i].name);
}

/* "llama" and "block_count" give "llama.block_count", in one static buffer a call site's use. */
static const char *key_of(char text[KEY_TEXT_BYTES], const struct architecture *a, const char *key)
{
    snprintf(text, KEY_TEXT_BYTES, "%s.%s", a->name, key);
    return text;
}

static int read_u32(const struct gguf *g, const struct architecture *a, const char *key, uint32_t min, uint32_t max,
                    const uint32_t *otherwise, uint32_t *ret, struct error *err)
{
    char text[KEY_TEXT_BYTES];
    return gguf_u32(g, key_of(text, a, key), min, max, otherwise, ret, err);
}

static int read_real(const struct gguf *g, const struct architecture *a, const char *key, float min, float max,
                     const float *otherwise, float *ret, struct error *err)
{
    char text[KEY_TEXT_BYTES];
    return gguf_real(g, key_of(text, a, key), min, max, otherwise, ret, err);
}

static int shape_error(const struct gguf *g, const char *what, struct error *err)
{
    error_set(err, FAULT_MODEL, "%s", what);
    return error_at(err, gguf_path(g), 0, 0);
}

static int read_numbers(const struct gguf *g, const struct architecture *a, struct shape *s, struct error *err)
{
    static const float base = 10000;
    if (read_u32(g, a, "block_count", 1, LAYERS_MAX, NULL, &s->layers, err) ||
        read_u32(g, a, "context_length", 1, CONTEXT_MAX, NULL, &s->context, err) ||
        read_u32(g, a, "embedding_length", BLOCK, DIM_MAX, NULL, &s->dim, err) ||
        read_u32(g, a, "feed_forward_length", BLOCK, FFN_DIM_MAX, NULL, &s->ffn_dim, err) ||
        read_u32(g, a, "attention.head_count", 1, HEADS_MAX, NULL, &s->heads, err) ||
        read_u32(g, a, "attention.head_count_kv", 1, s->heads, &s->heads, &s->kv_heads, err))
        return -1;
    uint32_t head_size = s->dim / s->heads, value_size;
    if (read_u32(g, a, "attention.key_length", 1, HEAD_SIZE_MAX, &head_size, &s->head_size, err) ||
        read_u32(g, a, "attention.value_length", 1, HEAD_SIZE_MAX, &s->head_size, &value_size, err) ||
        read_u32(g, a, "rope.dimension_count", 2, HEAD_SIZE_MAX, &s->head_size, &s->rope_dim, err) ||
        read_real(g, a, "rope.freq_base", 1, 1e9f, &base, &s->rope_base, err) ||
        read_real(g, a, a->traits & ENCODER ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", 0, 1,
                  NULL, &s->norm_epsilon, err))
        return -1;
    if (value_size != s->head_size)
        return shape_error(g, "keys and values of different size are not supported", err);
    s->embedding_scale = a->traits & SCALED_EMBEDDING ? sqrtf((float)s->dim) : 1;
    return 0;
}

static int read_windows(const struct gguf *g, const struct architecture *a, struct shape *s, struct error *err)
{
    static const uint32_t none = 0, period = WINDOW_PERIOD;
    static const float base = 10000;
    uint32_t said;
    if (!(a->traits & WINDOWS))
        return 0;
    return read_u32(g, a, "attention.sliding_window", 0, CONTEXT_MAX, &none, &s->window, err) ||
           read_u32(g, a, "attention.sliding_window_pattern", period, period, &period, &said, err) ||
           read_real(g, a, "rope.freq_base_swa", 1, 1e9f, &base, &s->window_rope_base, err);
}

static int check_numbers(const struct gguf *g, const struct shape *s, struct error *err)
{
    if (s->dim % BLOCK || s->ffn_dim % BLOCK)
        return shape_error(g, "the embedding and feed-forward lengths must be multiples of 32", err);
    if (s->head_size % PANEL || s->head_size == 0 || s->head_size > HEAD_SIZE_MAX)
        return shape_error(g, "the head size must be a multiple of 16, at most 512", err);
    if (s->heads * s->head_size % BLOCK)
        return shape_error(g, "heads times head size must be a multiple of 32", err);
    if (s->heads % s->kv_heads)
        return shape_error(g, "the number of heads is no multiple of that of key and value heads", err);
    if (s->rope_dim % 2 || s->rope_dim > s->head_size)
        return shape_error(g, "the rotated dimensions must be even and at most the head size", err);
    return 0;
}

static int read_pooling(const struct gguf *g, const struct architecture *a, struct shape *s, struct error *err)
{
    static const bool not_causal = false;
    char text[KEY_TEXT_BYTES];
    bool is_causal;
    uint32_t pooling;
    if (!(a->traits & ENCODER))
        return 0;
    if (gguf_bool(g, key_of(text, a, "attention.causal"), &not_causal, &is_causal, err) ||
        read_u32(g, a, "pooling_type", POOLING_MEAN, POOLING_CLS, NULL, &pooling, err))
        return -1;
    s->pooling = (enum pooling)pooling;
    return is_causal ? shape_error(g, "a causal encoder is not supported", err) : 0;
}

#define LAYERS_OF_27B 62u /* the one Gemma 3 that scales its queries by another size */

/* Refuses what would silently be computed wrong. */
static int check_variant(const struct gguf *g, const struct architecture *a, const struct shape *s, struct error *err)
{
    static const uint32_t none = 0;
    static const float no_cap = 0;
    float cap;
    uint32_t experts;
    struct slice scaling;
    char text[KEY_TEXT_BYTES];
    if (read_u32(g, a, "expert_count", 0, 1u << 20, &none, &experts, err) ||
        gguf_text(g, key_of(text, a, "rope.scaling.type"), "none", &scaling, err) ||
        read_real(g, a, "attn_logit_softcapping", 0, 0, &no_cap, &cap, err) ||
        read_real(g, a, "final_logit_softcapping", 0, 0, &no_cap, &cap, err))
        return -1;
    if (a->traits & WINDOWS && s->layers == LAYERS_OF_27B)
        return shape_error(g, "the 62-layer model of this family is not supported", err);
    if (experts)
        return shape_error(g, "mixtures of experts are not supported", err);
    if (!slice_equal(scaling, SLICE("none")))
        return shape_error(g, "scaled rotary embeddings are not supported", err);
    return 0;
}

int architecture_read(const struct gguf *g, const struct architecture **ret, struct shape *ret_shape,
                      struct error *err)
{
    struct slice name;
    if (gguf_text(g, "general.architecture", NULL, &name, err))
        return -1;
    const struct architecture *a = NULL;
    for (size_t i = 0; i < COUNT_OF(architectures) && !a; i++)
        if (slice_equal(name, slice_of(architectures[i].name)))
            a = &architectures[i];
    if (!a) {
        error_set(err, FAULT_MODEL, "architecture \"%.*s\" is not supported", (int)MIN(name.bytes, (size_t)40),
                  name.data);
        char names[80];
        architecture_names(names, sizeof names);
        error_hint(err, "supported: %s", names);
        return error_at(err, gguf_path(g), 0, 0);
    }
    struct shape s = {0};
    if (read_numbers(g, a, &s, err) || read_windows(g, a, &s, err) || read_pooling(g, a, &s, err) || check_numbers(g, &s, err) ||
        check_variant(g, a, &s, err))
        return -1;
    const struct gguf_tensor *embedding = gguf_tensor(g, "token_embd.weight");
    if (!embedding || embedding->rows > VOCABULARY_MAX)
        return shape_error(g, "tensor token_embd.weight is missing or too large", err);
    s.vocabulary = (uint32_t)embedding->rows;
    uint32_t said;
    if (read_u32(g, a, "vocab_size", 1, VOCABULARY_MAX, &s.vocabulary, &said, err))
        return -1;
    if (said != s.vocabulary)
        return shape_error(g, "vocab_size is not the number of rows of token_embd.weight", err);
    *ret = a;
    *ret_shape = s;
    return 0;
}
