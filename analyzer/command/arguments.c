/* arguments.c - a command line against the tables of options; see command.h. */
#include "analyzer/command/command.h"

#include "base/limits.h"
#include "base/suggest.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <math.h>

#define OPTIONS_MAX 64u /* of one command, the global ones included */

static const char *const when_names[] = {"auto", "always", "never", NULL};

const struct option global_options[] = {
    {.name = "json", .help = "one JSON object on stdout, or a line each where there are many"},
    {.name = "quiet", .letter = 'q', .help = "no warnings, no progress"},
    {.name = "verbose", .letter = 'v', .help = "say what is done"},
    {.name = "threads",
     .kind = OPTION_NUMBER,
     .value = "N",
     .min = 1,
     .max = THREADS_MAX,
     .environment = "ALCOVE_THREADS",
     .help = "threads to use (default: all cores allowed to this process)"},
    {.name = "progress",
     .kind = OPTION_CHOICE,
     .value = "WHEN",
     .choices = when_names,
     .environment = "ALCOVE_PROGRESS",
     .help = "progress bar: auto (on a terminal), always, never"},
    {.name = "color",
     .kind = OPTION_CHOICE,
     .value = "WHEN",
     .choices = when_names,
     .environment = "ALCOVE_COLOR",
     .help = "colours: auto (on a terminal, unless NO_COLOR is set), always, never"},
    {.name = "version", .help = "print the version"},
    {.name = "help", .letter = 'h', .help = "print the help of the command"},
    {0}};

struct given {
    const struct option *option;
    const char *value;
};

struct arguments {
    const struct option *known[OPTIONS_MAX]; /* the command's, then the global ones */
    size_t known_count;
    struct given *given; /* [count], grouped by option in the order given */
    const char **values; /* [count], the same order: the lists */
    size_t count;
    const char **operands;
    size_t operand_count;
};

void arguments_drop(struct arguments **arguments)
{
    if (!*arguments)
        return;
    free((*arguments)->given);
    free((*arguments)->values);
    free((*arguments)->operands);
    free(*arguments);
    *arguments = NULL;
}

static void know(struct arguments *a, const struct option *table)
{
    for (; table && table->name; table++) {
        assert(a->known_count < OPTIONS_MAX);
        a->known[a->known_count++] = table;
    }
}

static const struct option *by_name(const struct arguments *a, const char *name, size_t bytes)
{
    for (size_t i = 0; i < a->known_count; i++)
        if (strlen(a->known[i]->name) == bytes && memcmp(a->known[i]->name, name, bytes) == 0)
            return a->known[i];
    return NULL;
}

static const struct option *by_letter(const struct arguments *a, char letter)
{
    for (size_t i = 0; i < a->known_count; i++)
        if (a->known[i]->letter == letter)
            return a->known[i];
    return NULL;
}

static int unknown_option(const struct arguments *a, const char *name, size_t bytes, struct error *err)
{
    const char *names[OPTIONS_MAX];
    char given[64];
    snprintf(given, sizeof given, "%.*s", (int)MIN(bytes, sizeof given - 1), name);
    for (size_t i = 0; i < a->known_count; i++)
        names[i] = a->known[i]->name;
    error_set(err, FAULT_USAGE, "unknown option \"--%s\"", given);
    const char *near = suggest_nearest(given, names, a->known_count);
    return near ? error_hint(err, "did you mean \"--%s\"?", near) : -1;
}

static int read_real(const char *text, double *ret)
{
    char *end;
    if (!text[0] || strspn(text, "0123456789.+-eE") != strlen(text))
        return -1;
    *ret = strtod(text, &end);
    return *end || !isfinite(*ret) ? -1 : 0;
}

static int read_number(const char *text, uint64_t *ret)
{
    char *end;
    if (!text[0] || strspn(text, "0123456789") != strlen(text))
        return -1;
    errno = 0;
    *ret = strtoull(text, &end, 10);
    return *end || errno ? -1 : 0;
}

