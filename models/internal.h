/* internal.h - inside the models room: what a loaded model is made of.
 *
 * model.c fills it, network/ reads the weights, token/ and decode/ the tokenizer. Immutable after model_load. */
#ifndef ALCOVE_MODELS_INTERNAL_H
#define ALCOVE_MODELS_INTERNAL_H

#include "base/arena.h"
#include "models/model.h"

struct architecture; /* models/network/arch.h */
struct gguf;         /* models/format/gguf.h */
struct kernels;      /* models/kernels/kernels.h */
struct network;      /* models/network/network.h */
struct tokenizer;    /* models/token/tokenizer.h */

enum pooling { POOLING_NONE, POOLING_MEAN, POOLING_CLS }; /* the numbers of the format */

/* The numbers that the file's keys give; each bounded by arch.c. */
struct shape {
    uint32_t layers, dim, heads, kv_heads, head_size, ffn_dim, vocabulary, context, rope_dim;
    uint32_t window; /* positions a token of a window layer sees, itself among them; 0 = every layer sees all */
    enum pooling pooling; /* of encoders */
    float rope_base, window_rope_base, norm_epsilon, embedding_scale;
};

struct model {
    struct arena *arena;         /* owns the texts of `info` */
    struct gguf *gguf;           /* the file; keys and token texts are borrowed from it */
    struct tokenizer *tokenizer; /* built from the file's own vocabulary */
    const struct architecture *architecture;
    const struct kernels *kernels;
    struct shape shape;
    struct network *network;     /* the weights, packed for the kernels */
    struct model_info info;
};

#endif
