/* vocabulary.c - see vocabulary.h. */
#include "models/token/vocabulary.h"

#include "base/utf8.h"

#include <inttypes.h>

/* Open addressing; a slot holds id + 1, 0 = free. At most half full. */
struct text_map {
    uint32_t *slots;
    uint32_t mask;
};

struct pair {
    token left, right;
    uint32_t rank; /* RANK_NONE = free slot */
};

struct vocabulary {
    alphabet *alphabet;
    size_t count, tokens_max, bytes_max, merges, merges_max;
    char *bytes;
    uint32_t *starts;
    unsigned char *kinds;
    struct text_map words, specials;
    struct pair *pairs;
    uint32_t pairs_mask;
    token *merged;
    token byte_ids[256];
    size_t word_bytes_max;           /* of a plain token */
    size_t special_bytes_max;        /* longest text of a token that is not plain */
    bool special_bytes[TOKEN_BYTES_MAX + 1]; /* is there one of this length? */
    bool special_first[256];         /* may one start with this byte? */
};

/* ---- hashes ---- */
static uint32_t mix(uint64_t x)
{
    x = (x ^ (x >> 32)) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(x >> 32);
}

static uint32_t hash_text(struct slice text)
{
    uint64_t h = 0x84222325cbf29ce4u ^ text.bytes, word;
    size_t at = 0;
    for (; at + 8 <= text.bytes; at += 8) {
        memcpy(&word, text.data + at, 8);
        h = (h ^ word) * 0x9fb21c651e98df25u;
        h ^= h >> 29;
    }
    for (word = 0; at < text.bytes; at++)
        word = word << 8 | (unsigned char)text.data[at];
    return mix((h ^ word) * 0x9fb21c651e98df25u);
}

static uint32_t hash_pair(token left, token right)
{
    return mix(((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * 0xd6e8feb86659fd93u);
}

/* The slot that holds the text, or the free one where it would go. */
static uint32_t *text_slot(const struct vocabulary *v, const struct text_map *map, struct slice text)
{
    for (uint32_t at = hash_text(text) & map->mask;; at = (at + 1) & map->mask) {
        uint32_t id = map->slots[at];
        if (id == 0 || slice_equal(vocabulary_bytes(v, (token)(id - 1)), text))
            return &map->slots[at];
    }
}

static struct pair *pair_slot(const struct vocabulary *v, token left, token right)
{
    for (uint32_t at = hash_pair(left, right) & v->pairs_mask;; at = (at + 1) & v->pairs_mask) {
        struct pair *pair = &v->pairs[at];
        if (pair->rank == RANK_NONE || (pair->left == left && pair->right == right))
            return pair;
    }
}

/* ---- making ---- */
static uint32_t capacity_for(size_t count)
{
    uint32_t capacity = 16;
    while (capacity < count * 2)
        capacity *= 2;
    return capacity;
}

static int text_map_new(struct text_map *map, size_t count, struct error *err)
{
    uint32_t capacity = capacity_for(count);
    map->slots = calloc(capacity, sizeof *map->slots);
    map->mask = capacity - 1;
    return map->slots ? 0 : error_memory(err);
}

int vocabulary_new(struct vocabulary **ret, alphabet *spelling, size_t tokens, size_t bytes, size_t merges,
                   struct error *err)
{
    if (tokens == 0 || tokens > VOCABULARY_TOKENS_MAX)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.tokens has %zu tokens, the limit is %u", tokens,
                         VOCABULARY_TOKENS_MAX);
    if (merges > VOCABULARY_MERGES_MAX)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.merges has %zu merges, the limit is %u", merges,
                         VOCABULARY_MERGES_MAX);
    if (bytes > UINT32_MAX)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.tokens has %zu bytes, the limit is 4 GiB", bytes);
    AUTO(vocabulary) *v = calloc(1, sizeof *v);
    if (!v)
        return error_memory(err);
    uint32_t pairs = capacity_for(merges);
    v->alphabet = spelling;
    v->tokens_max = tokens;
    v->bytes_max = bytes;
    v->merges_max = merges;
    v->pairs_mask = pairs - 1;
    v->bytes = malloc(bytes + 1);
    v->starts = calloc(tokens + 1, sizeof *v->starts);
    v->kinds = calloc(tokens, sizeof *v->kinds);
    v->pairs = malloc(pairs * sizeof *v->pairs);
    v->merged = calloc(merges + 1, sizeof *v->merged);
    if (!v->bytes || !v->starts || !v->kinds || !v->pairs || !v->merged)
        return error_memory(err);
    if (text_map_new(&v->words, tokens, err) || text_map_new(&v->specials, tokens, err))
        return -1;
    for (uint32_t i = 0; i < pairs; i++)
        v->pairs[i].rank = RANK_NONE;
    for (int i = 0; i < 256; i++)
        v->byte_ids[i] = -1;
    *ret = TAKE(v);
    return 0;
}

