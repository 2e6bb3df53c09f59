/* message.c - see message.h. */
#include "base/message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#define HEADER_BYTES 12u
#define POLL_STEP_MS 50
#define READ_STEP_BYTES (1u << 20) /* memory follows what has arrived, not what a header claims */

struct message {
    uint32_t kind, document;
    struct buffer *fields;
    size_t at;        /* of the next get */
    bool is_broken;   /* a get did not fit, or a put failed */
    struct error put; /* why a put failed */
};

int message_new(struct message **ret, uint32_t kind, uint32_t document, struct error *err)
{
    AUTO(message) *m = calloc(1, sizeof *m);
    if (!m)
        return error_memory(err);
    m->kind = kind;
    m->document = document;
    if (buffer_new(&m->fields, MESSAGE_BYTES_MAX, err))
        return -1;
    *ret = TAKE(m);
    return 0;
}

void message_drop(struct message **message)
{
    struct message *m = *message;
    if (!m)
        return;
    buffer_drop(&m->fields);
    free(m);
    *message = NULL;
}

uint32_t message_kind(const struct message *message)
{
    return message->kind;
}

uint32_t message_document(const struct message *message)
{
    return message->document;
}

/* ---- numbers, little-endian whatever the machine ---- */

static void write_le(unsigned char *to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t read_le(const char *from, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)(unsigned char)from[i] << (8 * i);
    return value;
}

/* ---- writing ---- */

static void put(struct message *m, const void *data, size_t bytes)
{
    if (!m->is_broken && buffer_append(m->fields, (struct slice){data, bytes}, &m->put))
        m->is_broken = true;
}

void message_put_u64(struct message *message, uint64_t value)
{
    unsigned char le[8];
    write_le(le, value, sizeof le);
    put(message, le, sizeof le);
}

void message_put_f64(struct message *message, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    message_put_u64(message, bits);
}

void message_put_bytes(struct message *message, struct slice bytes)
{
    unsigned char le[4];
    if (bytes.bytes > MESSAGE_BYTES_MAX && !message->is_broken) {
        error_set(&message->put, FAULT_DOCUMENT, "a message would be longer than %u bytes",
                  MESSAGE_BYTES_MAX);
        message->is_broken = true;
    }
    write_le(le, bytes.bytes, sizeof le);
    put(message, le, sizeof le);
    put(message, bytes.data, bytes.bytes);
}

void message_put_error(struct message *message, const struct error *error)
{
    message_put_u64(message, (uint64_t)error->code);
    message_put_u64(message, error->line);
    message_put_u64(message, error->column);
    message_put_bytes(message, slice_of(error->message));
    message_put_bytes(message, slice_of(error->hint));
    message_put_bytes(message, slice_of(error->file));
}

/* ---- reading ---- */

static const char *take(struct message *m, size_t bytes)
{
    if (m->is_broken || bytes > m->fields->bytes - m->at) {
        m->is_broken = true;
        return NULL;
    }
    const char *here = m->fields->data + m->at;
    m->at += bytes;
    return here;
}

uint64_t message_get_u64(struct message *message)
{
    const char *here = take(message, 8);
    return here ? read_le(here, 8) : 0;
}

double message_get_f64(struct message *message)
{
    uint64_t bits = message_get_u64(message);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

struct slice message_get_bytes(struct message *message)
{
    const char *here = take(message, 4);
    size_t bytes = here ? (size_t)read_le(here, 4) : 0;
    here = take(message, bytes);
    return here ? (struct slice){here, bytes} : (struct slice){"", 0};
}

void message_get_error(struct message *message, struct error *ret)
{
    uint64_t code = message_get_u64(message), line = message_get_u64(message),
             column = message_get_u64(message);
    struct slice text = message_get_bytes(message), hint = message_get_bytes(message);
    struct slice file = message_get_bytes(message);
    if (code == FAULT_NONE || code >= FAULT_COUNT || line > UINT32_MAX || column > UINT32_MAX)
        message->is_broken = true;
    /* Through the usual door, which cuts at the right place and replaces control bytes. */
    error_set(ret, message->is_broken ? FAULT_DOCUMENT : (enum fault)code, "%.*s",
              (int)MIN(text.bytes, 4096u), text.data);
    error_hint(ret, "%.*s", (int)MIN(hint.bytes, 4096u), hint.data);
    snprintf(ret->file, sizeof ret->file, "%.*s", (int)MIN(file.bytes, 4096u), file.data);
    ret->line = (unsigned)line;
    ret->column = (unsigned)column;
}

int message_end(const struct message *message, struct error *err)
{
    if (message->is_broken)
        return error_set(err, FAULT_DOCUMENT, "a message of kind %u is broken: a field does not fit",
                         message->kind);
    if (message->at != message->fields->bytes)
        return error_set(err, FAULT_DOCUMENT, "a message of kind %u is broken: bytes are left over",
                         message->kind);
    return 0;
}

/* ---- moving ---- */

/* Waits until `fd` can be read or written. */
static int wait_for(int fd, short events, const struct message_wait *wait, struct error *err)
{
    for (;;) {
        if (wait && wait->is_over(wait->context))
            return error_set(err, FAULT_DOCUMENT, "no answer came in time");
        struct pollfd p = {.fd = fd, .events = events};
        int n = poll(&p, 1, wait ? POLL_STEP_MS : -1);
        if (n > 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return error_errno(err, FAULT_DOCUMENT, "waiting for a process of the run failed", NULL);
    }
}

static int check_again(const char *what, int fd, short events, const struct message_wait *wait,
                       struct error *err)
{
    if (errno == EINTR)
        return 0;
    if (errno == EAGAIN)
        return wait_for(fd, events, wait, err);
    return error_errno(err, FAULT_DOCUMENT, what, NULL);
}

static ssize_t send_with(int fd, struct slice bytes, int passed_fd)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.bytes = {0}};
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes.data, .iov_len = bytes.bytes};
    struct msghdr h = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    struct cmsghdr *c = CMSG_FIRSTHDR(&h);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof passed_fd);
    memcpy(CMSG_DATA(c), &passed_fd, sizeof passed_fd);
    return sendmsg(fd, &h, MSG_NOSIGNAL);
}

