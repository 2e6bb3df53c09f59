/* signals.c - see signals.h. The handler stores a number and writes a byte; all else is asked for later. */
#include "analyzer/run/signals.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#define TERM_GRACE_NS 10000000000

static volatile sig_atomic_t first_signal;
static int64_t seen_ns;
static int wake[2] = {-1, -1};

static void note(int number)
{
    int saved = errno;
    if (!first_signal || number == SIGINT)
        first_signal = number;
    (void)!write(wake[1], "", 1);
    errno = saved;
}

int signals_catch(struct error *err)
{
    if (wake[0] < 0 && pipe2(wake, O_CLOEXEC | O_NONBLOCK))
        return error_errno(err, FAULT_TEMPORARY, "a pipe cannot be made", NULL);
    struct sigaction catch = {.sa_handler = note}, ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTERM, &catch, NULL);
    sigaction(SIGINT, &catch, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    return 0;
}

static void leave(int number)
{
    _exit(fault_exit(number == SIGINT ? FAULT_INTERRUPTED : FAULT_TEMPORARY));
}

void signals_exit(void)
{
    struct sigaction at_once = {.sa_handler = leave}, ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTERM, &at_once, NULL);
    sigaction(SIGINT, &at_once, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

enum fault signals_seen(void)
{
    return first_signal == SIGINT ? FAULT_INTERRUPTED : first_signal ? FAULT_TEMPORARY : FAULT_NONE;
}

bool signals_any(void)
{
    return first_signal != 0;
}

int64_t signals_drop_at_ns(void)
{
    if (!first_signal)
        return INT64_MAX;
    if (!seen_ns)
        seen_ns = clock_monotonic_ns();
    return first_signal == SIGINT ? seen_ns : seen_ns + TERM_GRACE_NS;
}

int signals_fd(void)
{
    return wake[0];
}
