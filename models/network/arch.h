/* arch.h - the architectures: what distinguishes one family of decoders from another, a row each. */
#ifndef ALCOVE_MODELS_NETWORK_ARCH_H
#define ALCOVE_MODELS_NETWORK_ARCH_H

#include "models/format/gguf.h"
#include "models/internal.h"

enum rope_order { ROPE_PAIRS, ROPE_HALVES }; /* which elements of a head turn together: (2i, 2i+1) or (i, i + n/2) */

struct architecture {
    const char *name; /* general.architecture, and the prefix of its keys */
    enum rope_order rope;
};

/* Finds the row by the file's general.architecture and reads the shape, every number bounded and consistent with the
 * others. -1 with FAULT_MODEL: an unknown architecture, a variant we do not compute (experts, scaled rotation). */
CHECKED int architecture_read(const struct gguf *gguf, const struct architecture **ret, struct shape *ret_shape,
                              struct error *err);

#endif
