/* operators.c - see operators.h. */
#include "analyzer/redact/operators.h"

#include "analyzer/redact/data/tables.h"
#include "analyzer/redact/dates.h"
#include "analyzer/redact/name.h"
#include "analyzer/redact/surrogate.h"
#include "base/fold.h"
#include "base/limits.h"

int mark_folded(const struct replacing *r, const struct mark *m, struct buffer **ret, struct error *err)
{
    AUTO(buffer) *folded = NULL;
    if (buffer_new(&folded, DOCUMENT_BYTES_MAX * 2u, err) || fold_append(mark_value(r, m), folded, err))
        return -1;
    *ret = TAKE(folded);
    return 0;
}

/* ---- tag ---- */

/* A name is known by the sum of its parts, so "Smith, John" is "John Smith"; a part of one person's name is
 * that person. */
static int name_key(struct replacing *r, const struct mark *m, uint64_t *ret, struct error *err)
{
    struct name_part parts[NAME_PARTS_MAX];
    struct slice value = mark_value(r, m);
    size_t count = name_split(value, parts), named = 0;
    uint64_t sum = 0, part = 0;
    AUTO(buffer) *folded = NULL;
    if (buffer_new(&folded, DOCUMENT_BYTES_MAX, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].role < PART_GIVEN)
            continue;
        buffer_clear(folded);
        if (fold_append(slice_sub(value, parts[i].at.start, parts[i].at.end), folded, err))
            return -1;
        sum += part = fold_hash(buffer_slice(folded));
        named++;
    }
    uint32_t person = named == 1 ? hashmap_get(&r->people, part, UINT32_MAX) : UINT32_MAX;
    *ret = named ? (person == UINT32_MAX ? sum : r->persons[person]) : 0;
    return 0;
}

int tag_write(struct replacing *r, const struct mark *m, struct buffer *out, struct error *err)
{
    uint64_t key = 0;
    bool is_new;
    if (m->label == LABEL_NAME && name_key(r, m, &key, err))
        return -1;
    if (!key) {
        AUTO(buffer) *folded = NULL;
        if (mark_folded(r, m, &folded, err))
            return -1;
        key = fold_hash(buffer_slice(folded));
    }
    key = hash_join((uint64_t)m->label + 1, key);
    if (hashmap_add(&r->tags, key, r->tag_next[m->label] + 1, &is_new, err))
        return -1;
    r->tag_next[m->label] += is_new;
    return buffer_printf(out, err, "[%s_%u]", label_name(m->label), hashmap_get(&r->tags, key, 0));
}

/* ---- the others ---- */

static int mask_write(struct replacing *r, const struct mark *m, struct buffer *out, struct error *err)
{
    struct slice value = mark_value(r, m);
    for (size_t at = 0; at < value.bytes;) {
        struct folded f = fold_next(value, at);
        struct slice character = slice_sub(value, at, at + f.bytes);
        if (buffer_append(out, f.kind == FOLD_SEPARATOR ? character : SLICE("*"), err))
            return -1;
        at += f.bytes;
    }
    return 0;
}

static int hash_plan(struct replacing *r, const struct mark *m, struct error *err)
{
    AUTO(buffer) *folded = NULL;
    if (mark_folded(r, m, &folded, err))
        return -1;
    return keyed_want(&r->keyed, label_name(m->label), buffer_slice(folded), err);
}

static int hash_write(struct replacing *r, const struct mark *m, struct buffer *out, struct error *err)
{
    char hex[HASH_HEX_BYTES];
    AUTO(buffer) *folded = NULL;
    if (mark_folded(r, m, &folded, err))
        return -1;
    hash_hex(keyed_get(&r->keyed, label_name(m->label), buffer_slice(folded)), hex);
    return buffer_printf(out, err, "[%s:%.16s]", label_name(m->label), hex);
}

static int remove_write(struct replacing *r, const struct mark *m, struct buffer *out, struct error *err)
{
    (void)r, (void)m, (void)out, (void)err;
    return 0;
}

int year_write(struct replacing *r, const struct mark *m, struct buffer *out, struct error *err)
{
    struct years years;
    if (m->label != LABEL_DATE || !m->is_whole || !date_years(mark_value(r, m), r->year_reference, &years))
        return tag_write(r, m, out, err);
    int oldest = r->year_reference - AGE_OLD;
    if (years.first <= oldest || years.last <= oldest)
        return buffer_printf(out, err, "%d or earlier", oldest);
    if (years.first != years.last)
        return buffer_printf(out, err, "%d-%d", years.first, years.last);
    return buffer_printf(out, err, "%d", years.first);
}

