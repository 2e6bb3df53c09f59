/* split.h - pre-tokenizers: cuts text into the pieces that byte-pair merges do not cross.
 *
 * Each is a scanner over code points for one published regular expression (in split.c above it), linear in the text
 * and without a regex engine. Which one a model was trained with is named by tokenizer.ggml.pre; an unknown name is
 * refused, since a guess changes the tokens without a word. */
#ifndef ALCOVE_MODELS_TOKEN_SPLIT_H
#define ALCOVE_MODELS_TOKEN_SPLIT_H

#include "base/slice.h"

struct splitter {
    const char *pre; /* the value of tokenizer.ggml.pre */
    size_t (*next)(const struct splitter *splitter, struct slice text, size_t at);
    unsigned digits_max; /* longest run of \p{N} in one piece, 0 = any */
    bool whole_words;    /* a piece that is itself a token is not merged but taken (Llama 3) */
    bool adds_bos;       /* what a file that does not say tokenizer.ggml.add_bos_token means */
};

/* The splitter of that name, or NULL. */
const struct splitter *splitter_find(struct slice pre);

/* The names, for messages: splitters()[i].pre, i < *ret_count. */
const struct splitter *splitters(size_t *ret_count);

/* End of the piece that starts at `at` (at < text.bytes, a boundary of valid UTF-8); always beyond `at`. */
static inline size_t splitter_next(const struct splitter *splitter, struct slice text, size_t at)
{
    return splitter->next(splitter, text, at);
}

#endif
