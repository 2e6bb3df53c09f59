/* sample.c - see sample.h. */
#include "models/decode/sample.h"

#include "models/kernels/real.h"

/* ---- exp of x <= 0, in multiplications and additions alone ----
 *
 * real_exp is fused, which costs a call a step where the CPU column is not known; a vocabulary asks for 50,000. Here
 * 2^n exp(r) with |r| <= ln 2 / 2 and Taylor to r^13: no call, no branch, so that a compiler may take several at once
 * without changing a bit. Below -700 it gives exp(-700), which is nothing beside the 1 of the likeliest token. */
#define ROUNDING 0x1.8p52 /* adding it leaves the nearest integer in the low bits */
#define LN2_HIGH 0x1.62e42fefa38p-1
#define LN2_LOW 0x1.ef35793c7673p-45

static inline double exp_below(double x)
{
    x = x > -700 ? x : -700;
    double shifted = x * 1.4426950408889634 + ROUNDING, n = shifted - ROUNDING;
    double r = (x - n * LN2_HIGH) - n * LN2_LOW, y = 1 / 6227020800.0;
    y = y * r + 1 / 479001600.0;
    y = y * r + 1 / 39916800.0;
    y = y * r + 1 / 3628800.0;
    y = y * r + 1 / 362880.0;
    y = y * r + 1 / 40320.0;
    y = y * r + 1 / 5040.0;
    y = y * r + 1 / 720.0;
    y = y * r + 1 / 120.0;
    y = y * r + 1 / 24.0;
    y = y * r + 1 / 6.0;
    y = y * r + 0.5;
    y = y * r + 1;
    y = y * r + 1;
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52; /* the low bits of `shifted` hold n */
    double power;
    memcpy(&power, &bits, sizeof power);
    return y * power;
}

#define LANES 8u /* token i goes to partial sum i mod 8; the eight are added as a tree */

double log_normaliser(const float *logits, size_t count)
{
    float most[LANES];
    double sums[LANES] = {0};
    size_t whole = count - count % LANES;
    for (size_t k = 0; k < LANES; k++)
        most[k] = logits[MIN(k, count - 1)];
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            most[k] = logits[i + k] > most[k] ? logits[i + k] : most[k];
    float max = most[0];
    for (size_t k = 1; k < LANES; k++)
        max = most[k] > max ? most[k] : max;
    for (size_t i = whole; i < count; i++)
        max = logits[i] > max ? logits[i] : max;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            sums[k] += exp_below((double)logits[i + k] - (double)max);
    for (size_t i = whole; i < count; i++)
        sums[i % LANES] += exp_below((double)logits[i] - (double)max);
    for (size_t step = LANES / 2; step > 0; step /= 2)
        for (size_t k = 0; k < step; k++)
            sums[k] += sums[k + step];
    return (double)max + real_log(sums[0]);
}

static bool is_banned(const struct choices *choices, token id)
{
    for (size_t i = 0; i < choices->banned_count; i++)
        if (choices->banned[i] == id)
            return true;
    return false;
}

static size_t choices_count(const struct choices *choices)
{
    return choices->ids ? choices->ids_count : choices->vocabulary;
}

static token choice_at(const struct choices *choices, size_t i)
{
    return choices->ids ? choices->ids[i] : (token)i;
}

token sample_greedy(const float *logits, const struct choices *choices)
{
    token best = -1;
    for (size_t i = 0, n = choices_count(choices); i < n; i++) {
        token id = choice_at(choices, i);
        if ((best < 0 || logits[id] > logits[best]) && !is_banned(choices, id))
            best = id;
    }
    return best;
}

/* In [0, 1), 53 bits. */
static double random_real(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

token sample_random(const float *logits, const struct choices *choices, float temperature, uint64_t *state)
{
    double draw = random_real(state), sum = 0;
    token best = sample_greedy(logits, choices), last = best;
    if (best < 0)
        return -1;
    /* Twice the same sum: once for its end, once to stop where the draw falls. */
    double max = (double)logits[best], end = 0;
    for (int pass = 0; pass < 2; pass++) {
        end = draw * sum;
        sum = 0;
        for (size_t i = 0, n = choices_count(choices); i < n; i++) {
            token id = choice_at(choices, i);
            if (is_banned(choices, id))
                continue;
            double weight = exp_below(((double)logits[id] - max) / (double)temperature);
            sum += weight;
            last = id;
            if (pass == 1 && sum > end)
                return id;
        }
    }
    return last; /* the draw rounded up to the whole sum */
}
