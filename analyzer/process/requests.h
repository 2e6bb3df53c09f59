/* requests.h - all that processes of a run say to each other, and the table of what a child may ask of the
 * keeper.
 *
 *   kind               from     to       fields
 *   MSG_READY          spawner  keeper   0, digest, rules, kernels, count, (name, digest)... | 1, error
 *   MSG_START, _STOP   keeper   spawner  child
 *   MSG_STARTED        spawner  keeper   child, pid
 *   MSG_DIED           spawner  keeper   child, wait status
 *   MSG_HELLO          child    keeper   0 | 1, error                            its sandbox is closed
 *   MSG_PARSE          keeper   parser   how, name, bytes                   a file's descriptor rides along
 *   MSG_PARSED         parser   keeper   0, id, text, charset | 1, id, error
 *   MSG_ANALYZE        keeper   worker   text
 *   MSG_KEYED_HASHES   worker   keeper   purpose, count, value...
 *   MSG_HASHES         keeper   worker   32 bytes a value
 *   MSG_OUTCOME        worker   keeper   0, text, count, span..., results, shown, leak, times... | 1, error
 *
 * The first field of an answer says whether an error follows. Errors of children never hold text of a
 * document. */
#ifndef ALCOVE_ANALYZER_PROCESS_REQUESTS_H
#define ALCOVE_ANALYZER_PROCESS_REQUESTS_H

#include "analyzer/process/crew.h"
#include "base/message.h"

/* clang-format off */
enum message_kind {
    MSG_READY = 1, MSG_START, MSG_STOP, MSG_STARTED, MSG_DIED, MSG_HELLO,
    MSG_PARSE, MSG_PARSED, MSG_ANALYZE, MSG_KEYED_HASHES, MSG_HASHES, MSG_OUTCOME
};
/* clang-format on */

enum parse_how {
    PARSE_FILE,  /* the descriptor's bytes, by the format that fits */
    PARSE_BYTES, /* the message's bytes, likewise */
    PARSE_LINE,  /* the message's bytes are a line of NDJSON */
    PARSE_HOWS
};

#define PURPOSE_BYTES_MAX 64u

/* Answers of a child. */
CHECKED int send_hello(int channel, const struct error *problem /* NULL = all is well */, struct error *err);

struct keeper;

enum request_flags {
    FROM_PARSER = 1u << CREW_PARSER,
    FROM_WORKER = 1u << CREW_WORKER,
    ONCE_PER_DOCUMENT = 4
};

struct request {
    uint32_t kind;
    unsigned flags;
    /* Answers it; -1 with FAULT_DOCUMENT when it makes no sense: the child is then killed. */
    int (*answer)(struct keeper *keeper, struct message *message, struct error *err);
};
extern const struct request requests[];
extern const size_t request_count;

/* Serves the child's requests about the document in hand until the ONCE_PER_DOCUMENT one has come. -1 with
 * FAULT_DOCUMENT when the child is gone, late, or talks nonsense. */
CHECKED int requests_serve(struct keeper *keeper, enum crew_child who, const struct message_wait *wait,
                           struct error *err);

#endif
