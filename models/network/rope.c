/* rope.c - see rope.h. */
#include "models/network/rope.h"

#include "models/kernels/real.h"

#include <math.h>

void rope_turns(const double *frequencies, size_t pairs, uint32_t position, float *ret)
{
    for (size_t i = 0; i < pairs; i++) {
        double angle = (double)position * frequencies[i];
        ret[2 * i] = (float)real_cos(angle);
        ret[2 * i + 1] = (float)real_sin(angle);
    }
}

void rope_apply(float *x, size_t heads, size_t head_size, enum rope_order order, const float *turns, size_t pairs)
{
    size_t step = order == ROPE_PAIRS ? 2 : 1, apart = order == ROPE_PAIRS ? 1 : pairs;
    for (size_t h = 0; h < heads; h++, x += head_size)
        for (size_t i = 0; i < pairs; i++) {
            float c = turns[2 * i], s = turns[2 * i + 1], a = x[step * i], b = x[step * i + apart];
            x[step * i] = a * c - b * s;
            x[step * i + apart] = a * s + b * c;
        }
}
