/* crew.c - the keeper's side of the crew: starting it, hearing of deaths, starting children again. See
 * crew.h. */
#include "analyzer/process/crew.h"

#include "analyzer/process/requests.h"
#include "base/file.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

const char *crew_child_name(enum crew_child who)
{
    return who == CREW_PARSER ? "parser" : "worker";
}

static bool stop_wanted(void *context)
{
    const struct crew *crew = context;
    return crew->is_stopped && crew->is_stopped();
}

/* ---- what the spawner says ---- */

static void copy_text(char *to, size_t capacity, struct slice text)
{
    snprintf(to, capacity, "%.*s", (int)MIN(text.bytes, capacity - 1), text.data);
}

static void copy_digest(struct hash *to, struct slice bytes)
{
    if (bytes.bytes == HASH_BYTES)
        memcpy(to->bytes, bytes.data, HASH_BYTES);
}

static int read_facts(struct message *m, struct crew_facts *facts, struct error *err)
{
    copy_digest(&facts->rules_digest, message_get_bytes(m));
    facts->rule_count = message_get_u64(m);
    copy_text(facts->kernels, sizeof facts->kernels, message_get_bytes(m));
    uint64_t models = message_get_u64(m);
    facts->model_count = MIN(models, (uint64_t)STEPS_MAX);
    for (size_t i = 0; i < facts->model_count; i++) {
        copy_text(facts->models[i].name, sizeof facts->models[i].name, message_get_bytes(m));
        copy_digest(&facts->models[i].digest, message_get_bytes(m));
    }
    return message_end(m, err);
}

static int spawner_is_gone(struct error *err)
{
    error_set(err, FAULT_TEMPORARY, "the process that starts parser and worker is gone");
    return error_hint(err, "was it killed for its use of memory?");
}

static int hear_ready(struct crew *crew, struct error *err)
{
    AUTO(message) *m = NULL;
    struct message_wait wait = {stop_wanted, crew};
    int got = message_receive(crew->control, &m, 1u << 20, NULL, &wait, err);
    if (got < 0 && stop_wanted(crew))
        return error_set(err, FAULT_INTERRUPTED, "stopped before the first document");
    if (got < 0)
        return -1;
    if (got > 0)
        return spawner_is_gone(err);
    if (message_kind(m) != MSG_READY)
        return error_set(err, FAULT_TEMPORARY, "the spawner answers nonsense");
    if (message_get_u64(m) == 0)
        return read_facts(m, &crew->facts, err);
    message_get_error(m, err); /* a broken one says so itself */
    return -1;
}

bool crew_listen(struct crew *crew)
{
    for (;;) {
        struct pollfd p = {.fd = crew->control, .events = POLLIN};
        struct error err;
        AUTO(message) *m = NULL;
        if (poll(&p, 1, 0) <= 0)
            return true;
        if (message_receive(crew->control, &m, 64, NULL, NULL, &err))
            return false;
        uint64_t who = message_get_u64(m), value = message_get_u64(m);
        if (message_end(m, &err) || who >= CREW_CHILDREN)
            return false;
        struct crew_member *member = &crew->members[who];
        member->starts += message_kind(m) == MSG_STARTED;
        member->pid = message_kind(m) == MSG_STARTED ? (pid_t)value : 0;
        member->status = message_kind(m) == MSG_DIED ? (int)value : member->status;
    }
}

void crew_describe_death(const struct crew *crew, enum crew_child who, char *to, size_t capacity)
{
    int status = crew->members[who].status;
    if (WIFSIGNALED(status))
        snprintf(to, capacity, "was killed by signal %d", WTERMSIG(status));
    else
        snprintf(to, capacity, "ended with status %d", WEXITSTATUS(status));
}

/* ---- children ---- */

static int order(struct crew *crew, enum message_kind kind, enum crew_child who, struct error *err)
{
    AUTO(message) *m = NULL;
    if (message_new(&m, kind, 0, err))
        return -1;
    message_put_u64(m, who);
    return message_send(crew->control, m, -1, NULL, err) ? spawner_is_gone(err) : 0;
}

