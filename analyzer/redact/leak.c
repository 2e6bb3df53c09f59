/* leak.c - see leak.h. The automaton: a trie of all variants, with failure links by breadth-first order. */
#include "analyzer/redact/leak.h"

#include "analyzer/redact/name.h"
#include "base/fold.h"
#include "base/limits.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#define NODES_MAX (64u << 20)
#define GAP_BYTES_MAX 6u /* between two words of one value: ")  ", " - ", a line end with some indentation   \
                          */
#define LABEL_NAME_BYTES_MAX 16u
#define TAG_DIGITS_MAX 16u
#define SHORT_DIGITS 7u /* fewer digits alone must stand together: "120 80" is no ZIP */

struct node {
    uint32_t first_child, next_sibling; /* 0 = none: the root is nobody's child */
    uint32_t fail;                      /* the longest proper suffix that is a node */
    uint32_t shorter;                   /* the longest proper suffix that ends a pattern, 0 = none */
    uint32_t pattern;                   /* that ends here, + 1 */
    unsigned char byte;
};

struct pattern {
    struct leak_source source;
    uint32_t bytes; /* folded */
    enum leak_strength strength;
    bool is_contiguous;
};

struct leak_set {
    struct node *nodes;
    struct pattern *patterns;
    uint32_t *edges;   /* hash table of children: node index, 0 = free; key (parent, byte) */
    uint32_t *parents; /* of each node, for the key */
    size_t node_count, node_capacity, pattern_count, pattern_capacity, edge_capacity;
    uint32_t bytes_longest;
    const struct wordlist *common;
    bool is_closed;
};

int leak_set_new(struct leak_set **ret, const struct wordlist *common, struct error *err)
{
    struct leak_set *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(err);
    s->common = common;
    *ret = s;
    return 0;
}

static void wipe_free(void *memory, size_t bytes)
{
    if (memory)
        OPENSSL_cleanse(memory, bytes);
    free(memory);
}

void leak_set_drop(struct leak_set **set)
{
    struct leak_set *s = *set;
    if (!s)
        return;
    wipe_free(s->nodes, s->node_capacity * sizeof *s->nodes);
    wipe_free(s->parents, s->node_capacity * sizeof *s->parents);
    wipe_free(s->patterns, s->pattern_capacity * sizeof *s->patterns);
    wipe_free(s->edges, s->edge_capacity * sizeof *s->edges);
    free(s);
    *set = NULL;
}

bool leak_set_is_common(const struct leak_set *set, struct slice folded)
{
    return wordlist_has(set->common, folded);
}

static size_t edge_place(const struct leak_set *s, uint32_t parent, unsigned char byte)
{
    uint64_t key = ((uint64_t)parent << 8 | byte) * 0x9e3779b97f4a7c15u;
    size_t at = (size_t)(key >> 20) & (s->edge_capacity - 1);
    while (s->edges[at] && (s->parents[s->edges[at]] != parent || s->nodes[s->edges[at]].byte != byte))
        at = (at + 1) & (s->edge_capacity - 1);
    return at;
}

static uint32_t child_of(const struct leak_set *s, uint32_t parent, unsigned char byte)
{
    return s->edges[edge_place(s, parent, byte)];
}

/* Doubles an array of `size` a piece, wiping the old one. */
static int enlarge(void **array, size_t old, size_t new, size_t size, struct error *err)
{
    void *larger = calloc(new, size);
    if (!larger)
        return error_memory(err);
    if (old)
        memcpy(larger, *array, old * size);
    wipe_free(*array, old * size);
    *array = larger;
    return 0;
}

static int grow_nodes(struct leak_set *s, struct error *err)
{
    size_t old = s->node_capacity, new = old ? old * 2 : 512;
    if (new > NODES_MAX)
        return error_set(err, FAULT_DOCUMENT, "more than %u bytes of identifiers in one document", NODES_MAX);
    void *nodes = s->nodes, *parents = s->parents;
    if (enlarge(&nodes, old, new, sizeof *s->nodes, err))
        return -1;
    s->nodes = nodes;
    if (enlarge(&parents, old, new, sizeof *s->parents, err))
        return -1;
    s->parents = parents;
    uint32_t *edges = calloc(new * 2, sizeof *edges);
    if (!edges)
        return error_memory(err);
    free(s->edges);
    s->edges = edges;
    s->edge_capacity = new * 2;
    s->node_capacity = new;
    s->node_count = MAX(s->node_count, 1);
    for (uint32_t i = 1; i < s->node_count; i++)
        s->edges[edge_place(s, s->parents[i], s->nodes[i].byte)] = i;
    return 0;
}

static int child_add(struct leak_set *s, uint32_t parent, unsigned char byte, uint32_t *ret,
                     struct error *err)
{
    if (s->node_count + 1 > s->node_capacity && grow_nodes(s, err))
        return -1;
    size_t place = edge_place(s, parent, byte);
    if (!s->edges[place]) {
        uint32_t node = (uint32_t)s->node_count++;
        s->nodes[node] = (struct node){.next_sibling = s->nodes[parent].first_child, .byte = byte};
        s->parents[node] = parent;
        s->nodes[parent].first_child = node;
        s->edges[place] = node;
    }
    *ret = s->edges[place];
    return 0;
}

