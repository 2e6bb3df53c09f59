/* spawner.c - the single-threaded process that loads rules and models, then starts parsers and workers for
 * the whole run. It never sees a document or a key. See crew.h. */
#include "analyzer/process/crew.h"
#include "analyzer/process/requests.h"
#include "base/sandbox.h"
#include "base/thread.h"
#include "models/model.h"
#include "rules/rule.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

struct spawner {
    const struct crew_plan *plan;
    int control;
    const int *channels; /* the children's ends */
    pid_t pids[CREW_CHILDREN];
    struct ruleset *rules;
    struct model *owned[STEPS_MAX];
    const struct model *models[STEPS_MAX];
    uint64_t data_bytes;
    struct crew_facts facts;
};

/* ---- descriptors and signals ---- */

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Closes all but 0 to 2 and these. */
static void keep_only(const int *fds, size_t count)
{
    int sorted[CREW_CHILDREN + 1];
    memcpy(sorted, fds, count * sizeof *fds);
    qsort(sorted, count, sizeof *sorted, by_number);
    unsigned from = 3;
    for (size_t i = 0; i < count; i++) {
        if ((unsigned)sorted[i] > from)
            close_range(from, (unsigned)sorted[i] - 1, 0);
        from = (unsigned)sorted[i] + 1;
    }
    close_range(from, ~0u, 0);
}

/* The user's stdin and stdout belong to the keeper; so does stderr, but for a sanitizer's last words. */
static void leave_standard_streams(void)
{
    int null = open("/dev/null", O_RDWR);
    if (null < 0)
        _exit(fault_exit(FAULT_TEMPORARY));
#ifdef ALCOVE_SANITIZED
    const int last = 1;
#else
    const int last = 2;
#endif
    for (int fd = 0; fd <= last; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
}

static void nothing(int number UNUSED)
{
}

/* Ctrl-C reaches the whole process group, but only the keeper decides what it means. SIGCHLD is held back
 * except during the wait for the next event. */
static void set_signals(sigset_t *ret_waiting)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, wake = {.sa_handler = nothing};
    for (size_t i = 0; i < COUNT_OF(ignored); i++)
        sigaction(ignored[i], &ignore, NULL);
    sigaction(SIGCHLD, &wake, NULL);
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGCHLD);
    sigprocmask(SIG_BLOCK, &held, ret_waiting);
    sigdelset(ret_waiting, SIGCHLD);
}

/* ---- loading ---- */

/* The model of a step; steps that name the same one share it. */
static int load_model(struct spawner *s, size_t step, struct pool *pool, struct error *err)
{
    const struct pipeline *p = s->plan->pipeline;
    for (size_t i = 0; i < step; i++)
        if (strcmp(p->steps[i].model, p->steps[step].model) == 0) {
            s->models[step] = s->models[i];
            return 0;
        }
    struct registry_entry entry;
    size_t n = s->facts.model_count;
    if (registry_find(p->steps[step].model, s->plan->models_folder, &entry, &s->facts.models[n].digest,
                      err) ||
        model_load(&s->owned[n], entry.path, pool, err))
        return -1;
    struct model_info info;
    model_info(s->owned[n], &info);
    s->data_bytes += info.packed_bytes + (uint64_t)info.kv_bytes_per_token * MIN(info.context, 8192u) * 4;
    snprintf(s->facts.models[n].name, sizeof s->facts.models[n].name, "%s", p->steps[step].model);
    snprintf(s->facts.kernels, sizeof s->facts.kernels, "%s", info.kernels);
    s->facts.model_count++;
    s->models[step] = s->owned[n];
    return 0;
}

static int load_models(struct spawner *s, struct error *err)
{
    AUTO(pool) *pool = NULL; /* gone before the first fork */
    size_t steps = s->plan->pipeline->step_count;
    if (steps && pool_new(&pool, s->plan->threads, err))
        return -1;
    for (size_t i = 0; i < steps; i++)
        if (load_model(s, i, pool, err))
            return -1;
    return 0;
}

static int load(struct spawner *s, struct error *err)
{
    const struct pipeline *p = s->plan->pipeline;
    if (ruleset_load(&s->rules, p->packs, p->pack_count, s->plan->rules_folder, err))
        return err->file[0] ? -1 : error_at(err, p->path, 0, 0);
    s->facts.rules_digest = ruleset_digest(s->rules);
    s->facts.rule_count = ruleset_count(s->rules);
    return load_models(s, err);
}

static int send_ready(const struct spawner *s, const struct error *problem, struct error *err)
{
    AUTO(message) *m = NULL;
    if (message_new(&m, MSG_READY, 0, err))
        return -1;
    message_put_u64(m, problem != NULL);
    if (problem) {
        message_put_error(m, problem);
    } else {
        message_put_bytes(m, (struct slice){(const char *)s->facts.rules_digest.bytes, HASH_BYTES});
        message_put_u64(m, s->facts.rule_count);
        message_put_bytes(m, slice_of(s->facts.kernels));
        message_put_u64(m, s->facts.model_count);
        for (size_t i = 0; i < s->facts.model_count; i++) {
            message_put_bytes(m, slice_of(s->facts.models[i].name));
            message_put_bytes(m, (struct slice){(const char *)s->facts.models[i].digest.bytes, HASH_BYTES});
        }
    }
    return message_send(s->control, m, -1, NULL, err);
}

