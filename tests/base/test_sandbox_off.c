/* test_sandbox_off.c - the negative control: with the filter left out, the self-test must notice, and so must
 * whoever watches from outside (tests/cli/test_network.sh runs this program with `open` under strace). */
#define ALCOVE_SANDBOX_OFF 1
#include "base/sandbox.c"

#include "tests/support/support.h"

#include <sys/wait.h>

static void without_a_filter_the_self_test_fails(void **state UNUSED)
{
    for (int role = 0; role < SANDBOX_ROLES; role++) {
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
            struct error err = {0};
            int failed = sandbox_close((enum sandbox_role)role, -1, NULL, &err);
            _exit(failed && err.code == FAULT_PRIVACY && fault_exit(err.code) == 8 &&
                          strstr(err.message, "socket()")
                      ? 0
                      : 1);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "open") == 0) {
        struct error err;
        return sandbox_close(SANDBOX_KEEPER, -1, NULL, &err) ? fault_exit(err.code) : 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_a_filter_the_self_test_fails)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
