/* vocabulary.h - the tokens and merges of a model, checked when they are added and read-only after.
 *
 *   bytes    [ all token bytes, one after the other ]      starts [count + 1]      kinds [count]
 *   words    hash: bytes of a plain token -> id            specials  hash: text of any other token -> id
 *   merges   hash: (left id, right id) -> rank             merged [rank] -> id
 *
 * Plain tokens are stored in GGUF in an alphabet (alphabet.h) and here as the bytes they stand for. What text can
 * turn into is closed: plain tokens and those of single bytes, so that no text becomes a control token. */
#ifndef ALCOVE_MODELS_TOKEN_VOCABULARY_H
#define ALCOVE_MODELS_TOKEN_VOCABULARY_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"
#include "models/model.h"
#include "models/token/alphabet.h"

#define VOCABULARY_TOKENS_MAX (1u << 20) /* Gemma has 262,144 */
#define VOCABULARY_MERGES_MAX (1u << 21)
#define TOKEN_BYTES_MAX 4096u
#define RANK_NONE UINT32_MAX

/* The numbers of tokenizer.ggml.token_type. */
enum token_kind { KIND_PLAIN = 1, KIND_UNKNOWN, KIND_CONTROL, KIND_USER, KIND_UNUSED, KIND_BYTE };

struct vocabulary;

/* Room for `tokens` tokens of `bytes` bytes in all, and `merges` merges. -1 with FAULT_MODEL beyond the limits. */
CHECKED int vocabulary_new(struct vocabulary **ret, alphabet *spelling, size_t tokens, size_t bytes, size_t merges,
                           struct error *err);
void vocabulary_drop(struct vocabulary **vocabulary);

/* Adds the next token (ids ascend from 0). -1 with FAULT_MODEL: empty, too long, twice the same, a kind that is none,
 * a plain one with a letter outside the alphabet, any other that is not UTF-8. With alphabet_sentences a token of
 * KIND_BYTE must be <0xNN>. */
CHECKED int vocabulary_add(struct vocabulary *vocabulary, struct slice text, enum token_kind kind, struct error *err);

/* Adds the next merge ("left right", ranks ascend from 0) once all tokens are there. -1 with FAULT_MODEL when a part
 * or the whole is not a plain token, or the pair was there before. */
CHECKED int vocabulary_merge(struct vocabulary *vocabulary, struct slice line, struct error *err);

size_t vocabulary_count(const struct vocabulary *vocabulary);

/* The bytes a plain token stands for; the literal text of any other. id < count. */
struct slice vocabulary_bytes(const struct vocabulary *vocabulary, token id);
enum token_kind vocabulary_kind(const struct vocabulary *vocabulary, token id);

/* The plain token of exactly these bytes, or the other token of exactly this text; -1 if there is none. */
token vocabulary_word(const struct vocabulary *vocabulary, struct slice bytes);
token vocabulary_special(const struct vocabulary *vocabulary, struct slice text);

/* Bytes of the longest plain token. */
size_t vocabulary_word_bytes_max(const struct vocabulary *vocabulary);

/* The token of one byte, or -1: real vocabularies lack bytes that their training text did not hold. */
token vocabulary_byte(const struct vocabulary *vocabulary, unsigned char byte);

/* Rank of the merge of two neighbours (RANK_NONE if there is none) and what it gives. */
uint32_t vocabulary_rank(const struct vocabulary *vocabulary, token left, token right);
token vocabulary_merged(const struct vocabulary *vocabulary, uint32_t rank);

/* The longest token that is not plain and starts `text`; -1 if there is none. */
token vocabulary_special_at(const struct vocabulary *vocabulary, struct slice text);

#endif