/* ---- children ---- */

#define DATA_BYTES_BASE (1ull << 30)

static _Noreturn void run_child(const struct spawner *s, enum crew_child who, pid_t parent)
{
    static child_main *const mains[] = {[CREW_PARSER] = parser_main, [CREW_WORKER] = worker_main};
    static const char *const names[] = {[CREW_PARSER] = "alcove-parser", [CREW_WORKER] = "alcove-worker"};
    prctl(PR_SET_NAME, names[who]);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    keep_only(&s->channels[who], 1);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    uint64_t documents = 16 * s->plan->pipeline->bytes_max;
    struct child_context context = {.channel = s->channels[who],
                                    .pipeline = s->plan->pipeline,
                                    .rules = s->rules,
                                    .models = s->models,
                                    .threads = s->plan->threads,
                                    .has_explanations = s->plan->has_explanations,
                                    .data_bytes = DATA_BYTES_BASE + documents +
                                                  (who == CREW_WORKER ? s->data_bytes + DATA_BYTES_BASE : 0)};
    _exit((s->plan->mains[who] ? s->plan->mains[who] : mains[who])(&context));
}

static int tell(const struct spawner *s, enum message_kind kind, enum crew_child who, uint64_t value,
                struct error *err)
{
    AUTO(message) *m = NULL;
    if (message_new(&m, kind, 0, err))
        return -1;
    message_put_u64(m, who);
    message_put_u64(m, value);
    return message_send(s->control, m, -1, NULL, err);
}

/* A fresh child on a channel that holds nothing of its predecessor's. */
static int start(struct spawner *s, enum crew_child who, struct error *err)
{
    if (s->pids[who])
        return 0;
    message_drain(s->channels[who]);
    pid_t self = getpid(), pid = fork();
    if (pid == 0)
        run_child(s, who, self);
    if (pid < 0)
        return tell(s, MSG_STARTED, who, 0, err) || tell(s, MSG_DIED, who, 1 << 8, err) ? -1 : 0;
    s->pids[who] = pid;
    return tell(s, MSG_STARTED, who, (uint64_t)pid, err);
}

static int reap(struct spawner *s, struct error *err)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (int who = 0; who < CREW_CHILDREN; who++)
            if (s->pids[who] == pid) {
                s->pids[who] = 0;
                if (tell(s, MSG_DIED, (enum crew_child)who, (unsigned)status, err))
                    return -1;
            }
    return 0;
}

static _Noreturn void end(const struct spawner *s, int status)
{
    for (int who = 0; who < CREW_CHILDREN; who++)
        if (s->pids[who])
            kill(s->pids[who], SIGKILL);
    _exit(status);
}

/* One order of the keeper's. 1 = it is gone. */
static int obey(struct spawner *s, struct error *err)
{
    AUTO(message) *m = NULL;
    int got = message_receive(s->control, &m, 64, NULL, NULL, err);
    if (got)
        return got;
    uint64_t who = message_get_u64(m);
    if (message_end(m, err) || who >= CREW_CHILDREN)
        return -1;
    if (message_kind(m) == MSG_START)
        return start(s, (enum crew_child)who, err);
    if (message_kind(m) == MSG_STOP && s->pids[who])
        kill(s->pids[who], SIGKILL);
    return 0;
}

_Noreturn void spawner_main(int control, const int channels[CREW_CHILDREN], const struct crew_plan *plan)
{
    struct spawner s = {.plan = plan, .control = control, .channels = channels};
    struct error err, sent;
    sigset_t waiting;
    prctl(PR_SET_NAME, "alcove-spawner");
    int fds[CREW_CHILDREN + 1] = {control, channels[CREW_PARSER], channels[CREW_WORKER]};
    keep_only(fds, COUNT_OF(fds));
    leave_standard_streams();
    set_signals(&waiting);
    if (load(&s, &err) || sandbox_close(SANDBOX_SPAWNER, channels[CREW_PARSER], NULL, &err)) {
        (void)!send_ready(&s, &err, &sent);
        _exit(fault_exit(err.code));
    }
    if (send_ready(&s, NULL, &err) || start(&s, CREW_PARSER, &err) || start(&s, CREW_WORKER, &err))
        end(&s, 1);
    for (;;) {
        struct pollfd p = {.fd = control, .events = POLLIN};
        int n = ppoll(&p, 1, NULL, &waiting);
        if (n < 0 && errno != EINTR)
            end(&s, 1);
        if (reap(&s, &err) || (n > 0 && obey(&s, &err)))
            end(&s, 0);
    }
}