/* The end of the digits that begin at `at`. */
static size_t digits_end(struct slice value, size_t at)
{
    while (at < value.bytes) {
        struct folded f = fold_next(value, at);
        if (f.count != 1 || f.to[0] < '0' || f.to[0] > '9')
            break;
        at += f.bytes;
    }
    return at;
}

/* "92-year-old" becomes "90+ year-old", "ninety-two" becomes "90 or older". */
int age90_write(struct replacing *r, const struct mark *m, struct buffer *out, struct error *err)
{
    struct slice value = mark_value(r, m);
    size_t at = 0, end;
    if (m->label != LABEL_AGE || !m->is_whole)
        return tag_write(r, m, out, err);
    while (at < value.bytes && (end = digits_end(value, at)) == at)
        at += fold_next(value, at).bytes;
    if (at >= value.bytes)
        return buffer_append_text(out, "90 or older", err);
    if (buffer_append(out, slice_sub(value, 0, at), err) || buffer_append_text(out, "90+", err))
        return -1;
    struct slice rest = slice_sub(value, end, value.bytes);
    for (at = 0; at < rest.bytes; at += fold_next(rest, at).bytes) /* "92-94": one category */
        if (digits_end(rest, at) > at)
            return 0;
    bool is_joined = rest.bytes && rest.data[0] == '-';
    if (is_joined && buffer_append_byte(out, ' ', err))
        return -1;
    return buffer_append(out, slice_sub(rest, is_joined, rest.bytes), err);
}

int zip3_write(struct replacing *r, const struct mark *m, struct buffer *out, struct error *err)
{
    AUTO(buffer) *folded = NULL;
    if (mark_folded(r, m, &folded, err))
        return -1;
    bool is_zip = m->label == LABEL_ZIP && m->is_whole && (folded->bytes == 5 || folded->bytes == 9);
    for (size_t i = 0; i < folded->bytes; i++)
        is_zip &= folded->data[i] >= '0' && folded->data[i] <= '9';
    if (!is_zip)
        return tag_write(r, m, out, err);
    struct slice area = slice_sub(buffer_slice(folded), 0, 3);
    return buffer_append(out, wordlist_has(&r->lists->zip3, area) ? area : SLICE("000"), err);
}

static const struct {
    int (*plan)(struct replacing *, const struct mark *, struct error *); /* may be NULL */
    int (*write)(struct replacing *, const struct mark *, struct buffer *, struct error *);
} rows[OPERATOR_COUNT] = {[OPERATOR_TAG] = {NULL, tag_write},
                          [OPERATOR_MASK] = {NULL, mask_write},
                          [OPERATOR_HASH] = {hash_plan, hash_write},
                          [OPERATOR_REMOVE] = {NULL, remove_write},
                          [OPERATOR_SURROGATE] = {surrogate_plan, surrogate_write},
                          [OPERATOR_YEAR] = {NULL, year_write},
                          [OPERATOR_AGE90] = {NULL, age90_write},
                          [OPERATOR_ZIP3] = {NULL, zip3_write},
                          [OPERATOR_KEEP] = {NULL, tag_write}};

int replacing_write(struct replacing *r, const struct mark *mark, struct buffer *out, struct error *err)
{
    return rows[r->map->of[mark->label]].write(r, mark, out, err);
}

int replacing_plan(struct replacing *r, const struct mark *marks, size_t count,
                   const struct keyed_hashes *keys, struct error *err)
{
    if (people_learn(r, marks, count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        enum operator_kind kind = r->map->of[marks[i].label];
        if (rows[kind].plan && rows[kind].plan(r, &marks[i], err))
            return -1;
    }
    return keyed_ask(&r->keyed, keys, err);
}

void replacing_close(struct replacing *r)
{
    keyed_close(&r->keyed);
    struct hashmap *maps[] = {&r->words, &r->tags, &r->people, &r->roles, &r->givens, &r->chosen, &r->taken};
    for (size_t i = 0; i < COUNT_OF(maps); i++)
        hashmap_close(maps[i]);
    free(r->persons);
    free(r->given_parts);
}
