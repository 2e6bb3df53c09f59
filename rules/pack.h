/* pack.h - one pack as its YAML file says it: read, checked for form, fragments put in; nothing compiled yet.
 *
 *   define   named pieces of patterns; %{name} in a pattern puts one in
 *   lists    named lists of words; '%{name}' as an item puts a list in, and in a pattern it is (?:a|b|c)
 *   rules    see docs/rules.md */
#ifndef ALCOVE_RULES_PACK_H
#define ALCOVE_RULES_PACK_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/yaml.h"
#include "rules/names/finder.h"
#include "rules/rule.h"
#include "rules/validate.h"

#define PACK_RULES_MAX 1000u
#define PATTERN_BYTES_MAX 32000u

struct text_list {
    const char **items;
    size_t count;
    const struct yaml_node *node; /* NULL when the key is absent */
};

struct rule_text {
    const char *id, *source;
    const char *pattern;         /* with the fragments put in; NULL where there is a finder */
    const struct finder *finder; /* NULL where there is a pattern */
    enum label label;
    int hipaa;
    const struct validator *validator;
    bool keeps_invalid; /* invalid: keep - what the validator refuses only misses the bonus */
    bool is_caseless;   /* case: insensitive */
    const char *near;   /* NULL, or bytes one of which stands within NEAR_BYTES behind the start */
    struct text_list at, except, stop, context, negative, match, reject;
    float score_pattern, score_context, score_valid, score_negative;
    const struct yaml_node *node, *id_node, *pattern_node;
    bool has_fragments;
};

struct pack {
    struct arena *arena;
    struct yaml *yaml;
    struct buffer *bytes; /* the file */
    const char *file, *name, *version;
    struct rule_text *rules;
    size_t count;
    struct hash digest; /* of the file's bytes */
};

/* Called for each problem; NULL: the first problem ends the reading. */
struct pack_problems {
    rule_report *report;
    void *context;
    size_t count;
};

/* Reads the file. With `problems`, what is wrong with single rules is reported and these rules are left out.
 * -1 with FAULT_PIPELINE and the place. */
CHECKED int pack_read(struct pack **ret, const char *path, struct pack_problems *problems, struct error *err);
void pack_drop(struct pack **pack);

/* The byte of the file at a line and column (in characters, from 1); 0 where there is none. */
char pack_char_at(const struct pack *pack, unsigned line, unsigned column);

/* Puts %{name} in (fragment.c). `ret` is in the pack's arena. */
CHECKED int fragment_expand(const struct pack *pack, const struct yaml_node *at, const char *pattern,
                            const char **ret, struct error *err);
CHECKED int fragment_list(const struct pack *pack, const struct yaml_node *list, struct text_list *ret,
                          struct error *err);

#endif
