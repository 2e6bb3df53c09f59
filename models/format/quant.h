/* quant.h - the tensor types: one table of name, block, bytes and what the block says in floats.
 *
 * A row of a tensor is a run of blocks. dequantise is the definition of a type: kernels are tested against it, and the
 * int8 kernels read the same numbers in another order. A type that is known but not yet read has no dequantise; the
 * reader refuses it by name. Blocks: github.com/ggml-org/ggml, src/ggml-common.h. */
#ifndef ALCOVE_MODELS_FORMAT_QUANT_H
#define ALCOVE_MODELS_FORMAT_QUANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tensor_kind { /* the numbers of the format */
    TENSOR_F32 = 0,
    TENSOR_F16 = 1,
    TENSOR_Q4_0 = 2,
    TENSOR_Q4_1 = 3,
    TENSOR_Q5_0 = 6,
    TENSOR_Q5_1 = 7,
    TENSOR_Q8_0 = 8,
    TENSOR_Q2_K = 10,
    TENSOR_Q3_K = 11,
    TENSOR_Q4_K = 12,
    TENSOR_Q5_K = 13,
    TENSOR_Q6_K = 14,
    TENSOR_IQ4_NL = 20,
    TENSOR_BF16 = 30
};

struct tensor_type {
    uint32_t kind;  /* number in the file */
    const char *name;
    uint32_t block; /* elements */
    uint32_t bytes; /* of a block */
    void (*dequantise)(const unsigned char *blocks, float *ret, size_t count); /* count: a multiple of `block` */
    bool (*finite)(const unsigned char *blocks, size_t count);                 /* no NaN or infinite scale in it */
};

/* The row of a type number, NULL if the number means nothing to us. */
const struct tensor_type *tensor_type_of(uint32_t kind);

/* All rows in the order of the numbers. */
const struct tensor_type *tensor_types(size_t *ret_count);

/* What a nibble of IQ4_NL means. */
extern const int8_t iq4_nl_values[16];

/* The six-bit scale and minimum of part j (32 elements) of a Q4_K or Q5_K block, from its 12 bytes of them; the six-bit
 * scale of part j (16 elements) of a Q3_K block. */
unsigned k_scale(const unsigned char *packed, size_t j);
unsigned k_minimum(const unsigned char *packed, size_t j);
int q3_k_scale(const unsigned char *packed, size_t j);

/* IEEE half to float, exact; float to half, to nearest even (too large gives infinity). */
float half_to_float(uint16_t half);
uint16_t half_from_float(float value);
float bfloat_to_float(uint16_t value);

#endif
