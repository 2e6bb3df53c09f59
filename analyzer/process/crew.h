/* crew.h - the processes of a run as the keeper sees them: a spawner, and the parser and worker that it
 * starts.
 *
 *   keeper --control-- spawner      the spawner is forked before any key is loaded, loads rules and models,
 *     |  \                |  \      closes its sandbox and forks the children, again whenever one has died
 *     |   +--channel-- parser |
 *     +------channel------ worker   each pair of channel ends is made before the first fork and outlives its
 *                                   child: both sides are drained before the next one starts
 *
 * Only the keeper holds keys and the store; it parses nothing. */
#ifndef ALCOVE_ANALYZER_PROCESS_CREW_H
#define ALCOVE_ANALYZER_PROCESS_CREW_H

#include "base/contract.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/message.h"
#include "pipelines/pipeline.h"

#include <sys/types.h>

enum crew_child { CREW_PARSER, CREW_WORKER, CREW_CHILDREN };
const char *crew_child_name(enum crew_child who);

/* What a child is started with; rules and models are the spawner's, mapped before the fork. */
struct ruleset;
struct model;
struct child_context {
    int channel;
    const struct pipeline *pipeline;
    const struct ruleset *rules;
    const struct model *const *models; /* [pipeline->step_count] */
    unsigned threads;
    bool has_explanations; /* spans carry the arithmetic of their score */
    uint64_t data_bytes;   /* limit of the child's data; 0 = none */
};
typedef int child_main(const struct child_context *context); /* returns the process's exit status */
child_main parser_main, worker_main;

struct crew_plan {
    const struct pipeline *pipeline; /* borrowed, as all here */
    const char *rules_folder, *models_folder;
    unsigned threads; /* of the worker; resolved, not 0 */
    bool has_explanations;
    bool (*is_stopped)(void);         /* asked while waiting for the spawner; may be NULL */
    child_main *mains[CREW_CHILDREN]; /* NULL = parser_main and worker_main; tests put others here */
};

struct crew_facts { /* what the spawner loaded, for the run record */
    struct hash rules_digest;
    size_t rule_count;
    size_t model_count; /* distinct models, in the order of the steps */
    struct {
        char name[LABEL_BYTES_MAX];
        struct hash digest;
    } models[STEPS_MAX];
    char kernels[32];
};

struct crew {
    int control;
    pid_t spawner;
    struct crew_member {
        int channel;
        pid_t pid;       /* 0 = not running */
        int status;      /* wait status of the last death */
        unsigned starts; /* lives so far */
    } members[CREW_CHILDREN];
    struct crew_facts facts;
    bool (*is_stopped)(void);
};

/* Forks the spawner and waits until rules and models are loaded and both children run. The caller must be
 * single threaded and hold no key. SIGPIPE must be ignored. -1 with the spawner's error (FAULT_PIPELINE,
 * FAULT_MODEL, FAULT_PRIVACY, ...). */
CHECKED int crew_start(struct crew **ret, const struct crew_plan *plan, struct error *err);

/* Ends all its processes. */
void crew_drop(struct crew **crew);

/* Kills the child if it still runs and starts it anew, with empty channels; the child has then said
 * MSG_HELLO. -1 with FAULT_PRIVACY (its sandbox), FAULT_TEMPORARY (it does not start): nothing more can be
 * done with this crew. */
CHECKED int crew_restart(struct crew *crew, enum crew_child who, struct error *err);

/* Takes what the spawner has to say without waiting. False when the spawner itself is gone. */
bool crew_listen(struct crew *crew);

/* "was killed by signal 9", "ended with status 1": how the child died. */
void crew_describe_death(const struct crew *crew, enum crew_child who, char *to, size_t capacity);

/* The spawner's process, forked by crew_start; never returns. Ends of the channels: [CREW_PARSER],
 * [CREW_WORKER]. */
_Noreturn void spawner_main(int control, const int channels[CREW_CHILDREN], const struct crew_plan *plan);

#endif
