/* wordpiece.h - words, folded, and their longest pieces (Schuster and Nakajima 2012; as BERT's uncased models do).
 *
 *   text -> lower case, accents stripped (NFD), control characters dropped -> words: cut at white space; punctuation
 *   and Chinese characters alone -> the longest token that starts the word, then the longest that goes on, ...
 *
 * A word that does not come out even, or is longer than 100 characters, becomes one [UNK]. In the vocabulary (of
 * alphabet_sentences) a token that starts a word starts with a blank. Cost linear in the text. */
#ifndef ALCOVE_MODELS_TOKEN_WORDPIECE_H
#define ALCOVE_MODELS_TOKEN_WORDPIECE_H

#include "models/token/list.h"
#include "models/token/vocabulary.h"

/* Appends the ids of `text` (valid UTF-8). -1 with FAULT_TEMPORARY. */
CHECKED int wordpiece_encode(const struct vocabulary *vocabulary, token unknown, struct slice text,
                             struct token_list *to, struct error *err);

#endif
