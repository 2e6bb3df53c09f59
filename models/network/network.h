/* network.h - the weights of a model, bound to their places, and the way a run of tokens takes through them. */
#ifndef ALCOVE_MODELS_NETWORK_NETWORK_H
#define ALCOVE_MODELS_NETWORK_NETWORK_H

#include "models/format/gguf.h"
#include "models/internal.h"
#include "models/kernels/pack.h"

/* One weight matrix, rows outputs x width inputs, packed or in place. */
struct matrix {
    const struct packing *packing;
    size_t rows, width;
    const void *weights;
};

struct layer {
    const float *attention_norm, *ffn_norm;                /* [dim] */
    struct matrix q, k, v, o;                              /* dim -> heads * head_size and back */
    struct matrix gate, up, down;                          /* dim -> ffn_dim and back */
    uint32_t window;                                       /* positions seen; 0 = all */

    /* NULL where the architecture has none */
    const float *q_bias, *k_bias, *v_bias;                 /* [heads * head_size] or [kv_heads * head_size] */
    const float *q_norm, *k_norm;                          /* [head_size] */
    const float *attention_product_norm, *ffn_product_norm; /* [dim] */

    /* of encoders */
    const float *o_bias, *up_bias, *down_bias;             /* [dim], [ffn_dim], [dim] */
    const float *attention_end_norm, *attention_end_bias;  /* [dim] of the stream behind attention */
    const float *ffn_end_norm, *ffn_end_bias;              /* [dim] behind the feed-forward net */
};

struct network {
    struct layer *layers;          /* [shape.layers] */
    struct matrix embedding;       /* vocabulary x dim; a row a token */
    struct matrix output;          /* vocabulary x dim; the embedding where the file has none of its own */
    const float *output_norm;      /* [dim] */
    struct matrix positions;       /* of encoders: context x dim */
    struct matrix types;           /* the same: two x dim, of which the first is added */
    const float *embedding_norm, *embedding_bias; /* [dim] */
    double *rope_frequencies[2];   /* [rope_dim / 2] radians a position: of layers that see all, of window layers */
    unsigned char *packed;         /* all packed matrices, one mapping */
    size_t packed_bytes;
};

/* Binds every tensor of the file to its place in the architecture, checks its shape and that its numbers are finite,
 * and packs it. Every tensor must have a place: one that is not understood could change the result. -1 with
 * FAULT_MODEL and the tensor. `model` has gguf, architecture, shape, arena and kernels. */
CHECKED int network_new(struct network **ret, struct model *model, struct pool *pool, struct error *err);
void network_drop(struct network **network);

/* The products of one input with several matrices, as one run of the pool. y[i] is [tokens][m[i]->rows]. */
void matrix_products(const struct kernels *kernels, struct pool *pool, const struct matrix *const *m, float *const *y,
                     size_t count, const struct input *in);

#endif
