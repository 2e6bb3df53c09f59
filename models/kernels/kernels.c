/* kernels.c - the columns, and the choice of one. */
#include "models/kernels/kernels.h"

#include <stdlib.h>
#include <string.h>

extern const struct kernels kernels_scalar, kernels_avx2, kernels_avxvnni, kernels_avx512;

const struct kernels *const kernels_all[] = {
#if defined(__x86_64__)
    &kernels_avx512, &kernels_avxvnni, &kernels_avx2,
#endif
    &kernels_scalar, NULL};

const struct kernels *kernels_choose(void)
{
    const char *wanted = getenv("ALCOVE_KERNELS");
    const struct kernels *best = NULL;
    for (const struct kernels *const *k = kernels_all; *k; k++) {
        if (!(*k)->usable())
            continue;
        if (wanted && strcmp((*k)->name, wanted) == 0)
            return *k;
        if (!best)
            best = *k;
    }
    return best;
}
