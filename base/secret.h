/* secret.h - key material: locked memory that is wiped when freed and never reaches a core dump. */
#ifndef ALCOVE_BASE_SECRET_H
#define ALCOVE_BASE_SECRET_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

struct secret {
    unsigned char *data; /* owned, in OpenSSL's secure heap */
    size_t bytes;
};

/* No core dumps, not dumpable, and the secure heap set up. Call once, first thing in main.
 * -1 with FAULT_PRIVACY when the process cannot be hardened. */
CHECKED int process_harden(struct error *err);

/* True when the secure heap is locked in memory (RLIMIT_MEMLOCK allowed it). */
bool secret_is_locked(void);

/* `bytes` zeroed bytes. 0, or -1 with FAULT_TEMPORARY. */
CHECKED int secret_new(struct secret **ret, size_t bytes, struct error *err);

/* `bytes` random bytes. */
CHECKED int secret_random(struct secret **ret, size_t bytes, struct error *err);

/* Wipes and frees; takes NULL inside. */
void secret_drop(struct secret **secret);

static inline struct slice secret_slice(const struct secret *secret)
{
    return (struct slice){(const char *)secret->data, secret->bytes};
}

#endif