static bool is_digits(struct slice folded)
{
    for (size_t i = 0; i < folded.bytes; i++)
        if (folded.data[i] < '0' || folded.data[i] > '9')
            return false;
    return true;
}

int leak_set_add_folded(struct leak_set *s, struct slice folded, enum leak_strength strength,
                        const struct leak_source *source, struct error *err)
{
    bool digits = is_digits(folded);
    if (folded.bytes < 3 || (digits && folded.bytes < 4))
        return 0;
    if (folded.bytes > UINT32_MAX / 2)
        return error_set(err, FAULT_DOCUMENT, "an identifier is too long");
    uint32_t node = 0;
    for (size_t i = 0; i < folded.bytes; i++)
        if (child_add(s, node, (unsigned char)folded.data[i], &node, err))
            return -1;
    if (s->nodes[node].pattern) { /* known: the stronger reading stays */
        struct pattern *known = &s->patterns[s->nodes[node].pattern - 1];
        known->strength = MIN(known->strength, strength);
        if (source->score > known->source.score)
            known->source = *source;
        return 0;
    }
    if (s->pattern_count == s->pattern_capacity) {
        void *patterns = s->patterns;
        size_t new = s->pattern_capacity ? s->pattern_capacity * 2 : 64;
        if (enlarge(&patterns, s->pattern_capacity, new, sizeof *s->patterns, err))
            return -1;
        s->patterns = patterns;
        s->pattern_capacity = new;
    }
    s->patterns[s->pattern_count++] =
        (struct pattern){*source, (uint32_t)folded.bytes, strength, digits && folded.bytes < SHORT_DIGITS};
    s->nodes[node].pattern = (uint32_t)s->pattern_count;
    s->bytes_longest = MAX(s->bytes_longest, (uint32_t)folded.bytes);
    return 0;
}

int leak_set_close(struct leak_set *s, struct error *err)
{
    if (s->node_count == 0 && grow_nodes(s, err))
        return -1;
    uint32_t *queue = calloc(s->node_count, sizeof *queue);
    if (!queue)
        return error_memory(err);
    size_t head = 0, tail = 1; /* the root is first */
    while (head < tail) {
        uint32_t parent = queue[head++];
        for (uint32_t n = s->nodes[parent].first_child; n; n = s->nodes[n].next_sibling) {
            uint32_t fail = parent ? s->nodes[parent].fail : 0, next = 0;
            while (parent && !(next = child_of(s, fail, s->nodes[n].byte)) && fail)
                fail = s->nodes[fail].fail;
            s->nodes[n].fail = next;
            s->nodes[n].shorter = s->nodes[next].pattern ? next : s->nodes[next].shorter;
            queue[tail++] = n;
        }
    }
    free(queue);
    s->is_closed = true;
    return 0;
}

/* ---- the search ---- */

struct place { /* of one byte of the stream */
    size_t start;
    uint32_t sentence; /* how many sentences have ended before */
    bool is_word_start;
};

struct search {
    const struct leak_set *set;
    struct slice text;
    struct place *ring; /* the last bytes of the stream */
    size_t mask, streamed;
    uint32_t state, sentence;
    size_t end, word; /* behind the last letter; where its word begins */
};

/* "Mr." or "Dr." ends at `end`, the place of its point. */
static bool is_title_point(struct slice text, size_t end)
{
    size_t start = end;
    char folded[8];
    while (start > 0 && (text.data[start - 1] | 32) >= 'a' && (text.data[start - 1] | 32) <= 'z')
        start--;
    if (end - start > sizeof folded)
        return false;
    for (size_t i = start; i < end; i++)
        folded[i - start] = (char)(text.data[i] | 32);
    return name_is_title((struct slice){folded, end - start});
}

/* True where the capital of a word is not explained by its place: inside a sentence, and not all in capitals.
 */
static bool is_capital_meant(struct slice text, struct span at)
{
    if (!fold_is_upper(text, at.start))
        return false;
    size_t second = at.start + fold_next(text, at.start).bytes;
    if (second < at.end && fold_is_upper(text, second))
        return false;
    size_t before = at.start;
    while (before > 0 && (text.data[before - 1] == ' ' || text.data[before - 1] == '\t'))
        before--;
    if (before == 0)
        return false;
    bool has_space = before < at.start;
    char last = text.data[before - 1];
    if (last == '.')
        return is_title_point(text, before - 1);
    if (before >= 3 && memcmp(text.data + before - 3, "\xe2\x80\xa2", 3) == 0) /* a bullet */
        return false;
    return !memchr(has_space ? "\n\r!?:;\"*|>-" : "\n\r!?:;\"*|>'", last, 11);
}

