/* session.h - inside the models room: a KV cache that is extended, rewound and asked for logits.
 *
 * network/ implements it; decode/ (sampling, label scores) and the front door stand on it. Whatever the split of a
 * sequence into calls, the same tokens give the same bits. */
#ifndef ALCOVE_MODELS_SESSION_H
#define ALCOVE_MODELS_SESSION_H

#include "models/model.h"

enum rows { ROWS_NONE, ROWS_LAST, ROWS_ALL };

uint32_t session_length(const struct session *session);   /* tokens in the cache */
uint32_t session_capacity(const struct session *session); /* its context */
const struct model *session_model(const struct session *session);
const token *session_tokens(const struct session *session); /* [length] */

/* Appends tokens. ret_logits (may be NULL with ROWS_NONE): [rows][vocabulary], borrowed until the next call.
 * -1 with FAULT_DOCUMENT when they do not fit (nothing was appended), FAULT_MODEL when an activation is not finite. */
CHECKED int session_extend(struct session *session, const token *ids, size_t count, enum rows rows,
                           const float **ret_logits, struct error *err);

/* Forgets everything from position `length` on. */
void session_rewind(struct session *session, uint32_t length);

#endif
