/* cpu.h - what this processor can do. Compiled for the oldest one, or the question itself would fault. */
#ifndef ALCOVE_MODELS_KERNELS_CPU_H
#define ALCOVE_MODELS_KERNELS_CPU_H

#include <stdbool.h>

bool cpu_has_avx2(void);    /* AVX2, FMA, F16C */
bool cpu_has_avxvnni(void); /* the above and AVX-VNNI */
bool cpu_has_avx512(void);  /* AVX-512 F, BW, DQ, VL and VNNI, and the above but AVX-VNNI */

#endif
