/* people.c - learns from all names of a document who has which surname and given name (surrogate.h). */
#include "analyzer/redact/name.h"
#include "analyzer/redact/surrogate.h"
#include "base/fold.h"
#include "base/limits.h"

#include <stdlib.h>

static int add_person(struct replacing *r, uint64_t key, uint32_t *ret, struct error *err)
{
    if (r->person_count == r->person_capacity) {
        size_t capacity = r->person_capacity ? r->person_capacity * 2 : 16;
        uint64_t *persons = realloc(r->persons, capacity * sizeof *persons);
        if (!persons)
            return error_memory(err);
        r->persons = persons;
        r->person_capacity = capacity;
    }
    *ret = (uint32_t)r->person_count;
    r->persons[r->person_count++] = key;
    return 0;
}

static int add_given(struct replacing *r, uint64_t surname, char initial, struct span at, struct error *err)
{
    bool is_new;
    if (hashmap_add(&r->givens, hash_join(surname, (uint64_t)initial), (uint32_t)r->given_count + 1, &is_new,
                    err))
        return -1;
    if (!is_new)
        return 0;
    if (r->given_count == r->given_capacity) {
        size_t capacity = r->given_capacity ? r->given_capacity * 2 : 16;
        struct span *parts = realloc(r->given_parts, capacity * sizeof *parts);
        if (!parts)
            return error_memory(err);
        r->given_parts = parts;
        r->given_capacity = capacity;
    }
    r->given_parts[r->given_count++] = at;
    return 0;
}

/* The folded hash and first letter of each part; parts that name nobody have hash 0. */
static int hash_parts(struct slice value, const struct name_part *parts, size_t count,
                      uint64_t hashes[NAME_PARTS_MAX], char initials[NAME_PARTS_MAX], struct error *err)
{
    AUTO(buffer) *folded = NULL;
    if (buffer_new(&folded, DOCUMENT_BYTES_MAX, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        buffer_clear(folded);
        hashes[i] = 0;
        if (parts[i].role < PART_GIVEN)
            continue;
        if (fold_append(slice_sub(value, parts[i].at.start, parts[i].at.end), folded, err))
            return -1;
        hashes[i] = fold_hash(buffer_slice(folded));
        initials[i] = folded->data[0];
    }
    return 0;
}

static int learn_name(struct replacing *r, const struct mark *m, struct error *err)
{
    struct name_part parts[NAME_PARTS_MAX];
    uint64_t hashes[NAME_PARTS_MAX], sum = 0;
    char initials[NAME_PARTS_MAX];
    struct slice value = mark_value(r, m);
    size_t count = name_split(value, parts), named = 0;
    if (hash_parts(value, parts, count, hashes, initials, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        named += hashes[i] != 0;
        sum += hashes[i];
    }
    if (named < 2)
        return 0;
    uint32_t person = 0;
    if (add_person(r, sum, &person, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (!hashes[i])
            continue;
        if (hashmap_add(&r->people, hashes[i], person, NULL, err) ||
            hashmap_add(&r->roles, hashes[i], (uint32_t)parts[i].role, NULL, err))
            return -1;
        struct span at = {m->start + parts[i].at.start, m->start + parts[i].at.end};
        for (size_t k = 0; k < count && parts[i].role == PART_GIVEN; k++)
            if (parts[k].role == PART_SURNAME && add_given(r, hashes[k], initials[i], at, err))
                return -1;
    }
    return 0;
}

static int learn_words(struct replacing *r, struct error *err)
{
    AUTO(buffer) *folded = NULL;
    if (buffer_new(&folded, DOCUMENT_BYTES_MAX * 2u, err))
        return -1;
    size_t at = 0;
    for (struct span word; fold_word(r->text, &at, &word);) {
        buffer_clear(folded);
        if (fold_append(slice_sub(r->text, word.start, word.end), folded, err) ||
            hashmap_add(&r->words, fold_hash(buffer_slice(folded)), 1, NULL, err))
            return -1;
    }
    return 0;
}

int people_learn(struct replacing *r, const struct mark *marks, size_t count, struct error *err)
{
    bool has_surrogate = false;
    for (size_t i = 0; i < count; i++) {
        has_surrogate |= r->map->of[marks[i].label] == OPERATOR_SURROGATE;
        if (marks[i].label == LABEL_NAME && learn_name(r, &marks[i], err))
            return -1;
    }
    return has_surrogate ? learn_words(r, err) : 0;
}
