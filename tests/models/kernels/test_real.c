/* test_real.c - our own exp, log, pow, sin and cos against libm in long double. */
#include "tests/support/support.h"

#include "models/kernels/real.h"

#include <float.h>
#include <math.h>

#define TRIES 200000

static double between(uint64_t *state, double low, double high)
{
    return low + (high - low) * ((double)(random_next(state) >> 11) * 0x1p-53);
}

/* Distance in units of the last place of the right answer. */
static double ulps(double got, long double right)
{
    double r = (double)right, step = nextafter(fabs(r), INFINITY) - fabs(r);
    return (double)(fabsl((long double)got - right) / (long double)step);
}

static void exp_and_log_are_right_to_two_units(void **state UNUSED)
{
    uint64_t random = test_seed();
    double worst_exp = 0, worst_log = 0;
    for (int i = 0; i < TRIES; i++) {
        double x = between(&random, -700, 700), y = real_exp(between(&random, -700, 700));
        worst_exp = fmax(worst_exp, ulps(real_exp(x), expl(x)));
        worst_log = fmax(worst_log, ulps(real_log(y), logl(y)));
        y = between(&random, 0.5, 2);
        worst_log = fmax(worst_log, ulps(real_log(y), logl(y)));
    }
    print_message("exp %.2f ulp, log %.2f ulp\n", worst_exp, worst_log);
    assert_true(worst_exp <= 2 && worst_log <= 2);
}

static void the_edges_are_those_of_the_standard(void **state UNUSED)
{
    assert_true(real_exp(0) == 1 && real_log(1) == 0);
    assert_true(real_exp(-1000) == 0 && isinf(real_exp(1000)) && isnan(real_exp(NAN)));
    assert_true(real_log(0) == -INFINITY && isnan(real_log(-1)) && isinf(real_log(INFINITY)));
    assert_true(fabs(real_exp(-740) - exp(-740)) <= DBL_TRUE_MIN);
    assert_true(ulps(real_log(DBL_TRUE_MIN), logl(DBL_TRUE_MIN)) <= 2);
}

static void pow_serves_rotary_frequencies(void **state UNUSED)
{
    static const double bases[] = {10000, 100000, 500000, 1000000};
    for (size_t b = 0; b < COUNT_OF(bases); b++)
        for (int i = 0; i < 128; i++) {
            double exponent = -2.0 * i / 256;
            assert_true(ulps(real_pow(bases[b], exponent), powl(bases[b], exponent)) <= 20);
        }
}

static void sin_and_cos_are_right_to_one_part_in_2_to_52(void **state UNUSED)
{
    uint64_t random = test_seed();
    double worst = 0;
    for (int i = 0; i < TRIES; i++) {
        double x = between(&random, -1048576, 1048576);
        if (i & 1)
            x *= 0x1p-18;
        worst = fmax(worst, (double)fabsl(real_sin(x) - sinl(x)));
        worst = fmax(worst, (double)fabsl(real_cos(x) - cosl(x)));
    }
    print_message("sin, cos: %g\n", worst);
    assert_true(worst < 0x1p-52);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_and_log_are_right_to_two_units),
        cmocka_unit_test(the_edges_are_those_of_the_standard),
        cmocka_unit_test(pow_serves_rotary_frequencies),
        cmocka_unit_test(sin_and_cos_are_right_to_one_part_in_2_to_52),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
