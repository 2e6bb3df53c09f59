/* name.h - the parts of a person's name as written: "ACHTERBERG, Desmond J.", "Dr O'Brien", "Anna
 * Smith-Jones". */
#ifndef ALCOVE_ANALYZER_REDACT_NAME_H
#define ALCOVE_ANALYZER_REDACT_NAME_H

#include "base/slice.h"

enum part_role {
    PART_TITLE,    /* Mr, Dr, RN, Jr: says nothing about who it is */
    PART_PARTICLE, /* van, de la: goes with the surname */
    PART_INITIAL,
    PART_GIVEN,
    PART_SURNAME,
    PART_SINGLE /* the only part: given name or surname, the rest of the document may tell */
};

struct name_part {
    struct span at; /* in the value; "O'Brien" is one part, "Smith-Jones" two of one role */
    enum part_role role;
};

#define NAME_PARTS_MAX 16u

/* Splits a name. Parts beyond NAME_PARTS_MAX are left out: no name has them, and the whole value stays known.
 */
size_t name_split(struct slice value, struct name_part ret[NAME_PARTS_MAX]);

/* True for a title or suffix ("dr", "jr"), folded. */
bool name_is_title(struct slice folded);

#endif
