/* cpu.c - see cpu.h. CPUID says what the processor has, XGETBV what the system saves on a switch. */
#include "models/kernels/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdint.h>

#define XCR0_AVX 0x06u    /* SSE and AVX state */
#define XCR0_AVX512 0xe6u /* and the masks and upper registers of AVX-512 */

struct features {
    uint32_t leaf1_ecx, leaf7_ebx, leaf7_ecx, leaf7_1_eax, xcr0;
};

static struct features ask(void)
{
    struct features f = {0};
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return f;
    f.leaf1_ecx = c;
    if (c & bit_OSXSAVE)
        __asm__("xgetbv" : "=a"(f.xcr0), "=d"(d) : "c"(0));
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
        f.leaf7_ebx = b;
        f.leaf7_ecx = c;
        if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d))
            f.leaf7_1_eax = a;
    }
    return f;
}

static bool all(uint32_t have, uint32_t wanted)
{
    return (have & wanted) == wanted;
}

static bool has_avx2(const struct features *f)
{
    return all(f->xcr0, XCR0_AVX) && all(f->leaf1_ecx, bit_AVX | bit_FMA | bit_F16C) && all(f->leaf7_ebx, bit_AVX2);
}

bool cpu_has_avx2(void)
{
    struct features f = ask();
    return has_avx2(&f);
}

bool cpu_has_avxvnni(void)
{
    struct features f = ask();
    return has_avx2(&f) && all(f.leaf7_1_eax, bit_AVXVNNI);
}

bool cpu_has_avx512(void)
{
    struct features f = ask();
    return has_avx2(&f) && all(f.xcr0, XCR0_AVX512) &&
           all(f.leaf7_ebx, bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL) &&
           all(f.leaf7_ecx, bit_AVX512VNNI);
}
#else
bool cpu_has_avx2(void)
{
    return false;
}

bool cpu_has_avxvnni(void)
{
    return false;
}

bool cpu_has_avx512(void)
{
    return false;
}
#endif