void vocabulary_drop(struct vocabulary **vocabulary)
{
    struct vocabulary *v = *vocabulary;
    if (!v)
        return;
    free(v->bytes);
    free(v->starts);
    free(v->kinds);
    free(v->words.slots);
    free(v->specials.slots);
    free(v->pairs);
    free(v->merged);
    free(v);
    *vocabulary = NULL;
}

/* Has it tokens for single bytes beside the plain ones? In GPT-2's alphabet the plain ones are all there is. */
static bool has_bytes(const struct vocabulary *v)
{
    return v->alphabet == alphabet_sentences;
}

static void note_special(struct vocabulary *v, struct slice text)
{
    v->special_bytes[text.bytes] = true;
    v->special_first[(unsigned char)text.data[0]] = true;
    v->special_bytes_max = MAX(v->special_bytes_max, text.bytes);
}

/* The byte that "<0xNN>" names, or -1. */
static int named_byte(struct slice text)
{
    int value = 0;
    if (text.bytes != 6 || memcmp(text.data, "<0x", 3) != 0 || text.data[5] != '>')
        return -1;
    for (size_t i = 3; i < 5; i++) {
        char c = text.data[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Writes the bytes a token stands for, or the text it is known by; SIZE_MAX if it is not spelled as its kind is. */
static size_t spell(const struct vocabulary *v, struct slice text, enum token_kind kind, char *to)
{
    int byte;
    switch (kind) {
    case KIND_PLAIN:
        return v->alphabet(text, to);
    case KIND_BYTE:
        if (!has_bytes(v))
            break;
        byte = named_byte(text);
        *to = (char)byte;
        return byte < 0 ? SIZE_MAX : 1;
    case KIND_USER:
        if (has_bytes(v))
            return v->alphabet(text, to);
        break;
    default:
        break;
    }
    if (utf8_valid(text) != text.bytes)
        return SIZE_MAX;
    memcpy(to, text.data, text.bytes);
    return text.bytes;
}

static int refuse_double(uint32_t first, size_t second, struct error *err)
{
    return error_set(err, FAULT_MODEL, "tokenizer.ggml.tokens: tokens %" PRIu32 " and %zu are the same", first,
                     second);
}

/* Makes the token known by its bytes. */
static int enter(struct vocabulary *v, size_t id, struct slice bytes, struct error *err)
{
    unsigned char kind = v->kinds[id], first = (unsigned char)bytes.data[0];
    if (kind == KIND_BYTE && has_bytes(v)) {
        if (v->byte_ids[first] >= 0)
            return refuse_double((uint32_t)v->byte_ids[first], id, err);
        v->byte_ids[first] = (token)id;
        return 0;
    }
    uint32_t *slot = text_slot(v, kind == KIND_PLAIN ? &v->words : &v->specials, bytes);
    if (*slot)
        return refuse_double(*slot - 1, id, err);
    *slot = (uint32_t)id + 1;
    if (kind != KIND_PLAIN)
        note_special(v, bytes);
    else if (bytes.bytes == 1 && !has_bytes(v))
        v->byte_ids[first] = (token)id;
    if (kind == KIND_PLAIN)
        v->word_bytes_max = MAX(v->word_bytes_max, bytes.bytes);
    return 0;
}

int vocabulary_add(struct vocabulary *v, struct slice text, enum token_kind kind, struct error *err)
{
    size_t id = v->count, start = v->starts[id], bytes;
    if (id == v->tokens_max)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.tokens has more tokens than it says");
    if (kind < KIND_PLAIN || kind > KIND_BYTE)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.token_type: token %zu has the unknown type %d", id,
                         (int)kind);
    if (text.bytes == 0 || text.bytes > TOKEN_BYTES_MAX || text.bytes > v->bytes_max - start)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.tokens: token %zu has %zu bytes, not 1 to %u", id,
                         text.bytes, TOKEN_BYTES_MAX);
    bytes = spell(v, text, kind, v->bytes + start);
    if (bytes == SIZE_MAX)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.tokens: token %zu is not written in %s", id,
                         has_bytes(v) && kind == KIND_BYTE ? "the form <0xNN>"
                         : has_bytes(v) || kind != KIND_PLAIN ? "UTF-8"
                                                              : "the byte alphabet");
    v->starts[id + 1] = (uint32_t)(start + bytes);
    v->kinds[id] = (unsigned char)kind;
    if (enter(v, id, (struct slice){v->bytes + start, bytes}, err))
        return -1;
    v->count++;
    return 0;
}

