/* model.h - front door of the models room: a language model in a GGUF file, on the CPU, the same bits every time.
 *
 * A model is immutable after loading, may be inherited by fork and shared by sessions. A session has one KV cache and
 * belongs to one thread; the pool it is given does the arithmetic. Everything that scores or generates takes a
 * prompt, and a prompt is made of redacted_text alone. Errors are FAULT_MODEL (the file) or FAULT_DOCUMENT (the
 * prompt does not fit the context: it is never cut). */
#ifndef ALCOVE_MODELS_MODEL_H
#define ALCOVE_MODELS_MODEL_H

#include "base/contract.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/redacted.h"
#include "base/slice.h"
#include "base/thread.h"

#include <stdint.h>

/* Raised whenever the bits of any result may change; part of every audit record. */
#define MODEL_NUMERICS_VERSION 1

/* ---- the model ---- */
struct model;

/* Maps and checks a GGUF file and packs its weights for the chosen kernels. `pool` (may be NULL) is used for the
 * packing only. -1 with FAULT_MODEL, naming the field or tensor. */
CHECKED int model_load(struct model **ret, const char *path, struct pool *pool, struct error *err);
void model_drop(struct model **model);

struct model_info {
    const char *architecture, *name, *licence, *tokenizer, *pre_tokenizer, *chat_template; /* borrowed; may be "" */
    uint32_t layers, dim, heads, kv_heads, head_size, ffn_dim, vocabulary, context;
    uint64_t parameters, file_bytes, packed_bytes, kv_bytes_per_token;
    const char *types;   /* "Q4_1 x 210, F32 x 61, ..." */
    const char *kernels; /* the column in use: "avx2" */
};
void model_info(const struct model *model, struct model_info *ret);

/* The kernel column that this CPU and ALCOVE_KERNELS give ("avx2"), without a model. */
const char *model_kernels(void);

/* ---- tokens ---- */
typedef int32_t token;

/* ids of `text`. Control tokens are recognised only with `special`; `bos` adds the model's BOS where its file asks
 * for one. A new array that the caller frees. */
CHECKED int model_tokenize(const struct model *model, struct slice text, bool special, bool bos, token **ret,
                           size_t *ret_count, struct error *err);

/* The bytes of one token, borrowed; empty for a control token. */
struct slice model_token_text(const struct model *model, token id);
bool model_token_is_end(const struct model *model, token id);

/* ---- prompts: the only thing a session takes ---- */
struct prompt;
enum role { ROLE_SYSTEM, ROLE_USER, ROLE_ASSISTANT };

/* An empty prompt. With `chat` each added part is rendered as a turn of the model's chat template (recognised by its
 * markers, rendered in C; FAULT_MODEL when it is unknown); without, parts are joined as they are. */
CHECKED int prompt_new(struct prompt **ret, const struct model *model, bool chat, struct error *err);

/* The same with chat, by the template of that name whatever the file says: FAULT_USAGE, naming those that are known. */
CHECKED int prompt_new_as(struct prompt **ret, const struct model *model, const char *template, struct error *err);
void prompt_drop(struct prompt **prompt);

/* Opens a turn, adds text to it (never parsed for control tokens), closes it. prompt_open(ROLE_ASSISTANT) without a
 * close leaves the answer to the model. Without chat, open and close do nothing. */
CHECKED int prompt_open(struct prompt *prompt, enum role role, struct error *err);
CHECKED int prompt_add(struct prompt *prompt, const struct redacted_text *text, struct error *err);
CHECKED int prompt_close(struct prompt *prompt, struct error *err);

/* Adds ids as typed by the operator (`model logits --tokens`): analyzer/command alone (check-layers). */
CHECKED int prompt_add_tokens(struct prompt *prompt, const token *ids, size_t count, struct error *err);

const token *prompt_tokens(const struct prompt *prompt, size_t *ret_count);

/* ---- sessions ---- */
struct session;

/* `context` tokens of KV cache (0 = the model's own, at most 8192). The pool is borrowed, may be NULL. */
CHECKED int session_new(struct session **ret, const struct model *model, uint32_t context, struct pool *pool,
                        struct error *err);
void session_drop(struct session **session);

/* Logits of the last position ([vocabulary]), or of every position with `all` ([tokens][vocabulary]). Starts from an
 * empty cache, but reuses the longest prefix it still holds (same bits by construction). Borrowed until the next call. */
CHECKED int session_logits(struct session *session, const struct prompt *prompt, bool all, const float **ret,
                           size_t *ret_rows, struct error *err);

/* Log-probabilities of each label text as continuation of the prompt: one prefill, then a trie of label tokens.
 *   ret_sums[i]   sum of log P(token | prompt, earlier tokens of the label), natural log, full normaliser
 *   ret_counts[i] tokens of label i */
CHECKED int session_score(struct session *session, const struct prompt *prompt,
                          const struct redacted_text *const *labels, size_t count, double *ret_sums,
                          uint32_t *ret_counts, struct error *err);

struct generation {
    uint32_t tokens_max;
    float temperature;                        /* 0 = greedy */
    uint64_t seed;
    const token *allowed; size_t allowed_count; /* if given, only these ids (and the end token) may be chosen; sorted */
    bool no_repeat_4gram;                     /* a token that would complete a 4-gram of the output is refused */
    bool use_lookup;                          /* prompt-lookup drafts; the output is the same with and without */
    bool (*stop)(void *context, struct slice text_so_far); /* may be NULL */
    void *stop_context;
};

struct generated {
    struct buffer *text;      /* owned by the caller of session_generate (buffer_drop) */
    uint32_t prompt_tokens, tokens;
    bool ended;               /* by the end token, not by the limit */
};

/* Continues the prompt. */
CHECKED int session_generate(struct session *session, const struct prompt *prompt, const struct generation *how,
                             struct generated *ret, struct error *err);

/* ---- embeddings (architecture bert) ---- */

/* One vector for a text, pooled as its file says, not normalised: ret [dim]. The text is put between the model's first
 * and last token; of a prompt the ids are taken as they are. The pool may be NULL. -1 with FAULT_MODEL (the model is no
 * encoder), FAULT_DOCUMENT (empty, or longer than the context: never cut). */
CHECKED int model_embed(const struct model *model, const struct redacted_text *text, struct pool *pool, float *ret,
                        struct error *err);
CHECKED int model_embed_prompt(const struct model *model, const struct prompt *prompt, struct pool *pool, float *ret,
                               struct error *err);

/* ---- registry ---- */
struct registry_entry {
    char name[64], file[300], sha256[65], licence[64], arch[32], roles[128], source[200];
    char path[600];   /* where it was found; empty = not there */
};

/* Finds a model by registered name (`default`) or path, in the order of DESIGN section 7; verifies its SHA-256 if it is
 * registered. own_folder: the program's own models folder. -1 with FAULT_MODEL, naming the file and how to add it. */
CHECKED int registry_find(const char *name, const char *own_folder, struct registry_entry *ret, struct hash *ret_digest,
                          struct error *err);

/* All registered models, freed by the caller with free(). */
CHECKED int registry_list(const char *own_folder, struct registry_entry **ret, size_t *ret_count, struct error *err);

/* Copies `path` into $XDG_DATA_HOME/alcove/models and registers it as `name` (checked by model_load first). */
CHECKED int registry_add(const char *path, const char *name, const char *own_folder, struct registry_entry *ret,
                         struct error *err);

#endif
