/* arch.h - the architectures: what distinguishes one family of decoders from another, a row each. */
#ifndef ALCOVE_MODELS_NETWORK_ARCH_H
#define ALCOVE_MODELS_NETWORK_ARCH_H

#include "models/format/gguf.h"
#include "models/internal.h"
#include "models/kernels/kernels.h"

enum rope_order { ROPE_PAIRS, ROPE_HALVES }; /* which elements of a head turn together: (2i, 2i+1) or (i, i + n/2) */

enum trait { /* what an architecture has; a tensor's place may need one (weights.c) */
    QKV_BIAS = 1,         /* added to queries, keys and values */
    QK_NORM = 2,          /* rms_norm of each head of queries and keys, before the rotation */
    PRODUCT_NORMS = 4,    /* rms_norm of what attention and the feed-forward net add */
    SCALED_EMBEDDING = 8, /* times the root of the dimension */
    WINDOWS = 16,         /* most layers see the last positions alone, and turn by another base */
    DECODER = 32,         /* norms before each part, a gate, an output: decoder.c */
    ENCODER = 64          /* norms behind each part, learned positions, biases everywhere: encoder.c */
};

struct architecture {
    const char *name; /* general.architecture, and the prefix of its keys */
    enum rope_order rope;
    enum gate_kind gate;
    unsigned traits;
};

/* The window of a layer; 0 if it sees everything. */
uint32_t architecture_window(const struct architecture *architecture, const struct shape *shape, uint32_t layer);

/* Their names, "llama, qwen2, ...", for a hint. */
void architecture_names(char *ret, size_t bytes);

/* Finds the row by the file's general.architecture and reads the shape, every number bounded and consistent with the
 * others. -1 with FAULT_MODEL: an unknown architecture, a variant we do not compute (experts, scaled rotation). */
CHECKED int architecture_read(const struct gguf *gguf, const struct architecture **ret, struct shape *ret_shape,
                              struct error *err);

#endif
