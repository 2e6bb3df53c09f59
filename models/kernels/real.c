/* real.c - see real.h. Range reduction in two or three parts, then a Taylor series by Horner's rule with fma. */
#include "models/kernels/real.h"

#include "base/contract.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LN2_HIGH 0x1.62e42fefa38p-1   /* 38 bits, so that n * LN2_HIGH is exact */
#define LN2_LOW 0x1.ef35793c7673p-45
#define PI_2_HIGH 0x1.921fb544p+0     /* 31 bits each: exact products for |n| < 2^22 */
#define PI_2_MIDDLE 0x1.0b4611a6p-34
#define PI_2_LOW 0x1.3198a2e037073p-69

static double horner(const double *coefficients, size_t count, double x)
{
    double sum = coefficients[0];
    for (size_t i = 1; i < count; i++)
        sum = fma(sum, x, coefficients[i]);
    return sum;
}

static double scale_by_power_of_two(double x, int n) /* -1022 <= n <= 1023 */
{
    uint64_t bits = (uint64_t)(n + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return x * power;
}

double real_exp(double x)
{
    static const double over_factorials[] = {
        1 / 6227020800.0, 1 / 479001600.0, 1 / 39916800.0, 1 / 3628800.0, 1 / 362880.0, 1 / 40320.0, 1 / 5040.0,
        1 / 720.0,        1 / 120.0,       1 / 24.0,       1 / 6.0,       0.5,          1,           1};
    if (x != x)
        return x;
    if (x > 709.8)
        return (double)INFINITY;
    if (x < -745.2)
        return 0;
    double n = rint(x * 1.4426950408889634);
    double r = fma(-n, LN2_LOW, fma(-n, LN2_HIGH, x));
    double y = horner(over_factorials, COUNT_OF(over_factorials), r);
    int half = (int)n / 2; /* in two steps: 2^n itself may not be a normal number */
    return scale_by_power_of_two(scale_by_power_of_two(y, half), (int)n - half);
}

double real_log(double x)
{
    static const double odd_reciprocals[] = {1 / 23.0, 1 / 21.0, 1 / 19.0, 1 / 17.0, 1 / 15.0, 1 / 13.0,
                                             1 / 11.0, 1 / 9.0,  1 / 7.0,  1 / 5.0,  1 / 3.0};
    if (!(x > 0))
        return x == 0 ? -(double)INFINITY : (double)NAN;
    if (x > 0x1.fffffffffffffp1023)
        return x;
    int exponent = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        exponent = -54;
    }
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    exponent += (int)(bits >> 52) - 1023;
    bits = (bits & 0x000fffffffffffff) | 0x3ff0000000000000;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        exponent++;
    }
    /* log m = 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.172 */
    double f = m - 1, s = f / (m + 1), z = s * s, e = exponent;
    double tail = horner(odd_reciprocals, COUNT_OF(odd_reciprocals), z) * z;
    /* 2s = f - s f exactly enough: the leading term f keeps the error small near 1 */
    return fma(e, LN2_HIGH, f - (s * (f - 2 * tail) - e * LN2_LOW));
}

double real_pow(double base, double exponent)
{
    return real_exp(exponent * real_log(base));
}

static double sin_small(double r)
{
    static const double c[] = {1 / 355687428096000.0, -1 / 1307674368000.0, 1 / 6227020800.0, -1 / 39916800.0,
                               1 / 362880.0,          -1 / 5040.0,          1 / 120.0,        -1 / 6.0};
    double z = r * r;
    return fma(horner(c, COUNT_OF(c), z) * z, r, r);
}

static double cos_small(double r)
{
    static const double c[] = {-1 / 6402373705728000.0, 1 / 20922789888000.0, -1 / 87178291200.0, 1 / 479001600.0,
                               -1 / 3628800.0,          1 / 40320.0,          -1 / 720.0,         1 / 24.0,
                               -0.5};
    double z = r * r;
    return fma(horner(c, COUNT_OF(c), z), z, 1);
}

/* x - n pi/2 with |result| <= pi/4, and n mod 4. */
static double reduce(double x, unsigned *ret_quadrant)
{
    double n = rint(x * 0.6366197723675814);
    *ret_quadrant = (unsigned)(int)n & 3;
    return fma(-n, PI_2_LOW, fma(-n, PI_2_MIDDLE, fma(-n, PI_2_HIGH, x)));
}

double real_sin(double x)
{
    unsigned quadrant;
    double r = reduce(x, &quadrant), y = quadrant & 1 ? cos_small(r) : sin_small(r);
    return quadrant & 2 ? -y : y;
}

double real_cos(double x)
{
    unsigned quadrant;
    double r = reduce(x, &quadrant), y = quadrant & 1 ? sin_small(r) : cos_small(r);
    return quadrant == 1 || quadrant == 2 ? -y : y;
}
