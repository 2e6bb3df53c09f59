/* message.h - length-prefixed messages between our processes, over socketpairs made before the sandbox
 * closes.
 *
 *   0        4        8                 12
 *   +--------+--------+-----------------+--------------------
 *   | bytes  | kind   | document        | fields ...           all little-endian; bytes counts the fields
 *   +--------+--------+-----------------+--------------------
 *   field:  u64 | f64 | u32 length + bytes, in the order that the two sides agree on per kind
 *
 * The reader trusts nothing: every length is checked against what was received; a field that does not fit
 * makes the whole message invalid (message_end says so once, at the end). Plain read(2) and write(2): send
 * and recv are refused by the sandbox. Ends are non-blocking and every wait is a poll(2). A descriptor may
 * ride along (sendmsg/recvmsg) where the filter of that role allows it. SIGPIPE must be ignored: a dead peer
 * is an error, not a signal. */
#ifndef ALCOVE_BASE_MESSAGE_H
#define ALCOVE_BASE_MESSAGE_H

#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define MESSAGE_BYTES_MAX (1u << 30) /* a document of the largest size with its spans and results */

struct message; /* being written, or received */

CHECKED int message_new(struct message **ret, uint32_t kind, uint32_t document, struct error *err);
void message_drop(struct message **message);
uint32_t message_kind(const struct message *message);
uint32_t message_document(const struct message *message);

/* Writing: a failed put is remembered and reported by message_send. */
void message_put_u64(struct message *message, uint64_t value);
void message_put_f64(struct message *message, double value);
void message_put_bytes(struct message *message, struct slice bytes);
void message_put_error(struct message *message, const struct error *error);

/* Whom to ask whether waiting still makes sense: is_over is called at every wait, at least twenty times a
 * second (the deadline passed? the peer died?). NULL = wait for ever. */
struct message_wait {
    bool (*is_over)(void *context);
    void *context;
};

/* Writes it whole to `fd`; `passed_fd` >= 0 rides along with the first byte. -1 with FAULT_DOCUMENT when the
 * peer is gone (EPIPE) or the wait is over. */
CHECKED int message_send(int fd, const struct message *message, int passed_fd,
                         const struct message_wait *wait, struct error *err);

/* Reads one message. ret_fd: where the descriptor that rode along goes (-1 if none); NULL = plain read(2) is
 * used and none is taken. 0; 1 at an orderly end of file before the first byte; -1 with FAULT_DOCUMENT on a
 * broken message, a length above bytes_max, or when the wait is over. */
CHECKED int message_receive(int fd, struct message **ret, size_t bytes_max, int *ret_fd,
                            const struct message_wait *wait, struct error *err);

/* Throws away what is queued on `fd`, descriptors included, without waiting: the channel of a dead peer. */
void message_drain(int fd);

/* The two ends of a channel: a stream socketpair, not blocking, closed on exec. -1 with FAULT_TEMPORARY. */
CHECKED int message_channel(int ret[2], struct error *err);

/* Reading, in order. What does not fit reads as 0 or empty and marks the message invalid. Slices are
 * borrowed. */
uint64_t message_get_u64(struct message *message);
double message_get_f64(struct message *message);
struct slice message_get_bytes(struct message *message);
void message_get_error(struct message *message, struct error *ret);

/* -1 with FAULT_DOCUMENT when any get did not fit or bytes are left over. */
CHECKED int message_end(const struct message *message, struct error *err);

#endif
