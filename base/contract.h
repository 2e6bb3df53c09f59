/* contract.h - the few words in which our headers state contracts, and locals that clean up after themselves.
 *
 *   CHECKED          the result must be looked at
 *   AUTO(x) *p       a local `struct x *p` that x_drop(&p) frees on every way out (x_drop takes NULL inside)
 *   TAKE(p)          hands the pointer over and leaves NULL, so that AUTO frees nothing
 */
#ifndef ALCOVE_BASE_CONTRACT_H
#define ALCOVE_BASE_CONTRACT_H

#include <stddef.h>

#define CHECKED __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define UNUSED __attribute__((unused))
#define PUBLIC __attribute__((visibility("default")))

#define AUTO(type) __attribute__((cleanup(type##_drop))) struct type
#define TAKE(p)                                                                                              \
    __extension__({                                                                                          \
        __typeof__(p) take_ = (p);                                                                           \
        (p) = NULL;                                                                                          \
        take_;                                                                                               \
    })

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#endif
