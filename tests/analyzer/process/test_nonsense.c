/* test_nonsense.c - children that lie: whatever they answer, one document is lost, nothing of it is believed,
 * and the next document meets an honest child. */
#include "tests/analyzer/process/crew_support.h"

#include "analyzer/process/requests.h"

#include <math.h>
#include <openssl/hmac.h>

/* ---- a worker that answers as the text tells it to ---- */

struct answer {
    const char *text; /* what makes it lie so */
    void (*give)(int channel, uint32_t document);
    const char *words; /* in the keeper's error */
};

static struct message *new_message(uint32_t kind, uint32_t document)
{
    struct error err;
    struct message *m = NULL;
    if (message_new(&m, kind, document, &err))
        _exit(9);
    return m;
}

static void send_away(int channel, struct message *m)
{
    struct error err;
    (void)!message_send(channel, m, -1, NULL, &err);
    message_drop(&m);
}

struct lie { /* an outcome with one thing wrong */
    uint64_t start, end, out_start, out_end, label, kind, spans;
    double score, ms;
    const char *text, *rule, *results, *shown;
    size_t text_bytes;
};
static const struct lie honest = {.end = 3,
                                  .out_end = 5,
                                  .spans = 1,
                                  .score = 0.5,
                                  .ms = 1,
                                  .text = "[X_1] well",
                                  .rule = "r.x",
                                  .results = "{\"a\":1}",
                                  .shown = "",
                                  .text_bytes = 10};

static void give_outcome(int channel, uint32_t document, const struct lie *lie)
{
    struct message *m = new_message(MSG_OUTCOME, document);
    message_put_u64(m, 0);
    message_put_bytes(m, (struct slice){lie->text, lie->text_bytes});
    message_put_u64(m, lie->spans);
    for (uint64_t i = 0; i < MIN(lie->spans, 2u); i++) {
        uint64_t numbers[] = {lie->start, lie->end, lie->out_start, lie->out_end, lie->label, lie->kind};
        for (size_t k = 0; k < COUNT_OF(numbers); k++)
            message_put_u64(m, numbers[k]);
        message_put_f64(m, lie->score);
        message_put_bytes(m, slice_of(lie->rule));
        message_put_bytes(m, SLICE(""));
    }
    message_put_bytes(m, slice_of(lie->results));
    message_put_bytes(m, slice_of(lie->shown));
    message_put_u64(m, 0);
    message_put_f64(m, lie->ms);
    send_away(channel, m);
}

#define LIE(name, change)                                                                                    \
    static void give_##name(int channel, uint32_t document)                                                  \
    {                                                                                                        \
        struct lie lie = honest;                                                                             \
        change;                                                                                              \
        give_outcome(channel, document, &lie);                                                               \
    }
LIE(truth, (void)lie)
LIE(span_beyond, lie.end = 1000)
LIE(span_backwards, (lie.start = 3, lie.end = 3))
LIE(out_beyond, lie.out_end = 11)
LIE(out_huge, lie.out_end = UINT64_MAX)
LIE(overlap, lie.spans = 2)
LIE(many_spans, lie.spans = UINT64_MAX)
LIE(label, lie.label = 999)
LIE(operator_kind, lie.kind = 999)
LIE(score, lie.score = NAN)
LIE(score_high, lie.score = 1.5)
LIE(rule_empty, lie.rule = "")
LIE(rule_escape, lie.rule = "a\033[2J")
LIE(time, lie.ms = -1)
LIE(results, lie.results = "{\"a\":1}\n{\"forged\":\"line\"}")
LIE(results_array, lie.results = "[1]")
LIE(shown, lie.shown = "bad \xff")
LIE(text, (lie.text = "bad \xff", lie.text_bytes = 5))
LIE(other_document, document++)

static void give_garbage(int channel, uint32_t document UNUSED)
{
    char noise[512];
    memset(noise, 0xAB, sizeof noise);
    (void)!write(channel, noise, sizeof noise);
}

static void give_huge_length(int channel, uint32_t document UNUSED)
{
    (void)!write(channel, "\xff\xff\xff\xff\x0c\0\0\0\x01\0\0\0", 12);
}

static void give_half(int channel, uint32_t document UNUSED)
{
    (void)!write(channel, "\x64\0\0\0\x0c\0\0\0", 8);
    _exit(0);
}

static void give_foreign_kind(int channel, uint32_t document)
{
    send_away(channel, new_message(MSG_PARSED, document));
}

static void give_unknown_kind(int channel, uint32_t document)
{
    send_away(channel, new_message(12345, document));
}

static void give_empty(int channel, uint32_t document)
{
    send_away(channel, new_message(MSG_OUTCOME, document));
}

static void give_fault(int channel, uint32_t document, enum fault code)
{
    struct error said;
    struct message *m = new_message(MSG_OUTCOME, document);
    error_set(&said, code, "a fault");
    message_put_u64(m, 1);
    message_put_error(m, &said);
    send_away(channel, m);
}

static void give_store_fault(int channel, uint32_t document)
{
    give_fault(channel, document, FAULT_STORE);
}

