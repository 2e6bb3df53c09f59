/* session.c - see models/session.h: the tokens so far, their cache, and the memory of the passes. */
#include "models/session.h"

#include "models/network/arch.h"
#include "models/network/decoder.h"

#include <openssl/crypto.h>

#define CONTEXT_OTHERWISE_MAX 8192u /* of a session that asks for none */

struct session {
    const struct model *model;
    struct kv_cache *cache;
    struct decoder *decoder;
    token *ids;     /* [capacity] */
    uint32_t length, capacity;
    float *logits;  /* [logit_rows][vocabulary] */
    size_t logit_rows;
};

int session_new(struct session **ret, const struct model *model, uint32_t context, struct pool *pool,
                struct error *err)
{
    if (context > model->shape.context) {
        error_set(err, FAULT_MODEL, "a context of %u tokens is asked for, the model has %u", context,
                  model->shape.context);
        return error_hint(err, "ask for less, or use a model with a longer context");
    }
    if (model->architecture->traits & ENCODER)
        return error_set(err, FAULT_MODEL, "%s models encode texts (model embed); they have no logits",
                         model->architecture->name);
    AUTO(session) *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(err);
    s->model = model;
    s->capacity = context ? context : MIN(model->shape.context, CONTEXT_OTHERWISE_MAX);
    s->ids = calloc(s->capacity, sizeof *s->ids);
    if (!s->ids)
        return error_memory(err);
    if (kv_cache_new(&s->cache, &model->shape, s->capacity, err) ||
        decoder_new(&s->decoder, model, s->capacity, pool, err))
        return -1;
    *ret = TAKE(s);
    return 0;
}

void session_drop(struct session **session)
{
    struct session *s = *session;
    if (!s)
        return;
    if (s->ids)
        OPENSSL_cleanse(s->ids, s->capacity * sizeof *s->ids);
    if (s->logits)
        OPENSSL_cleanse(s->logits, s->logit_rows * s->model->shape.vocabulary * sizeof *s->logits);
    free(s->ids);
    free(s->logits);
    decoder_drop(&s->decoder);
    kv_cache_drop(&s->cache);
    free(s);
    *session = NULL;
}

uint32_t session_length(const struct session *s)
{
    return s->length;
}

uint32_t session_capacity(const struct session *s)
{
    return s->capacity;
}

const struct model *session_model(const struct session *s)
{
    return s->model;
}

const token *session_tokens(const struct session *s)
{
    return s->ids;
}

void session_rewind(struct session *s, uint32_t length)
{
    s->length = MIN(s->length, length);
}

static int reserve_logits(struct session *s, size_t rows, struct error *err)
{
    if (rows <= s->logit_rows)
        return 0;
    size_t bytes;
    if (__builtin_mul_overflow(rows, (size_t)s->model->shape.vocabulary * sizeof(float), &bytes))
        return error_memory(err);
    float *logits = malloc(bytes);
    if (!logits)
        return error_memory(err);
    if (s->logits)
        OPENSSL_cleanse(s->logits, s->logit_rows * s->model->shape.vocabulary * sizeof *s->logits);
    free(s->logits);
    s->logits = logits;
    s->logit_rows = rows;
    return 0;
}

static int check_tokens(const struct session *s, const token *ids, size_t count, struct error *err)
{
    if (count > s->capacity - s->length) {
        error_set(err, FAULT_DOCUMENT, "%zu tokens do not fit: %u of the context of %u are left", count,
                  s->capacity - s->length, s->capacity);
        return error_hint(err, "the text is never cut; use a model or session with a longer context");
    }
    for (size_t i = 0; i < count; i++)
        if (ids[i] < 0 || (uint32_t)ids[i] >= s->model->shape.vocabulary)
            return error_set(err, FAULT_MODEL, "token %d is not in the vocabulary of %u", ids[i],
                             s->model->shape.vocabulary);
    return 0;
}

int session_extend(struct session *s, const token *ids, size_t count, enum rows rows, const float **ret_logits,
                   struct error *err)
{
    size_t wanted = count == 0 || rows == ROWS_NONE ? 0 : rows == ROWS_LAST ? 1 : count;
    if (check_tokens(s, ids, count, err) || reserve_logits(s, wanted, err))
        return -1;
    for (size_t done = 0; done < count;) {
        size_t tokens = MIN(count - done, (size_t)DECODER_TOKENS_MAX);
        bool is_last = done + tokens == count;
        enum rows now = rows == ROWS_ALL || is_last ? rows : ROWS_NONE;
        float *to = rows == ROWS_ALL ? s->logits + done * s->model->shape.vocabulary : s->logits;
        if (!decoder_run(s->decoder, s->cache, ids + done, tokens, s->length + (uint32_t)done, now, to))
            return error_set(err, FAULT_MODEL, "a number of the forward pass is not finite: the weights are damaged");
        done += tokens;
    }
    if (count)
        memcpy(s->ids + s->length, ids, count * sizeof *ids);
    s->length += (uint32_t)count;
    if (ret_logits)
        *ret_logits = wanted ? s->logits : NULL;
    return 0;
}
