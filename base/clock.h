/* clock.h - time for records (UTC, RFC 3339 with nanoseconds) and for measuring (monotonic). */
#ifndef ALCOVE_BASE_CLOCK_H
#define ALCOVE_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_TEXT_BYTES 31 /* 2026-11-24T21:47:13.123456789Z and a NUL */

int64_t clock_utc_ns(void);       /* since 1970 */
int64_t clock_monotonic_ns(void); /* since some start */
void clock_write(int64_t utc_ns, char ret[CLOCK_TEXT_BYTES]);

#endif