/* Names the way the value came: "--threads", or the variable. */
static int refuse_range(const struct option *option, const char *source, const char *value, struct error *err)
{
    const char *kind = option->kind == OPTION_NUMBER ? "a whole number" : "a number";
    if (option->max > 0)
        return error_set(err, FAULT_USAGE, "%s wants %s between %.15g and %.15g, not \"%.100s\"", source,
                         kind, option->min, option->max, value);
    return error_set(err, FAULT_USAGE, "%s wants %s of at least %.15g, not \"%.100s\"", source, kind,
                     option->min, value);
}

static int check_choice(const struct option *option, const char *source, const char *value, struct error *err)
{
    char all[160] = "";
    size_t used = 0, count = 0;
    for (; option->choices[count]; count++) {
        if (strcmp(option->choices[count], value) == 0)
            return 0;
        int wrote =
            snprintf(all + used, sizeof all - used, "%s%s", count ? ", " : "", option->choices[count]);
        used = MIN(used + (size_t)wrote, sizeof all - 1);
    }
    error_set(err, FAULT_USAGE, "%s wants one of %s, not \"%.100s\"", source, all, value);
    const char *near = suggest_nearest(value, option->choices, count);
    return near ? error_hint(err, "did you mean \"%s\"?", near) : -1;
}

static int check_value(const struct option *option, const char *source, const char *value, struct error *err)
{
    double real;
    uint64_t number;
    switch (option->kind) {
    case OPTION_NUMBER:
        if (read_number(value, &number) || (double)number < option->min ||
            (option->max > 0 && (double)number > option->max))
            return refuse_range(option, source, value, err);
        return 0;
    case OPTION_REAL:
        if (read_real(value, &real) || real < option->min || (option->max > 0 && real > option->max))
            return refuse_range(option, source, value, err);
        return 0;
    case OPTION_CHOICE:
        return check_choice(option, source, value, err);
    default:
        return value[0] ? 0 : error_set(err, FAULT_USAGE, "%s wants a value, not \"\"", source);
    }
}

/* One option at argv[*at], with its value behind '=' or in the next word. */
static int take_option(struct arguments *a, int argc, char **argv, int *at, struct error *err)
{
    const char *word = argv[*at], *name = word + 2, *equals = strchr(name, '=');
    size_t bytes = equals ? (size_t)(equals - name) : strlen(name);
    bool is_long = word[1] == '-';
    const struct option *option = is_long ? by_name(a, name, bytes) : word[2] ? NULL : by_letter(a, word[1]);
    if (!option)
        return is_long ? unknown_option(a, name, bytes, err)
                       : error_set(err, FAULT_USAGE, "unknown option \"%.60s\"", word);
    const char *value = is_long && equals ? equals + 1 : NULL;
    char source[80];
    snprintf(source, sizeof source, "--%s", option->name);
    if (option->kind == OPTION_FLAG && value)
        return error_set(err, FAULT_USAGE, "%s takes no value", source);
    if (option->kind != OPTION_FLAG && !value) {
        if (*at + 1 >= argc || strncmp(argv[*at + 1], "--", 2) == 0)
            return error_set(err, FAULT_USAGE, "%s needs a value: %s %s", source, source, option->value);
        value = argv[++*at];
    }
    if (value && check_value(option, source, value, err))
        return -1;
    a->given[a->count++] = (struct given){option, value};
    return 0;
}

/* Values of the environment for what was not given; a wrong one is an error, not ignored. */
static int take_environment(struct arguments *a, struct error *err)
{
    for (size_t i = 0; i < a->known_count; i++) {
        const struct option *option = a->known[i];
        const char *value = option->environment ? getenv(option->environment) : NULL;
        if (!value || !value[0] || argument_given(a, option->name))
            continue;
        if (check_value(option, option->environment, value, err))
            return -1;
        a->given[a->count++] = (struct given){option, value};
    }
    return 0;
}

/* Groups by option, so that the values of a list lie side by side. */
static void group(struct arguments *a, struct given *scratch)
{
    size_t to = 0;
    for (size_t i = 0; i < a->known_count; i++)
        for (size_t j = 0; j < a->count; j++)
            if (a->given[j].option == a->known[i])
                scratch[to++] = a->given[j];
    for (size_t i = 0; i < a->count; i++) {
        a->given[i] = scratch[i];
        a->values[i] = scratch[i].value;
    }
}

