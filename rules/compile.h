/* compile.h - a compiled rule and the ruleset, as the files of this room see them. */
#ifndef ALCOVE_RULES_COMPILE_H
#define ALCOVE_RULES_COMPILE_H

#include "rules/pack.h"
#include "rules/rule.h"
#include "rules/words.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define ID_GROUPS_MAX 8u
#define START_SETS_MAX 64u
#define NEAR_BYTES 64u /* how far behind the start a byte of `near` may stand */
#define NO_SET UINT32_MAX

struct rule {
    const struct rule_text *text;
    const struct pack *pack;
    uint32_t index;                   /* in the ruleset */
    pcre2_code *code;                 /* owned; JIT-compiled; NULL where the text has a finder */
    uint32_t id_group[ID_GROUPS_MAX]; /* the groups named "id"; the identifier is the first that matched */
    uint32_t id_group_count;          /* 0: the whole match */
    struct phrases at, except, stop, context, negative;
    uint32_t start_set; /* where a match can start; NO_SET: anywhere */
};

/* Bytes of which one stands at the start of a match, or at most `reach` bytes behind it. */
struct start_set {
    uint8_t bits[32];
    uint32_t reach;
};

struct ruleset {
    struct arena *arena;
    struct pack **packs;
    size_t pack_count;
    struct rule *rules;
    size_t count;
    struct dictionary *dictionary;
    uint32_t *at_first, *at_rules; /* rules tried at word w: at_rules[at_first[w] .. at_first[w + 1]) */
    uint32_t *finder_rules;        /* the rules without a pattern */
    size_t finder_count;
    struct start_set sets[START_SETS_MAX];
    uint32_t set_count;
    uint64_t sets_of_byte[256]; /* bit s: the byte is in set s */
    uint32_t ovector_pairs;
    struct hash digest;
};

/* Compiles one rule of a pack: the pattern with JIT, and its word lists. `rule` is zeroed before.
 * -1 with FAULT_PIPELINE and the place in the pack; rule_release frees in any case. */
CHECKED int rule_compile(struct rule *rule, const struct pack *pack, const struct rule_text *text,
                         struct dictionary *dictionary, struct arena *arena, struct error *err);
void rule_release(struct rule *rule);

/* The column in the file of a byte of the pattern, where the file shows it as it is (plain or in single
 * quotes, before any fragment); else the column where the pattern begins. */
unsigned pattern_column(const struct pack *pack, const struct rule_text *text, size_t offset);

/* A ruleset of packs that were read already; takes them (the pointers become NULL). */
CHECKED int ruleset_of_packs(struct ruleset **ret, struct pack **packs, size_t count, struct error *err);

#endif
