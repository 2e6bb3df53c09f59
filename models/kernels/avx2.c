/* avx2.c - the column for AVX2 with FMA and F16C (2013 on). Compiled with these; called only where the CPU has them. */
#if defined(__x86_64__)
#include "models/kernels/kernels.h"

#include "models/kernels/cpu.h"
#include "models/kernels/vector_avx2.inc"

/* clang-format off */
/* Pairs of products in 16 bits: 15 * 127 * 2 = 3810, and 8 steps stay below 2^15, so that nibbles widen once a block. */
typedef __m256i nibble_dot;
INLINE nibble_dot nibble_start(void) { return _mm256_setzero_si256(); }
INLINE nibble_dot nibble_add(nibble_dot dot, vi w, vi x) { return _mm256_add_epi16(dot, _mm256_maddubs_epi16(w, x)); }
INLINE vi nibble_end(nibble_dot dot) { return _mm256_madd_epi16(dot, _mm256_set1_epi16(1)); }

/* 63 * 127 * 2 = 16002 fits 16 bits once. */
INLINE vi small_add(vi dot, vi w, vi x)
{
    return _mm256_add_epi32(dot, _mm256_madd_epi16(_mm256_maddubs_epi16(w, x), _mm256_set1_epi16(1)));
}

/* |w| * (x with the sign of w): at most 128 * 127 * 2 = 32512. */
struct signed_weights {
    vi magnitude, sign;
};
INLINE struct signed_weights signed_of(vi w) { return (struct signed_weights){_mm256_abs_epi8(w), w}; }
INLINE vi signed_start(int32_t sum UNUSED) { return _mm256_setzero_si256(); }
INLINE vi signed_add(vi dot, struct signed_weights w, vi x)
{
    return small_add(dot, w.magnitude, _mm256_sign_epi8(x, w.sign));
}
/* clang-format on */

#include "models/kernels/template.inc"
#include "models/kernels/template_vectors.inc"

extern const struct kernels kernels_avx2;
KERNELS(kernels_avx2, "avx2", cpu_has_avx2)
#endif
