/* doctor_machine.c - the doctor's checks of kernel, processor, memory and clock. */
#include "analyzer/command/doctor.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/sandbox.h"
#include "base/secret.h"
#include "base/thread.h"
#include "models/model.h"

#include <errno.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define CLOCK_EARLIEST_NS 1767225600000000000 /* 2026-01-01: older than this program, so the clock is wrong  \
                                               */
#define CLOCK_LATEST_NS 4102444800000000000   /* 2100-01-01 */

/* ---- sandbox ---- */

/* Closes one role in a child, where sandbox_close also tries what must be refused. The child's error comes
 * back. */
static int try_role(enum sandbox_role role, struct error *err)
{
    int ends[2];
    if (pipe(ends))
        return error_errno(err, FAULT_PRIVACY, "no pipe", NULL);
    pid_t child = fork();
    if (child < 0) {
        int failed = error_errno(err, FAULT_PRIVACY, "no child process", NULL);
        close(ends[0]);
        close(ends[1]);
        return failed;
    }
    if (child == 0) {
        const struct sandbox_limits limits = {0};
        struct error inner = {0};
        close(ends[0]);
        int failed = sandbox_close(role, -1, &limits, &inner);
        ssize_t sent = failed ? write(ends[1], &inner, sizeof inner) : 0;
        _exit(failed || sent < 0);
    }
    close(ends[1]);
    struct error inner = {0};
    ssize_t got = read(ends[0], &inner, sizeof inner);
    close(ends[0]);
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (got == (ssize_t)sizeof inner)
        *err = inner;
    else
        error_set(err, FAULT_PRIVACY, "the child died of signal %d",
                  WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return -1;
}

void doctor_sandbox(const struct patient *patient, struct diagnosis *ret)
{
    struct sandbox_report report;
    struct error err = {0};
    sandbox_report(&report);
    if (!report.has_seccomp) {
        diagnose(ret, VERDICT_FAILED, "Alcove needs a kernel with CONFIG_SECCOMP_FILTER that lets it be used",
                 "no seccomp filters here");
        return;
    }
    for (int role = 0; role < SANDBOX_ROLES; role++)
        if (try_role((enum sandbox_role)role, &err)) {
            diagnose(ret, VERDICT_FAILED,
                     "nothing runs without it; in a container, allow seccomp(2) and prctl(2)",
                     "the %s's sandbox does not close: %s", sandbox_role_name((enum sandbox_role)role),
                     err.message);
            return;
        }
    if (context_close_sandbox(patient->context, &err)) {
        diagnose(ret, VERDICT_FAILED, err.hint, "%s", err.message);
        return;
    }
    if (report.landlock_abi)
        diagnose(ret, VERDICT_OK, "", "seccomp and Landlock %d; all %d roles close and refuse socket()",
                 report.landlock_abi, SANDBOX_ROLES);
    else
        diagnose(ret, VERDICT_OK, "",
                 "seccomp, no Landlock in this kernel; all %d roles close and refuse socket()",
                 SANDBOX_ROLES);
}

/* ---- memory ---- */

void doctor_core_dumps(const struct patient *patient UNUSED, struct diagnosis *ret)
{
    struct rlimit core;
    bool has_core = getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0;
    bool is_dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0;
    if (has_core || is_dumpable)
        diagnose(ret, VERDICT_FAILED, "a crash would write document text to disk", "%s",
                 is_dumpable ? "the process may be dumped and traced" : "the limit for core files is not 0");
    else
        diagnose(ret, VERDICT_OK, "", "switched off; other processes cannot read this one's memory");
}

void doctor_memory_lock(const struct patient *patient UNUSED, struct diagnosis *ret)
{
    struct rlimit lock = {0, 0};
    getrlimit(RLIMIT_MEMLOCK, &lock);
    if (!secret_is_locked())
        diagnose(ret, VERDICT_WARNING, "raise it: ulimit -l, or LimitMEMLOCK= of the service",
                 "the limit is %llu bytes: keys could reach the swap", (unsigned long long)lock.rlim_cur);
    else if (lock.rlim_cur == RLIM_INFINITY)
        diagnose(ret, VERDICT_OK, "", "keys are locked in memory (no limit)");
    else
        diagnose(ret, VERDICT_OK, "", "keys are locked in memory (limit %llu KiB)",
                 (unsigned long long)lock.rlim_cur >> 10);
}

/* ---- processor ---- */

void doctor_cpu(const struct patient *patient UNUSED, struct diagnosis *ret)
{
    const char *wanted = getenv("ALCOVE_KERNELS"), *used = model_kernels();
    char features[120] = "";
    size_t at = 0;
    const struct {
        const char *name;
        bool is_there;
    } rows[] = {{"avx2", __builtin_cpu_supports("avx2") != 0},
                {"fma", __builtin_cpu_supports("fma") != 0},
                {"avx512f", __builtin_cpu_supports("avx512f") != 0},
                {"avx512vnni", __builtin_cpu_supports("avx512vnni") != 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].is_there)
            at += (size_t)snprintf(features + at, sizeof features - at, " %s", rows[i].name);
    if (wanted && wanted[0] && strcmp(wanted, used) != 0)
        diagnose(ret, VERDICT_WARNING, "unset ALCOVE_KERNELS, or name a column that this processor has",
                 "ALCOVE_KERNELS asks for \"%.40s\", the kernels in use are \"%s\"", wanted, used);
    else if (strcmp(used, "scalar") == 0)
        diagnose(ret, VERDICT_WARNING,
                 wanted ? "ALCOVE_KERNELS says so" : "models run many times faster with AVX2",
                 "the plain kernels are in use, %u cores, processor has:%s", thread_cores(), features);
    else
        diagnose(ret, VERDICT_OK, "", "kernels \"%s\", %u cores, processor has:%s", used, thread_cores(),
                 features);
}

/* ---- clock ---- */

void doctor_clock(const struct patient *patient, struct diagnosis *ret)
{
    int64_t now_ns = clock_utc_ns();
    char text[CLOCK_TEXT_BYTES];
    struct stat st;
    struct error ignored;
    char usual[PATH_MAX];
    const char *store = argument_text(patient->arguments, "store", NULL);
    if (!store && xdg_path(XDG_DATA, "store.alc", usual, sizeof usual, &ignored) == 0)
        store = usual;
    clock_write(now_ns, text);
    if (now_ns < CLOCK_EARLIEST_NS || now_ns > CLOCK_LATEST_NS)
        diagnose(ret, VERDICT_FAILED, "set the clock: audit records carry its time", "it says %s", text);
    else if (store && stat(store, &st) == 0 && (int64_t)st.st_mtime > now_ns / 1000000000 + 60)
        diagnose(ret, VERDICT_FAILED, "set the clock: audit records carry its time",
                 "it says %s, but the store was last written after that", text);
    else
        diagnose(ret, VERDICT_OK, "", "%s", text);
}
