/* spm.c - see spm.h. */
#include "models/token/spm.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "models/token/heap.h"

#include <inttypes.h>

#define SCAN_MAX 32u /* characters; longer pieces use the heap */
#define NOWHERE UINT32_MAX

struct spm {
    const struct vocabulary *vocabulary;
    uint32_t *ranks;           /* [tokens]: 0 = best score; equal scores, equal ranks */
    uint8_t joins[256][32];    /* bit b of joins[a]: in some token a character ends with byte a, the next starts with b */
    uint8_t open_pairs[256][32]; /* the same for the first two bytes of open tokens */
    bool open_single[256];
    size_t open_bytes_max;
};

static bool pair_is_set(const uint8_t table[256][32], char a, char b)
{
    return table[(unsigned char)a][(unsigned char)b >> 3] >> ((unsigned char)b & 7) & 1;
}

static void pair_set(uint8_t table[256][32], char a, char b)
{
    table[(unsigned char)a][(unsigned char)b >> 3] |= (uint8_t)(1u << ((unsigned char)b & 7));
}

static bool is_inside(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* ---- open tokens: added by hand and yet no way to speak as a control token ---- */
static bool is_element(struct slice text)
{
    static const char *const names[] = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "h1", "h2",
                                        "h3",    "h4",      "h5",    "h6",    "blockquote", "strong", "em", "b",
                                        "i",     "u",       "s",     "sub",   "sup",   "code"};
    size_t start = text.bytes > 2 && text.data[1] == '/' ? 2 : 1;
    if (text.bytes < 3 || text.data[0] != '<' || text.data[text.bytes - 1] != '>')
        return false;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_equal(slice_sub(text, start, text.bytes - 1), slice_of(names[i])))
            return true;
    return false;
}

static bool is_user(const struct vocabulary *v, struct slice text)
{
    token id = vocabulary_special(v, text);
    return id >= 0 && vocabulary_kind(v, id) == KIND_USER;
}

/* Llama's <s> and </s> frame a text and Gemma's strike it out: only where both were added by hand it is the latter. */
static bool is_open(const struct vocabulary *v, struct slice text)
{
    if (!is_user(v, text))
        return false;
    if (slice_equal(text, SLICE("<s>")) || slice_equal(text, SLICE("</s>")))
        return is_user(v, SLICE("<s>")) && is_user(v, SLICE("</s>"));
    if (is_element(text))
        return true;
    for (size_t i = 0; i < text.bytes; i++)
        if (!strchr(" \t\n\r", text.data[i]) || !text.data[i])
            return false;
    return true;
}

/* The longest open token that starts `text`, or -1. */
static token open_at(const struct spm *s, struct slice text)
{
    if (text.bytes < 2 || !pair_is_set(s->open_pairs, text.data[0], text.data[1])) {
        bool is_single = s->open_single[(unsigned char)text.data[0]];
        return is_single ? vocabulary_special(s->vocabulary, slice_sub(text, 0, 1)) : -1;
    }
    for (size_t bytes = MIN(s->open_bytes_max, text.bytes); bytes > 0; bytes--)
        if (is_open(s->vocabulary, slice_sub(text, 0, bytes)))
            return vocabulary_special(s->vocabulary, slice_sub(text, 0, bytes));
    return -1;
}

static void note_open(struct spm *s, struct slice text)
{
    if (text.bytes == 1)
        s->open_single[(unsigned char)text.data[0]] = true;
    else
        pair_set(s->open_pairs, text.data[0], text.data[1]);
    s->open_bytes_max = MAX(s->open_bytes_max, text.bytes);
}

/* ---- making ---- */
struct scored {
    float score;
    uint32_t id;
};

static int by_score(const void *a, const void *b)
{
    float x = ((const struct scored *)a)->score, y = ((const struct scored *)b)->score;
    return (x < y) - (x > y);
}

static int rank_scores(struct spm *s, const float *scores, size_t count, struct error *err)
{
    struct scored *sorted = malloc(count * sizeof *sorted);
    if (!sorted)
        return error_memory(err);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = (struct scored){scores[i], i};
    qsort(sorted, count, sizeof *sorted, by_score);
    uint32_t rank = 0;
    for (size_t i = 0; i < count; i++) {
        rank += i > 0 && sorted[i].score < sorted[i - 1].score;
        s->ranks[sorted[i].id] = rank;
    }
    free(sorted);
    return 0;
}

static void note_joins(struct spm *s, struct slice word)
{
    for (size_t i = 1; i < word.bytes; i++)
        if (!is_inside(word.data[i]))
            pair_set(s->joins, word.data[i - 1], word.data[i]);
}

