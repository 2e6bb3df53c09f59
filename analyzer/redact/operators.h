/* operators.h - what stands in the output where an identifier stood: one row an operator.
 *
 * Replacing goes over the marks of a document three times: `roles` (who is whose surname), `plan` (which
 * keyed hashes are needed, one request for all), `write`. An operator that cannot do its work on a value
 * ("year" on "14 March", a range that holds more than the date) writes a tag: nothing passes because it was
 * not understood. */
#ifndef ALCOVE_ANALYZER_REDACT_OPERATORS_H
#define ALCOVE_ANALYZER_REDACT_OPERATORS_H

#include "analyzer/redact/keyed.h"
#include "analyzer/redact/leak.h"
#include "analyzer/redact/resolve.h"
#include "base/wordlist.h"

/* The built-in lists, opened once a redactor. */
struct lists {
    struct wordlist common, zip3, gender_female, gender_male;
    struct wordlist given_female, given_male, given_neutral, surname, city;
};
CHECKED int lists_open(struct lists *ret, struct error *err);
void lists_close(struct lists *lists);

/* Which operator a label has: the pipeline's own for the label, for its parent, for `default`; without any in
 * the pipeline, the profile's. */
struct operator_map {
    enum operator_kind of[LABEL_COUNT];
    bool is_named[LABEL_COUNT]; /* by the pipeline, for the label or its parent */
};
void operator_map_make(struct operator_map *ret, const struct pipeline *pipeline);

/* True if the mark is nothing to replace: kept by its operator, or a value that the operator or the profile
 * leaves as it is (an age under 90, a year alone). Such marks take no part in overlaps and leak checks. */
bool operator_leaves(const struct operator_map *map, enum profile profile, int year_reference,
                     struct slice value, enum label label);

/* The work on one document. Opened with zeros but for the borrowed fields. */
struct replacing {
    const struct lists *lists;
    const struct operator_map *map;
    const struct leak_set *values;
    struct slice text;
    int year_reference;
    struct keyed keyed;
    struct hashmap words;  /* folded words of the text: no surrogate is one of them */
    struct hashmap tags;   /* (label, value) -> number of its tag */
    struct hashmap people; /* part of a name -> person, as index into `persons` */
    uint64_t *persons;     /* key of each person: the sum of the hashes of its parts */
    size_t person_count, person_capacity;
    struct hashmap roles;     /* part of a name -> enum part_role */
    struct hashmap givens;    /* (surname, initial) -> index + 1 into `given_parts` */
    struct span *given_parts; /* in text */
    size_t given_count, given_capacity;
    struct hashmap chosen; /* (class, value) -> place in the class */
    struct hashmap taken;  /* surrogates in use */
    uint32_t tag_next[LABEL_COUNT];
};
void replacing_close(struct replacing *r);

/* Plans all marks (disjoint, in order) and asks for the hashes. */
CHECKED int replacing_plan(struct replacing *r, const struct mark *marks, size_t count,
                           const struct keyed_hashes *keys, struct error *err);

/* Appends the replacement of one mark. */
CHECKED int replacing_write(struct replacing *r, const struct mark *mark, struct buffer *out,
                            struct error *err);

/* "[NAME_1]": the same value has the same number; "Smith" has that of "John Smith". Also for surrogate.c. */
CHECKED int tag_write(struct replacing *r, const struct mark *mark, struct buffer *out, struct error *err);
CHECKED int year_write(struct replacing *r, const struct mark *mark, struct buffer *out, struct error *err);
CHECKED int age90_write(struct replacing *r, const struct mark *mark, struct buffer *out, struct error *err);
CHECKED int zip3_write(struct replacing *r, const struct mark *mark, struct buffer *out, struct error *err);

static inline struct slice mark_value(const struct replacing *r, const struct mark *m)
{
    return slice_sub(r->text, m->start, m->end);
}

/* The folded value in a new buffer. */
CHECKED int mark_folded(const struct replacing *r, const struct mark *m, struct buffer **ret,
                        struct error *err);

#endif
