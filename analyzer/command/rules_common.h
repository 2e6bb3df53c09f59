/* rules_common.h - what the rules commands share: which packs are meant, and how problems are printed. */
#ifndef ALCOVE_ANALYZER_COMMAND_RULES_COMMON_H
#define ALCOVE_ANALYZER_COMMAND_RULES_COMMON_H

#include "analyzer/command/command.h"
#include "rules/rule.h"

#include <limits.h>

#define OPTION_ROW_RULES                                                                                     \
    {                                                                                                        \
        .name = "rules", .kind = OPTION_TEXT, .value = "A,B",                                                \
        .help = "these packs, by name or path (default: all shipped)"                                        \
    }

/* Names of packs, and the folder that they are in. */
struct packs {
    char folder[PATH_MAX];
    char **names;
    size_t count;
};

/* The packs of --rules, else all of the folder. -1 with FAULT_PIPELINE. */
CHECKED int packs_fill(struct packs *ret, const struct arguments *arguments, struct error *err);

/* The same from operands (packs by name or path). */
CHECKED int packs_from_operands(struct packs *ret, const struct arguments *arguments, struct error *err);
void packs_clear(struct packs *packs);

CHECKED int packs_load(const struct packs *packs, struct ruleset **ret, struct error *err);

/* The file of a pack: FOLDER/NAME.yaml, or the path itself. */
CHECKED int pack_path(const struct packs *packs, size_t index, char *ret, size_t capacity, struct error *err);

/* A rule_report for rules lint and rules test: a line on stdout. context: the struct context. */
void print_problem(void *context, const char *file, unsigned line, unsigned column, bool is_error,
                   const char *message);

#endif
