/* keys.h - inside the pipelines room: what a pipeline file may hold, as tables. Loading, checking, the JSON
 * Schema, the digest and every suggestion walk the same rows (keys.c); a type (types.c, types_list.c) says
 * how a row is read. */
#ifndef ALCOVE_PIPELINES_KEYS_H
#define ALCOVE_PIPELINES_KEYS_H

#include "base/arena.h"
#include "base/json.h"
#include "base/yaml.h"
#include "pipelines/pipeline.h"

struct key;

struct loader { /* one pipeline being read */
    struct arena *arena;
    const struct yaml *yaml;
    const char *name;             /* of the file, for messages */
    const char *const *overrides; /* nodes made by --set have line 0 and column 1 + index into these */
    size_t override_count;
    struct pipeline *pipeline;
    struct pipeline_warning *warnings;
    size_t warning_count, warning_room;
    struct error *err;
};

struct type {
    /* Reads `node` into the struct at `base` (key->offset, key->count_offset). */
    int (*load)(struct loader *loader, const struct key *key, const struct yaml_node *node, void *base);
    /* The value in effect, for the digest; NULL function: not part of it. */
    json_t *(*json)(const struct key *key, const void *base);
    /* The JSON Schema of a value. */
    json_t *(*schema)(const struct key *key);
    bool is_list; /* a default is split at blanks */
};

struct key { /* a row; a table ends with {0} */
    const char *name;
    const struct type *type;
    size_t offset, count_offset; /* into the struct that its section fills */
    double min, max;             /* numbers: the range; text and lists: the length */
    const char *const *names;    /* what a choice may be; ends with NULL */
    const char *what; /* what one of the names is called in messages ("operator"); NULL = the key's name */
    const char *otherwise; /* the default, as it would be written; NULL = none */
    bool is_required;
    const struct section *section; /* of a mapping, or of each mapping in a list */
    const char *help;
};

struct section {
    const char *name; /* in messages; "" = the top level */
    const struct key *keys;
    size_t bytes; /* of the struct, where the section is an item of a list */
};

extern const struct section section_pipeline;
extern const struct section *const sections_all[]; /* ends with NULL */

/* The steps of this version: steps: [{classify: {...}}]. */
struct step_row {
    enum step_kind kind;
    const struct section *section; /* its name is the step's */
    const char *help;
};
extern const struct step_row step_rows[];
extern const size_t step_row_count;

/* What later versions may hold: refused by name, so that nobody thinks that it worked. */
const char *reserved_reason(const char *section, const char *name); /* NULL = not reserved */

/* What an operator may be used on. */
struct operator_row {
    const char *name;
    const char *only; /* the one label it is for; NULL = any */
    const char *help;
};
extern const struct operator_row operator_rows[OPERATOR_COUNT];
extern const char *const operator_names[]; /* ends with NULL */
extern const char *const profile_names[];
extern const char *const label_names[]; /* the labels of the rules room (labels.c) */
bool is_label(const char *name);

extern const struct type type_version, type_name, type_text, type_real, type_number, type_bytes, type_days,
    type_flag, type_choice, type_choice_text, type_choice_flag, type_texts, type_choices, type_bits,
    type_section, type_operators, type_labels, type_examples, type_steps, type_tests, type_environment;

/* ---- load.c ---- */
/* error_set with the place of a node: its line, or the --set that made it. Returns -1. */
int complain(struct loader *loader, const struct yaml_node *at, const char *format, ...) PRINTF_LIKE(3, 4);
/* Puts the right place on an error that base/yaml.h made for a node. Returns -1. */
int complain_place(struct loader *loader, const struct yaml_node *at);
/* `unknown operator "maskk"` with the nearest name as the hint, or that it is reserved. Returns -1. */
int complain_unknown(struct loader *loader, const struct yaml_node *at, const char *what,
                     const char *const *names);

CHECKED int load_section(struct loader *loader, const struct section *section, const struct yaml_node *map,
                         void *base);
CHECKED int want_kind(struct loader *loader, const struct key *key, const struct yaml_node *node,
                      enum yaml_kind kind);
CHECKED int warn(struct loader *loader, unsigned line, unsigned column, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* The values of a section in effect. */
json_t *section_json(const struct section *section, const void *base);
json_t *section_schema(const struct section *section);

/* ---- overlay.c ---- */
/* A copy of the tree with ${VAR} and --set applied, in the loader's arena. */
CHECKED int overlay(struct loader *loader, const struct yaml_node *root, struct yaml_node **ret);

/* ---- check.c ---- */
/* What concerns several keys at once, and the remarks. */
CHECKED int check_pipeline(struct loader *loader);

#endif
