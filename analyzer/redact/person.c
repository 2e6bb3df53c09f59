/* person.c - surrogates for the names of people, part by part (surrogate.h). */
#include "analyzer/redact/name.h"
#include "analyzer/redact/surrogate.h"
#include "base/fold.h"
#include "base/limits.h"

#include <ctype.h>

/* The words of a name that a surrogate is written for. */
struct person {
    struct slice value;
    struct name_part parts[NAME_PARTS_MAX];
    size_t count;
    bool has_title; /* in the value or right in front of it */
};

static bool is_title_before(struct slice text, size_t start)
{
    size_t end = start;
    char folded[12];
    while (end > 0 && (text.data[end - 1] == ' ' || text.data[end - 1] == '.'))
        end--;
    size_t begin = end;
    while (begin > 0 && isalpha((unsigned char)text.data[begin - 1]) && end - begin < sizeof folded)
        begin--;
    for (size_t i = begin; i < end; i++)
        folded[i - begin] = (char)(text.data[i] | 32);
    return start - end <= 2 && end > begin && name_is_title((struct slice){folded, end - begin});
}

/* True if everything between the parts is separators, or the "s" of a possessive: then it may be copied. */
static bool is_readable(const struct person *p)
{
    size_t named = 0, at = 0;
    for (size_t i = 0; i <= p->count; i++) {
        size_t end = i < p->count ? p->parts[i].at.start : p->value.bytes;
        size_t letters = 0;
        for (; at < end; at += fold_next(p->value, at).bytes)
            letters += fold_next(p->value, at).kind == FOLD_WORD;
        if (letters > 1 || (letters == 1 && (p->value.data[end - 1] | 32) != 's'))
            return false;
        if (i == p->count)
            break;
        named += p->parts[i].role > PART_PARTICLE;
        for (at = p->parts[i].at.start; at < p->parts[i].at.end; at += fold_next(p->value, at).bytes)
            if (isdigit((unsigned char)p->value.data[at]))
                return false;
    }
    return named > 0 && p->count < NAME_PARTS_MAX;
}

static bool read_person(const struct replacing *r, const struct mark *m, struct person *ret)
{
    ret->value = mark_value(r, m);
    ret->count = name_split(ret->value, ret->parts);
    ret->has_title = is_title_before(r->text, m->start);
    for (size_t i = 0; i < ret->count; i++)
        ret->has_title |= ret->parts[i].role == PART_TITLE;
    return is_readable(ret);
}

/* The class of a part that is written out. */
static enum name_class class_of(const struct replacing *r, const struct person *p, enum part_role role,
                                struct slice folded)
{
    bool is_female = wordlist_has(&r->lists->gender_female, folded);
    bool is_male = wordlist_has(&r->lists->gender_male, folded);
    if (role == PART_SINGLE) {
        role = (enum part_role)hashmap_get(&r->roles, fold_hash(folded), PART_SINGLE);
        if (role == PART_SINGLE)
            role = !p->has_title && (is_female || is_male) ? PART_GIVEN : PART_SURNAME;
    }
    if (role == PART_SURNAME)
        return CLASS_SURNAME;
    return is_female ? CLASS_GIVEN_FEMALE : is_male ? CLASS_GIVEN_MALE : CLASS_GIVEN;
}

/* The folded text behind an initial: the given name that the document pairs with the surname beside it, or
 * the initial itself with the surname, so that "J. Smith" keeps its letter. *ret_role tells which. */
