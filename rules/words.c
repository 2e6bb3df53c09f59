/* words.c - see words.h. */
#include "rules/words.h"

#include "base/utf8.h"
#include "rules/shadow.h"

#define SLOTS_MIN 1024u

#define L(a, b, c, d, e, f, g, h) a, b, c, d, e, f, g, h
#define NOTHING_32                                                                                           \
    L(0, 0, 0, 0, 0, 0, 0, 0), L(0, 0, 0, 0, 0, 0, 0, 0), L(0, 0, 0, 0, 0, 0, 0, 0), L(0, 0, 0, 0, 0, 0, 0, 0)
#define LETTERS                                                                                              \
    0, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't',   \
        'u', 'v', 'w', 'x', 'y', 'z', 0, 0, 0, 0, 0
#define R(n) L(n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7)
#define SAME_32(n) R(n), R(n + 8), R(n + 16), R(n + 24)
const unsigned char word_lower[256] = {NOTHING_32,    NOTHING_32,    LETTERS,       LETTERS,
                                       SAME_32(0x80), SAME_32(0xa0), SAME_32(0xc0), SAME_32(0xe0)};

struct word {
    char text[WORD_BYTES_MAX];
    uint32_t bytes, number;
};

struct dictionary {
    struct word *slots; /* open addressing, a power of two; bytes == 0 is free */
    size_t slot_count, count;
};

int dictionary_new(struct dictionary **ret, struct error *err)
{
    AUTO(dictionary) *d = calloc(1, sizeof *d);
    if (!d || !(d->slots = calloc(SLOTS_MIN, sizeof *d->slots)))
        return error_memory(err);
    d->slot_count = SLOTS_MIN;
    *ret = TAKE(d);
    return 0;
}

void dictionary_drop(struct dictionary **dictionary)
{
    if (!*dictionary)
        return;
    free((*dictionary)->slots);
    free(*dictionary);
    *dictionary = NULL;
}

size_t dictionary_count(const struct dictionary *dictionary)
{
    return dictionary->count;
}

/* The slot of the word in lower case, or the free one where it belongs. */
static struct word *slot_of(struct word *slots, size_t slot_count, const char *lower, size_t bytes)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ (unsigned char)lower[i]) * 16777619u;
    size_t at = (hash ^ hash >> 15) & (slot_count - 1);
    while (slots[at].bytes && (slots[at].bytes != bytes || memcmp(slots[at].text, lower, bytes) != 0))
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static void lower_word(struct slice word, char *to)
{
    for (size_t i = 0; i < word.bytes; i++)
        to[i] = (char)word_lower[(unsigned char)word.data[i]];
}

uint32_t dictionary_find(const struct dictionary *d, struct slice word)
{
    char lower[WORD_BYTES_MAX];
    if (word.bytes == 0 || word.bytes > sizeof lower)
        return WORD_NONE;
    lower_word(word, lower);
    const struct word *found = slot_of(d->slots, d->slot_count, lower, word.bytes);
    return found->bytes ? found->number : WORD_NONE;
}

static int grow(struct dictionary *d, struct error *err)
{
    size_t slot_count = d->slot_count * 2;
    struct word *slots = calloc(slot_count, sizeof *slots);
    if (!slots)
        return error_memory(err);
    for (size_t i = 0; i < d->slot_count; i++)
        if (d->slots[i].bytes)
            *slot_of(slots, slot_count, d->slots[i].text, d->slots[i].bytes) = d->slots[i];
    free(d->slots);
    d->slots = slots;
    d->slot_count = slot_count;
    return 0;
}

int dictionary_add(struct dictionary *d, struct slice word, uint32_t *ret, struct error *err)
{
    char lower[WORD_BYTES_MAX];
    if (word.bytes == 0 || word.bytes > sizeof lower)
        return error_set(err, FAULT_PIPELINE, "a word must have 1 to %u letters", WORD_BYTES_MAX);
    lower_word(word, lower);
    if (d->count * 4 >= d->slot_count && grow(d, err))
        return -1;
    struct word *slot = slot_of(d->slots, d->slot_count, lower, word.bytes);
    if (!slot->bytes) {
        memcpy(slot->text, lower, word.bytes);
        slot->bytes = (uint32_t)word.bytes;
        slot->number = (uint32_t)d->count++;
    }
    *ret = slot->number;
    return 0;
}

/* Lower case and folded, so that "numéro" in a pack meets "numero" in a shadow. */
static int normalise(const char *text, struct arena *arena, struct phrase *ret, struct error *err)
{
    struct slice in = slice_of(text);
    char *out = arena_take(arena, in.bytes + 1, err);
    if (!out)
        return -1;
    size_t bytes = 0;
    for (size_t at = 0; at < in.bytes;) {
        uint32_t code;
        at += utf8_decode(in, at, &code);
        if ((code = shadow_fold(code)) != SHADOW_REMOVED)
            bytes += utf8_encode(code >= 'A' && code <= 'Z' ? code + 32 : code, out + bytes);
    }
    *ret = (struct phrase){.text = out, .bytes = (uint32_t)bytes};
    return 0;
}

static int by_word_then_longer(const void *a, const void *b)
{
    const struct phrase *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

int phrases_make(struct phrases *ret, const char *const *texts, size_t count, struct dictionary *dictionary,
                 struct arena *arena, size_t *ret_bad, struct error *err)
{
    struct phrases made = {.count = count};
    if (count && !(made.items = arena_array(arena, count, sizeof *made.items, err)))
        return -1;
    for (size_t i = 0; i < count; i++) {
        *ret_bad = i;
        struct phrase *p = &made.items[i];
        if (normalise(texts[i], arena, p, err))
            return -1;
        struct slice text = {p->text, p->bytes};
        size_t end = word_end(text, 0);
        if (end == 0)
            return error_set(err, FAULT_PIPELINE, "\"%s\" does not begin with a letter", texts[i]);
        if (dictionary_add(dictionary, slice_sub(text, 0, end), &p->first, err))
            return -1;
    }
    if (count)
        qsort(made.items, count, sizeof *made.items, by_word_then_longer);
    *ret = made;
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The end of the phrase at `at`, or 0: it must end where a word or number ends. */
static size_t match_one(const struct phrase *phrase, struct slice text, size_t at)
{
    for (size_t i = 0; i < phrase->bytes; i++) {
        if (at >= text.bytes)
            return 0;
        if (phrase->text[i] == ' ') {
            if (!is_blank(text.data[at]))
                return 0;
            while (at < text.bytes && is_blank(text.data[at]))
                at++;
            continue;
        }
        unsigned char low = word_lower[(unsigned char)text.data[at]];
        if ((low ? (char)low : text.data[at]) != phrase->text[i])
            return 0;
        at++;
    }
    char last = phrase->text[phrase->bytes - 1];
    bool ends_open = is_word_byte(last) || is_digit_byte(last);
    if (ends_open && at < text.bytes && (is_word_byte(text.data[at]) || is_digit_byte(text.data[at])))
        return 0;
    return at;
}

size_t phrases_match(const struct phrases *phrases, uint32_t word, struct slice text, size_t at)
{
    size_t low = 0, high = phrases->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (phrases->items[middle].first < word)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < phrases->count && phrases->items[low].first == word; low++) {
        size_t end = match_one(&phrases->items[low], text, at);
        if (end)
            return end;
    }
    return 0;
}
