/* sandbox.c - see sandbox.h. seccomp is the wall (it alone stops UDP); Landlock and the limits are second
 * walls.
 *
 * ALCOVE_SANDBOX_OFF leaves the filter out. No build of the program sets it: one test does, to prove that the
 * self-test and the test from outside notice. */
#include "base/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static const struct role_row {
    bool is_allow_list;   /* what is not in the table is refused */
    bool has_files;       /* Landlock leaves files alone */
    bool may_write_files; /* RLIMIT_FSIZE stays */
} roles[SANDBOX_ROLES] = {
    [SANDBOX_KEEPER] = {.has_files = true, .may_write_files = true},
    [SANDBOX_SPAWNER] = {0},
    [SANDBOX_PARSER] = {.is_allow_list = true},
    [SANDBOX_WORKER] = {.is_allow_list = true},
};

static int refused(const char *what, int number, struct error *err)
{
    error_set(err, FAULT_PRIVACY, "the sandbox could not be set up: %s: %s", what, strerror(number));
    return error_hint(err, "Alcove does not run without it; `alcove doctor` shows what this kernel allows");
}

/* ---- limits ---- */

static int limit(int which, const char *name, rlim_t most, struct error *err)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)which, &now))
        return refused(name, errno, err);
    now.rlim_max = MIN(now.rlim_max, most);
    now.rlim_cur = MIN(now.rlim_cur, now.rlim_max);
    return setrlimit((__rlimit_resource_t)which, &now) ? refused(name, errno, err) : 0;
}

static int set_limits(enum sandbox_role role, const struct sandbox_limits *limits, struct error *err)
{
    if (limit(RLIMIT_CORE, "RLIMIT_CORE", 0, err))
        return -1;
    if (!roles[role].may_write_files && limit(RLIMIT_FSIZE, "RLIMIT_FSIZE", 0, err))
        return -1;
#ifndef ALCOVE_SANITIZED
    if (limits && limits->data_bytes && limit(RLIMIT_DATA, "RLIMIT_DATA", limits->data_bytes, err))
        return -1;
#endif
    if (limits && limits->cpu_seconds && limit(RLIMIT_CPU, "RLIMIT_CPU", limits->cpu_seconds, err))
        return -1;
    return 0;
}

/* ---- Landlock, by its system calls: the headers of Debian 12 end at ABI 2 ---- */

struct landlock_attributes {
    uint64_t files, net, scoped;
};

#define LANDLOCK_FILES_1 ((1u << 13) - 1) /* read, write, execute, make, remove */
#define LANDLOCK_FILES_REFER (1u << 13)
#define LANDLOCK_FILES_TRUNCATE (1u << 14)
#define LANDLOCK_FILES_IOCTL (1u << 15)
#define LANDLOCK_NET_TCP 3u    /* bind, connect */
#define LANDLOCK_SCOPE_UNIX 1u /* abstract sockets of others */
#define LANDLOCK_SCOPE_SIGNAL 2u

static int landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

static struct landlock_attributes landlock_wanted(enum sandbox_role role, int abi)
{
    struct landlock_attributes a = {0};
    if (!roles[role].has_files)
        a.files = LANDLOCK_FILES_1 | (abi >= 2 ? LANDLOCK_FILES_REFER : 0) |
                  (abi >= 3 ? LANDLOCK_FILES_TRUNCATE : 0) | (abi >= 5 ? LANDLOCK_FILES_IOCTL : 0);
    a.net = abi >= 4 ? LANDLOCK_NET_TCP : 0;
    a.scoped = abi >= 6 ? LANDLOCK_SCOPE_UNIX | LANDLOCK_SCOPE_SIGNAL : 0;
    return a;
}

/* A ruleset without rules: what it handles is refused. */
static int close_landlock(enum sandbox_role role, struct error *err)
{
    struct landlock_attributes a = landlock_wanted(role, landlock_abi());
    if (!a.files && !a.net && !a.scoped)
        return 0;
    int fd = (int)syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
    if (fd < 0)
        return refused("Landlock rules", errno, err);
    int failed = syscall(SYS_landlock_restrict_self, fd, 0) ? refused("Landlock", errno, err) : 0;
    close(fd);
    return failed;
}

