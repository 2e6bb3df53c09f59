/* dispatch.c - from argv to a command and from its outcome to an exit status. */
#include "analyzer/command/command.h"

#include "analyzer/command/help.h"
#include "base/file.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/suggest.h"

#include <assert.h>
#include <errno.h>

#define NAMES_MAX 96u    /* commands, or words of groups */
#define GIVEN_BYTES 256u /* of what was typed, in a message */

const char version_text[] = ALCOVE_VERSION;

#ifdef ALCOVE_SANITIZED
/* The leak checker's hook: it cannot clone its tracer once the sandbox is closed. Leaks are looked for by the
 * tests of the rooms, outside. */
static bool is_caged;
int __lsan_is_turned_off(void);
PUBLIC int __lsan_is_turned_off(void)
{
    return is_caged;
}
#endif

/* Words of a command's name that the line begins with; 0 = another command. */
static int words_matched(const char *name, int argc, char **argv)
{
    int words = 0;
    while (*name) {
        size_t bytes = strcspn(name, " ");
        if (words >= argc || strlen(argv[words]) != bytes || memcmp(argv[words], name, bytes) != 0)
            return 0;
        words++;
        name += bytes + (name[bytes] == ' ');
    }
    return words;
}

/* `words`: what all names of a group begin with, "store" and "store keys". */
static bool is_group(const char *words)
{
    size_t bytes = strlen(words);
    for (size_t i = 0; bytes && commands_all[i]; i++)
        if (strncmp(commands_all[i]->name, words, bytes) == 0 && commands_all[i]->name[bytes] == ' ')
            return true;
    return false;
}

/* The first word and, as long as that is a group, the next ones: "stroe", "store inof", "store keys". */
static void words_given(int argc, char **argv, char *ret, size_t capacity)
{
    snprintf(ret, capacity, "%.60s", argv[0]);
    for (int i = 1; i < argc && argv[i][0] != '-' && is_group(ret); i++) {
        size_t used = strlen(ret);
        snprintf(ret + used, capacity - used, " %.60s", argv[i]);
    }
}

/* `store needs one of: init, info, check` */
static int incomplete(const char *group, struct error *err)
{
    char all[200] = "";
    size_t used = 0, bytes = strlen(group);
    for (size_t i = 0; commands_all[i]; i++)
        if (strncmp(commands_all[i]->name, group, bytes) == 0 && commands_all[i]->name[bytes] == ' ') {
            int wrote = snprintf(all + used, sizeof all - used, "%s%s", used ? ", " : "",
                                 commands_all[i]->name + bytes + 1);
            used = MIN(used + (size_t)wrote, sizeof all - 1);
        }
    error_set(err, FAULT_USAGE, "%s needs one of: %s", group, all);
    return error_hint(err, "see: alcove help %s", group);
}

static int unknown_command(int argc, char **argv, struct error *err)
{
    const char *names[NAMES_MAX];
    char given[GIVEN_BYTES];
    size_t count = 0;
    words_given(argc, argv, given, sizeof given);
    if (is_group(given))
        return incomplete(given, err);
    for (size_t i = 0; commands_all[i] && count < NAMES_MAX; i++)
        names[count++] = commands_all[i]->name;
    error_set(err, FAULT_USAGE, "unknown command \"%s\"", given);
    const char *near = suggest_nearest(given, names, count);
    if (!near && argc > 1 &&
        argv[1][0] != '-') { /* "stroe info": the slip may be in the first of two words */
        snprintf(given, sizeof given, "%.60s %.60s", argv[0], argv[1]);
        near = suggest_nearest(given, names, count);
    }
    return near ? error_hint(err, "did you mean \"alcove %s\"?", near)
                : error_hint(err, "alcove help lists all commands");
}

int command_find(int argc, char **argv, const struct command **ret, int *ret_words, struct error *err)
{
    const struct command *best = NULL;
    int best_words = 0;
    for (size_t i = 0; commands_all[i]; i++) {
        int words = words_matched(commands_all[i]->name, argc, argv);
        if (words > best_words) {
            best = commands_all[i];
            best_words = words;
        }
    }
    if (!best)
        return unknown_command(argc, argv, err);
    *ret = best;
    *ret_words = best_words;
    return 0;
}

