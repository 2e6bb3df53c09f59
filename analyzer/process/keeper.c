/* keeper.c - see keeper.h. */
#include "analyzer/process/keeper.h"

#include "analyzer/process/watch.h"
#include "base/limits.h"

#define PARSER_MS 60000
#define WORKER_MS 600000
#define HASHES_PER_BYTE 4 /* of text: more values than that cannot be in it */
#define HASHES_BASE 4096

void keeper_init(struct keeper *keeper, struct crew *crew, const struct pipeline *pipeline,
                 struct secret *subkey)
{
    *keeper = (struct keeper){
        .crew = crew, .pipeline = pipeline, .subkey = subkey, .parser_ms = PARSER_MS, .worker_ms = WORKER_MS};
}

void parsed_clear(struct parsed *parsed)
{
    message_drop(&parsed->message);
    *parsed = (struct parsed){0};
}

void analysis_clear(struct analysis *analysis)
{
    message_drop(&analysis->message);
    free(analysis->spans);
    *analysis = (struct analysis){0};
}

/* The child is gone, or cannot be trusted any more: start another. The error stays that of the document,
 * unless there is no way on. */
static int give_up(struct keeper *keeper, const struct watch *watch, struct error *err)
{
    watch_explain(watch, err);
    if (watch->end == WATCH_STOPPED) /* the run ends: no new child */
        return -1;
    struct error fatal;
    if (watch->end == WATCH_ALONE || crew_restart(keeper->crew, watch->who, &fatal)) {
        keeper->is_broken = true;
        if (watch->end != WATCH_ALONE)
            *err = fatal;
    }
    return -1;
}

/* Sends the document's message and serves requests until the answer is there. */
static int ask(struct keeper *keeper, enum crew_child who, const struct message *m, int passed_fd,
               size_t bytes, struct error *err)
{
    struct watch watch;
    watch_start(&watch, keeper, who, bytes);
    struct message_wait wait = {watch_is_over, &watch};
    keeper->has_child_error = false;
    if (keeper->is_broken)
        return error_set(err, FAULT_TEMPORARY, "the processes of this run are gone");
    if (message_send(keeper->crew->members[who].channel, m, passed_fd, &wait, err) ||
        requests_serve(keeper, who, &wait, err))
        return give_up(keeper, &watch, err);
    if (!keeper->has_child_error)
        return 0;
    *err = keeper->child_error;
    return -1;
}

int keeper_parse(struct keeper *keeper, enum parse_how how, struct slice name, int fd, struct slice bytes,
                 struct parsed *ret, struct error *err)
{
    AUTO(message) *m = NULL;
    *ret = (struct parsed){0};
    keeper->parsed = ret;
    if (message_new(&m, MSG_PARSE, ++keeper->document, err))
        return -1;
    message_put_u64(m, how);
    message_put_bytes(m, name);
    message_put_bytes(m, how == PARSE_FILE ? SLICE("") : bytes);
    return ask(keeper, CREW_PARSER, m, how == PARSE_FILE ? fd : -1, bytes.bytes, err);
}

int keeper_analyze(struct keeper *keeper, struct slice text, struct analysis *ret, struct error *err)
{
    AUTO(message) *m = NULL;
    *ret = (struct analysis){0};
    keeper->analysis = ret;
    keeper->text_bytes = text.bytes;
    keeper->hashes_left = HASHES_BASE + HASHES_PER_BYTE * text.bytes;
    if (message_new(&m, MSG_ANALYZE, ++keeper->document, err))
        return -1;
    message_put_bytes(m, text);
    return ask(keeper, CREW_WORKER, m, -1, text.bytes, err);
}
