/* pack.h - from the file's blocks to the kernels' panels and back, one row a tensor type.
 *
 * Float types are not packed: the kernels read them where the file is mapped. */
#ifndef ALCOVE_MODELS_KERNELS_PACK_H
#define ALCOVE_MODELS_KERNELS_PACK_H

#include "models/kernels/kernels.h"

struct packing {
    uint32_t tensor_kind; /* of models/format/quant.h */
    enum weight_kind kind;
    size_t block_bytes;   /* of a packed block; 0 = used in place */
    size_t block_width;   /* its inputs: 32 or 256 */

    /* Packs up to 16 rows into the blocks of one panel, already zeroed (a missing row stays zero and gives 0). */
    void (*pack)(const unsigned char *rows, size_t row_bytes, size_t count, size_t width, void *panel);

    /* The weights of one row as floats, exactly as the tensor type defines them. */
    void (*unpack)(const void *weights, size_t row, size_t width, float *ret);
};

/* NULL for a tensor type without kernels. */
const struct packing *packing_of(uint32_t tensor_kind);

/* Bytes of a packed matrix; 0 if it is used in place. `rows` and `width` are below 2^32. */
size_t packing_bytes(const struct packing *packing, size_t rows, size_t width);

#endif
