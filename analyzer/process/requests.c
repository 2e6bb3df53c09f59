/* requests.c - the keeper answers the requests of this table and nothing else; see requests.h. */
#include "analyzer/process/requests.h"

#include "analyzer/process/keeper.h"
#include "analyzer/process/outcome.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/utf8.h"

static int nonsense(const char *what, struct error *err)
{
    return error_set(err, FAULT_DOCUMENT, "a child process answered nonsense: %s", what);
}

int send_hello(int channel, const struct error *problem, struct error *err)
{
    AUTO(message) *m = NULL;
    if (message_new(&m, MSG_HELLO, 0, err))
        return -1;
    message_put_u64(m, problem != NULL);
    if (problem)
        message_put_error(m, problem);
    return message_send(channel, m, -1, NULL, err);
}

/* ---- answers ---- */

static int take_error(struct keeper *keeper, struct message *m, struct error *err)
{
    message_get_error(m, &keeper->child_error);
    if (message_end(m, err))
        return -1;
    enum fault code = keeper->child_error.code;
    if (code == FAULT_INTERRUPTED || code == FAULT_USAGE || code == FAULT_STORE || code == FAULT_AUDIT)
        return nonsense("a fault that is not a child's", err);
    keeper->has_child_error = true;
    return 0;
}

static int answer_parsed(struct keeper *keeper, struct message *m, struct error *err)
{
    struct parsed *p = keeper->parsed;
    bool failed = message_get_u64(m) != 0;
    p->id = message_get_bytes(m);
    if (p->id.bytes > DOCUMENT_ID_BYTES_MAX || utf8_valid(p->id) != p->id.bytes ||
        (p->id.bytes && memchr(p->id.data, 0, p->id.bytes)))
        return nonsense("a document id", err);
    if (failed)
        return take_error(keeper, m, err);
    p->text = message_get_bytes(m);
    p->charset = message_get_bytes(m);
    if (message_end(m, err))
        return -1;
    if (p->text.bytes == 0 || p->text.bytes > DOCUMENT_BYTES_MAX || p->charset.bytes > 32)
        return nonsense("a text of impossible length", err);
    return 0;
}

/* HMAC(subkey, purpose 0x00 value) for each value: what surrogates and keyed hashes are made of. */
static int answer_keyed_hashes(struct keeper *keeper, struct message *m, struct error *err)
{
    struct slice purpose = message_get_bytes(m);
    uint64_t count = message_get_u64(m);
    if (purpose.bytes == 0 || purpose.bytes > PURPOSE_BYTES_MAX || count > keeper->hashes_left)
        return nonsense("a request for keyed hashes", err);
    keeper->hashes_left -= count;
    AUTO(message) *reply = NULL;
    if (message_new(&reply, MSG_HASHES, keeper->document, err))
        return -1;
    for (uint64_t i = 0; i < count; i++) {
        struct slice parts[] = {purpose, {"", 1}, message_get_bytes(m)};
        struct hash h = hash_keyed(secret_slice(keeper->subkey), parts, COUNT_OF(parts));
        message_put_bytes(reply, (struct slice){(const char *)h.bytes, HASH_BYTES});
    }
    if (message_end(m, err))
        return -1;
    return message_send(keeper->crew->members[CREW_WORKER].channel, reply, -1, keeper->wait, err);
}

static int answer_outcome(struct keeper *keeper, struct message *m, struct error *err)
{
    if (message_get_u64(m))
        return take_error(keeper, m, err);
    return outcome_get(m, keeper->pipeline, keeper->text_bytes, keeper->analysis, err);
}

const struct request requests[] = {
    {MSG_PARSED, FROM_PARSER | ONCE_PER_DOCUMENT, answer_parsed},
    {MSG_KEYED_HASHES, FROM_WORKER, answer_keyed_hashes},
    {MSG_OUTCOME, FROM_WORKER | ONCE_PER_DOCUMENT, answer_outcome},
};
const size_t request_count = COUNT_OF(requests);

/* ---- serving ---- */

static const struct request *find(uint32_t kind)
{
    for (size_t i = 0; i < request_count; i++)
        if (requests[i].kind == kind)
            return &requests[i];
    return NULL;
}

/* One message of the child's. The message of the last answer stays with its slices. */
static int serve_one(struct keeper *keeper, enum crew_child who, const struct message_wait *wait,
                     struct error *err)
{
    AUTO(message) *m = NULL;
    int got = message_receive(keeper->crew->members[who].channel, &m, MESSAGE_BYTES_MAX, NULL, wait, err);
    if (got)
        return got > 0 ? nonsense("it closed its channel", err) : -1;
    const struct request *r = find(message_kind(m));
    if (!r || !(r->flags & (1u << who)))
        return nonsense("a request that is not its own", err);
    if (message_document(m) != keeper->document)
        return nonsense("it speaks of another document", err);
    if (r->answer(keeper, m, err))
        return -1;
    if (r->flags & ONCE_PER_DOCUMENT) {
        keeper->is_answered = true;
        if (who == CREW_PARSER)
            keeper->parsed->message = TAKE(m);
        else
            keeper->analysis->message = TAKE(m);
    }
    return 0;
}

int requests_serve(struct keeper *keeper, enum crew_child who, const struct message_wait *wait,
                   struct error *err)
{
    keeper->is_answered = false;
    keeper->wait = wait;
    int failed = 0;
    while (!failed && !keeper->is_answered)
        failed = serve_one(keeper, who, wait, err);
    keeper->wait = NULL;
    return failed;
}
