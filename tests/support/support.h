/* support.h - what all tests share: cmocka, the seed, scratch folders, the data that may be missing. */
#ifndef ALCOVE_TESTS_SUPPORT_H
#define ALCOVE_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"

#include <stdbool.h>

/* A fresh folder of mode 0700, removed with all it holds by scratch_drop. */
char *scratch_new(void);
void scratch_drop(char *folder);

/* "<folder>/<name>" in a static ring of buffers. */
const char *path_of(const char *folder, const char *name);

/* A file of the project ("rules/packs/common.yaml"), or of the shared data beside the checkout
 * ("reference/llama-f32.gguf"). shared_file gives NULL where there is none; the test then calls skip_loudly. */
const char *source_file(const char *relative);
const char *shared_file(const char *relative);

/* Prints "SKIPPED: what (why)" so that the run counts it, then skips the cmocka test. */
#define skip_loudly(what, why)                                                                               \
    do {                                                                                                     \
        print_message("SKIPPED: %s (%s)\n", what, why);                                                      \
        skip();                                                                                              \
    } while (0)

/* Deterministic random numbers (SplitMix64). test_seed() is ALCOVE_TEST_SEED or a fixed number, printed once. */
uint64_t test_seed(void);
uint64_t random_next(uint64_t *state);

/* Fails with the error's own text. */
#define assert_ok(call, err)                                                                                 \
    do {                                                                                                     \
        if ((call) != 0)                                                                                     \
            fail_msg("%s: %s:%u:%u: %s (%s)", #call, (err).file, (err).line, (err).column, (err).message,    \
                     (err).hint);                                                                            \
    } while (0)

#endif