int spm_new(struct spm **ret, const struct vocabulary *v, const float *scores, size_t count, struct error *err)
{
    if (count != vocabulary_count(v))
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.scores has %zu entries for %zu tokens", count,
                         vocabulary_count(v));
    for (int byte = 0; byte < 256; byte++)
        if (vocabulary_byte(v, (unsigned char)byte) < 0)
            return error_set(err, FAULT_MODEL, "tokenizer.ggml.tokens: the byte token <0x%02X> is missing", byte);
    AUTO(spm) *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(err);
    s->vocabulary = v;
    s->ranks = calloc(count, sizeof *s->ranks);
    if (!s->ranks)
        return error_memory(err);
    if (rank_scores(s, scores, count, err))
        return -1;
    for (token id = 0; (size_t)id < count; id++) {
        struct slice text = vocabulary_bytes(v, id);
        if (vocabulary_kind(v, id) == KIND_PLAIN)
            note_joins(s, text);
        else if (is_open(v, text))
            note_open(s, text);
    }
    *ret = TAKE(s);
    return 0;
}

void spm_drop(struct spm **spm)
{
    if (*spm)
        free((*spm)->ranks);
    free(*spm);
    *spm = NULL;
}

/* ---- merging one piece ---- */
static uint32_t rank_of(const struct spm *s, struct slice joint)
{
    if (joint.bytes > vocabulary_word_bytes_max(s->vocabulary))
        return RANK_NONE;
    token id = vocabulary_word(s->vocabulary, joint);
    return id < 0 ? RANK_NONE : s->ranks[id];
}

/* Appends the token of one symbol, or those of its bytes. There is room. */
static void add_symbol(const struct spm *s, struct slice symbol, struct token_list *to)
{
    token id = vocabulary_word(s->vocabulary, symbol);
    if (id >= 0) {
        to->ids[to->count++] = id;
        return;
    }
    for (size_t i = 0; i < symbol.bytes; i++)
        to->ids[to->count++] = vocabulary_byte(s->vocabulary, (unsigned char)symbol.data[i]);
}

/* starts[0, n]: where the characters of the piece start, and its end. */
static void merge_by_scanning(const struct spm *s, struct slice piece, uint32_t *starts, size_t n,
                              struct token_list *to)
{
    uint32_t ranks[SCAN_MAX]; /* ranks[i]: of symbols i and i + 1 joined */
    for (size_t i = 0; i + 1 < n; i++)
        ranks[i] = rank_of(s, slice_sub(piece, starts[i], starts[i + 2]));
    while (n > 1) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < n; i++)
            if (ranks[i] < ranks[best])
                best = i;
        if (ranks[best] == RANK_NONE)
            break;
        memmove(starts + best + 1, starts + best + 2, (n - best - 1) * sizeof *starts);
        memmove(ranks + best, ranks + best + 1, (n - best - 2) * sizeof *ranks);
        n--;
        if (best > 0)
            ranks[best - 1] = rank_of(s, slice_sub(piece, starts[best - 1], starts[best + 1]));
        if (best + 1 < n)
            ranks[best] = rank_of(s, slice_sub(piece, starts[best], starts[best + 2]));
    }
    for (size_t i = 0; i < n; i++)
        add_symbol(s, slice_sub(piece, starts[i], starts[i + 1]), to);
}

/* Long pieces: a linked list of symbols and a heap of (rank << 32 | place). An entry is stale once the rank at its
 * place has changed; should another pair there have the same rank, the entry stands for that one. */
struct node {
    uint32_t start, previous, next, rank; /* a symbol ends where the next starts */
};

