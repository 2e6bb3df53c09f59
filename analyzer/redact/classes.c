/* classes.c - the classes of surrogate names and the keyed walk through them (surrogate.h). */
#include "analyzer/redact/surrogate.h"
#include "base/fold.h"

static const struct {
    const char *use; /* what the keyed hash is for */
    size_t list;     /* offset of a wordlist in struct lists; SIZE_MAX: made of two halves */
} classes[CLASS_COUNT] = {[CLASS_GIVEN_FEMALE] = {"given.female", offsetof(struct lists, given_female)},
                          [CLASS_GIVEN_MALE] = {"given.male", offsetof(struct lists, given_male)},
                          [CLASS_GIVEN] = {"given", offsetof(struct lists, given_neutral)},
                          [CLASS_SURNAME] = {"surname", offsetof(struct lists, surname)},
                          [CLASS_CITY] = {"city", offsetof(struct lists, city)},
                          [CLASS_STREET] = {"street", SIZE_MAX},
                          [CLASS_FACILITY] = {"facility", SIZE_MAX},
                          [CLASS_EMAIL] = {"email", offsetof(struct lists, surname)}};

/* Streets and houses are named by two halves: 47 x 43 = 2,021. */
static const char *const first_halves[] = {
    "alder",  "amber", "apple",    "ashen",   "aspen",   "badger", "barley",  "beech",   "birch", "bramble",
    "briar",  "cedar", "chestnut", "clover",  "copper",  "cotton", "crystal", "deer",    "elder", "falcon",
    "fern",   "finch", "fox",      "granite", "hazel",   "heron",  "ivory",   "juniper", "lark",  "laurel",
    "linden", "maple", "marble",   "meadow",  "mill",    "oak",    "orchard", "otter",   "pine",  "quail",
    "raven",  "rowan", "silver",   "spruce",  "thistle", "walnut", "willow"};
static const char *const second_halves[] = {
    "bank",  "barrow", "bend",  "bluff", "bourne", "bridge", "brook", "burgh", "bury",  "cliff", "combe",
    "cote",  "croft",  "dale",  "dean",  "dell",   "fall",   "field", "ford",  "garth", "gate",  "glen",
    "grove", "haven",  "heath", "hill",  "holm",   "holt",   "hurst", "keep",  "land",  "lea",   "march",
    "mead",  "mere",   "moor",  "ridge", "shaw",   "stead",  "stone", "vale",  "wick",  "worth"};

static const struct wordlist *list_of(const struct lists *lists, enum name_class c)
{
    return classes[c].list == SIZE_MAX ? NULL : (const void *)((const char *)lists + classes[c].list);
}

uint32_t class_size(const struct lists *lists, enum name_class c)
{
    const struct wordlist *list = list_of(lists, c);
    return list ? list->count : (uint32_t)(COUNT_OF(first_halves) * COUNT_OF(second_halves));
}

struct slice class_name(const struct lists *lists, enum name_class c, uint32_t index,
                        char room[CLASS_NAME_BYTES_MAX])
{
    const struct wordlist *list = list_of(lists, c);
    if (list)
        return wordlist_entry(list, index);
    int bytes = snprintf(room, CLASS_NAME_BYTES_MAX, "%s%s", first_halves[index / COUNT_OF(second_halves)],
                         second_halves[index % COUNT_OF(second_halves)]);
    return (struct slice){room, (size_t)bytes};
}

int class_want(struct replacing *r, enum name_class c, struct slice folded, struct error *err)
{
    return keyed_want(&r->keyed, classes[c].use, folded, err);
}

static uint32_t divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* 32 bits of the hash, from `at`. */
static uint32_t bits_of(const struct hash *hash, size_t at)
{
    const unsigned char *b = hash->bytes + at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool is_free(struct replacing *r, struct slice name)
{
    uint64_t key = fold_hash(name);
    return hashmap_get(&r->words, key, 0) == 0 && hashmap_get(&r->taken, key, 0) == 0 &&
           !leak_set_has(r->values, name);
}

int class_choose(struct replacing *r, enum name_class c, struct slice folded, char room[CLASS_NAME_BYTES_MAX],
                 struct slice *ret, struct error *err)
{
    uint64_t key = hash_join((uint64_t)c + 1, fold_hash(folded));
    uint32_t known = hashmap_get(&r->chosen, key, UINT32_MAX), size = class_size(r->lists, c);
    if (known != UINT32_MAX) {
        *ret = class_name(r->lists, c, known, room);
        return 0;
    }
    const struct hash *hash = keyed_get(&r->keyed, classes[c].use, folded);
    uint32_t place = bits_of(hash, 0) % size, step = 1 + bits_of(hash, 4) % (size - 1);
    while (divisor(size, step) != 1)
        step = step % (size - 1) + 1;
    for (uint32_t i = 0; i < size; i++, place = (place + step) % size) {
        struct slice name = class_name(r->lists, c, place, room);
        if (!is_free(r, name))
            continue;
        *ret = name;
        if (hashmap_add(&r->chosen, key, place, NULL, err))
            return -1;
        return hashmap_add(&r->taken, fold_hash(name), 1, NULL, err);
    }
    *ret = (struct slice){0};
    return 0;
}

int shape_append(struct slice word, struct slice like, struct buffer *out, struct error *err)
{
    size_t upper = 0, letters = 0;
    for (size_t at = 0; at < like.bytes; at += fold_next(like, at).bytes) {
        struct folded f = fold_next(like, at);
        letters += f.kind == FOLD_WORD;
        upper += fold_is_upper(like, at);
    }
    bool is_upper = letters && upper == letters, is_title = like.bytes && fold_is_upper(like, 0);
    for (size_t i = 0; i < word.bytes; i++) {
        char c = word.data[i];
        bool is_raised = is_title && (i == 0 || (is_upper && letters > 1));
        if (buffer_append_byte(out, is_raised && c >= 'a' && c <= 'z' ? (char)(c - 32) : c, err))
            return -1;
    }
    return 0;
}
