/* tokenizer.h - text to token ids and back, from the vocabulary inside a GGUF file.
 *
 *   tokenizer.ggml.model   text -> [special tokens cut out, only when asked] ->            decoding the ids gives
 *   gpt2   byte-level BPE  pieces (split.h) -> merges (bpe.h) -> ids                       the text, byte for byte (1)
 *   llama  SentencePiece   [a blank before it] -> merges by score (spm.h) -> ids           the text (2)
 *   bert   WordPiece       words, folded -> longest pieces or [UNK] (wordpiece.h) -> ids   something to read
 *
 * (1) But for characters of which the vocabulary lacks a byte. (2) With the blank before it where the file asks for
 * one; U+2581 comes back as a blank. Another model or pre-tokenizer is refused by name. A tokenizer is immutable:
 * threads may share it. */
#ifndef ALCOVE_MODELS_TOKEN_TOKENIZER_H
#define ALCOVE_MODELS_TOKEN_TOKENIZER_H

#include "models/token/list.h"

#define TOKENIZE_BYTES_MAX (64u << 20) /* of one text: thousands of times the longest context */

struct gguf;
struct tokenizer;

/* Builds it from the keys tokenizer.ggml.*; `file` is read during the call only. -1 with FAULT_MODEL, naming the
 * key. */
CHECKED int tokenizer_new(struct tokenizer **ret, const struct gguf *file, struct error *err);
void tokenizer_drop(struct tokenizer **tokenizer);

/* Appends the ids of `text`. Only with `special` are control tokens recognised in it: for text of the operator's,
 * never for a document's. -1 with FAULT_DOCUMENT (not UTF-8, too long); then `to` is as before. */
CHECKED int tokenizer_encode(const struct tokenizer *tokenizer, struct slice text, bool special,
                             struct token_list *to, struct error *err);

/* The same for plain text that goes on from other text: nothing is put before it. */
CHECKED int tokenizer_continue(const struct tokenizer *tokenizer, struct slice text, struct token_list *to,
                               struct error *err);

size_t tokenizer_count(const struct tokenizer *tokenizer);

/* The bytes of a token, borrowed; empty for control, unknown and unused ones and for ids out of range. */
struct slice tokenizer_text(const struct tokenizer *tokenizer, token id);

/* True for the tokens that end an answer: eos, eot, eom and those known by name. */
bool tokenizer_is_end(const struct tokenizer *tokenizer, token id);

/* What goes before and behind a text: BOS and EOS where the file asks for them, CLS and SEP of BERT; else -1. */
token tokenizer_first(const struct tokenizer *tokenizer);
token tokenizer_last(const struct tokenizer *tokenizer);

/* What stands for a word that cannot be spelled: [UNK] of BERT; else -1. */
token tokenizer_unknown(const struct tokenizer *tokenizer);
bool tokenizer_is_sentencepiece(const struct tokenizer *tokenizer);

/* The control token of that text, or -1. */
token tokenizer_control(const struct tokenizer *tokenizer, const char *text);

/* tokenizer.chat_template as it is in the file; empty if it has none. Borrowed. */
struct slice tokenizer_chat_template(const struct tokenizer *tokenizer);

#endif
