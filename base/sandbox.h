/* sandbox.h - the kernel is asked to keep our promises: no network in any role, no files in the children.
 *
 * One table of system calls x roles (sandbox_rules) feeds the seccomp filter and docs/sandbox.md. After
 * loading, the filter is tested: socket() must give EPERM. Nothing goes on without it: FAULT_PRIVACY, exit 8.
 * Landlock comes on top where the kernel has it: spawner and children can open no file at all, and no role
 * may use TCP. */
#ifndef ALCOVE_BASE_SANDBOX_H
#define ALCOVE_BASE_SANDBOX_H

#include "base/contract.h"
#include "base/error.h"

#include <stdbool.h>

enum sandbox_role {
    SANDBOX_KEEPER,  /* files, no network, no exec, no new process; sendmsg on one descriptor */
    SANDBOX_SPAWNER, /* fork and wait; no network, no exec, no opening of files */
    SANDBOX_PARSER,  /* read, write, memory; recvmsg on one descriptor */
    SANDBOX_WORKER,  /* read, write, memory, futex */
    SANDBOX_ROLES
};

struct sandbox_limits {
    size_t data_bytes;    /* RLIMIT_DATA; 0 = as it is. Lifted in sanitized builds. */
    unsigned cpu_seconds; /* RLIMIT_CPU; 0 = as it is */
};

/* Closes the sandbox for this process and all its threads, for good; then tests it. Filters add up: a child
 * is held by its parent's filter as well. channel_fd: the only descriptor on which the role's sendmsg
 * (keeper) or recvmsg (spawner for its parser, parser) is allowed (-1: none). Landlock binds the calling
 * thread and what it starts later, so threads made before this call have it only from the parent's sandbox
 * (the spawner's); seccomp binds them all. -1 with FAULT_PRIVACY; the caller must then exit. */
CHECKED int sandbox_close(enum sandbox_role role, int channel_fd, const struct sandbox_limits *limits,
                          struct error *err);

/* The table. cells[role]:
 *   '-' refused with EPERM    'a' allowed                   'c' on the channel's descriptor only
 *   'x' without PROT_EXEC     'n' without new namespaces    's' on this process only    '0' ENOSYS
 * What is not in the table is allowed in keeper and spawner (' '), refused in parser and worker. */
struct sandbox_rule {
    const char *call;
    char cells[SANDBOX_ROLES + 1];
};
const struct sandbox_rule *sandbox_rules(size_t *ret_count);
const char *sandbox_role_name(enum sandbox_role role);

/* What this kernel gives, for `doctor` and the run record. Opens nothing and changes nothing. */
struct sandbox_report {
    bool has_seccomp;
    int landlock_abi; /* 0 = none */
    bool no_new_privileges;
};
void sandbox_report(struct sandbox_report *ret);

#endif
