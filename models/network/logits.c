/* logits.c - the logits of a prompt, from what the cache already holds of it (models/model.h). */
#include "models/session.h"

int session_logits(struct session *session, const struct prompt *prompt, bool all, const float **ret,
                   size_t *ret_rows, struct error *err)
{
    size_t count;
    const token *ids = prompt_tokens(prompt, &count), *held = session_tokens(session);
    if (count == 0)
        return error_set(err, FAULT_DOCUMENT, "an empty prompt has no logits");
    /* Logits of earlier positions are not kept, and the last position must be computed to have its own. */
    uint32_t same = 0, limit = all ? 0 : (uint32_t)MIN((size_t)session_length(session), count - 1);
    while (same < limit && held[same] == ids[same])
        same++;
    session_rewind(session, same);
    if (session_extend(session, ids + same, count - same, all ? ROWS_ALL : ROWS_LAST, ret, err))
        return -1;
    *ret_rows = all ? count : 1;
    return 0;
}
