/* real.h - exp, log, pow, sin, cos of our own, in double.
 *
 * libm picks its variants by CPU and changes with its version; these give the same bits everywhere. Only fma, sqrt and
 * rint of libm are used in the engine, which IEEE 754 defines to the last bit. Errors stay below 2 units in the last
 * place (exp, log), pow below |exponent * log(base)| + 2 units; sin and cos hold for |x| up to 2^20. */
#ifndef ALCOVE_MODELS_KERNELS_REAL_H
#define ALCOVE_MODELS_KERNELS_REAL_H

double real_exp(double x); /* 0 below -745.2, infinity above 709.8 */
double real_log(double x); /* natural; -infinity for 0, NaN below */
double real_pow(double base, double exponent); /* base > 0 */
double real_sin(double x);
double real_cos(double x);

#endif