static int check_operands(const struct arguments *a, const struct command *command, struct error *err)
{
    if (argument_flag(a, "help") || argument_flag(a, "version"))
        return 0;
    if (a->operand_count >= command->operands_min && a->operand_count <= command->operands_max)
        return 0;
    if (a->operand_count < command->operands_min)
        error_set(err, FAULT_USAGE, "%s needs %s", command->name, command->operands);
    else if (command->operands_max)
        error_set(err, FAULT_USAGE, "%s takes only %s; \"%.100s\" is too many", command->name,
                  command->operands, a->operands[command->operands_max]);
    else
        error_set(err, FAULT_USAGE, "%s takes no operands, but \"%.100s\" was given", command->name,
                  a->operands[0]);
    return error_hint(err, "see: alcove help %s", command->name);
}

int arguments_parse(struct arguments **ret, const struct command *command, int argc, char **argv,
                    struct error *err)
{
    AUTO(arguments) *a = calloc(1, sizeof *a);
    if (!a)
        return error_memory(err);
    know(a, command->options);
    know(a, global_options);
    size_t room = (size_t)argc + OPTIONS_MAX;
    a->given = calloc(room, sizeof *a->given);
    a->values = calloc(room, sizeof *a->values);
    a->operands = calloc(room, sizeof *a->operands);
    if (!a->given || !a->values || !a->operands)
        return error_memory(err);
    bool is_over = false;
    for (int i = 0; i < argc; i++) {
        if (!is_over && strcmp(argv[i], "--") == 0)
            is_over = true;
        else if (is_over || argv[i][0] != '-' || !argv[i][1])
            a->operands[a->operand_count++] = argv[i];
        else if (take_option(a, argc, argv, &i, err))
            return -1;
    }
    if (take_environment(a, err) || check_operands(a, command, err))
        return -1;
    struct given *scratch = calloc(a->count + 1, sizeof *scratch);
    if (!scratch)
        return error_memory(err);
    group(a, scratch);
    free(scratch);
    *ret = TAKE(a);
    return 0;
}

/* ---- what was given ---- */

/* The last one of that name, or NULL. */
static const struct given *last(const struct arguments *a, const char *name)
{
    assert(by_name(a, name, strlen(name)));
    for (size_t i = a->count; i-- > 0;)
        if (strcmp(a->given[i].option->name, name) == 0)
            return &a->given[i];
    return NULL;
}

bool argument_given(const struct arguments *a, const char *name)
{
    return last(a, name) != NULL;
}

bool argument_flag(const struct arguments *a, const char *name)
{
    return last(a, name) != NULL;
}

const char *argument_text(const struct arguments *a, const char *name, const char *otherwise)
{
    const struct given *given = last(a, name);
    return given ? given->value : otherwise;
}

uint64_t argument_number(const struct arguments *a, const char *name, uint64_t otherwise)
{
    const struct given *given = last(a, name);
    uint64_t number;
    return given && read_number(given->value, &number) == 0 ? number : otherwise;
}

double argument_real(const struct arguments *a, const char *name, double otherwise)
{
    const struct given *given = last(a, name);
    double real;
    return given && read_real(given->value, &real) == 0 ? real : otherwise;
}

const char *const *argument_list(const struct arguments *a, const char *name, size_t *ret_count)
{
    size_t first = 0, count = 0;
    while (first < a->count && strcmp(a->given[first].option->name, name) != 0)
        first++;
    while (first + count < a->count && strcmp(a->given[first + count].option->name, name) == 0)
        count++;
    *ret_count = count;
    return a->values + first;
}

size_t operand_count(const struct arguments *a)
{
    return a->operand_count;
}

const char *operand(const struct arguments *a, size_t index)
{
    return index < a->operand_count ? a->operands[index] : NULL;
}

const char *const *operands(const struct arguments *a)
{
    return a->operands;
}