static void give_too_many_hashes(int channel, uint32_t document)
{
    struct message *m = new_message(MSG_KEYED_HASHES, document);
    message_put_bytes(m, SLICE("name"));
    message_put_u64(m, 1u << 30);
    send_away(channel, m);
}

static void give_hashes_without_purpose(int channel, uint32_t document)
{
    struct message *m = new_message(MSG_KEYED_HASHES, document);
    message_put_bytes(m, SLICE(""));
    message_put_u64(m, 1);
    message_put_bytes(m, SLICE("x"));
    send_away(channel, m);
}

static void give_twice(int channel, uint32_t document)
{
    give_truth(channel, document);
    give_truth(channel, document);
}

static void give_death(int channel UNUSED, uint32_t document UNUSED)
{
    raise(SIGKILL);
}

/* clang-format off */
static const struct answer answers[] = {
    {"span beyond", give_span_beyond, "a span outside the text"},
    {"span backwards", give_span_backwards, "a span outside the text"},
    {"out beyond", give_out_beyond, "a span outside the text"},
    {"out huge", give_out_huge, "a span outside the text"},
    {"overlap", give_overlap, "out of order"},
    {"many spans", give_many_spans, "more spans than"},
    {"label", give_label, "no known label"},
    {"operator", give_operator_kind, "no known label"},
    {"score", give_score, "no known label"},
    {"score high", give_score_high, "no known label"},
    {"rule empty", give_rule_empty, "a rule's name"},
    {"rule escape", give_rule_escape, "a rule's name"},
    {"time", give_time, "the results"},
    {"results", give_results, "the results"},
    {"results array", give_results_array, "the results"},
    {"shown", give_shown, "the results"},
    {"text", give_text, "the redacted text"},
    {"other document", give_other_document, "another document"},
    {"garbage", give_garbage, "claims"},
    {"huge length", give_huge_length, "claims"},
    {"half", give_half, "worker process ended"},
    {"foreign kind", give_foreign_kind, "not its own"},
    {"unknown kind", give_unknown_kind, "not its own"},
    {"empty", give_empty, "does not fit"},
    {"store fault", give_store_fault, "not a child's"},
    {"too many hashes", give_too_many_hashes, "keyed hashes"},
    {"no purpose", give_hashes_without_purpose, "keyed hashes"},
    {"death", give_death, "worker process"},
};
/* clang-format on */

static int lying_worker(const struct child_context *context)
{
    struct error err;
    if (send_hello(context->channel, NULL, &err))
        return 1;
    for (;;) {
        AUTO(message) *m = NULL;
        if (message_receive(context->channel, &m, MESSAGE_BYTES_MAX, NULL, NULL, &err))
            return 0;
        struct slice text = message_get_bytes(m);
        void (*give)(int, uint32_t) = give_truth;
        for (size_t i = 0; i < COUNT_OF(answers); i++)
            if (slice_equal(text, slice_of(answers[i].text)))
                give = answers[i].give;
        if (slice_equal(text, SLICE("twice")))
            give = give_twice;
        give(context->channel, message_document(m));
    }
}

static void assert_truth(struct scene *s)
{
    struct error err = {0};
    char *got = scene_analyze(s, "all is well", &err);
    if (!got)
        fail_msg("%s", err.message);
    assert_string_equal(got, "[X_1] well");
    free(got);
}

static void every_lie_costs_one_document(void **state UNUSED)
{
    struct scene s;
    struct error err;
    assert_ok(scene_start(&s, NULL, lying_worker, &err), err);
    assert_truth(&s);
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        pid_t before = s.crew->members[CREW_WORKER].pid;
        assert_null(scene_analyze(&s, answers[i].text, &err));
        assert_int_equal(err.code, FAULT_DOCUMENT);
        if (!strstr(err.message, answers[i].words))
            fail_msg("%s: says \"%s\"", answers[i].text, err.message);
        assert_true(s.crew->members[CREW_WORKER].pid != before);
        assert_false(s.keeper.is_broken);
        assert_truth(&s);
    }
    scene_end(&s);
}

static void a_second_outcome_is_never_taken_for_the_next_document(void **state UNUSED)
{
    struct scene s;
    struct error err;
    assert_ok(scene_start(&s, NULL, lying_worker, &err), err);
    char *got = scene_analyze(&s, "twice", &err);
    assert_non_null(got);
    free(got);
    assert_null(scene_analyze(&s, "next", &err));
    assert_non_null(strstr(err.message, "another document"));
    assert_truth(&s);
    scene_end(&s);
}

/* ---- keyed hashes ---- */

