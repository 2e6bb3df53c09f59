/* test_sandbox.c - every refused cell of the table is tried from inside, role by role. */
#include "tests/support/support.h"

#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* Runs `body` in a forked process inside the role's sandbox; returns its wait status. The body answers 0 =
 * holds. */
static int inside(enum sandbox_role role, int channel_fd, const struct sandbox_limits *limits,
                  int (*body)(const void *context), const void *context)
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct error err;
        if (sandbox_close(role, channel_fd, limits, &err)) {
            dprintf(2, "%s (%s)\n", err.message, err.hint);
            _exit(99);
        }
        _exit(body(context));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int call_is_refused(const void *context)
{
    const struct sandbox_rule *rule = *(const struct sandbox_rule *const *)context;
    long got = syscall(seccomp_syscall_resolve_name(rule->call), -1L, -1L, -1L, -1L, -1L, -1L);
    return got == -1 && (errno == EPERM || (errno == ENOSYS && strcmp(rule->call, "clone3") == 0)) ? 0 : 1;
}

static void every_refused_call_is_refused_in_every_role(void **state UNUSED)
{
    size_t count, tried = 0;
    const struct sandbox_rule *rules = sandbox_rules(&count);
    for (int role = 0; role < SANDBOX_ROLES; role++)
        for (size_t i = 0; i < count; i++) {
            const struct sandbox_rule *rule = &rules[i];
            if (!strchr("-0", rule->cells[role]))
                continue;
            tried++;
            if (inside((enum sandbox_role)role, -1, NULL, call_is_refused, &rule) != 0)
                fail_msg("%s may call %s", sandbox_role_name((enum sandbox_role)role), rule->call);
        }
    print_message("%zu calls tried\n", tried);
    assert_true(tried > 250);
}

static void the_table_names_each_call_once_and_fills_each_cell(void **state UNUSED)
{
    size_t count;
    const struct sandbox_rule *rules = sandbox_rules(&count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(strlen(rules[i].cells), SANDBOX_ROLES);
        assert_int_equal(strspn(rules[i].cells, "-acsxn0"), SANDBOX_ROLES);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(rules[i].call, rules[j].call);
    }
}

static void every_network_call_is_refused_to_all(void **state UNUSED)
{
    static const char *const calls[] = {"socket",
                                        "connect",
                                        "bind",
                                        "listen",
                                        "accept",
                                        "accept4",
                                        "sendto",
                                        "sendmmsg",
                                        "recvfrom",
                                        "recvmmsg",
                                        "ptrace",
                                        "execve",
                                        "unshare",
                                        "setns",
                                        "bpf",
                                        "execveat",
                                        "pidfd_getfd",
                                        "process_vm_readv",
                                        "process_vm_writev",
                                        "io_uring_setup",
                                        "io_uring_enter",
                                        "io_uring_register"};
    size_t count, found = 0;
    const struct sandbox_rule *rules = sandbox_rules(&count);
    for (size_t c = 0; c < COUNT_OF(calls); c++)
        for (size_t i = 0; i < count; i++)
            if (strcmp(rules[i].call, calls[c]) == 0 && ++found)
                assert_string_equal(rules[i].cells, "----");
    assert_int_equal(found, COUNT_OF(calls));
}

static int unknown_calls_are_refused(const void *context UNUSED)
{
    return syscall(SYS_getppid) == -1 && errno == EPERM && syscall(SYS_timer_create, 0, 0, 0) == -1 &&
                   errno == EPERM && syscall(SYS_ioctl, 0, 0x5412, "x") == -1 && errno == EPERM
               ? 0
               : 1;
}

static void children_refuse_what_the_table_does_not_name(void **state UNUSED)
{
    assert_int_equal(inside(SANDBOX_PARSER, -1, NULL, unknown_calls_are_refused, NULL), 0);
    assert_int_equal(inside(SANDBOX_WORKER, -1, NULL, unknown_calls_are_refused, NULL), 0);
}

/* ---- the descriptor that may be passed ---- */

static ssize_t message(bool is_send, int fd)
{
    char byte = 'x';
    struct iovec part = {&byte, 1};
    struct msghdr h = {.msg_iov = &part, .msg_iovlen = 1};
    return is_send ? sendmsg(fd, &h, MSG_DONTWAIT) : recvmsg(fd, &h, MSG_DONTWAIT);
}

