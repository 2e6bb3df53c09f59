/* yaml.h - YAML 1.1 configuration as a tree whose every node knows its line and column (libyaml underneath).
 *
 * A subset on purpose: one document, no aliases or anchors, no tags, no merge keys, keys are scalars, no key
 * twice in a mapping. Scalars stay text; the reader of a key gives them a type, so `no` and `010` are what
 * was written. Every refusal says file:line:column and the cure in words of its own (facts of libyaml's
 * wording are mapped). */
#ifndef ALCOVE_BASE_YAML_H
#define ALCOVE_BASE_YAML_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    unsigned line, column;    /* from 1; column in characters */
    bool is_plain;            /* a scalar without quotes and not a block scalar */
    const char *text;         /* scalar: UTF-8, NUL at the end, no NUL inside */
    const char *key;          /* of a value in a map: its key, for messages; else NULL */
    size_t count;             /* items of a list, pairs of a map */
    struct yaml_node **items; /* list: [count]; map: values, in the order of the file */
    struct yaml_node **keys;  /* map: [count] scalars */
};

struct yaml; /* owns the nodes */

/* Reads a file or bytes (name: for messages). -1 with `fault` and the place. At most 4 MiB, depth 32, 200,000
 * nodes. */
CHECKED int yaml_read_file(struct yaml **ret, const char *path, enum fault fault, struct error *err);
CHECKED int yaml_read(struct yaml **ret, struct slice bytes, const char *name, enum fault fault,
                      struct error *err);
void yaml_drop(struct yaml **yaml);

const struct yaml_node *yaml_root(const struct yaml *yaml); /* NULL for an empty document */
const char *yaml_name(const struct yaml *yaml);

/* The value of a key, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* error_set + place of the node. Returns -1. */
int yaml_error(const struct yaml *yaml, const struct yaml_node *at, enum fault fault, struct error *err,
               const char *format, ...) PRINTF_LIKE(5, 6);

/* Scalars by type; -1 with `fault` and the node's place: "threshold" must be a number between 0 and 1, not
 * "abc". */
CHECKED int yaml_bool(const struct yaml *yaml, const struct yaml_node *node, enum fault fault, bool *ret,
                      struct error *err); /* true false yes no on off */
CHECKED int yaml_real(const struct yaml *yaml, const struct yaml_node *node, enum fault fault, double min,
                      double max, double *ret, struct error *err);
CHECKED int yaml_integer(const struct yaml *yaml, const struct yaml_node *node, enum fault fault, long min,
                         long max, long *ret, struct error *err);

/* Refuses a key of `map` that is not in `names`, with the nearest of them as the hint. */
CHECKED int yaml_only_keys(const struct yaml *yaml, const struct yaml_node *map, enum fault fault,
                           const char *const *names, size_t count, struct error *err);

#endif