/* Asks for HMAC("name", "Ann") and shows it in hex as its "redacted text". */
static int asking_worker(const struct child_context *context)
{
    struct error err;
    char hex[65] = "";
    if (send_hello(context->channel, NULL, &err))
        return 1;
    for (;;) {
        AUTO(message) *m = NULL, *reply = NULL;
        if (message_receive(context->channel, &m, MESSAGE_BYTES_MAX, NULL, NULL, &err))
            return 0;
        struct message *ask = new_message(MSG_KEYED_HASHES, message_document(m));
        message_put_bytes(ask, SLICE("name"));
        message_put_u64(ask, 1);
        message_put_bytes(ask, SLICE("Ann"));
        send_away(context->channel, ask);
        if (message_receive(context->channel, &reply, 1000, NULL, NULL, &err) ||
            message_kind(reply) != MSG_HASHES)
            return 1;
        hex_write(message_get_bytes(reply), hex);
        struct lie lie = honest;
        lie.text = hex;
        lie.text_bytes = strlen(hex);
        give_outcome(context->channel, message_document(m), &lie);
    }
}

static void keyed_hashes_are_hmacs_under_the_subkey(void **state UNUSED)
{
    struct scene s;
    struct error err;
    unsigned char mac[32], key[32];
    unsigned bytes = sizeof mac;
    char hex[65];
    memset(key, 7, sizeof key);
    HMAC(EVP_sha256(), key, sizeof key, (const unsigned char *)"name\0Ann", 8, mac, &bytes);
    hex_write((struct slice){(const char *)mac, sizeof mac}, hex);
    assert_ok(scene_start(&s, NULL, asking_worker, &err), err);
    char *got = scene_analyze(&s, "any", &err);
    assert_string_equal(got, hex);
    free(got);
    scene_end(&s);
}

/* ---- a parser that lies ---- */

static int lying_parser(const struct child_context *context)
{
    struct error err;
    if (send_hello(context->channel, NULL, &err))
        return 1;
    for (;;) {
        AUTO(message) *m = NULL;
        AUTO(message) *answer = NULL;
        int fd;
        if (message_receive(context->channel, &m, MESSAGE_BYTES_MAX, &fd, NULL, &err))
            return 0;
        message_get_u64(m);
        message_get_bytes(m);
        struct slice bytes = message_get_bytes(m);
        bool asks = slice_equal(bytes, SLICE("hashes")), empty = slice_equal(bytes, SLICE("empty"));
        answer = new_message(asks ? MSG_KEYED_HASHES : MSG_PARSED, message_document(m));
        message_put_u64(answer, 0);
        message_put_bytes(answer, slice_equal(bytes, SLICE("id")) ? (struct slice){"a\xff", 2} : SLICE(""));
        message_put_bytes(answer, empty ? SLICE("") : SLICE("all is well"));
        message_put_bytes(answer, SLICE("utf-8"));
        send_away(context->channel, TAKE(answer));
    }
}

static void a_parser_may_not_ask_for_hashes(void **state UNUSED)
{
    struct scene s;
    struct error err;
    static const char *const lies[] = {"hashes",        "not its own", "id",
                                       "a document id", "empty",       "impossible length"};
    assert_ok(scene_start(&s, lying_parser, NULL, &err), err);
    for (size_t i = 0; i < COUNT_OF(lies); i += 2) {
        assert_null(scene_parse(&s, slice_of(lies[i]), &err));
        assert_int_equal(err.code, FAULT_DOCUMENT);
        assert_non_null(strstr(err.message, lies[i + 1]));
        assert_works(&s);
    }
    scene_end(&s);
}

/* ---- children that do not start ---- */

static int dying_child(const struct child_context *context UNUSED)
{
    return 3;
}

static int uncaged_child(const struct child_context *context)
{
    struct error err, said;
    error_set(&said, FAULT_PRIVACY, "no sandbox here");
    (void)!send_hello(context->channel, &said, &err);
    return 8;
}

static void a_child_that_does_not_start_ends_the_run(void **state UNUSED)
{
    struct scene s;
    struct error err;
    assert_int_equal(scene_start(&s, NULL, dying_child, &err), -1);
    assert_int_equal(err.code, FAULT_TEMPORARY);
    assert_non_null(strstr(err.message, "worker process does not start: it ended with status 3"));
    scene_end(&s);
    assert_int_equal(scene_start(&s, uncaged_child, NULL, &err), -1);
    assert_int_equal(err.code, FAULT_PRIVACY);
    assert_int_equal(fault_exit(err.code), 8);
    scene_end(&s);
}

static void the_table_of_requests_is_whole(void **state UNUSED)
{
    bool once[CREW_CHILDREN] = {0};
    for (size_t i = 0; i < request_count; i++) {
        assert_true(requests[i].flags & (FROM_PARSER | FROM_WORKER));
        assert_non_null(requests[i].answer);
        for (int who = 0; who < CREW_CHILDREN; who++)
            once[who] |= (requests[i].flags & ONCE_PER_DOCUMENT) && (requests[i].flags & (1u << who));
    }
    assert_true(once[CREW_PARSER] && once[CREW_WORKER]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_requests_is_whole),
        cmocka_unit_test(every_lie_costs_one_document),
        cmocka_unit_test(a_second_outcome_is_never_taken_for_the_next_document),
        cmocka_unit_test(keyed_hashes_are_hmacs_under_the_subkey),
        cmocka_unit_test(a_parser_may_not_ask_for_hashes),
        cmocka_unit_test(a_child_that_does_not_start_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
