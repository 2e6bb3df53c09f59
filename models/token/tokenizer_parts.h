/* tokenizer_parts.h - what a tokenizer is made of: tokenizer_build.c fills it, tokenizer.c uses it. */
#ifndef ALCOVE_MODELS_TOKEN_TOKENIZER_PARTS_H
#define ALCOVE_MODELS_TOKEN_TOKENIZER_PARTS_H

#include "models/token/spm.h"
#include "models/token/split.h"
#include "models/token/tokenizer.h"
#include "models/token/vocabulary.h"

#define ENDS_MAX 16u

/* One way from text to tokens: a value of tokenizer.ggml.model. */
struct tokenizer_model {
    const char *name, *what;
    alphabet *alphabet;
    bool has_merges, has_scores, has_pre, has_unknown; /* which keys it reads */
    bool adds_bos;          /* what a file that does not say tokenizer.ggml.add_bos_token means */
    bool adds_first_last;   /* CLS and SEP take the places of BOS and EOS, and are always added */
    bool adds_space_prefix; /* what a file that does not say tokenizer.ggml.add_space_prefix means */

    /* Appends the ids of text without special tokens in it; is_start: not the continuation of other text. */
    int (*encode)(const struct tokenizer *tokenizer, struct slice text, bool is_start, struct token_list *to,
                  struct error *err);
};

struct tokenizer {
    const struct tokenizer_model *model;
    struct vocabulary *vocabulary;
    const struct splitter *splitter; /* of a model with has_pre */
    struct spm *spm;                 /* of a model with has_scores */
    bool adds_space_prefix;
    token first, last;               /* -1 = none to add */
    token unknown;                   /* what stands for a word that cannot be spelled; -1 = everything can */
    token ends[ENDS_MAX];
    size_t ends_count;
    char *chat_template;
    size_t chat_template_bytes;
};

/* The models: rows[i], i < *ret_count. */
const struct tokenizer_model *tokenizer_models(size_t *ret_count);

#endif
