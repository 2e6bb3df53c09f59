/* alphabet.h - how the bytes of a plain token are written in a GGUF file.
 *
 *   GPT-2      a letter a byte: bytes that print stand for themselves, the others for U+0100 and on in order
 *   sentences  UTF-8, and U+2581 for a blank (SentencePiece; llama.cpp writes WordPiece's starts of words so too) */
#ifndef ALCOVE_MODELS_TOKEN_ALPHABET_H
#define ALCOVE_MODELS_TOKEN_ALPHABET_H

#include "base/slice.h"

/* Writes the bytes that `text` stands for to `to` (text.bytes of room) and returns how many; SIZE_MAX if it is not
 * written in the alphabet. */
typedef size_t alphabet(struct slice text, char *to);
alphabet alphabet_gpt2, alphabet_sentences;

#endif
