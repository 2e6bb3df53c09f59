/* sandbox.h - the kernel is asked to keep our promises: no network in any role, no files in the children.
 *
 * A table of roles x system calls (sandbox.c) feeds the seccomp filter and docs/sandbox.md. After loading, the filter
 * is tested: socket() must give EPERM. Nothing goes on without it: FAULT_PRIVACY, exit 8. */
#ifndef ALCOVE_BASE_SANDBOX_H
#define ALCOVE_BASE_SANDBOX_H

#include "base/contract.h"
#include "base/error.h"

enum sandbox_role {
    SANDBOX_KEEPER,  /* files, no network, no exec; sendmsg on one descriptor */
    SANDBOX_SPAWNER, /* fork and wait; no network, no exec, no opening of files */
    SANDBOX_PARSER,  /* read, write, memory; recvmsg on one descriptor */
    SANDBOX_WORKER,  /* read, write, memory, futex */
    SANDBOX_ROLES
};

struct sandbox_limits {
    size_t data_bytes;    /* RLIMIT_DATA; 0 = as it is. Lifted in sanitized builds. */
    unsigned cpu_seconds; /* RLIMIT_CPU; 0 = as it is */
};

/* Closes the sandbox for this process and all its threads, for good; then tests it.
 * channel_fd: the only descriptor on which the role's sendmsg or recvmsg is allowed (-1: none).
 * -1 with FAULT_PRIVACY; the caller must then exit. */
CHECKED int sandbox_close(enum sandbox_role role, int channel_fd, const struct sandbox_limits *limits,
                          struct error *err);

/* What this kernel gives, for `doctor` and the run record. */
struct sandbox_report {
    bool has_seccomp;
    int landlock_abi; /* 0 = none */
    bool no_new_privileges;
};
void sandbox_report(struct sandbox_report *ret);

#endif