/* Waits until the child is dead (lives = 0), or was started that many times: it may be dead again by then. */
static int await(struct crew *crew, enum crew_child who, unsigned lives, struct error *err)
{
    const struct crew_member *member = &crew->members[who];
    while (lives ? member->starts < lives : member->pid != 0) {
        struct pollfd p = {.fd = crew->control, .events = POLLIN};
        if (poll(&p, 1, -1) < 0 && errno != EINTR)
            return error_errno(err, FAULT_TEMPORARY, "waiting for the spawner failed", NULL);
        if (!crew_listen(crew))
            return spawner_is_gone(err);
    }
    return 0;
}

struct greeting {
    struct crew *crew;
    enum crew_child who;
};

static bool greeting_is_over(void *context)
{
    struct greeting *g = context;
    return !crew_listen(g->crew) || !g->crew->members[g->who].pid || stop_wanted(g->crew);
}

/* The child's first message: its sandbox is closed, or why not. */
static int hear_hello(struct crew *crew, enum crew_child who, struct error *err)
{
    AUTO(message) *m = NULL;
    struct greeting g = {crew, who};
    struct message_wait wait = {greeting_is_over, &g};
    int got = message_receive(crew->members[who].channel, &m, 8192, NULL, &wait, err);
    if (got < 0 && stop_wanted(crew))
        return error_set(err, FAULT_INTERRUPTED, "stopped before the first document");
    if (got || message_kind(m) != MSG_HELLO) {
        char how[64];
        crew_describe_death(crew, who, how, sizeof how);
        return error_set(err, FAULT_TEMPORARY, "the %s process does not start: it %s", crew_child_name(who),
                         crew->members[who].pid ? "says nothing" : how);
    }
    if (message_get_u64(m) == 0)
        return message_end(m, err);
    message_get_error(m, err);
    return -1;
}

int crew_restart(struct crew *crew, enum crew_child who, struct error *err)
{
    if (!crew_listen(crew))
        return spawner_is_gone(err);
    if (crew->members[who].pid && order(crew, MSG_STOP, who, err))
        return -1;
    if (await(crew, who, 0, err))
        return -1;
    message_drain(crew->members[who].channel);
    unsigned lives = crew->members[who].starts + 1;
    if (order(crew, MSG_START, who, err) || await(crew, who, lives, err))
        return -1;
    return hear_hello(crew, who, err);
}

/* ---- the crew ---- */

void crew_drop(struct crew **crew)
{
    struct crew *c = *crew;
    if (!c)
        return;
    file_close(&c->control); /* the spawner sees the end and takes the children with it */
    for (int who = 0; who < CREW_CHILDREN; who++)
        file_close(&c->members[who].channel);
    if (c->spawner > 0)
        waitpid(c->spawner, NULL, 0);
    free(c);
    *crew = NULL;
}

static int make_channels(int near[], int far[], struct error *err)
{
    for (int i = 0; i <= CREW_CHILDREN; i++) {
        int ends[2];
        if (message_channel(ends, err))
            return -1;
        near[i] = ends[0];
        far[i] = ends[1];
    }
    return 0;
}

static int fork_spawner(struct crew *crew, const struct crew_plan *plan, struct error *err)
{
    int near[CREW_CHILDREN + 1] = {-1, -1, -1}, far[CREW_CHILDREN + 1] = {-1, -1, -1};
    int failed = make_channels(near, far, err);
    crew->control = near[CREW_CHILDREN];
    for (int who = 0; who < CREW_CHILDREN; who++)
        crew->members[who].channel = near[who];
    if (!failed) {
        fflush(NULL);
        pid_t self = getpid();
        crew->spawner = fork();
        if (crew->spawner == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != self)
                _exit(1);
            spawner_main(far[CREW_CHILDREN], far, plan);
        }
        if (crew->spawner < 0)
            failed = error_errno(err, FAULT_TEMPORARY, "a process cannot be started", NULL);
    }
    for (int i = 0; i <= CREW_CHILDREN; i++)
        file_close(&far[i]);
    return failed;
}

int crew_start(struct crew **ret, const struct crew_plan *plan, struct error *err)
{
    AUTO(crew) *c = calloc(1, sizeof *c);
    if (!c)
        return error_memory(err);
    c->is_stopped = plan->is_stopped;
    if (fork_spawner(c, plan, err) || hear_ready(c, err))
        return -1;
    for (int who = 0; who < CREW_CHILDREN; who++)
        if (await(c, (enum crew_child)who, 1, err) || hear_hello(c, (enum crew_child)who, err))
            return -1;
    *ret = TAKE(c);
    return 0;
}
