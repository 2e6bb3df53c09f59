/* decoder.h - the forward pass of a decoder: pre-norm blocks of attention and a gated feed-forward net. */
#ifndef ALCOVE_MODELS_NETWORK_DECODER_H
#define ALCOVE_MODELS_NETWORK_DECODER_H

#include "models/network/kv_cache.h"
#include "models/session.h"

#define DECODER_TOKENS_MAX 128u /* of one pass; longer runs are cut, which changes no bit */

/* The memory between the steps of a pass, for up to DECODER_TOKENS_MAX tokens. */
struct decoder;

CHECKED int decoder_new(struct decoder **ret, const struct model *model, uint32_t capacity, struct pool *pool,
                        struct error *err);
void decoder_drop(struct decoder **decoder);

/* Takes tokens at positions start, start + 1, ... through all layers and writes their keys and values to the cache.
 * ret_logits: [rows][vocabulary] for the last token or for every one. False when a number is not finite. */
CHECKED bool decoder_run(struct decoder *decoder, struct kv_cache *cache, const token *ids, size_t tokens,
                         uint32_t start, enum rows rows, float *ret_logits);

#endif
