/* surrogate.h - invented values in the place of real ones: same kind, same shape, never a value of the
 * document.
 *
 * Names come from classes of at least 2,000 (given names by gender, surnames, towns, streets, facilities).
 * The keyed hash of the folded name gives a place and a step in its class; the walk from there visits every
 * name of the class (the step has no divisor in common with its size) and takes the first that is no word of
 * the document and not in use in it. So a name has the same surrogate all over a store, but for the few
 * documents that use that word. Other values keep letters as letters and digits as digits, or come from what
 * is kept free for examples: 555-01xx, example.com (RFC 2606), 192.0.2.0/24 and its like (RFC 5737, 3849),
 * 00-00-5E-00-53 (RFC 7042), social security numbers with area 9xx and group 00. */
#ifndef ALCOVE_ANALYZER_REDACT_SURROGATE_H
#define ALCOVE_ANALYZER_REDACT_SURROGATE_H

#include "analyzer/redact/operators.h"

CHECKED int surrogate_plan(struct replacing *r, const struct mark *mark, struct error *err);
CHECKED int surrogate_write(struct replacing *r, const struct mark *mark, struct buffer *out,
                            struct error *err);

/* people.c: goes over all names of the document first: whose part is what, and the words that no surrogate
 * may be. */
CHECKED int people_learn(struct replacing *r, const struct mark *marks, size_t count, struct error *err);

/* The classes of names. */
enum name_class {
    CLASS_GIVEN_FEMALE,
    CLASS_GIVEN_MALE,
    CLASS_GIVEN,
    CLASS_SURNAME,
    CLASS_CITY,
    CLASS_STREET,
    CLASS_FACILITY,
    CLASS_EMAIL,
    CLASS_COUNT
};
uint32_t class_size(const struct lists *lists, enum name_class name_class);
#define CLASS_NAME_BYTES_MAX 32u
struct slice class_name(const struct lists *lists, enum name_class name_class, uint32_t index,
                        char room[CLASS_NAME_BYTES_MAX]);

/* Registers the hash that class_choose needs for a folded value. */
CHECKED int class_want(struct replacing *r, enum name_class name_class, struct slice folded,
                       struct error *err);

/* The surrogate of a folded value, lower case, in `room`; empty when the class is used up. */
CHECKED int class_choose(struct replacing *r, enum name_class name_class, struct slice folded,
                         char room[CLASS_NAME_BYTES_MAX], struct slice *ret, struct error *err);

/* Appends a lower-case ASCII word in the case of `like`: UPPER, Title or lower. */
CHECKED int shape_append(struct slice word, struct slice like, struct buffer *out, struct error *err);

/* person.c: names of people. */
CHECKED int person_plan(struct replacing *r, const struct mark *mark, struct error *err);
CHECKED int person_write(struct replacing *r, const struct mark *mark, struct buffer *out, struct error *err);

#endif