struct channel {
    int fd, other;
    bool is_send;
};

static int only_the_channel(const void *context)
{
    const struct channel *c = context;
    if (message(c->is_send, c->fd) != 1)
        return 1;
    if (message(c->is_send, c->other) != -1 || errno != EPERM)
        return 2;
    return message(!c->is_send, c->fd) == -1 && errno == EPERM ? 0 : 3;
}

static int no_messages_at_all(const void *context)
{
    const struct channel *c = context;
    return message(true, c->fd) == -1 && errno == EPERM && message(false, c->fd) == -1 && errno == EPERM ? 0
                                                                                                         : 1;
}

static void descriptors_pass_from_keeper_to_parser_only(void **state UNUSED)
{
    int a[2], b[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
    assert_int_equal(write(a[1], "abc", 3), 3); /* something to receive */
    struct channel send = {a[0], b[0], true}, receive = {a[0], b[0], false};
    assert_int_equal(inside(SANDBOX_KEEPER, a[0], NULL, only_the_channel, &send), 0);
    assert_int_equal(inside(SANDBOX_PARSER, a[0], NULL, only_the_channel, &receive), 0);
    assert_int_equal(inside(SANDBOX_SPAWNER, a[0], NULL, only_the_channel, &receive), 0);
    assert_int_equal(inside(SANDBOX_WORKER, a[0], NULL, no_messages_at_all, &receive), 0);
    assert_int_equal(inside(SANDBOX_KEEPER, -1, NULL, no_messages_at_all, &receive), 0);
    for (int i = 0; i < 2; i++) {
        close(a[i]);
        close(b[i]);
    }
}

/* ---- what must go on working ---- */

static int memory_and_pipes_work(const void *context)
{
    const int *fds = context;
    char *big = malloc(8u << 20), byte = 0;
    if (!big)
        return 1;
    memset(big, 7, 8u << 20);
    big = realloc(big, 32u << 20);
    if (!big || big[(8u << 20) - 1] != 7)
        return 2;
    free(big);
    if (write(fds[1], "y", 1) != 1 || read(fds[0], &byte, 1) != 1 || byte != 'y')
        return 3;
    return 0;
}

static int no_new_code(const void *context UNUSED)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return 1;
    if (mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0 || errno != EPERM)
        return 2;
    page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED && errno == EPERM ? 0 : 3;
}

static void children_have_memory_and_pipes_but_no_new_code(void **state UNUSED)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    for (int role = SANDBOX_PARSER; role <= SANDBOX_WORKER; role++) {
        assert_int_equal(inside((enum sandbox_role)role, -1, NULL, memory_and_pipes_work, fds), 0);
        assert_int_equal(inside((enum sandbox_role)role, -1, NULL, no_new_code, NULL), 0);
    }
    close(fds[0]);
    close(fds[1]);
}

static int forks_but_opens_nothing(const void *context UNUSED)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0) == -1 && errno == EPERM ? 5 : 6);
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 5)
        return 1;
    if (open("/etc/passwd", O_RDONLY) >= 0)
        return 2;
    return syscall(SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0) == -1 && errno == EPERM ? 0 : 3;
}

static void the_spawner_forks_but_opens_nothing(void **state UNUSED)
{
    assert_int_equal(inside(SANDBOX_SPAWNER, -1, NULL, forks_but_opens_nothing, NULL), 0);
}

static int writes_files(const void *context)
{
    int fd = open(context, O_RDWR | O_CREAT, 0600);
    return fd >= 0 && write(fd, "kept", 4) == 4 && fsync(fd) == 0 && unlink(context) == 0 ? 0 : 1;
}

static void the_keeper_works_with_files(void **state UNUSED)
{
    char *folder = scratch_new();
    assert_int_equal(inside(SANDBOX_KEEPER, -1, NULL, writes_files, path_of(folder, "f")), 0);
    scratch_drop(folder);
}

/* ---- threads, old entries, limits ---- */

static pthread_barrier_t closed;
static int thread_verdict = 1;

static void *try_socket(void *unused)
{
    pthread_barrier_wait(&closed);
    thread_verdict = socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EPERM ? 0 : 1;
    return unused;
}