static int fold_initial(const struct replacing *r, const struct person *p, size_t at, struct buffer *folded,
                        bool *ret_is_given, struct error *err)
{
    struct folded letter = fold_next(p->value, p->parts[at].at.start);
    for (size_t i = 0; i < p->count; i++) {
        if (p->parts[i].role != PART_SURNAME)
            continue;
        buffer_clear(folded);
        if (fold_append(slice_sub(p->value, p->parts[i].at.start, p->parts[i].at.end), folded, err))
            return -1;
        uint64_t key = hash_join(fold_hash(buffer_slice(folded)), (uint64_t)letter.to[0]);
        uint32_t given = hashmap_get(&r->givens, key, 0);
        *ret_is_given = given != 0;
        if (!given)
            break;
        buffer_clear(folded);
        return fold_append(slice_sub(r->text, r->given_parts[given - 1].start, r->given_parts[given - 1].end),
                           folded, err);
    }
    *ret_is_given = false;
    return buffer_append(folded, (struct slice){letter.to, letter.count}, err);
}

/* What one part needs: the folded text and the class that stands for it. */
static int resolve_part(const struct replacing *r, const struct person *p, size_t i, struct buffer *folded,
                        enum name_class *ret, struct error *err)
{
    const struct name_part *part = &p->parts[i];
    buffer_clear(folded);
    if (part->role != PART_INITIAL) {
        if (fold_append(slice_sub(p->value, part->at.start, part->at.end), folded, err))
            return -1;
        *ret = class_of(r, p, part->role, buffer_slice(folded));
        return 0;
    }
    bool is_given;
    if (fold_initial(r, p, i, folded, &is_given, err))
        return -1;
    *ret = is_given ? class_of(r, p, PART_GIVEN, buffer_slice(folded)) : CLASS_GIVEN;
    return 0;
}

int person_plan(struct replacing *r, const struct mark *m, struct error *err)
{
    struct person p;
    enum name_class name_class;
    AUTO(buffer) *folded = NULL;
    if (!read_person(r, m, &p))
        return 0;
    if (buffer_new(&folded, DOCUMENT_BYTES_MAX, err))
        return -1;
    for (size_t i = 0; i < p.count; i++)
        if (p.parts[i].role > PART_PARTICLE && (resolve_part(r, &p, i, folded, &name_class, err) ||
                                                class_want(r, name_class, buffer_slice(folded), err)))
            return -1;
    return 0;
}

/* Appends the surrogate of part `i`. *ret_done is false when its class is used up. */
static int write_part(struct replacing *r, const struct person *p, size_t i, struct buffer *folded,
                      struct buffer *out, bool *ret_done, struct error *err)
{
    char room[CLASS_NAME_BYTES_MAX];
    enum name_class name_class;
    struct slice name, part = slice_sub(p->value, p->parts[i].at.start, p->parts[i].at.end);
    if (p->parts[i].role <= PART_PARTICLE)
        return buffer_append(out, part, err);
    if (resolve_part(r, p, i, folded, &name_class, err) ||
        class_choose(r, name_class, buffer_slice(folded), room, &name, err))
        return -1;
    *ret_done &= name.bytes > 0;
    if (p->parts[i].role == PART_INITIAL && name.bytes)
        name.bytes = 1;
    return shape_append(name, part, out, err);
}

int person_write(struct replacing *r, const struct mark *m, struct buffer *out, struct error *err)
{
    struct person p;
    AUTO(buffer) *folded = NULL;
    AUTO(buffer) *name = NULL;
    if (!read_person(r, m, &p))
        return tag_write(r, m, out, err);
    if (buffer_new(&folded, DOCUMENT_BYTES_MAX, err) || buffer_new(&name, DOCUMENT_BYTES_MAX, err))
        return -1;
    bool is_done = true;
    size_t at = 0;
    for (size_t i = 0; i < p.count; i++) {
        if (buffer_append(name, slice_sub(p.value, at, p.parts[i].at.start), err) ||
            write_part(r, &p, i, folded, name, &is_done, err))
            return -1;
        at = p.parts[i].at.end;
    }
    if (!is_done)
        return tag_write(r, m, out, err);
    return buffer_append(name, slice_sub(p.value, at, p.value.bytes), err) ||
                   buffer_append(out, buffer_slice(name), err)
               ? -1
               : 0;
}
