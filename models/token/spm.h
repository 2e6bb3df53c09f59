/* spm.h - byte-pair merges by score over a whole text, as SentencePiece does them (Kudo and Richardson 2018; the
 * models of Llama 2, Phi-3 and Gemma).
 *
 *   text -> characters -> the neighbours whose joint token has the best score are joined, the leftmost of equals,
 *   until no neighbours are a token -> characters that are none become the tokens of their bytes
 *
 * A blank is part of the words, so there are no pre-tokenizers. Where no token spans two neighbouring characters
 * the text is cut, which changes nothing and keeps the pieces short. Cost n log n on any text. */
#ifndef ALCOVE_MODELS_TOKEN_SPM_H
#define ALCOVE_MODELS_TOKEN_SPM_H

#include "models/token/list.h"
#include "models/token/vocabulary.h"

struct spm;

/* From the tokens and their scores, one each. The vocabulary (of alphabet_sentences) is borrowed for life. -1 with
 * FAULT_MODEL: another number of scores, or a byte that has no token. */
CHECKED int spm_new(struct spm **ret, const struct vocabulary *vocabulary, const float *scores, size_t count,
                    struct error *err);
void spm_drop(struct spm **spm);

/* Appends the ids of `text` (valid UTF-8; U+2581 in it counts as a blank). `prefix`: as if a blank stood before it.
 * Of the tokens that its makers added by hand, only runs of white space and the names of HTML elements are
 * recognised: others may act as control tokens. -1 with FAULT_TEMPORARY. */
CHECKED int spm_encode(const struct spm *spm, struct slice text, bool prefix, struct token_list *to,
                       struct error *err);

#endif