/* ---- seccomp ---- */

#define NAMESPACE_FLAGS                                                                                      \
    {                                                                                                        \
        CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET  \
    }

/* The rules of one cell. In a deny-list role conditions select what is refused, in an allow-list role what
 * passes. */
static int add_rule(scmp_filter_ctx filter, bool is_allow_list, int call, char cell, int channel_fd)
{
    const uint32_t no = SCMP_ACT_ERRNO(EPERM);
    const scmp_datum_t channel = (scmp_datum_t)(int64_t)channel_fd, self = (scmp_datum_t)getpid();
    const scmp_datum_t namespaces[] = NAMESPACE_FLAGS;
    switch (cell) {
    case 'a':
        return is_allow_list ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) : 0;
    case '-':
        return is_allow_list ? 0 : seccomp_rule_add(filter, no, call, 0);
    case '0':
        return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0);
    case 'c':
        return is_allow_list
                   ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A0(SCMP_CMP_EQ, channel))
                   : seccomp_rule_add(filter, no, call, 1, SCMP_A0(SCMP_CMP_NE, channel));
    case 's':
        return is_allow_list ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A0(SCMP_CMP_EQ, self))
                             : seccomp_rule_add(filter, no, call, 1, SCMP_A0(SCMP_CMP_NE, self));
    case 'x':
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    case 'n':
        for (size_t i = 0; i < COUNT_OF(namespaces); i++) {
            int failed = seccomp_rule_add(filter, no, call, 1,
                                          SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i]));
            if (failed)
                return failed;
        }
        return 0;
    default:
        return -EINVAL;
    }
}

static int build_filter(scmp_filter_ctx filter, enum sandbox_role role, int channel_fd, struct error *err)
{
    int failed = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    failed = failed ? failed : seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (failed)
        return refused("filter attributes", -failed, err);
    size_t count;
    const struct sandbox_rule *rules = sandbox_rules(&count);
    for (size_t i = 0; i < count; i++) {
        int call = seccomp_syscall_resolve_name(rules[i].call);
        failed = call == __NR_SCMP_ERROR
                     ? -ENOSYS
                     : add_rule(filter, roles[role].is_allow_list, call, rules[i].cells[role], channel_fd);
        if (failed)
            return refused(rules[i].call, -failed, err);
    }
    return 0;
}

static int close_seccomp(enum sandbox_role role, int channel_fd, struct error *err)
{
    scmp_filter_ctx filter = seccomp_init(roles[role].is_allow_list ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW);
    if (!filter)
        return refused("filter", ENOMEM, err);
    int failed = build_filter(filter, role, channel_fd, err);
#ifndef ALCOVE_SANDBOX_OFF
    if (!failed) {
        int code = seccomp_load(filter);
        failed = code ? refused("seccomp", -code, err) : 0;
    }
#endif
    seccomp_release(filter);
    return failed;
}

/* The proof that it holds: what must be refused is tried once. */
static int self_test(struct error *err)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int number = errno;
    if (fd < 0 && number == EPERM)
        return 0;
    if (fd >= 0)
        close(fd);
    error_set(err, FAULT_PRIVACY, "the sandbox does not hold: socket() was %s",
              fd >= 0 ? "allowed" : strerror(number));
    return error_hint(err, "Alcove does not run without it; `alcove doctor` shows what this kernel allows");
}

int sandbox_close(enum sandbox_role role, int channel_fd, const struct sandbox_limits *limits,
                  struct error *err)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return refused("PR_SET_NO_NEW_PRIVS", errno, err);
    if (set_limits(role, limits, err) || close_landlock(role, err) || close_seccomp(role, channel_fd, err))
        return -1;
    return self_test(err);
}

void sandbox_report(struct sandbox_report *ret)
{
    uint32_t kill_process = SECCOMP_RET_KILL_PROCESS;
    ret->has_seccomp = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill_process) == 0;
    ret->landlock_abi = landlock_abi();
    ret->no_new_privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}
