/* shard.h - which of N machines a document belongs to: a stable function of its id alone. */
#ifndef ALCOVE_ANALYZER_RUN_SHARD_H
#define ALCOVE_ANALYZER_RUN_SHARD_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

struct shard {
    uint32_t index, count; /* 0 <= index < count; count 0 = everything is mine */
};

/* Reads "I/N". -1 with FAULT_USAGE. */
CHECKED int shard_read(const char *text, struct shard *ret, struct error *err);

/* The first 8 bytes (big-endian) of SHA-256("alcove-shard-v1" 0x00 id) mod count. id: the path below the
 * folder given, the path of a file given, or the id of an NDJSON line. */
bool shard_has(const struct shard *shard, struct slice id);

#endif
