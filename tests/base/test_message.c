/* test_message.c - what is put is got; what is cut, grown or invented is refused. */
#include "tests/support/support.h"

#include "base/message.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct pair {
    int a, b;
};

static struct pair channel(void)
{
    struct error err;
    int ends[2];
    assert_ok(message_channel(ends, &err), err);
    return (struct pair){ends[0], ends[1]};
}

static void channel_close(struct pair *p)
{
    close(p->a);
    close(p->b);
}

static bool soon(void *context)
{
    return ++*(int *)context > 3;
}

/* Sends raw bytes and closes the sending end, then receives. */
static int receive_raw(const void *bytes, size_t count, size_t bytes_max, struct message **ret,
                       struct error *err)
{
    struct pair p = channel();
    assert_int_equal(write(p.a, bytes, count), count);
    close(p.a);
    int result = message_receive(p.b, ret, bytes_max, NULL, NULL, err);
    close(p.b);
    return result;
}

static void what_is_put_is_got(void **state UNUSED)
{
    struct error err, sent, got;
    struct pair p = channel();
    AUTO(message) *m = NULL;
    assert_ok(message_new(&m, 7, 42, &err), err);
    error_set(&sent, FAULT_MODEL, "tensor %d", 3);
    error_hint(&sent, "add it");
    error_at(&sent, "m.gguf", 4, 5);
    message_put_u64(m, UINT64_MAX);
    message_put_f64(m, -0.1);
    message_put_f64(m, INFINITY);
    message_put_bytes(m, (struct slice){"a\0b", 3});
    message_put_bytes(m, (struct slice){NULL, 0});
    message_put_error(m, &sent);
    assert_ok(message_send(p.a, m, -1, NULL, &err), err);
    AUTO(message) *r = NULL;
    assert_int_equal(message_receive(p.b, &r, 1000, NULL, NULL, &err), 0);
    assert_int_equal(message_kind(r), 7);
    assert_int_equal(message_document(r), 42);
    assert_true(message_get_u64(r) == UINT64_MAX);
    assert_true(message_get_f64(r) == -0.1);
    assert_true(isinf(message_get_f64(r)));
    struct slice s = message_get_bytes(r);
    assert_int_equal(s.bytes, 3);
    assert_memory_equal(s.data, "a\0b", 3);
    assert_int_equal(message_get_bytes(r).bytes, 0);
    message_get_error(r, &got);
    assert_ok(message_end(r, &err), err);
    assert_int_equal(got.code, FAULT_MODEL);
    assert_string_equal(got.message, "tensor 3");
    assert_string_equal(got.hint, "add it");
    assert_string_equal(got.file, "m.gguf");
    assert_int_equal(got.line, 4);
    assert_int_equal(got.column, 5);
    channel_close(&p);
}

static void an_orderly_end_is_told_apart(void **state UNUSED)
{
    struct error err;
    AUTO(message) *r = NULL;
    assert_int_equal(receive_raw("", 0, 1000, &r, &err), 1);
    assert_null(r);
}

static void a_cut_message_is_refused_at_every_length(void **state UNUSED)
{
    static const char whole[] = "\x05\0\0\0\x01\0\0\0\x02\0\0\0hello";
    struct error err;
    for (size_t n = 1; n < sizeof whole - 1; n++) {
        AUTO(message) *r = NULL;
        assert_int_equal(receive_raw(whole, n, 1000, &r, &err), -1);
        assert_int_equal(err.code, FAULT_DOCUMENT);
        assert_null(r);
    }
    AUTO(message) *r = NULL;
    assert_int_equal(receive_raw(whole, sizeof whole - 1, 1000, &r, &err), 0);
}

static void a_length_above_the_limit_is_refused(void **state UNUSED)
{
    struct error err;
    AUTO(message) *r = NULL;
    assert_int_equal(receive_raw("\xff\xff\xff\xff\x01\0\0\0\x02\0\0\0", 12, SIZE_MAX, &r, &err), -1);
    assert_non_null(strstr(err.message, "limit"));
    assert_int_equal(receive_raw("\x06\0\0\0\x01\0\0\0\x02\0\0\0hello!", 18, 5, &r, &err), -1);
    assert_non_null(strstr(err.message, "limit"));
}

