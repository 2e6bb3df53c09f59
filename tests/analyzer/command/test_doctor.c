/* test_doctor.c - what a script cannot break: the kernel's sandbox, and the process's own protection from
 * dumps. */
#include "analyzer/command/doctor.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "base/secret.h"
#include "tests/support/support.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A kernel that refuses filters: seccomp(2) and prctl(PR_SET_SECCOMP) give EPERM, as in a strict container.
 */
static void refuse_filters(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter || seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(seccomp), 0) ||
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prctl), 1,
                         SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)) ||
        seccomp_load(filter))
        _exit(99);
}

/* Runs `alcove COMMAND --json`; its exit status, its stdout in *ret. */
static int run_program(const char *command, bool has_filters, char *ret, size_t capacity)
{
    const char *program = getenv("ALCOVE_PROGRAM");
    int ends[2];
    assert_non_null(program);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        if (!has_filters)
            refuse_filters();
        execl(program, program, command, "--json", (char *)NULL);
        _exit(98);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t got; (got = read(ends[0], ret + used, capacity - used - 1)) > 0;)
        used += (size_t)got;
    ret[used] = 0;
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static const char *status_of(json_t *report, const char *check)
{
    size_t at;
    json_t *row;
    json_array_foreach(json_object_get(report, "checks"), at, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "check")), check) == 0)
            return json_string_value(json_object_get(row, "status"));
    }
    return "no such check";
}

static void a_kernel_without_filters_fails_the_sandbox_row_and_exits_8(void **state UNUSED)
{
    char text[16384];
    assert_int_equal(run_program("doctor", false, text, sizeof text), 8);
    json_t *report = json_loads(text, 0, NULL);
    assert_non_null(report);
    assert_string_equal(status_of(report, "sandbox"), "failed");
    json_decref(report);
    run_program("doctor", true, text, sizeof text);
    report = json_loads(text, 0, NULL);
    assert_non_null(report);
    assert_string_equal(status_of(report, "sandbox"), "ok");
    json_decref(report);
}

/* Not only the doctor: a command that cannot be caged does not run at all, and help still does. */
static void no_command_goes_on_without_the_sandbox(void **state UNUSED)
{
    char text[65536];
    char *folder = scratch_new();
    setenv("XDG_DATA_HOME", folder, 1);
    assert_int_equal(run_program("help", false, text, sizeof text), 0);
    const char *program = getenv("ALCOVE_PROGRAM");
    pid_t child = fork();
    if (child == 0) {
        refuse_filters();
        execl(program, program, "-q", "rules", "list", (char *)NULL);
        _exit(98);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 8);
    scratch_drop(folder);
}

static void a_process_that_can_be_dumped_fails_its_row(void **state UNUSED)
{
    struct diagnosis d = {.verdict = VERDICT_OK};
    struct error err;
    assert_ok(process_harden(&err), err);
    doctor_core_dumps(NULL, &d);
    assert_int_equal(d.verdict, VERDICT_OK);
    assert_int_equal(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0);
    doctor_core_dumps(NULL, &d);
    assert_int_equal(d.verdict, VERDICT_FAILED);
    assert_true(d.hint[0] != 0);
}

/* Every check has a name of its own, and its fault gives an exit status of its own kind. */
static void the_table_is_whole(void **state UNUSED)
{
    size_t count = 0;
    for (const struct doctor_check *check = doctor_checks; check->name; check++, count++) {
        assert_non_null(check->run);
        assert_int_not_equal(check->fault, FAULT_NONE);
        for (const struct doctor_check *other = doctor_checks; other != check; other++)
            assert_string_not_equal(other->name, check->name);
    }
    assert_int_equal(count, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(a_kernel_without_filters_fails_the_sandbox_row_and_exits_8),
        cmocka_unit_test(no_command_goes_on_without_the_sandbox),
        cmocka_unit_test(a_process_that_can_be_dumped_fails_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