int vocabulary_merge(struct vocabulary *v, struct slice line, struct error *err)
{
    size_t rank = v->merges;
    char bytes[2 * TOKEN_BYTES_MAX];
    const char *gap = line.bytes > 1 ? memchr(line.data + 1, ' ', line.bytes - 1) : NULL;
    if (rank == v->merges_max)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.merges has more merges than it says");
    if (!gap || line.bytes > sizeof bytes)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.merges: merge %zu is not two tokens and a space", rank);
    size_t left_bytes = v->alphabet((struct slice){line.data, (size_t)(gap - line.data)}, bytes);
    size_t right_bytes = left_bytes == SIZE_MAX
                             ? SIZE_MAX
                             : v->alphabet((struct slice){gap + 1, (size_t)(line.data + line.bytes - gap - 1)},
                                           bytes + left_bytes);
    token left = -1, right = -1, whole = -1;
    if (right_bytes != SIZE_MAX) {
        left = vocabulary_word(v, (struct slice){bytes, left_bytes});
        right = vocabulary_word(v, (struct slice){bytes + left_bytes, right_bytes});
        whole = vocabulary_word(v, (struct slice){bytes, left_bytes + right_bytes});
    }
    if (left < 0 || right < 0 || whole < 0)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.merges: merge %zu names a token that is not there", rank);
    struct pair *pair = pair_slot(v, left, right);
    if (pair->rank != RANK_NONE)
        return error_set(err, FAULT_MODEL, "tokenizer.ggml.merges: merges %" PRIu32 " and %zu are the same",
                         pair->rank, rank);
    *pair = (struct pair){left, right, (uint32_t)rank};
    v->merged[rank] = whole;
    v->merges++;
    return 0;
}

/* ---- asking ---- */
size_t vocabulary_count(const struct vocabulary *v)
{
    return v->count;
}

struct slice vocabulary_bytes(const struct vocabulary *v, token id)
{
    uint32_t start = v->starts[id];
    return (struct slice){v->bytes + start, v->starts[id + 1] - start};
}

enum token_kind vocabulary_kind(const struct vocabulary *v, token id)
{
    return (enum token_kind)v->kinds[id];
}

token vocabulary_word(const struct vocabulary *v, struct slice bytes)
{
    return (token)*text_slot(v, &v->words, bytes) - 1;
}

token vocabulary_special(const struct vocabulary *v, struct slice text)
{
    return (token)*text_slot(v, &v->specials, text) - 1;
}

size_t vocabulary_word_bytes_max(const struct vocabulary *v)
{
    return v->word_bytes_max;
}

token vocabulary_byte(const struct vocabulary *v, unsigned char byte)
{
    return v->byte_ids[byte];
}

uint32_t vocabulary_rank(const struct vocabulary *v, token left, token right)
{
    return pair_slot(v, left, right)->rank;
}

token vocabulary_merged(const struct vocabulary *v, uint32_t rank)
{
    return v->merged[rank];
}

token vocabulary_special_at(const struct vocabulary *v, struct slice text)
{
    if (text.bytes == 0 || !v->special_first[(unsigned char)text.data[0]])
        return -1;
    for (size_t bytes = MIN(v->special_bytes_max, text.bytes); bytes > 0; bytes--) {
        token id = v->special_bytes[bytes] ? vocabulary_special(v, slice_sub(text, 0, bytes)) : -1;
        if (id >= 0)
            return id;
    }
    return -1;
}
