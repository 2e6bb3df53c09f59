/* bpe.c - see bpe.h. */
#include "models/token/bpe.h"

#include "base/utf8.h"
#include "models/token/heap.h"

#define SCAN_MAX 40u /* longer pieces use the heap */
#define NOWHERE UINT32_MAX

/* Appends the tokens of the single bytes of one character; false if one is not there. */
static bool add_bytes(const struct vocabulary *v, struct slice character, struct token_list *to)
{
    size_t before = to->count;
    for (size_t i = 0; i < character.bytes; i++) {
        token id = vocabulary_byte(v, (unsigned char)character.data[i]);
        if (id < 0) {
            to->count = before;
            return false;
        }
        to->ids[to->count++] = id;
    }
    return true;
}

/* Appends the tokens of the single bytes of the piece. */
static int start_from_bytes(const struct vocabulary *v, struct slice piece, struct token_list *to, struct error *err)
{
    static const struct slice replacement = SLICE("\xef\xbf\xbd");
    if (token_list_reserve(to, piece.bytes, err))
        return -1;
    for (size_t at = 0, bytes; at < piece.bytes; at += bytes) {
        uint32_t code;
        bytes = utf8_decode(piece, at, &code);
        if (add_bytes(v, slice_sub(piece, at, at + bytes), to))
            continue;
        /* A missing byte may be a character of one byte: three more may be needed. */
        if (token_list_reserve(to, piece.bytes - at + replacement.bytes, err))
            return -1;
        if (!add_bytes(v, replacement, to)) {
            error_set(err, FAULT_DOCUMENT, "a character at byte %zu of a word has no token in this model", at);
            return error_hint(err, "its vocabulary lacks single bytes; use another model");
        }
    }
    return 0;
}

/* Merges ids[0, n) in place, n <= SCAN_MAX; returns how many are left. */
static size_t merge_by_scanning(const struct vocabulary *v, token *ids, size_t n)
{
    uint32_t ranks[SCAN_MAX]; /* ranks[i]: merge of ids[i] and ids[i + 1] */
    for (size_t i = 0; i + 1 < n; i++)
        ranks[i] = vocabulary_rank(v, ids[i], ids[i + 1]);
    while (n > 1) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < n; i++)
            if (ranks[i] < ranks[best])
                best = i;
        if (ranks[best] == RANK_NONE)
            break;
        ids[best] = vocabulary_merged(v, ranks[best]);
        memmove(ids + best + 1, ids + best + 2, (n - best - 2) * sizeof *ids);
        memmove(ranks + best, ranks + best + 1, (n - best - 2) * sizeof *ranks);
        n--;
        if (best > 0)
            ranks[best - 1] = vocabulary_rank(v, ids[best - 1], ids[best]);
        if (best + 1 < n)
            ranks[best] = vocabulary_rank(v, ids[best], ids[best + 1]);
    }
    return n;
}

/* ---- long pieces: a linked list of tokens and a heap of (rank << 32 | place) ----
 *
 * An entry is stale once the rank at its place has changed; ranks name pairs, so an equal rank is the same pair. */
struct node {
    token id;
    uint32_t previous, next, rank;
};

struct merger {
    const struct vocabulary *vocabulary;
    struct node *nodes;
    uint64_t *heap;
    size_t heap_count, nodes_bytes;
};

static void merger_clear(struct merger *m)
{
    if (m->nodes)
        explicit_bzero(m->nodes, m->nodes_bytes);
    free(m->nodes);
    free(m->heap);
}

/* Looks up the merge of the node at `at` with its neighbour and remembers it. */
static void rank_pair(struct merger *m, uint32_t at)
{
    struct node *node = &m->nodes[at];
    node->rank = node->next == NOWHERE ? RANK_NONE
                                       : vocabulary_rank(m->vocabulary, node->id, m->nodes[node->next].id);
    if (node->rank != RANK_NONE)
        heap_push(m->heap, &m->heap_count, (uint64_t)node->rank << 32 | at);
}

static void merge_at(struct merger *m, uint32_t at)
{
    struct node *node = &m->nodes[at], *gone = &m->nodes[node->next];
    node->id = vocabulary_merged(m->vocabulary, node->rank);
    node->next = gone->next;
    gone->rank = RANK_NONE;
    if (node->next != NOWHERE)
        m->nodes[node->next].previous = at;
    if (node->previous != NOWHERE)
        rank_pair(m, node->previous);
    rank_pair(m, at);
}

/* Merges ids[0, *count) in place and sets *count to how many are left. */
static int merge_by_heap(const struct vocabulary *v, token *ids, size_t *count, struct error *err)
{
    size_t n = *count;
    if (n >= NOWHERE / 4)
        return error_set(err, FAULT_DOCUMENT, "a single word of %zu bytes is too long for the tokenizer", n);
    __attribute__((cleanup(merger_clear))) struct merger m = {.vocabulary = v};
    m.nodes_bytes = n * sizeof *m.nodes;
    m.nodes = malloc(m.nodes_bytes);
    m.heap = malloc(3 * n * sizeof *m.heap); /* n - 1 pairs, then at most two more for each of n - 1 merges */
    if (!m.nodes || !m.heap)
        return error_memory(err);
    for (uint32_t i = 0; i < n; i++)
        m.nodes[i] = (struct node){ids[i], i ? i - 1 : NOWHERE, i + 1 < n ? i + 1 : NOWHERE, RANK_NONE};
    for (uint32_t i = 0; i < n; i++)
        rank_pair(&m, i);
    while (m.heap_count > 0) {
        uint64_t entry = heap_pop(m.heap, &m.heap_count);
        uint32_t at = (uint32_t)entry;
        if (m.nodes[at].rank == entry >> 32)
            merge_at(&m, at);
    }
    *count = 0;
    for (uint32_t at = 0; at != NOWHERE; at = m.nodes[at].next)
        ids[(*count)++] = m.nodes[at].id;
    return 0;
}

int bpe_encode(const struct vocabulary *v, struct slice piece, struct token_list *to, struct error *err)
{
    size_t before = to->count;
    if (start_from_bytes(v, piece, to, err))
        return -1;
    size_t n = to->count - before;
    token *ids = to->ids + before;
    if (n <= SCAN_MAX)
        n = merge_by_scanning(v, ids, n);
    else if (merge_by_heap(v, ids, &n, err))
        return -1;
    to->count = before + n;
    return 0;
}
