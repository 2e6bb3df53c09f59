/* surrogate.c - surrogates for everything but people (person.c): one row a label (surrogate.h). */
#include "analyzer/redact/surrogate.h"

#include "analyzer/redact/stream.h"
#include "base/fold.h"
#include "base/limits.h"

#define ATTEMPTS_MAX 64u

/* Appends a candidate for the value; fails over to a tag when nothing was appended. */
typedef int candidate(struct replacing *r, const struct mark *m, struct stream *stream, struct buffer *to,
                      struct error *err);

static int phone_candidate(struct replacing *r, const struct mark *m, struct stream *s, struct buffer *to,
                           struct error *err)
{
    struct slice value = mark_value(r, m);
    size_t digits = 0;
    for (size_t at = 0; at < value.bytes; at += fold_next(value, at).bytes) {
        struct folded f = fold_next(value, at);
        bool is_letter = f.count && (f.to[0] < '0' || f.to[0] > '9');
        if (is_letter && digits < 7) /* a number in words */
            return 0;
        if (is_letter) /* an extension follows */
            break;
        digits += f.count;
    }
    size_t place = 0;
    for (size_t at = 0; at < value.bytes;) {
        struct folded f = fold_next(value, at);
        struct slice character = slice_sub(value, at, at + f.bytes);
        if (f.count == 1 && f.to[0] >= '0' && f.to[0] <= '9') {
            size_t from_end = digits - place++;
            char digit = stream_digit(s);
            if (digits >= 7 && from_end >= 3 && from_end <= 7)
                digit = "10555"[from_end - 3];
            else if (digits >= 10 && from_end == 10)
                digit = (char)('2' + (digit - '0') % 8);
            else if (digits == 11 && from_end == 11 && f.to[0] == '1')
                digit = '1';
            character = (struct slice){&digit, 1};
            if (buffer_append(to, character, err))
                return -1;
        } else if (buffer_append(to, character, err)) {
            return -1;
        }
        at += f.bytes;
    }
    return 0;
}

/* Letters stay letters of their case, digits digits, all else stays. */
static int form_candidate(struct replacing *r, const struct mark *m, struct stream *s, struct buffer *to,
                          struct error *err)
{
    struct slice value = mark_value(r, m);
    for (size_t at = 0; at < value.bytes;) {
        struct folded f = fold_next(value, at);
        char made = stream_digit(s);
        if (f.kind == FOLD_WORD && (f.to[0] < '0' || f.to[0] > '9'))
            made = (char)((fold_is_upper(value, at) ? 'A' : 'a') + stream_below(s, 26));
        struct slice out =
            f.kind == FOLD_WORD ? (struct slice){&made, 1} : slice_sub(value, at, at + f.bytes);
        if (buffer_append(to, out, err))
            return -1;
        at += f.bytes;
    }
    return 0;
}

static int ssn_candidate(struct replacing *r, const struct mark *m, struct stream *s, struct buffer *to,
                         struct error *err)
{
    size_t before = to->bytes, digits = 0;
    if (form_candidate(r, m, s, to, err))
        return -1;
    for (size_t i = before; i < to->bytes; i++) {
        if (to->data[i] < '0' || to->data[i] > '9')
            continue;
        digits++;
        if (digits == 1 || digits == 4 || digits == 5)
            to->data[i] = digits == 1 ? '9' : '0';
    }
    return 0;
}

static int email_candidate(struct replacing *r, const struct mark *m, struct stream *s, struct buffer *to,
                           struct error *err)
{
    (void)m;
    char room[CLASS_NAME_BYTES_MAX];
    struct slice name =
        class_name(r->lists, CLASS_EMAIL, stream_below(s, class_size(r->lists, CLASS_EMAIL)), room);
    if (buffer_append(to, name, err))
        return -1;
    return buffer_printf(to, err, "%02u@example.com", stream_below(s, 100));
}

static int url_candidate(struct replacing *r, const struct mark *m, struct stream *s, struct buffer *to,
                         struct error *err)
{
    struct slice value = mark_value(r, m);
    bool has_scheme = memmem(value.data, value.bytes, "://", 3) != NULL;
    return buffer_printf(to, err, "%sexample.com/%04x%04x", has_scheme ? "https://" : "www.",
                         stream_below(s, 65536), stream_below(s, 65536));
}

