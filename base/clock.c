/* clock.c - see clock.h. */
#include "base/clock.h"

#include <time.h>

static int64_t read_ns(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clock_utc_ns(void)
{
    return read_ns(CLOCK_REALTIME);
}

int64_t clock_monotonic_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

void clock_write(int64_t utc_ns, char ret[CLOCK_TEXT_BYTES])
{
    time_t seconds = (time_t)(utc_ns / 1000000000);
    struct tm t;
    gmtime_r(&seconds, &t);
    size_t n = strftime(ret, CLOCK_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S", &t);
    snprintf(ret + n, CLOCK_TEXT_BYTES - n, ".%09dZ", (int)(utc_ns % 1000000000));
}