static void a_field_beyond_the_message_reads_as_nothing(void **state UNUSED)
{
    /* A byte string that claims 5 bytes and has 4. */
    struct error err;
    AUTO(message) *r = NULL;
    assert_int_equal(receive_raw("\x08\0\0\0\x01\0\0\0\x02\0\0\0\x05\0\0\0abcd", 20, 1000, &r, &err), 0);
    assert_int_equal(message_get_bytes(r).bytes, 0);
    assert_int_equal(message_get_u64(r), 0);
    assert_int_equal(message_end(r, &err), -1);
    assert_int_equal(err.code, FAULT_DOCUMENT);
}

static void bytes_left_over_are_refused(void **state UNUSED)
{
    struct error err;
    AUTO(message) *r = NULL;
    assert_int_equal(receive_raw("\x09\0\0\0\x01\0\0\0\x02\0\0\0ABCDEFGHI", 21, 1000, &r, &err), 0);
    assert_true(message_get_u64(r) != 0);
    assert_int_equal(message_end(r, &err), -1);
}

static void an_error_of_no_known_code_is_refused(void **state UNUSED)
{
    struct error err, got;
    struct pair p = channel();
    AUTO(message) *m = NULL, *r = NULL;
    assert_ok(message_new(&m, 1, 1, &err), err);
    message_put_u64(m, 1000);
    message_put_u64(m, 0);
    message_put_u64(m, 0);
    for (int i = 0; i < 3; i++)
        message_put_bytes(m, SLICE("x\033[2J"));
    assert_ok(message_send(p.a, m, -1, NULL, &err), err);
    assert_int_equal(message_receive(p.b, &r, 1000, NULL, NULL, &err), 0);
    message_get_error(r, &got);
    assert_int_equal(got.code, FAULT_DOCUMENT);
    assert_null(strchr(got.message, '\033'));
    assert_int_equal(message_end(r, &err), -1);
    channel_close(&p);
}

static void waiting_ends_when_it_is_over(void **state UNUSED)
{
    struct error err;
    struct pair p = channel();
    int calls = 0;
    struct message_wait wait = {soon, &calls};
    AUTO(message) *r = NULL;
    assert_int_equal(message_receive(p.b, &r, 1000, NULL, &wait, &err), -1);
    assert_int_equal(err.code, FAULT_DOCUMENT);
    channel_close(&p);
}

static void a_peer_that_is_gone_is_an_error(void **state UNUSED)
{
    struct error err;
    struct pair p = channel();
    close(p.b);
    AUTO(message) *m = NULL;
    assert_ok(message_new(&m, 1, 1, &err), err);
    message_put_u64(m, 1);
    assert_int_equal(message_send(p.a, m, -1, NULL, &err), -1);
    assert_int_equal(err.code, FAULT_DOCUMENT);
    close(p.a);
}

struct big {
    int fd;
    struct message *m;
};

static void *send_big(void *context)
{
    struct big *b = context;
    struct error err;
    return message_send(b->fd, b->m, -1, NULL, &err) ? context : NULL;
}

static void more_than_a_socket_holds_passes_whole(void **state UNUSED)
{
    enum { BIG = 9 * 1000 * 1000 + 1 };
    struct error err;
    struct pair p = channel();
    AUTO(message) *m = NULL, *r = NULL;
    char *data = malloc(BIG);
    uint64_t seed = test_seed();
    for (size_t i = 0; i < BIG; i++)
        data[i] = (char)random_next(&seed);
    assert_ok(message_new(&m, 1, 1, &err), err);
    message_put_bytes(m, (struct slice){data, BIG});
    struct big b = {p.a, m};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, send_big, &b), 0);
    assert_int_equal(message_receive(p.b, &r, MESSAGE_BYTES_MAX, NULL, NULL, &err), 0);
    void *failed;
    pthread_join(thread, &failed);
    assert_null(failed);
    assert_true(slice_equal(message_get_bytes(r), (struct slice){data, BIG}));
    assert_ok(message_end(r, &err), err);
    free(data);
    channel_close(&p);
}

