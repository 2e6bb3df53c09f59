/* embed.c - the front door's embeddings: a text, or ids, to one vector (model.h). */
#include "models/internal.h"
#include "models/network/arch.h"
#include "models/network/encoder.h"

static int embed_ids(const struct model *model, const token *ids, size_t count, struct pool *pool, float *ret,
                     struct error *err)
{
    if (!(model->architecture->traits & ENCODER)) {
        error_set(err, FAULT_MODEL, "%s models give no embeddings", model->architecture->name);
        return error_hint(err, "use an encoder, architecture bert");
    }
    if (count == 0)
        return error_set(err, FAULT_DOCUMENT, "an empty prompt has no embedding");
    if (count > model->shape.context) {
        error_set(err, FAULT_DOCUMENT, "%zu tokens do not fit the model's %u", count, model->shape.context);
        return error_hint(err, "the text is never cut; embed it in parts");
    }
    for (size_t i = 0; i < count; i++)
        if (ids[i] < 0 || (uint32_t)ids[i] >= model->shape.vocabulary)
            return error_set(err, FAULT_MODEL, "token %d is not in the vocabulary of %u", ids[i],
                             model->shape.vocabulary);
    return encoder_run(model, ids, count, pool, ret, err);
}

int model_embed(const struct model *model, const struct redacted_text *text, struct pool *pool, float *ret,
                struct error *err)
{
    token *ids;
    size_t count;
    if (model_tokenize(model, redacted_text_slice(text), false, true, &ids, &count, err))
        return -1;
    int result = embed_ids(model, ids, count, pool, ret, err);
    free(ids);
    return result;
}

int model_embed_prompt(const struct model *model, const struct prompt *prompt, struct pool *pool, float *ret,
                       struct error *err)
{
    size_t count;
    const token *ids = prompt_tokens(prompt, &count);
    return embed_ids(model, ids, count, pool, ret, err);
}
