/* keyed.h - the keyed hashes of one document, asked for in one batch. */
#ifndef ALCOVE_ANALYZER_REDACT_KEYED_H
#define ALCOVE_ANALYZER_REDACT_KEYED_H

#include "analyzer/redact/hashmap.h"
#include "analyzer/redact/redact.h"
#include "base/buffer.h"

#define KEYED_PURPOSE "redact"

struct keyed {
    struct hashmap index;  /* hash of (use, value) -> place below */
    struct buffer *values; /* "use\0value" one behind the other */
    struct span *spans;
    struct hash *hashes;
    size_t count, capacity;
};

void keyed_close(struct keyed *keyed); /* wipes; a zeroed one is empty */

/* Registers a value (folded) for a use ("surname"). */
CHECKED int keyed_want(struct keyed *keyed, const char *use, struct slice value, struct error *err);

/* Asks for all registered values at once; does nothing if there are none. */
CHECKED int keyed_ask(struct keyed *keyed, const struct keyed_hashes *keys, struct error *err);

/* The answer for a registered value. */
const struct hash *keyed_get(const struct keyed *keyed, const char *use, struct slice value);

#endif
