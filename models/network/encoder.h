/* encoder.h - the forward pass of an encoder (BERT, Devlin et al., 2018): every token sees every other. */
#ifndef ALCOVE_MODELS_NETWORK_ENCODER_H
#define ALCOVE_MODELS_NETWORK_ENCODER_H

#include "models/internal.h"

/* The pooled embedding of the tokens, not normalised: ret [dim]. `count` is 1 to the model's context; the pool may be
 * NULL. -1 with FAULT_MODEL when a number is not finite, FAULT_TEMPORARY without memory. */
CHECKED int encoder_run(const struct model *model, const token *ids, size_t count, struct pool *pool, float *ret,
                        struct error *err);

#endif