static bool wants_color(const struct arguments *arguments)
{
    const char *when = argument_text(arguments, "color", "auto"), *no_color = getenv("NO_COLOR"),
               *terminal = getenv("TERM");
    if (strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    return isatty(STDOUT_FILENO) && !(no_color && no_color[0]) &&
           !(terminal && strcmp(terminal, "dumb") == 0);
}

static void context_fill(struct context *context, const struct arguments *arguments, const char *program)
{
    const char *progress = argument_text(arguments, "progress", "auto");
    *context = (struct context){
        .is_json = argument_flag(arguments, "json"),
        .is_quiet = argument_flag(arguments, "quiet"),
        .is_verbose = argument_flag(arguments, "verbose"),
        .has_color = wants_color(arguments),
        .threads = (unsigned)argument_number(arguments, "threads", 0),
        .progress = strcmp(progress, "always") == 0  ? PROGRESS_ALWAYS
                    : strcmp(progress, "never") == 0 ? PROGRESS_NEVER
                                                     : PROGRESS_AUTO,
        .out = stdout,
        .program = program,
    };
    if (context->is_quiet)
        context->progress = PROGRESS_NEVER;
}

/* What was printed must have arrived: a full disk behind `> file` is a failure, too. */
static int flush_output(struct error *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    return error_errno(err, FAULT_TEMPORARY, "the output cannot be written", NULL);
}

/* words = 0: no command was named, and `alcove --help` lists all as `alcove` does. */
static int run_command(const struct command *command, int words, struct context *context,
                       const struct arguments *arguments, struct error *err)
{
    if (argument_flag(arguments, "version")) {
        fprintf(context->out, context->is_json ? "{\"version\": \"%s\"}\n" : "alcove %s\n", version_text);
        return 0;
    }
    if (words > 0 && argument_flag(arguments, "help")) {
        help_command(context, command);
        return 0;
    }
#ifdef ALCOVE_SANITIZED
    is_caged = true;
#endif
    if (!command->closes_sandbox && context_close_sandbox(context, err))
        return -1;
    return command->run(context, arguments, err);
}

/* --json somewhere in the line, for the form of errors that come before the line is understood. */
static bool mentions_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

/* Global options may stand before the command: they are moved behind its name. Returns the place of the first
 * word. */
static int first_word(int argc, char **argv)
{
    int at = 1;
    while (at < argc && argv[at][0] == '-' && argv[at][1]) {
        bool takes_value = false;
        for (const struct option *o = global_options; o->name; o++)
            takes_value |= o->kind != OPTION_FLAG && strncmp(argv[at], "--", 2) == 0 &&
                           strcmp(argv[at] + 2, o->name) == 0;
        at += takes_value ? 2 : 1;
    }
    return MIN(at, argc);
}

int command_main(int argc, char **argv)
{
    struct error err = {0};
    bool is_json = mentions_json(argc, argv);
    AUTO(arguments) *arguments = NULL;
    const struct command *command = &command_help;
    int words = 0, at = argc > 0 ? first_word(argc, argv) : 0, status = -1;
    char **rest = calloc((size_t)argc + 1, sizeof *rest);
    if (!rest || file_reserve_standard(&err) || process_harden(&err) ||
        (at < argc && command_find(argc - at, argv + at, &command, &words, &err)))
        goto out;
    int count = 0;
    for (int i = 1; i < argc; i++)
        if (i < at || i >= at + words)
            rest[count++] = argv[i];
    if (arguments_parse(&arguments, command, count, rest, &err))
        goto out;
    struct context context;
    context_fill(&context, arguments, argc > 0 ? argv[0] : "alcove");
    status = run_command(command, words, &context, arguments, &err);
    if (flush_output(&err) && status == 0)
        status = -1;
out:
    free(rest);
    if (status >= 0)
        return status;
    if (!err.code)
        error_memory(&err);
    error_print(&err, stderr, is_json);
    return fault_exit(err.code);
}