/* A word has ended: reports what ends with it. */
static int report(struct search *find, int (*on_hit)(void *, const struct leak_hit *, struct error *),
                  void *context, struct error *err)
{
    const struct leak_set *s = find->set;
    uint32_t node = s->nodes[find->state].pattern ? find->state : s->nodes[find->state].shorter;
    for (; node; node = s->nodes[node].shorter) {
        const struct pattern *p = &s->patterns[s->nodes[node].pattern - 1];
        struct place first = find->ring[(find->streamed - p->bytes) & find->mask];
        bool is_weak = p->strength == LEAK_WEAK;
        struct leak_hit hit = {{first.start, find->end}, is_weak ? LEAK_WEAK : LEAK_STRONG, &p->source};
        if (!first.is_word_start || (p->is_contiguous && hit.at.end - hit.at.start != p->bytes) ||
            (p->strength == LEAK_PAIR && first.sentence != find->sentence) ||
            (is_weak && !is_capital_meant(find->text, hit.at)))
            continue;
        int stop = on_hit(context, &hit, err);
        if (stop || !is_weak) /* what ends here and is shorter lies inside */
            return stop;
    }
    return 0;
}

static void step(struct search *find, size_t at, const struct folded *f, bool is_word_start)
{
    const struct leak_set *s = find->set;
    for (uint8_t i = 0; i < f->count; i++) {
        unsigned char byte = (unsigned char)f->to[i];
        uint32_t next;
        while (!(next = child_of(s, find->state, byte)) && find->state)
            find->state = s->nodes[find->state].fail;
        find->state = next;
        find->ring[find->streamed++ & find->mask] =
            (struct place){at, find->sentence, is_word_start && i == 0};
    }
}

/* A sentence ends at the sign at `at`: "Smith? ", and "Smith. " too where it is no short form ("J. ", "Mr.
 * "). */
static bool ends_sentence(const struct search *find, size_t at)
{
    char c = find->text.data[at];
    bool is_last =
        at + 1 == find->text.bytes || find->text.data[at + 1] == ' ' || find->text.data[at + 1] == '\n';
    return is_last && (c == '?' || c == '!' || (c == '.' && at == find->end && find->end - find->word >= 4));
}

/* The bytes of a tag of our own at `at` ("[NATIONAL_ID_1]", "[NAME:0f3a...]"), 0 if there is none: its words
 * are a label's, whoever is called National. */
static size_t tag_bytes(struct slice text, size_t at)
{
    char name[LABEL_NAME_BYTES_MAX + 1];
    size_t end = at + 1, digits;
    enum label label;
    while (end < text.bytes && end - at <= LABEL_NAME_BYTES_MAX &&
           ((text.data[end] >= 'A' && text.data[end] <= 'Z') || text.data[end] == '_'))
        end++;
    bool is_numbered = end > at + 1 && text.data[end - 1] == '_';
    size_t bytes = end - at - 1 - is_numbered;
    if (end >= text.bytes || bytes > LABEL_NAME_BYTES_MAX || (!is_numbered && text.data[end] != ':'))
        return 0;
    memcpy(name, text.data + at + 1, bytes);
    name[bytes] = 0;
    end += !is_numbered;
    for (digits = 0; end < text.bytes && strchr("0123456789abcdef", text.data[end]) && text.data[end];
         digits++)
        end++;
    bool is_closed = end < text.bytes && text.data[end] == ']' && digits && digits <= TAG_DIGITS_MAX;
    return is_closed && label_from(name, &label) ? end + 1 - at : 0;
}

int leak_set_find(const struct leak_set *set, struct slice text,
                  int (*on_hit)(void *, const struct leak_hit *, struct error *), void *context,
                  struct error *err)
{
    if (set->pattern_count == 0)
        return 0;
    struct search find = {.set = set, .text = text, .mask = 1};
    while (find.mask < set->bytes_longest + 4u)
        find.mask *= 2;
    find.ring = calloc(find.mask--, sizeof *find.ring);
    if (!find.ring)
        return error_memory(err);
    bool is_inside = false, is_skipping = false;
    int stop = 0;
    for (size_t at = 0; at < text.bytes && !stop;) {
        struct folded f = fold_next(text, at);
        size_t tag = text.data[at] == '[' ? tag_bytes(text, at) : 0;
        if (f.kind == FOLD_WORD) {
            bool is_start = !is_inside;
            if (is_start && at - find.end > GAP_BYTES_MAX)
                find.state = 0;
            find.word = is_start ? at : find.word;
            is_skipping = is_start ? false : is_skipping;
            if (!is_skipping)
                step(&find, at, &f, is_start);
            is_skipping |= find.state == 0; /* nothing begins inside a word */
            is_inside = true;
            find.end = at + f.bytes;
        } else if (f.kind == FOLD_SEPARATOR) {
            if (is_inside && find.state)
                stop = report(&find, on_hit, context, err);
            is_inside = false;
            find.sentence += ends_sentence(&find, at);
        }
        at += tag ? tag : f.bytes;
    }
    if (!stop && is_inside && find.state)
        stop = report(&find, on_hit, context, err);
    free(find.ring);
    return stop;
}

static int stop_at_strong(void *context, const struct leak_hit *hit, struct error *err)
{
    (void)context;
    (void)err;
    return hit->strength == LEAK_STRONG;
}

bool leak_set_has(const struct leak_set *set, struct slice text)
{
    struct error ignored;
    return leak_set_find(set, text, stop_at_strong, NULL, &ignored) != 0;
}
