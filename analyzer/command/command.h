/* command.h - a command is one const struct in a file of its own; the list of all is commands.c.
 *
 * Help, man pages, completion and the parsing of the command line walk these tables. A new command needs its
 * file and one row in commands.c:
 *
 *   static const struct option options[] = {OPTION_ROWS_STORE,
 *       {.name = "anchor", .value = "FILE", .kind = OPTION_LIST, .is_file = true, .help = "another anchor to
 * check"}, {0}}; const struct command command_audit_verify = { .name = "audit verify", .summary = "check the
 * tree, ...", .options = options, .run = run, ...};
 *
 * Results go to context->out, everything else to stderr. */
#ifndef ALCOVE_ANALYZER_COMMAND_COMMAND_H
#define ALCOVE_ANALYZER_COMMAND_COMMAND_H

#include "base/contract.h"
#include "base/error.h"
#include "base/progress.h"

#include <stdint.h>

enum option_kind {
    OPTION_FLAG,   /* no value */
    OPTION_TEXT,   /* a value; the last one given counts */
    OPTION_NUMBER, /* a whole number within min and max */
    OPTION_REAL,   /* a number within min and max */
    OPTION_CHOICE, /* one of choices */
    OPTION_LIST    /* a value; may be given several times */
};

struct option {       /* a row; a table ends with {0} */
    const char *name; /* "store": given as --store FILE or --store=FILE */
    char letter;      /* 'q': also given as -q; flags only */
    enum option_kind kind;
    const char *value;          /* what the help calls the value ("FILE"); NULL for a flag */
    const char *const *choices; /* CHOICE: ends with NULL */
    double min, max;            /* NUMBER, REAL; max 0 = no upper bound */
    const char *environment;    /* the variable that is read when the option is not given, or NULL */
    bool is_file;               /* completion offers files */
    const char *help;
};

/* For every command that opens a store (store_arguments.h reads them). */
#define OPTION_ROWS_STORE                                                                                    \
    {.name = "store",                                                                                        \
     .kind = OPTION_TEXT,                                                                                    \
     .value = "FILE",                                                                                        \
     .environment = "ALCOVE_STORE",                                                                          \
     .is_file = true,                                                                                        \
     .help = "the store (default: $XDG_DATA_HOME/alcove/store.alc)"},                                        \
        {.name = "key-file",                                                                                 \
         .kind = OPTION_TEXT,                                                                                \
         .value = "FILE",                                                                                    \
         .is_file = true,                                                                                    \
         .help = "its key file (default: NAME.key beside NAME.alc)"},                                        \
    {                                                                                                        \
        .name = "passphrase-fd", .kind = OPTION_NUMBER, .value = "N", .max = 1023,                           \
        .help = "read the passphrase from this open descriptor instead"                                      \
    }

struct arguments;

struct context { /* what all commands share: the global options */
    bool is_json, is_quiet, is_verbose, has_color;
    unsigned threads; /* 0 = thread_cores() */
    enum progress_when progress;
    FILE *out;           /* results; everything else is stderr's */
    const char *program; /* argv[0] */
};

/* 0: done. -1: err says why; it is printed and decides the exit status. Above 0: the exit status, all was
 * reported. */
typedef int command_function(struct context *context, const struct arguments *arguments, struct error *err);

struct example {
    const char *line, *what; /* a table ends with {0} */
};

struct command {
    const char *name;                    /* "audit verify" */
    const char *operands;                /* as the usage shows them: "PIPELINE [INPUT...]"; NULL = none */
    unsigned operands_min, operands_max; /* max UINT_MAX = any number */
    const char *summary;                 /* one line, lower case, no full stop */
    const char *about;                   /* more, in paragraphs parted by an empty line; may be NULL */
    const struct option *options;        /* may be NULL */
    const struct example *examples;      /* may be NULL */
    /* The keeper's sandbox (base/sandbox.h) is closed before `run`, unless the command has threads to start,
     * rules to compile or children to fork first: then it closes it itself, as early as it can. */
    bool closes_sandbox;
    command_function *run;
};

extern const struct command *const commands_all[]; /* in the order of the help; ends with NULL */
extern const struct option global_options[];
extern const char version_text[];

/* Runs a command line; the exit status. */
int command_main(int argc, char **argv);

/* ---- what was given ---- (the name must stand in the command's table or in global_options) */
bool argument_flag(const struct arguments *arguments, const char *name);
const char *argument_text(const struct arguments *arguments, const char *name, const char *otherwise);
uint64_t argument_number(const struct arguments *arguments, const char *name, uint64_t otherwise);
double argument_real(const struct arguments *arguments, const char *name, double otherwise);
bool argument_given(const struct arguments *arguments, const char *name);

/* All values of a LIST, in the order given. */
const char *const *argument_list(const struct arguments *arguments, const char *name, size_t *ret_count);

size_t operand_count(const struct arguments *arguments);
const char *operand(const struct arguments *arguments, size_t index); /* NULL beyond the last */
const char *const *operands(const struct arguments *arguments);

/* Closes the keeper's sandbox for the rest of the process: for commands with closes_sandbox. */
CHECKED int context_close_sandbox(const struct context *context, struct error *err);

/* ---- remarks on stderr ---- */
/* `alcove: warning: ...`, or {"warning":{"message":...}} with --json; not with -q. */
void context_warn(const struct context *context, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same with a place. */
void context_warn_at(const struct context *context, const char *file, unsigned line, unsigned column,
                     const char *message);
/* Only with -v. */
void context_note(const struct context *context, const char *format, ...) PRINTF_LIKE(2, 3);

/* Terminal colours for context->out, "" where there are none. Colour never carries meaning alone. */
enum style { STYLE_PLAIN, STYLE_STRONG, STYLE_GOOD, STYLE_WARNING, STYLE_BAD };
const char *context_style(const struct context *context, enum style style);

/* ---- parsing, for command_main and the tests ---- */
/* The command of a line, by its longest name; *ret_words: words of the name. -1 with FAULT_USAGE and the
 * nearest name. */
CHECKED int command_find(int argc, char **argv, const struct command **ret, int *ret_words,
                         struct error *err);
CHECKED int arguments_parse(struct arguments **ret, const struct command *command, int argc, char **argv,
                            struct error *err);
void arguments_drop(struct arguments **arguments);

#endif