struct merger {
    const struct spm *spm;
    struct slice piece;
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

static uint32_t node_end(const struct merger *m, uint32_t at)
{
    return m->nodes[at].next == NOWHERE ? (uint32_t)m->piece.bytes : m->nodes[m->nodes[at].next].start;
}

static void rank_pair(struct merger *m, uint32_t at)
{
    struct node *node = &m->nodes[at];
    node->rank = node->next == NOWHERE
                     ? RANK_NONE
                     : rank_of(m->spm, slice_sub(m->piece, node->start, node_end(m, node->next)));
    if (node->rank != RANK_NONE)
        heap_push(m->heap, &m->heap_count, (uint64_t)node->rank << 32 | at);
}

static void merge_at(struct merger *m, uint32_t at)
{
    struct node *node = &m->nodes[at], *gone = &m->nodes[node->next];
    node->next = gone->next;
    gone->rank = RANK_NONE;
    if (node->next != NOWHERE)
        m->nodes[node->next].previous = at;
    if (node->previous != NOWHERE)
        rank_pair(m, node->previous);
    rank_pair(m, at);
}

static int merge_by_heap(const struct spm *s, struct slice piece, struct token_list *to, struct error *err)
{
    size_t n = utf8_count(piece);
    __attribute__((cleanup(merger_clear))) struct merger m = {.spm = s, .piece = piece};
    m.nodes_bytes = n * sizeof *m.nodes;
    m.nodes = malloc(m.nodes_bytes);
    m.heap = malloc(3 * n * sizeof *m.heap); /* n - 1 pairs, then at most two more for each of n - 1 merges */
    if (!m.nodes || !m.heap)
        return error_memory(err);
    uint32_t i = 0;
    for (size_t at = 0; at < piece.bytes; at++)
        if (!is_inside(piece.data[at])) {
            m.nodes[i] = (struct node){(uint32_t)at, i ? i - 1 : NOWHERE, i + 1 < n ? i + 1 : NOWHERE, RANK_NONE};
            i++;
        }
    for (i = 0; i < n; i++)
        rank_pair(&m, i);
    while (m.heap_count > 0) {
        uint64_t entry = heap_pop(m.heap, &m.heap_count);
        if (m.nodes[(uint32_t)entry].rank == entry >> 32)
            merge_at(&m, (uint32_t)entry);
    }
    for (uint32_t at = 0; at != NOWHERE; at = m.nodes[at].next)
        add_symbol(s, slice_sub(piece, m.nodes[at].start, node_end(&m, at)), to);
    return 0;
}

/* ---- a text ---- */

/* Appends the ids of the piece that starts at `at` and sets *ret_end to its end. */
static int encode_piece(const struct spm *s, struct slice text, size_t at, size_t *ret_end, struct token_list *to,
                        struct error *err)
{
    uint32_t starts[SCAN_MAX + 1] = {0};
    size_t n = 1, end = at + 1;
    for (; end < text.bytes; end++) {
        if (is_inside(text.data[end]))
            continue;
        if (!pair_is_set(s->joins, text.data[end - 1], text.data[end]))
            break;
        if (n < SCAN_MAX)
            starts[n] = (uint32_t)(end - at);
        n++;
    }
    *ret_end = end;
    if (n <= SCAN_MAX)
        starts[n] = (uint32_t)(end - at);
    struct slice piece = slice_sub(text, at, end);
    if (token_list_reserve(to, piece.bytes, err))
        return -1;
    if (n > SCAN_MAX)
        return merge_by_heap(s, piece, to, err);
    merge_by_scanning(s, piece, starts, n, to);
    return 0;
}

/* Text without open tokens; `copy` is for use. */
static int encode_between(const struct spm *s, struct slice text, bool prefix, struct buffer *copy,
                          struct token_list *to, struct error *err)
{
    static const struct slice blank = SLICE("\xe2\x96\x81");
    const char *found = text.bytes ? memmem(text.data, text.bytes, blank.data, blank.bytes) : NULL;
    if (text.bytes > 0 && (prefix || found)) {
        buffer_clear(copy);
        if (prefix && buffer_append_byte(copy, ' ', err))
            return -1;
        for (; found; found = memmem(text.data, text.bytes, blank.data, blank.bytes)) {
            size_t before = (size_t)(found - text.data);
            if (buffer_append(copy, slice_sub(text, 0, before), err) || buffer_append_byte(copy, ' ', err))
                return -1;
            text = slice_sub(text, before + blank.bytes, text.bytes);
        }
        if (buffer_append(copy, text, err))
            return -1;
        text = buffer_slice(copy);
    }
    for (size_t at = 0, end; at < text.bytes; at = end)
        if (encode_piece(s, text, at, &end, to, err))
            return -1;
    return 0;
}

int spm_encode(const struct spm *s, struct slice text, bool prefix, struct token_list *to, struct error *err)
{
    AUTO(buffer) *copy = NULL;
    size_t start = 0;
    if (text.bytes >= NOWHERE)
        return error_set(err, FAULT_DOCUMENT, "a text of %zu bytes is too long for the tokenizer", text.bytes);
    if (buffer_new(&copy, text.bytes + 1, err))
        return -1;
    for (size_t at = 0; s->open_bytes_max > 0 && at < text.bytes;) {
        token id = open_at(s, slice_sub(text, at, text.bytes));
        if (id < 0) {
            at++;
            continue;
        }
        if (encode_between(s, slice_sub(text, start, at), prefix, copy, to, err) || token_list_add(to, id, err))
            return -1;
        at += vocabulary_bytes(s->vocabulary, id).bytes;
        start = at;
    }
    return encode_between(s, slice_sub(text, start, text.bytes), prefix, copy, to, err);
}
