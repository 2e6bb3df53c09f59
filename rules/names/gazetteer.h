/* gazetteer.h - what is known of a word: how often it is a given name, a surname, a common word or a town,
 * and the classes it belongs to. The table (gazetteer_data.c) is written by scripts/make-gazetteer, which
 * names its sources.
 *
 *   text      ... '0' amberson f f | '5' ton f f | ...     shared letters, the others, two bytes of facts
 *   block_at  where each block of 16 entries begins, with a whole word: found by bisection between
 *             the blocks of its first two letters (pair_block), then read through
 */
#ifndef ALCOVE_RULES_NAMES_GAZETTEER_H
#define ALCOVE_RULES_NAMES_GAZETTEER_H

#include "base/slice.h"

#include <stdint.h>

enum word_class {
    CLASS_DRUG = 1 << 0,
    CLASS_MEDICAL = 1 << 1,   /* a word of ICD-10-CM */
    CLASS_EPONYM = 1 << 2,    /* Parkinson, Foley */
    CLASS_MONTH = 1 << 3,     /* months, weekdays, seasons, feasts */
    CLASS_LAND = 1 << 4,      /* countries, states, peoples, languages */
    CLASS_TITLE = 1 << 5,     /* Dr, Mrs, Judge */
    CLASS_ROLE = 1 << 6,      /* patient, analyst, guitarist */
    CLASS_RELATION = 1 << 7,  /* wife, nephew */
    CLASS_BEFORE = 1 << 8,    /* told, by, dear: often before a name */
    CLASS_WHERE = 1 << 9,     /* in, near: often before a place */
    CLASS_ARTICLE = 1 << 10,  /* the, any, his */
    CLASS_AFTER = 1 << 11,    /* said, was, lives: often behind a name */
    CLASS_ORG = 1 << 12,      /* Inc, Hospital, Council */
    CLASS_STREET = 1 << 13,   /* Road, River, North */
    CLASS_DISEASE = 1 << 14,  /* disease, sign, score */
    CLASS_PARTICLE = 1 << 15, /* van, de, al */
    CLASS_HEADER = 1 << 16,   /* History, Plan */
    CLASS_HOSPITAL = 1 << 17, /* the whole name of a hospital */
    CLASS_FIRST = 1 << 18,    /* places or hospitals of several words begin with it */
};

struct word_facts {
    uint8_t given, surname, common,
        place; /* 0: not; 1 (rare) to 7 on a logarithmic scale, place 1 to 3 by people */
    uint32_t classes;
};

/* The facts of a word or of words joined by single blanks, in lower case, letters only; NULL when it is in no
 * list. */
const struct word_facts *gazetteer_find(struct slice lower);

/* How much a word in lower-case letters is spelled like a name rather than like a word, drug or place: the
 * mean over its letters three by three of log2 of the odds. About -2 to 2. */
float gazetteer_spelling(struct slice lower);

/* The tables. */
#define GAZETTEER_BLOCK 16u
#define GAZETTEER_WORD_MAX 40u
extern const struct word_facts gazetteer_facts[];
extern const uint32_t gazetteer_block_at[];
extern const uint16_t gazetteer_pair_block[27 * 27 + 1]; /* the last block that begins before the pair */
extern const uint32_t gazetteer_block_count, gazetteer_text_bytes;
extern const char gazetteer_text[];
extern const int8_t gazetteer_trigrams[27 * 27 * 27]; /* sixteenths */

#endif