static int write_all(int fd, struct slice bytes, int passed_fd, const struct message_wait *wait,
                     struct error *err)
{
    while (bytes.bytes) {
        ssize_t n = passed_fd >= 0 ? send_with(fd, bytes, passed_fd) : write(fd, bytes.data, bytes.bytes);
        if (n < 0 && check_again("a process of the run cannot be reached", fd, POLLOUT, wait, err))
            return -1;
        if (n > 0) {
            passed_fd = -1;
            bytes.data += n;
            bytes.bytes -= (size_t)n;
        }
    }
    return 0;
}

int message_send(int fd, const struct message *message, int passed_fd, const struct message_wait *wait,
                 struct error *err)
{
    if (message->is_broken) {
        *err = message->put;
        return -1;
    }
    unsigned char header[HEADER_BYTES];
    write_le(header, message->fields->bytes, 4);
    write_le(header + 4, message->kind, 4);
    write_le(header + 8, message->document, 4);
    return write_all(fd, (struct slice){(const char *)header, sizeof header}, passed_fd, wait, err) ||
                   write_all(fd, buffer_slice(message->fields), -1, wait, err)
               ? -1
               : 0;
}

/* Keeps the first descriptor in *ret_fd and closes any other. */
static void collect_fds(struct msghdr *h, int *ret_fd)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t at = 0; at + CMSG_LEN(sizeof(int)) <= c->cmsg_len; at += sizeof(int)) {
            int got;
            memcpy(&got, CMSG_DATA(c) + at, sizeof got);
            if (*ret_fd < 0)
                *ret_fd = got;
            else
                close(got);
        }
    }
}

static ssize_t receive_with(int fd, char *to, size_t bytes, int *ret_fd)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } control;
    struct iovec part = {.iov_base = to, .iov_len = bytes};
    struct msghdr h = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    ssize_t n = recvmsg(fd, &h, MSG_CMSG_CLOEXEC);
    if (n > 0)
        collect_fds(&h, ret_fd);
    return n;
}

/* Reads exactly `bytes`. 1 = end of file before the first. */
static int read_all(int fd, char *to, size_t bytes, int *ret_fd, const struct message_wait *wait,
                    struct error *err)
{
    for (size_t at = 0; at < bytes;) {
        ssize_t n = ret_fd ? receive_with(fd, to + at, bytes - at, ret_fd) : read(fd, to + at, bytes - at);
        if (n == 0 && at == 0)
            return 1;
        if (n == 0)
            return error_set(err, FAULT_DOCUMENT, "a message ended early: the process that sent it is gone");
        if (n < 0 && check_again("a process of the run cannot be read from", fd, POLLIN, wait, err))
            return -1;
        at += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int receive(int fd, struct message **ret, size_t bytes_max, int *ret_fd,
                   const struct message_wait *wait, struct error *err)
{
    char header[HEADER_BYTES];
    int end = read_all(fd, header, sizeof header, ret_fd, wait, err);
    if (end)
        return end;
    size_t bytes = (size_t)read_le(header, 4);
    if (bytes > bytes_max)
        return error_set(err, FAULT_DOCUMENT, "a message claims %zu bytes, the limit is %zu", bytes,
                         bytes_max);
    AUTO(message) *m = NULL;
    if (message_new(&m, (uint32_t)read_le(header + 4, 4), (uint32_t)read_le(header + 8, 4), err))
        return -1;
    for (struct buffer *b = m->fields; b->bytes < bytes;) {
        size_t step = MIN(bytes - b->bytes, MAX((size_t)READ_STEP_BYTES, b->bytes));
        if (buffer_reserve(b, step, err))
            return -1;
        end = read_all(fd, b->data + b->bytes, step, NULL, wait, err);
        if (end > 0)
            return error_set(err, FAULT_DOCUMENT, "a message ended early: the process that sent it is gone");
        if (end)
            return -1;
        b->bytes += step;
    }
    *ret = TAKE(m);
    return 0;
}

int message_receive(int fd, struct message **ret, size_t bytes_max, int *ret_fd,
                    const struct message_wait *wait, struct error *err)
{
    int passed = -1;
    int end = receive(fd, ret, MIN(bytes_max, (size_t)MESSAGE_BYTES_MAX), ret_fd ? &passed : NULL, wait, err);
    if (end && passed >= 0)
        close(passed);
    if (ret_fd)
        *ret_fd = end ? -1 : passed;
    return end;
}

void message_drain(int fd)
{
    char scrap[65536];
    for (;;) {
        ssize_t n = read(fd, scrap, sizeof scrap);
        if (n == 0 || (n < 0 && errno != EINTR))
            break;
    }
    explicit_bzero(scrap, sizeof scrap);
}

int message_channel(int ret[2], struct error *err)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ret))
        return error_errno(err, FAULT_TEMPORARY, "a channel between processes cannot be made", NULL);
    return 0;
}
