/* lines.c - see lines.h. */
#include "analyzer/run/lines.h"

#include <errno.h>
#include <poll.h>

#define CHUNK_BYTES (64u << 10)

struct lines {
    int fd, stop_fd;
    size_t bytes_max;
    struct buffer *line;
    char chunk[CHUNK_BYTES];
    size_t at, bytes; /* of the chunk */
    bool is_cut;
};

int lines_new(struct lines **ret, int fd, int stop_fd, size_t bytes_max, struct error *err)
{
    AUTO(lines) *l = calloc(1, sizeof *l);
    if (!l)
        return error_memory(err);
    l->fd = fd;
    l->stop_fd = stop_fd;
    l->bytes_max = bytes_max;
    if (buffer_new(&l->line, bytes_max, err))
        return -1;
    *ret = TAKE(l);
    return 0;
}

void lines_drop(struct lines **lines)
{
    struct lines *l = *lines;
    if (!l)
        return;
    buffer_drop(&l->line);
    explicit_bzero(l, sizeof *l);
    free(l);
    *lines = NULL;
}

enum fill_end { FILL_MORE, FILL_END, FILL_STOPPED };

/* More bytes: an enum fill_end, or -1. */
static int fill(struct lines *l, struct error *err)
{
    for (;;) {
        struct pollfd p[2] = {{.fd = l->fd, .events = POLLIN}, {.fd = l->stop_fd, .events = POLLIN}};
        int ready = poll(p, 2, -1);
        if (ready < 0 && errno != EINTR)
            return error_errno(err, FAULT_INPUT, "standard input cannot be waited for", NULL);
        if (ready > 0 && p[1].revents)
            return FILL_STOPPED;
        if (ready <= 0)
            continue;
        ssize_t n = read(l->fd, l->chunk, sizeof l->chunk);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return error_errno(err, FAULT_INPUT, "standard input cannot be read", NULL);
        l->at = 0;
        l->bytes = (size_t)n;
        return n == 0 ? FILL_END : FILL_MORE;
    }
}

static int take(struct lines *l, size_t count, struct error *err)
{
    struct slice piece = {l->chunk + l->at, count};
    l->at += count;
    if (l->is_cut || count > l->bytes_max - l->line->bytes) {
        l->is_cut = true;
        buffer_clear(l->line);
        return 0;
    }
    return buffer_append(l->line, piece, err);
}

int lines_next(struct lines *l, struct slice *ret, bool *ret_is_cut, struct error *err)
{
    buffer_clear(l->line);
    l->is_cut = false;
    for (bool is_whole = false; !is_whole;) {
        int end = l->at == l->bytes ? fill(l, err) : FILL_MORE;
        if (end < 0)
            return -1;
        if (end == FILL_STOPPED || (end == FILL_END && l->line->bytes == 0 && !l->is_cut))
            return 1;
        if (end == FILL_END)
            break; /* the last line has no end of its own */
        const char *newline = memchr(l->chunk + l->at, '\n', l->bytes - l->at);
        is_whole = newline != NULL;
        if (take(l, newline ? (size_t)(newline - l->chunk) - l->at : l->bytes - l->at, err))
            return -1;
        l->at += is_whole;
    }
    *ret = buffer_slice(l->line);
    *ret_is_cut = l->is_cut;
    return 0;
}
