/* sample.c - see sample.h. */
#include "models/decode/sample.h"

#include "models/kernels/real.h"

double log_normaliser(const float *logits, size_t count)
{
    float max = logits[0];
    for (size_t i = 1; i < count; i++)
        max = logits[i] > max ? logits[i] : max;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += real_exp((double)logits[i] - (double)max);
    return (double)max + real_log(sum);
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
            double weight = real_exp(((double)logits[id] - max) / (double)temperature);
            sum += weight;
            last = weight > 0 ? id : last;
            if (pass == 1 && sum > end)
                return id;
        }
    }
    return last; /* the draw rounded up to the whole sum */
}
