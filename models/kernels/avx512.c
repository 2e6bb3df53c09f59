/* avx512.c - the column for AVX-512 with VNNI (servers 2019 on, Zen 4 on): 16 lanes, a panel a register. */
#if defined(__x86_64__)
#include "models/kernels/kernels.h"

#include "models/kernels/cpu.h"
#include "models/kernels/vector_avx512.inc"

/* clang-format off */
INLINE vi small_add(vi dot, vi w, vi x) { return _mm512_dpbusd_epi32(dot, w, x); }

typedef __m512i nibble_dot;
INLINE nibble_dot nibble_start(void) { return _mm512_setzero_si512(); }
INLINE nibble_dot nibble_add(nibble_dot dot, vi w, vi x) { return small_add(dot, w, x); }
INLINE vi nibble_end(nibble_dot dot) { return dot; }

/* The instruction wants weights without sign: w + 128, and 128 * (sum of x) taken off beforehand. */
struct signed_weights {
    vi raised;
};
INLINE struct signed_weights signed_of(vi w)
{
    return (struct signed_weights){_mm512_xor_si512(w, _mm512_set1_epi8(-128))};
}
INLINE vi signed_start(int32_t sum) { return vi_set(-128 * sum); }
INLINE vi signed_add(vi dot, struct signed_weights w, vi x) { return small_add(dot, w.raised, x); }
/* clang-format on */

#include "models/kernels/template.inc"
#include "models/kernels/template_vectors.inc"

extern const struct kernels kernels_avx512;
KERNELS(kernels_avx512, "avx512", cpu_has_avx512)
#endif
