/* fuzz.h - a target a parser, each with a property that must hold for any bytes. A broken property aborts.
 *
 * With ALCOVE_FUZZ each target links libFuzzer; otherwise standalone.c, which replays corpus/TARGET, mutates it a
 * little with a printed seed, and is an ordinary test. A crash becomes a corpus file. */
#ifndef ALCOVE_TESTS_FUZZ_H
#define ALCOVE_TESTS_FUZZ_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define property(held)                                                                                       \
    do {                                                                                                     \
        if (!(held)) {                                                                                       \
            fprintf(stderr, "%s:%d: property broken: %s\n", __FILE__, __LINE__, #held);                      \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* A refusal has a code of its kind and says why. */
#define property_refused(err, wanted) property((err).code == (wanted) && (err).message[0])

#endif
