/* variants.c - which forms of a found value are searched for (the rules stand in leak.h). */
#include "analyzer/redact/leak.h"
#include "analyzer/redact/name.h"
#include "base/buffer.h"
#include "base/fold.h"

#define PART_SCORE_MIN 0.6f /* a doubtful name gives its full form only, not its parts */
#define VALUE_BYTES_MAX (1u << 20)

/* Appends the folded parts of `value` whose role is in `roles` (bits of enum part_role). */
static int append_parts(struct slice value, const struct name_part *parts, size_t count, unsigned roles,
                        struct buffer *to, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (roles >> parts[i].role & 1u &&
            fold_append(slice_sub(value, parts[i].at.start, parts[i].at.end), to, err))
            return -1;
    return 0;
}

#define ROLE(role) (1u << (role))
#define SURNAMES (ROLE(PART_SURNAME) | ROLE(PART_PARTICLE))

/* Two groups of parts, one behind the other: "john" + "long", "long" + "john". */
static int add_pair(struct leak_set *set, struct slice value, const struct name_part *parts, size_t count,
                    const unsigned roles[2], struct buffer *room, const struct leak_source *source,
                    struct error *err)
{
    buffer_clear(room);
    for (int i = 0; i < 2; i++) {
        size_t before = room->bytes;
        if (append_parts(value, parts, count, roles[i], room, err))
            return -1;
        if (room->bytes == before)
            return 0;
    }
    return leak_set_add_folded(set, buffer_slice(room), LEAK_PAIR, source, err);
}

static int add_name(struct leak_set *set, struct slice value, struct buffer *room,
                    const struct leak_source *source, struct error *err)
{
    static const unsigned pairs[][2] = {{ROLE(PART_GIVEN), SURNAMES},
                                        {SURNAMES, ROLE(PART_GIVEN)},
                                        {ROLE(PART_INITIAL), SURNAMES},
                                        {SURNAMES, ROLE(PART_INITIAL)}};
    struct name_part parts[NAME_PARTS_MAX];
    size_t count = name_split(value, parts), named = 0;
    for (size_t i = 0; i < count; i++)
        named += parts[i].role > PART_PARTICLE;
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (add_pair(set, value, parts, count, pairs[i], room, source, err))
            return -1;
    buffer_clear(room);
    if (append_parts(value, parts, count, ~ROLE(PART_TITLE), room, err))
        return -1;
    bool is_weak = named < 2 && leak_set_is_common(set, buffer_slice(room));
    if (named && leak_set_add_folded(set, buffer_slice(room), is_weak ? LEAK_WEAK : LEAK_STRONG, source, err))
        return -1;
    for (size_t i = 0; i < count && source->score >= PART_SCORE_MIN; i++) {
        if (parts[i].role < PART_GIVEN)
            continue;
        buffer_clear(room);
        if (fold_append(slice_sub(value, parts[i].at.start, parts[i].at.end), room, err))
            return -1;
        is_weak = leak_set_is_common(set, buffer_slice(room));
        if (leak_set_add_folded(set, buffer_slice(room), is_weak ? LEAK_WEAK : LEAK_STRONG, source, err))
            return -1;
    }
    return 0;
}

static size_t digits_at(struct slice folded, size_t at)
{
    size_t end = at;
    while (end < folded.bytes && folded.data[end] >= '0' && folded.data[end] <= '9')
        end++;
    return end - at;
}

/* "MRN-1828169" gives its digits too. */
static int add_long_digits(struct leak_set *set, struct slice folded, const struct leak_source *source,
                           struct error *err)
{
    for (size_t at = 0; at < folded.bytes; at++) {
        size_t digits = digits_at(folded, at);
        if (digits >= 6 && digits < folded.bytes &&
            leak_set_add_folded(set, slice_sub(folded, at, at + digits), LEAK_STRONG, source, err))
            return -1;
        at += digits;
    }
    return 0;
}

/* A number with its country code gives the national number too. */
static int add_national(struct leak_set *set, struct slice folded, const struct leak_source *source,
                        struct error *err)
{
    if (digits_at(folded, 0) != folded.bytes || folded.bytes <= 10)
        return 0;
    return leak_set_add_folded(set, slice_sub(folded, folded.bytes - 10, folded.bytes), LEAK_STRONG, source,
                               err);
}

/* ZIP+4 gives the five digits too. */
static int add_zip5(struct leak_set *set, struct slice folded, const struct leak_source *source,
                    struct error *err)
{
    if (folded.bytes != 9 || digits_at(folded, 0) != 9)
        return 0;
    return leak_set_add_folded(set, slice_sub(folded, 0, 5), LEAK_STRONG, source, err);
}

/* An address gives the street without the house number too. */
static int add_street(struct leak_set *set, struct slice folded, const struct leak_source *source,
                      struct error *err)
{
    size_t digits = digits_at(folded, 0);
    struct slice street = slice_sub(folded, digits, folded.bytes);
    if (!digits || street.bytes < 8 || leak_set_is_common(set, street))
        return 0;
    return leak_set_add_folded(set, street, LEAK_STRONG, source, err);
}

static const struct {
    enum label label;
    int (*add)(struct leak_set *, struct slice, const struct leak_source *, struct error *);
} further[] = {{LABEL_ADDRESS, add_street},      {LABEL_ZIP, add_zip5},
               {LABEL_PHONE, add_national},      {LABEL_FAX, add_national},
               {LABEL_MRN, add_long_digits},     {LABEL_HEALTH_PLAN, add_long_digits},
               {LABEL_ACCOUNT, add_long_digits}, {LABEL_LICENSE, add_long_digits},
               {LABEL_ID, add_long_digits},      {LABEL_DEVICE, add_long_digits},
               {LABEL_STUDY, add_long_digits},   {LABEL_PASSPORT, add_long_digits},
               {LABEL_NPI, add_long_digits},     {LABEL_SSN, add_long_digits},
               {LABEL_CARD, add_long_digits}};

/* An age is found by its words, never by its number: "94" alone is a pulse, too. */
static bool is_number_of_age(enum label label, struct slice folded)
{
    return label == LABEL_AGE && digits_at(folded, 0) == folded.bytes;
}

int leak_set_add(struct leak_set *set, struct slice value, const struct leak_source *source,
                 struct error *err)
{
    AUTO(buffer) *room = NULL;
    if (buffer_new(&room, VALUE_BYTES_MAX, err))
        return -1;
    if (source->label == LABEL_NAME)
        return add_name(set, value, room, source, err);
    if (fold_append(value, room, err))
        return -1;
    struct slice folded = buffer_slice(room);
    if (is_number_of_age(source->label, folded))
        return 0;
    for (size_t i = 0; i < COUNT_OF(further); i++)
        if (further[i].label == source->label && further[i].add(set, folded, source, err))
            return -1;
    bool is_weak = leak_set_is_common(set, folded);
    return leak_set_add_folded(set, folded, is_weak ? LEAK_WEAK : LEAK_STRONG, source, err);
}
