/* tiny_model.c - see tiny_model.h. Quantised weights need no quantiser: random bits under a fitting scale do. */
#include "tests/support/tiny_model.h"

#include "models/format/quant.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (64u << 20)
#define ALIGNMENT 32u
#define NORMAL 1
#define CONTROL 3

struct writer {
    unsigned char *data;
    size_t bytes;
    uint64_t random;
};

static const char *const controls[] = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"};
static const char *const merges[] = {"t h", "th e", "i n", "e r", "a n", "r e", "o n", "Ġ t", "Ġt h", "Ġth e", "Ġ a",
                                     "an d", "Ġa n", "Ġan d", "in g", "Ġ p", "Ġp a", "t i", "e n", "Ġpa ti",
                                     "Ġpati en", "Ġpatien t", "1 2", "Ġ 1"};
static const char template_text[] =
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/* ---- bytes ---- */

static void put(struct writer *w, const void *data, size_t bytes)
{
    if (w->bytes + bytes > FILE_BYTES_MAX)
        abort();
    memcpy(w->data + w->bytes, data, bytes);
    w->bytes += bytes;
}

static void put_u32(struct writer *w, uint32_t value)
{
    put(w, &value, sizeof value);
}

static void put_u64(struct writer *w, uint64_t value)
{
    put(w, &value, sizeof value);
}

static void put_text(struct writer *w, const char *text)
{
    put_u64(w, strlen(text));
    put(w, text, strlen(text));
}

static void pad(struct writer *w)
{
    static const unsigned char zeros[ALIGNMENT];
    put(w, zeros, (ALIGNMENT - w->bytes % ALIGNMENT) % ALIGNMENT);
}

/* ---- keys ---- */

enum { KIND_U32 = 4, KIND_I32 = 5, KIND_F32 = 6, KIND_BOOL = 7, KIND_TEXT = 8, KIND_ARRAY = 9 };

static void key_u32(struct writer *w, const char *key, uint32_t value)
{
    put_text(w, key);
    put_u32(w, KIND_U32);
    put_u32(w, value);
}

static void key_f32(struct writer *w, const char *key, float value)
{
    put_text(w, key);
    put_u32(w, KIND_F32);
    put(w, &value, sizeof value);
}

static void key_text(struct writer *w, const char *key, const char *value)
{
    put_text(w, key);
    put_u32(w, KIND_TEXT);
    put_text(w, value);
}

static void key_array(struct writer *w, const char *key, uint32_t element, uint64_t count)
{
    put_text(w, key);
    put_u32(w, KIND_ARRAY);
    put_u32(w, element);
    put_u64(w, count);
}

/* The character that stands for a byte in a GPT-2 vocabulary. */
static void byte_text(unsigned byte, char to[5])
{
    unsigned code = byte;
    bool is_shown = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    if (!is_shown)
        code = byte < 33 ? 256 + byte : byte < 161 ? 256 + 33 + (byte - 127) : 256 + 67;
    size_t n = 0;
    if (code < 0x80)
        to[n++] = (char)code;
    else {
        to[n++] = (char)(0xc0 | code >> 6);
        to[n++] = (char)(0x80 | (code & 0x3f));
    }
    to[n] = 0;
}

static uint64_t vocabulary(void)
{
    return COUNT_OF(controls) + 256 + COUNT_OF(merges);
}

static unsigned put_vocabulary(struct writer *w)
{
    key_array(w, "tokenizer.ggml.tokens", KIND_TEXT, vocabulary());
    char text[64];
    for (size_t i = 0; i < COUNT_OF(controls); i++)
        put_text(w, controls[i]);
    for (unsigned i = 0; i < 256; i++) {
        byte_text(i, text);
        put_text(w, text);
    }
    for (size_t i = 0; i < COUNT_OF(merges); i++) {
        const char *space = strchr(merges[i], ' ');
        snprintf(text, sizeof text, "%.*s%s", (int)(space - merges[i]), merges[i], space + 1);
        put_text(w, text);
    }
    key_array(w, "tokenizer.ggml.token_type", KIND_I32, vocabulary());
    for (uint64_t i = 0; i < vocabulary(); i++)
        put_u32(w, i < COUNT_OF(controls) ? CONTROL : NORMAL);
    key_array(w, "tokenizer.ggml.merges", KIND_TEXT, COUNT_OF(merges));
    for (size_t i = 0; i < COUNT_OF(merges); i++)
        put_text(w, merges[i]);
    return 3;
}

static const char *architecture_of(const struct tiny_model *m)
{
    return m->architecture ? m->architecture : "llama";
}

static bool is_any(const struct tiny_model *m, const char *one, const char *other)
{
    return strcmp(architecture_of(m), one) == 0 || strcmp(architecture_of(m), other) == 0;
}

static const char *key_of(char text[96], const struct tiny_model *m, const char *key)
{
    snprintf(text, 96, "%s.%s", architecture_of(m), key);
    return text;
}