static int ip_candidate(struct replacing *r, const struct mark *m, struct stream *s, struct buffer *to,
                        struct error *err)
{
    static const char *const networks[] = {"192.0.2", "198.51.100", "203.0.113"};
    if (memchr(mark_value(r, m).data, ':', m->end - m->start))
        return buffer_printf(to, err, "2001:db8::%x:%x", stream_below(s, 65536), stream_below(s, 65536));
    return buffer_printf(to, err, "%s.%u", networks[stream_below(s, 3)], 1 + stream_below(s, 254));
}

static int mac_candidate(struct replacing *r, const struct mark *m, struct stream *s, struct buffer *to,
                         struct error *err)
{
    char sign = memchr(mark_value(r, m).data, '-', m->end - m->start) ? '-' : ':';
    return buffer_printf(to, err, "00%c00%c5E%c00%c53%c%02X", sign, sign, sign, sign, sign,
                         stream_below(s, 256));
}

static int street_candidate(struct replacing *r, const struct mark *m, struct stream *s, struct buffer *to,
                            struct error *err)
{
    static const char *const kinds[] = {"Street",    "Road",     "Avenue", "Lane",    "Drive",
                                        "Court",     "Way",      "Close",  "Terrace", "Place",
                                        "Boulevard", "Crescent", "Square", "Parkway"};
    char room[CLASS_NAME_BYTES_MAX];
    struct slice value = mark_value(r, m);
    struct slice name =
        class_name(r->lists, CLASS_STREET, stream_below(s, class_size(r->lists, CLASS_STREET)), room);
    if (hashmap_get(&r->words, fold_hash(name), 0))
        return 0;
    const char *kind = kinds[0];
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (memmem(value.data, value.bytes, kinds[i], strlen(kinds[i])))
            kind = kinds[i];
    if (buffer_printf(to, err, "%u ", 1 + stream_below(s, 999)) ||
        shape_append(name, SLICE("Title"), to, err))
        return -1;
    return buffer_printf(to, err, " %s", kind);
}

static int facility_candidate(struct replacing *r, const struct mark *m, struct stream *s, struct buffer *to,
                              struct error *err)
{
    static const char *const kinds[] = {"Center",         "Group",   "Bank",      "School",
                                        "University",     "College", "Pharmacy",  "Laboratory",
                                        "Practice",       "Surgery", "Care Home", "Health Center",
                                        "Medical Center", "Clinic",  "Hospital"};
    char room[CLASS_NAME_BYTES_MAX];
    struct slice value = mark_value(r, m);
    struct slice name =
        class_name(r->lists, CLASS_FACILITY, stream_below(s, class_size(r->lists, CLASS_FACILITY)), room);
    if (hashmap_get(&r->words, fold_hash(name), 0))
        return 0;
    const char *kind = m->label == LABEL_ORGANIZATION ? "Group" : "Center";
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (memmem(value.data, value.bytes, kinds[i], strlen(kinds[i])))
            kind = kinds[i];
    if (shape_append(name, SLICE("Title"), to, err))
        return -1;
    return buffer_printf(to, err, " %s", kind);
}

static int city_candidate(struct replacing *r, const struct mark *m, struct stream *s, struct buffer *to,
                          struct error *err)
{
    char room[CLASS_NAME_BYTES_MAX];
    struct slice name =
        class_name(r->lists, CLASS_CITY, stream_below(s, class_size(r->lists, CLASS_CITY)), room);
    return hashmap_get(&r->words, fold_hash(name), 0) ? 0 : shape_append(name, mark_value(r, m), to, err);
}

/* Labels without a row are codes (form_candidate); for secrets, traits and the like a made-up value would
 * only mislead, so they get a tag. */