static void threads_started_before_are_held_too(void **state UNUSED)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct error err;
        pthread_t thread;
        pthread_barrier_init(&closed, NULL, 2);
        if (pthread_create(&thread, NULL, try_socket, NULL) || sandbox_close(SANDBOX_WORKER, -1, NULL, &err))
            _exit(99);
        pthread_barrier_wait(&closed);
        pthread_join(thread, NULL);
        _exit(thread_verdict);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

#ifdef __x86_64__
static int old_entry(const void *context UNUSED)
{
    long got;
    __asm__ volatile("int $0x80" : "=a"(got) : "a"(20L) : "memory"); /* getpid of i386 */
    return 1;
}

static void the_i386_entry_is_killed(void **state UNUSED)
{
    for (int role = 0; role < SANDBOX_ROLES; role++) {
        int status = inside((enum sandbox_role)role, -1, NULL, old_entry, NULL);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}
#endif

static int too_much_memory(const void *context UNUSED)
{
    return malloc(64u << 20) ? 1 : 0;
}

static void memory_is_bounded(void **state UNUSED)
{
    static const struct sandbox_limits limits = {.data_bytes = 32u << 20};
#ifdef ALCOVE_SANITIZED
    assert_int_equal(WEXITSTATUS(inside(SANDBOX_WORKER, -1, &limits, too_much_memory, NULL)), 1); /* lifted */
#else
    assert_int_equal(inside(SANDBOX_WORKER, -1, &limits, too_much_memory, NULL), 0);
#endif
}

/* A container whose own filter refuses seccomp(2), as some do: no role goes on. */
static void where_filters_are_refused_nothing_goes_on(void **state UNUSED)
{
    for (int role = 0; role < SANDBOX_ROLES; role++) {
        fflush(NULL);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            struct error err = {0};
            scmp_filter_ctx outer = seccomp_init(SCMP_ACT_ALLOW);
            if (!outer || seccomp_rule_add(outer, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(seccomp), 0) ||
                seccomp_load(outer))
                _exit(98);
            _exit(sandbox_close((enum sandbox_role)role, -1, NULL, &err) ? fault_exit(err.code) : 0);
        }
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 8);
    }
}

static void the_report_agrees_with_what_was_tried(void **state UNUSED)
{
    struct sandbox_report report;
    sandbox_report(&report);
    assert_true(report.has_seccomp);
    assert_in_range(report.landlock_abi, 0, 100);
}

/* ---- the page for readers ---- */

static void the_page_shows_the_table(void **state UNUSED)
{
    char *text = calloc(1, 1u << 20);
    FILE *page = fopen(source_file("docs/sandbox.md"), "r");
    assert_non_null(page);
    assert_true(fread(text, 1, (1u << 20) - 1, page) > 0);
    fclose(page);
    size_t count, rows = 0;
    const struct sandbox_rule *rules = sandbox_rules(&count);
    for (const char *at = text; (at = strstr(at, "\n| `")); at++)
        rows++;
    for (size_t i = 0; i < count; i++) {
        const char *c = rules[i].cells;
        char row[200];
        snprintf(row, sizeof row, "| `%s` | %c | %c | %c | %c |\n", rules[i].call, c[0], c[1], c[2], c[3]);
        if (!strstr(text, row))
            fail_msg("docs/sandbox.md lacks the row: %s", row);
    }
    assert_int_equal(rows, count);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_names_each_call_once_and_fills_each_cell),
        cmocka_unit_test(every_network_call_is_refused_to_all),
        cmocka_unit_test(every_refused_call_is_refused_in_every_role),
        cmocka_unit_test(children_refuse_what_the_table_does_not_name),
        cmocka_unit_test(descriptors_pass_from_keeper_to_parser_only),
        cmocka_unit_test(children_have_memory_and_pipes_but_no_new_code),
        cmocka_unit_test(the_spawner_forks_but_opens_nothing),
        cmocka_unit_test(the_keeper_works_with_files),
        cmocka_unit_test(threads_started_before_are_held_too),
#ifdef __x86_64__
        cmocka_unit_test(the_i386_entry_is_killed),
#endif
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(where_filters_are_refused_nothing_goes_on),
        cmocka_unit_test(the_report_agrees_with_what_was_tried),
        cmocka_unit_test(the_page_shows_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