static unsigned put_keys(struct writer *w, const struct tiny_model *m)
{
    unsigned count = 0;
    char text[96];
    snprintf(text, sizeof text, "tiny random %s", architecture_of(m));
    const struct {
        const char *key, *value;
    } texts[] = {{"general.architecture", architecture_of(m)}, {"general.name", text},
                 {"general.license", "apache-2.0"}, {"tokenizer.ggml.model", "gpt2"},
                 {"tokenizer.ggml.pre", "smollm"},  {"tokenizer.chat_template", template_text}};
    const struct {
        const char *key;
        uint32_t value;
    } numbers[] = {{"block_count", m->layers},
                   {"context_length", m->context},
                   {"embedding_length", m->dim},
                   {"feed_forward_length", m->ffn_dim},
                   {"attention.head_count", m->heads},
                   {"attention.head_count_kv", m->kv_heads},
                   {"attention.key_length", m->head_size},
                   {"attention.value_length", m->head_size},
                   {"attention.sliding_window", m->window}, /* read by gemma3 alone */
                   {"rope.dimension_count", m->head_size}};
    for (size_t i = 0; i < COUNT_OF(texts); i++, count++)
        key_text(w, texts[i].key, texts[i].value);
    for (size_t i = 0; i < COUNT_OF(numbers); i++, count++)
        key_u32(w, key_of(text, m, numbers[i].key), numbers[i].value);
    key_f32(w, key_of(text, m, "attention.layer_norm_rms_epsilon"), 1e-5f);
    key_f32(w, key_of(text, m, "rope.freq_base"), 100000);
    key_u32(w, "tokenizer.ggml.bos_token_id", 1);
    key_u32(w, "tokenizer.ggml.eos_token_id", 2);
    return count + 4 + put_vocabulary(w);
}

/* ---- tensors ---- */

struct tensor {
    char name[64];
    uint32_t kind;
    uint64_t width, rows;
    float deviation, mean;
};

/* Roughly normal, deviation 1. */
static float normal(struct writer *w)
{
    float sum = 0;
    for (int i = 0; i < 12; i++)
        sum += (float)(random_next(&w->random) >> 40) * 0x1p-24f;
    return sum - 6;
}

static void put_half(unsigned char *to, float value)
{
    uint16_t half = half_from_float(value);
    memcpy(to, &half, sizeof half);
}

/* A scale and, in the next half, the minimum that centres the weights. */
static void put_scales(unsigned char *to, float scale, float centre)
{
    put_half(to, scale);
    put_half(to + 2, scale * centre);
}

/* One block with random bits, scaled so that the weights have about the deviation asked for. */
static void put_block(struct writer *w, const struct tensor *t, const struct tensor_type *type)
{
    unsigned char block[256];
    for (size_t i = 0; i < type->bytes; i++)
        block[i] = (unsigned char)random_next(&w->random);
    float value = t->mean + t->deviation * normal(w);
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    switch (type->kind) {
    case TENSOR_F32: memcpy(block, &value, sizeof value); break;
    case TENSOR_F16: put_half(block, value); break;
    case TENSOR_BF16: memcpy(block, (unsigned char *)&bits + 2, 2); break;
    case TENSOR_Q8_0: put_half(block, t->deviation / 73.9f); break;
    case TENSOR_Q4_0: put_half(block, t->deviation / 4.6f); break;
    case TENSOR_Q4_1: put_scales(block, t->deviation / 4.6f, -7.5f); break;
    case TENSOR_Q6_K:
        for (size_t i = 192; i < 208; i++)
            block[i] = (unsigned char)(32 + block[i] % 64);
        put_half(block + 208, t->deviation / 18.5f / 64);
        break;
    case TENSOR_Q5_0: put_half(block, t->deviation / 9.2f); break;
    case TENSOR_Q5_1: put_scales(block, t->deviation / 9.2f, -15.5f); break;
    case TENSOR_IQ4_NL: put_half(block, t->deviation / 70); break;
    case TENSOR_Q2_K: put_scales(block + 80, t->deviation / 14, 1.5f); break;
    case TENSOR_Q3_K: put_half(block + 108, t->deviation / 43); break;
    case TENSOR_Q4_K: put_scales(block, t->deviation / 258, 7.5f); break;
    case TENSOR_Q5_K: put_scales(block, t->deviation / 520, 15.5f); break;
    default: abort();
    }
    put(w, block, type->bytes);
}

static size_t add_tensor(struct tensor *to, const char *name, uint32_t kind, uint64_t width, uint64_t rows)
{
    bool is_norm = rows == 1;
    *to = (struct tensor){"", is_norm ? (uint32_t)TENSOR_F32 : kind, width, rows,
                          is_norm ? 0.1f : 1 / sqrtf((float)width), is_norm ? 1.0f : 0.0f};
    snprintf(to->name, sizeof to->name, "%s", name);
    return 1;
}