static const struct row {
    enum label label;
    candidate *make;
    int (*write)(struct replacing *, const struct mark *, struct buffer *, struct error *); /* instead */
} rows[] = {{LABEL_NAME, NULL, person_write},
            {LABEL_DATE, NULL, year_write},
            {LABEL_AGE, NULL, age90_write},
            {LABEL_SECRET, NULL, tag_write},
            {LABEL_BIOMETRIC, NULL, tag_write},
            {LABEL_COORDINATE, NULL, tag_write},
            {LABEL_PROFESSION, NULL, tag_write},
            {LABEL_LOCATION, city_candidate, NULL},
            {LABEL_CITY, city_candidate, NULL},
            {LABEL_ADDRESS, street_candidate, NULL},
            {LABEL_FACILITY, facility_candidate, NULL},
            {LABEL_ORGANIZATION, facility_candidate, NULL},
            {LABEL_PHONE, phone_candidate, NULL},
            {LABEL_FAX, phone_candidate, NULL},
            {LABEL_EMAIL, email_candidate, NULL},
            {LABEL_URL, url_candidate, NULL},
            {LABEL_IP, ip_candidate, NULL},
            {LABEL_MAC, mac_candidate, NULL},
            {LABEL_SSN, ssn_candidate, NULL}};

static struct row row_of(enum label label)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].label == label)
            return rows[i];
    return (struct row){label, form_candidate, NULL};
}

int surrogate_plan(struct replacing *r, const struct mark *m, struct error *err)
{
    if (m->label == LABEL_NAME)
        return person_plan(r, m, err);
    AUTO(buffer) *folded = NULL;
    if (!row_of(m->label).make)
        return 0;
    if (mark_folded(r, m, &folded, err))
        return -1;
    return keyed_want(&r->keyed, label_name(m->label), buffer_slice(folded), err);
}

/* A candidate is taken if it is new: no value of the document, not in use for another one, not what it
 * replaces. */
static int accept(struct replacing *r, const struct mark *m, struct buffer *made, struct slice folded_value,
                  uint32_t attempt, bool *ret, struct error *err)
{
    AUTO(buffer) *folded = NULL;
    *ret = false;
    if (made->bytes == 0)
        return 0;
    if (buffer_new(&folded, DOCUMENT_BYTES_MAX * 2u, err) || fold_append(buffer_slice(made), folded, err))
        return -1;
    uint64_t key = hash_join((uint64_t)m->label + 1, fold_hash(buffer_slice(folded)));
    if (slice_equal(buffer_slice(folded), folded_value) || leak_set_has(r->values, buffer_slice(made)) ||
        hashmap_get(&r->taken, key, 0))
        return 0;
    *ret = true;
    uint64_t own = hash_join(~(uint64_t)m->label, fold_hash(folded_value));
    return hashmap_add(&r->taken, key, 1, NULL, err) || hashmap_add(&r->chosen, own, attempt, NULL, err) ? -1
                                                                                                         : 0;
}

int surrogate_write(struct replacing *r, const struct mark *m, struct buffer *out, struct error *err)
{
    struct row row = row_of(m->label);
    if (row.write)
        return row.write(r, m, out, err);
    AUTO(buffer) *folded = NULL;
    AUTO(buffer) *made = NULL;
    if (mark_folded(r, m, &folded, err) || buffer_new(&made, DOCUMENT_BYTES_MAX * 2u, err))
        return -1;
    const struct hash *hash = keyed_get(&r->keyed, label_name(m->label), buffer_slice(folded));
    uint64_t own = hash_join(~(uint64_t)m->label, fold_hash(buffer_slice(folded)));
    uint32_t known = hashmap_get(&r->chosen, own, UINT32_MAX);
    for (uint32_t attempt = known == UINT32_MAX ? 0 : known; attempt < ATTEMPTS_MAX; attempt++) {
        struct stream stream = {.seed = *hash, .attempt = attempt};
        bool is_taken = known != UINT32_MAX;
        buffer_clear(made);
        if (row.make(r, m, &stream, made, err) ||
            (!is_taken && accept(r, m, made, buffer_slice(folded), attempt, &is_taken, err)))
            return -1;
        if (is_taken && made->bytes)
            return buffer_append(out, buffer_slice(made), err);
    }
    return tag_write(r, m, out, err);
}
