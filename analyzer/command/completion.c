/* completion.c - `alcove completion`: scripts for bash, zsh and fish, made from the tables of commands. */
#include "analyzer/command/command.h"

#include <limits.h>

static void put_option_names(FILE *to, const struct option *table)
{
    for (const struct option *o = table; o && o->name; o++)
        fprintf(to, " --%s", o->name);
}

/* Choices and files that complete the value of an option: a case of `$prev`. */
static void put_values(FILE *to, const struct option *table)
{
    for (const struct option *o = table; o && o->name; o++) {
        if (o->kind == OPTION_CHOICE) {
            fprintf(to, "        --%s) COMPREPLY=($(compgen -W '", o->name);
            for (size_t i = 0; o->choices[i]; i++)
                fprintf(to, "%s%s", i ? " " : "", o->choices[i]);
            fputs("' -- \"$cur\")); return ;;\n", to);
        } else if (o->is_file) {
            fprintf(to, "        --%s) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", o->name);
        }
    }
}

/* The words that may follow `given` ("" or the first word), each once. */
static void put_words(FILE *to, const char *given)
{
    size_t bytes = strlen(given);
    char last[64] = "";
    for (size_t i = 0; commands_all[i]; i++) {
        const char *name = commands_all[i]->name;
        if (bytes && (strncmp(name, given, bytes) != 0 || name[bytes] != ' '))
            continue;
        char word[64];
        const char *rest = name + (bytes ? bytes + 1 : 0);
        snprintf(word, sizeof word, "%.*s", (int)strcspn(rest, " "), rest);
        if (strcmp(word, last) != 0)
            fprintf(to, " %s", word);
        snprintf(last, sizeof last, "%s", word);
    }
}

static void put_groups(FILE *to)
{
    char last[64] = "";
    for (size_t i = 0; commands_all[i]; i++) {
        char word[64];
        snprintf(word, sizeof word, "%.*s", (int)strcspn(commands_all[i]->name, " "), commands_all[i]->name);
        if (strchr(commands_all[i]->name, ' ') && strcmp(word, last) != 0) {
            fprintf(to, "        %s) words='", word);
            put_words(to, word);
            fputs("' ;;\n", to);
            snprintf(last, sizeof last, "%s", word);
        }
    }
}

static void bash(FILE *to)
{
    fputs("_alcove()\n{\n    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
          "    COMPREPLY=()\n    case \"$prev\" in\n",
          to);
    put_values(to, global_options);
    for (size_t i = 0; commands_all[i]; i++)
        put_values(to, commands_all[i]->options);
    fputs("    esac\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words='", to);
    put_words(to, "");
    fputs("'\n    elif [ \"$COMP_CWORD\" -eq 2 ]; then\n        case \"${COMP_WORDS[1]}\" in\n", to);
    put_groups(to);
    fputs("        esac\n    fi\n    if [[ \"$cur\" == -* ]]; then\n"
          "        case \"${COMP_WORDS[1]} ${COMP_WORDS[2]} \" in\n",
          to);
    for (size_t i = 0; commands_all[i]; i++) {
        fprintf(to, "        '%s '*) words='", commands_all[i]->name);
        put_option_names(to, commands_all[i]->options);
        put_option_names(to, global_options);
        fputs("' ;;\n", to);
    }
    fputs(
        "        esac\n    fi\n    if [ -n \"$words\" ]; then\n"
        "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n    else\n"
        "        COMPREPLY=($(compgen -f -- \"$cur\"))\n    fi\n}\ncomplete -o filenames -F _alcove alcove\n",
        to);
}

/* zsh runs bash's functions through bashcompinit: one script to keep right. */
static void zsh(FILE *to)
{
    fputs("#compdef alcove\nautoload -U +X bashcompinit && bashcompinit\n", to);
    bash(to);
}

/* A text in fish's single quotes. */
static void put_quoted(FILE *to, const char *text)
{
    fputc('\'', to);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', to);
        fputc(*text, to);
    }
    fputc('\'', to);
}

static void fish_options(FILE *to, const char *condition, const struct option *table)
{
    for (const struct option *o = table; o && o->name; o++) {
        fprintf(to, "complete -c alcove %s -l %s", condition, o->name);
        if (o->letter)
            fprintf(to, " -s %c", o->letter);
        if (o->kind == OPTION_CHOICE) {
            fputs(" -x -a '", to);
            for (size_t i = 0; o->choices[i]; i++)
                fprintf(to, "%s%s", i ? " " : "", o->choices[i]);
            fputc('\'', to);
        } else if (o->kind != OPTION_FLAG) {
            fputs(o->is_file ? " -r -F" : " -x", to);
        }
        fputs(" -d ", to);
        put_quoted(to, o->help);
        fputc('\n', to);
    }
}

static void fish(FILE *to)
{
    fish_options(to, "", global_options);
    for (size_t i = 0; commands_all[i]; i++) {
        const struct command *c = commands_all[i];
        const char *space = strchr(c->name, ' ');
        int first = (int)strcspn(c->name, " ");
        char condition[200];
        if (space) {
            fprintf(to, "complete -c alcove -n __fish_use_subcommand -f -a %.*s\n", first, c->name);
            fprintf(to, "complete -c alcove -n '__fish_seen_subcommand_from %.*s' -f -a %s -d ", first,
                    c->name, space + 1);
            snprintf(condition, sizeof condition,
                     "-n '__fish_seen_subcommand_from %.*s; and __fish_seen_subcommand_from %s'", first,
                     c->name, space + 1);
        } else {
            fprintf(to, "complete -c alcove -n __fish_use_subcommand -f -a %s -d ", c->name);
            snprintf(condition, sizeof condition, "-n '__fish_seen_subcommand_from %s'", c->name);
        }
        put_quoted(to, c->summary);
        fputc('\n', to);
        fish_options(to, condition, c->options);
    }
}

static const struct shell {
    const char *name;
    void (*write)(FILE *to);
} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(shells); i++)
        if (strcmp(operand(arguments, 0), shells[i].name) == 0) {
            shells[i].write(context->out);
            return 0;
        }
    return error_set(err, FAULT_USAGE, "no completion for \"%.40s\": it is one of bash, zsh, fish",
                     operand(arguments, 0));
}

static const struct example examples[] = {
    {"alcove completion bash > ~/.local/share/bash-completion/completions/alcove", "for one user, with bash"},
    {"alcove completion fish > ~/.config/fish/completions/alcove.fish", "for one user, with fish"},
    {0}};

const struct command command_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "print a completion script for a shell",
    .examples = examples,
    .closes_sandbox = true, /* never: it reads nothing, and must work where the sandbox does not */
    .run = run,
};