static size_t list_tensors(const struct tiny_model *m, struct tensor *to)
{
    size_t n = 0;
    uint64_t q = (uint64_t)m->heads * m->head_size, kv = (uint64_t)m->kv_heads * m->head_size;
    n += add_tensor(&to[n], "token_embd.weight", m->embedding_kind, m->dim, vocabulary());
    to[0].deviation = 0.5f;
    for (uint32_t l = 0; l < m->layers; l++) {
        const struct {
            const char *name;
            uint64_t width, rows;
            bool is_there;
        } rows[] = {{"attn_norm.weight", m->dim, 1, true},
                    {"attn_q.weight", m->dim, q, true},
                    {"attn_k.weight", m->dim, kv, true},
                    {"attn_v.weight", m->dim, kv, true},
                    {"attn_q.bias", q, 1, is_any(m, "qwen2", "qwen2")},
                    {"attn_k.bias", kv, 1, is_any(m, "qwen2", "qwen2")},
                    {"attn_v.bias", kv, 1, is_any(m, "qwen2", "qwen2")},
                    {"attn_q_norm.weight", m->head_size, 1, is_any(m, "qwen3", "gemma3")},
                    {"attn_k_norm.weight", m->head_size, 1, is_any(m, "qwen3", "gemma3")},
                    {"attn_output.weight", q, m->dim, true},
                    {"post_attention_norm.weight", m->dim, 1, is_any(m, "gemma3", "gemma3")},
                    {"ffn_norm.weight", m->dim, 1, true},
                    {"ffn_gate.weight", m->dim, m->ffn_dim, true},
                    {"ffn_up.weight", m->dim, m->ffn_dim, true},
                    {"ffn_down.weight", m->ffn_dim, m->dim, true},
                    {"post_ffw_norm.weight", m->dim, 1, is_any(m, "gemma3", "gemma3")}};
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            char name[64];
            snprintf(name, sizeof name, "blk.%u.%s", l, rows[i].name);
            if (rows[i].is_there)
                n += add_tensor(&to[n], name, m->kind, rows[i].width, rows[i].rows);
        }
    }
    n += add_tensor(&to[n], "output_norm.weight", TENSOR_F32, m->dim, 1);
    if (m->has_rope_divisors) {
        n += add_tensor(&to[n], "rope_freqs.weight", TENSOR_F32, m->head_size / 2, 1);
        to[n - 1].mean = 3;
    }
    if (m->is_untied)
        n += add_tensor(&to[n], "output.weight", m->embedding_kind, m->dim, vocabulary());
    return n;
}

static void put_infos(struct writer *w, const struct tensor *tensors, size_t count)
{
    uint64_t offset = 0;
    for (size_t i = 0; i < count; i++) {
        const struct tensor *t = &tensors[i];
        const struct tensor_type *type = tensor_type_of(t->kind);
        put_text(w, t->name);
        put_u32(w, t->rows == 1 ? 1 : 2);
        put_u64(w, t->width);
        if (t->rows > 1)
            put_u64(w, t->rows);
        put_u32(w, t->kind);
        put_u64(w, offset);
        uint64_t bytes = t->width / type->block * type->bytes * t->rows;
        offset += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}

/* ---- the whole ---- */

struct tiny_model tiny_model_default(void)
{
    return (struct tiny_model){.kind = TENSOR_F32, .embedding_kind = TENSOR_F32, .layers = 2, .dim = 64, .heads = 4,
                               .kv_heads = 2, .head_size = 16, .ffn_dim = 96, .context = 2048, .seed = 1};
}

unsigned char *tiny_model_bytes(const struct tiny_model *m, size_t *ret_bytes)
{
    struct writer w = {aligned_alloc(64, FILE_BYTES_MAX), 0, m->seed};
    struct tensor *tensors = calloc(m->layers * 16 + 4, sizeof *tensors);
    if (!w.data || !tensors)
        abort();
    size_t count = list_tensors(m, tensors);
    put(&w, "GGUF", 4);
    put_u32(&w, 3);
    put_u64(&w, count);
    size_t keys_at = w.bytes;
    put_u64(&w, 0);
    uint64_t keys = put_keys(&w, m);
    memcpy(w.data + keys_at, &keys, sizeof keys);
    put_infos(&w, tensors, count);
    for (size_t i = 0; i < count; i++) {
        const struct tensor_type *type = tensor_type_of(tensors[i].kind);
        pad(&w);
        for (uint64_t b = 0; b < tensors[i].width / type->block * tensors[i].rows; b++)
            put_block(&w, &tensors[i], type);
    }
    free(tensors);
    *ret_bytes = w.bytes;
    return w.data;
}

void tiny_model_write(const struct tiny_model *m, const char *path)
{
    size_t bytes;
    unsigned char *data = tiny_model_bytes(m, &bytes);
    FILE *f = fopen(path, "wbe");
    if (!f || fwrite(data, 1, bytes, f) != bytes || fclose(f))
        abort();
    free(data);
}