static int open_descriptors(void)
{
    int open = 0;
    for (int fd = 0; fd < 200; fd++)
        open += fcntl(fd, F_GETFD) >= 0;
    return open;
}

static void a_descriptor_rides_along_once(void **state UNUSED)
{
    struct error err;
    struct pair p = channel();
    int before = open_descriptors(), pipes[2], got = -1;
    assert_int_equal(pipe(pipes), 0);
    AUTO(message) *m = NULL, *r = NULL, *again = NULL;
    assert_ok(message_new(&m, 1, 1, &err), err);
    message_put_bytes(m, SLICE("doc"));
    assert_ok(message_send(p.a, m, pipes[0], NULL, &err), err);
    assert_ok(message_send(p.a, m, -1, NULL, &err), err);
    assert_int_equal(message_receive(p.b, &r, 100, &got, NULL, &err), 0);
    assert_true(got >= 0 && got != pipes[0]);
    char byte = 0;
    assert_int_equal(write(pipes[1], "z", 1), 1);
    assert_int_equal(read(got, &byte, 1), 1);
    assert_int_equal(byte, 'z');
    close(got);
    assert_int_equal(message_receive(p.b, &again, 100, &got, NULL, &err), 0);
    assert_int_equal(got, -1);
    close(pipes[0]);
    close(pipes[1]);
    assert_int_equal(open_descriptors(), before);
    channel_close(&p);
}

static void draining_forgets_messages_and_descriptors(void **state UNUSED)
{
    struct error err;
    struct pair p = channel();
    AUTO(message) *m = NULL, *r = NULL;
    assert_ok(message_new(&m, 1, 1, &err), err);
    int before = open_descriptors();
    for (int i = 0; i < 20; i++)
        assert_ok(message_send(p.a, m, 0, NULL, &err), err);
    message_drain(p.b);
    assert_int_equal(open_descriptors(), before);
    int calls = 0;
    struct message_wait wait = {soon, &calls};
    assert_int_equal(message_receive(p.b, &r, 100, NULL, &wait, &err), -1);
    channel_close(&p);
}

/* Any bytes: refused or read within bounds, never a crash (ASan watches). */
static void any_bytes_are_read_within_bounds(void **state UNUSED)
{
    uint64_t seed = test_seed();
    for (int round = 0; round < 3000; round++) {
        unsigned char raw[96];
        size_t n = random_next(&seed) % sizeof raw;
        for (size_t i = 0; i < n; i++)
            raw[i] = random_next(&seed) % 3 ? (unsigned char)(random_next(&seed) % 24)
                                            : (unsigned char)random_next(&seed);
        if (n >= 12 && round % 2) {
            memset(raw, 0, 4);
            raw[0] = (unsigned char)(n - 12);
        }
        struct error err, got;
        AUTO(message) *r = NULL;
        if (receive_raw(raw, n, 4096, &r, &err))
            continue;
        for (int i = 0; i < 6; i++) {
            switch (random_next(&seed) % 4) {
            case 0:
                message_get_u64(r);
                break;
            case 1:
                message_get_f64(r);
                break;
            case 2: {
                struct slice s = message_get_bytes(r);
                assert_in_range(s.bytes, 0, n);
                for (size_t k = 0; k < s.bytes; k++)
                    seed += (unsigned char)s.data[k];
                break;
            }
            default:
                message_get_error(r, &got);
            }
        }
        (void)!message_end(r, &err);
    }
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_got),
        cmocka_unit_test(an_orderly_end_is_told_apart),
        cmocka_unit_test(a_cut_message_is_refused_at_every_length),
        cmocka_unit_test(a_length_above_the_limit_is_refused),
        cmocka_unit_test(a_field_beyond_the_message_reads_as_nothing),
        cmocka_unit_test(bytes_left_over_are_refused),
        cmocka_unit_test(an_error_of_no_known_code_is_refused),
        cmocka_unit_test(waiting_ends_when_it_is_over),
        cmocka_unit_test(a_peer_that_is_gone_is_an_error),
        cmocka_unit_test(more_than_a_socket_holds_passes_whole),
        cmocka_unit_test(a_descriptor_rides_along_once),
        cmocka_unit_test(draining_forgets_messages_and_descriptors),
        cmocka_unit_test(any_bytes_are_read_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
