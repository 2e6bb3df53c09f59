/* tiny_model.h - a decoder with random weights, small enough to be made by a test: what a stranger's machine has.
 *
 * Byte-level vocabulary: <|endoftext|> <|im_start|> <|im_end|>, the 256 bytes, and some merged pieces; ChatML template,
 * pre-tokenizer smollm. It is a working model and says nothing sensible. The same options give the same bytes. */
#ifndef ALCOVE_TESTS_TINY_MODEL_H
#define ALCOVE_TESTS_TINY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tiny_model {
    const char *architecture; /* "llama" (NULL), "qwen2", "qwen3", "gemma3" */
    uint32_t kind;      /* tensor type of the matrices (models/format/quant.h): one that is read */
    uint32_t embedding_kind; /* of token_embd and output */
    uint32_t layers, dim, heads, kv_heads, head_size, ffn_dim, context;
    uint32_t window;    /* of gemma3 */
    uint64_t seed;
    bool is_untied, has_rope_divisors;
};

/* 2 layers, dim 64, 4 heads over 2, head size 16, ffn 96, context 2048, all F32, tied. */
struct tiny_model tiny_model_default(void);

/* The file as bytes: aligned to 64, freed by the caller with free(). Aborts without memory. */
unsigned char *tiny_model_bytes(const struct tiny_model *model, size_t *ret_bytes);

/* Writes it to a file; aborts when that fails. */
void tiny_model_write(const struct tiny_model *model, const char *path);

#endif
