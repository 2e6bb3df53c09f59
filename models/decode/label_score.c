/* label_score.c - the front door's session_score: how likely each label is as continuation of one prompt.
 *
 * The prompt is prefilled once. The labels' tokens form a trie, walked depth-first with the cache rewound to each
 * branching; a stretch without branches goes through the model as one batch.
 *
 *   prompt -+- " Card" -+- "iology"      sums: log P(" Card") + log P("iology" | " Card") ...
 *           |           +- "iac"         the normaliser of a node serves all its children
 *           +- " Neuro" --- "logy"
 *
 * A label's last token is never fed: nothing after it is asked for. */
#include "models/decode/sample.h"
#include "models/internal.h"
#include "models/session.h"
#include "models/token/tokenizer.h"

#define NOWHERE UINT32_MAX

struct node {
    token id;
    uint32_t child, sibling; /* NOWHERE = none */
    uint32_t depth;          /* tokens from the prompt to here; 0 = the prompt itself */
    double sum;              /* log-probability of the tokens from the prompt to here */
};

struct trie {
    struct node *nodes; /* [0] is the prompt */
    uint32_t count, deepest;
};

static void trie_clear(struct trie *trie)
{
    free(trie->nodes);
}
#define AUTO_TRIE __attribute__((cleanup(trie_clear))) struct trie

/* The child of `at` with that token, made if need be; the trie has room for it. */
static uint32_t trie_step(struct trie *trie, uint32_t at, token id)
{
    uint32_t *link = &trie->nodes[at].child;
    while (*link != NOWHERE && trie->nodes[*link].id != id)
        link = &trie->nodes[*link].sibling;
    if (*link == NOWHERE) {
        *link = trie->count;
        trie->nodes[trie->count++] = (struct node){id, NOWHERE, NOWHERE, trie->nodes[at].depth + 1, 0};
        trie->deepest = MAX(trie->deepest, trie->nodes[at].depth + 1);
    }
    return *link;
}

/* Tokens of all labels one after the other, and where each ends. */
static int tokenize(const struct tokenizer *tokenizer, const struct redacted_text *const *labels, size_t count,
                    struct token_list *to, size_t *ends, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        size_t before = to->count;
        if (tokenizer_continue(tokenizer, redacted_text_slice(labels[i]), to, err))
            return -1;
        if (to->count == before)
            return error_set(err, FAULT_PIPELINE, "label %zu is empty", i + 1);
        ends[i] = to->count;
    }
    return 0;
}

static int trie_build(struct trie *trie, const struct token_list *tokens, const size_t *ends, size_t count,
                      uint32_t *ret_leaves, struct error *err)
{
    trie->nodes = calloc(tokens->count + 1, sizeof *trie->nodes);
    if (!trie->nodes)
        return error_memory(err);
    trie->nodes[0] = (struct node){.id = -1, .child = NOWHERE, .sibling = NOWHERE};
    trie->count = 1;
    for (size_t i = 0, at = 0; i < count; i++) {
        uint32_t node = 0;
        for (; at < ends[i]; at++)
            node = trie_step(trie, node, tokens->ids[at]);
        ret_leaves[i] = node;
    }
    return 0;
}

/* ---- the walk ---- */
struct walk {
    struct session *session;
    struct trie *trie;
    uint32_t prompt_tokens;
    size_t vocabulary;
    token *batch;          /* [deepest] */
};

/* Gives the children of `at` their sums from the logits behind it. */
static void score_children(struct walk *w, uint32_t at, const float *logits)
{
    struct node *nodes = w->trie->nodes;
    double normaliser = log_normaliser(logits, w->vocabulary);
    for (uint32_t c = nodes[at].child; c != NOWHERE; c = nodes[c].sibling)
        nodes[c].sum = nodes[at].sum + ((double)logits[nodes[c].id] - normaliser);
}

/* Follows single children from `at` as far as there is something to score behind; returns the last one fed. */
static uint32_t stretch(const struct walk *w, uint32_t at, size_t *ret_tokens)
{
    const struct node *nodes = w->trie->nodes;
    size_t n = 0;
    for (;;) {
        w->batch[n++] = nodes[at].id;
        uint32_t child = nodes[at].child;
        if (nodes[child].sibling != NOWHERE || nodes[child].child == NOWHERE)
            break;
        at = child;
    }
    *ret_tokens = n;
    return at;
}

/* Scores all that is below the children of `at`, whose own sums are known. */
static int descend(struct walk *w, uint32_t at, struct error *err)
{
    struct node *nodes = w->trie->nodes;
    for (uint32_t c = nodes[at].child; c != NOWHERE; c = nodes[c].sibling) {
        if (nodes[c].child == NOWHERE)
            continue;
        const float *logits;
        size_t tokens;
        uint32_t last = stretch(w, c, &tokens), node = c;
        session_rewind(w->session, w->prompt_tokens + nodes[at].depth);
        if (session_extend(w->session, w->batch, tokens, ROWS_ALL, &logits, err))
            return -1;
        for (size_t i = 0; i < tokens; i++, node = nodes[node].child)
            score_children(w, node, logits + i * w->vocabulary);
        if (descend(w, last, err))
            return -1;
    }
    return 0;
}

static int walk_all(struct walk *w, const struct prompt *prompt, struct error *err)
{
    const float *logits;
    size_t rows;
    if (session_logits(w->session, prompt, false, &logits, &rows, err))
        return -1;
    w->prompt_tokens = session_length(w->session);
    score_children(w, 0, logits);
    int r = descend(w, 0, err);
    session_rewind(w->session, w->prompt_tokens);
    return r;
}

int session_score(struct session *session, const struct prompt *prompt, const struct redacted_text *const *labels,
                  size_t count, double *ret_sums, uint32_t *ret_counts, struct error *err)
{
    const struct model *model = session_model(session);
    AUTO(arena) *arena = NULL;
    AUTO_TOKENS tokens = {0};
    AUTO_TRIE trie = {0};
    size_t *ends;
    uint32_t *leaves;
    if (arena_new(&arena, err) || !(ends = arena_array(arena, count + 1, sizeof *ends, err)) ||
        !(leaves = arena_array(arena, count + 1, sizeof *leaves, err)) ||
        tokenize(model->tokenizer, labels, count, &tokens, ends, err) ||
        trie_build(&trie, &tokens, ends, count, leaves, err))
        return -1;
    struct walk walk = {.session = session, .trie = &trie, .vocabulary = model->shape.vocabulary};
    walk.batch = arena_array(arena, trie.deepest + 1, sizeof *walk.batch, err);
    if (!walk.batch || walk_all(&walk, prompt, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        ret_sums[i] = trie.nodes[leaves[i]].sum;
        ret_counts[i] = trie.nodes[leaves[i]].depth;
    }
    return 0;
}
