/* model_list.c - `alcove model list`, `add` and `verify`: the registry of models. */
#include "analyzer/command/command.h"
#include "analyzer/command/output.h"
#include "analyzer/command/places.h"

#include "base/json.h"
#include "models/model.h"

#include <limits.h>

static int list(struct registry_entry **ret, size_t *ret_count, struct error *err)
{
    char own[PATH_MAX];
    return places_models(own, sizeof own, err) ? -1 : registry_list(own, ret, ret_count, err);
}

static void print_entry(const struct context *context, const struct registry_entry *e)
{
    json_t *line = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "name", e->name, "file", e->file,
                             "sha256", e->sha256, "licence", e->licence, "arch", e->arch, "roles", e->roles,
                             "source", e->source, "present", e->path[0] != 0);
    if (e->path[0])
        json_object_set_new(line, "path", json_string(e->path));
    json_print(line, context->out);
    json_decref(line);
}

static int run_list(struct context *context, const struct arguments *arguments UNUSED, struct error *err)
{
    struct registry_entry *entries = NULL;
    size_t count = 0;
    AUTO(table) *table = NULL;
    if (list(&entries, &count, err))
        return -1;
    int r = table_new(&table,
                      (const char *const[]){"name", "architecture", "licence", "roles", "where", NULL}, err);
    for (size_t i = 0; r == 0 && i < count; i++) {
        const struct registry_entry *e = &entries[i];
        if (context->is_json) {
            print_entry(context, e);
            continue;
        }
        const char *const cells[] = {
            e->name, e->arch, e->licence, e->roles, e->path[0] ? e->path : "(not there)", NULL};
        r = table_row(table, cells, err);
    }
    free(entries);
    if (r == 0 && !context->is_json)
        table_print(table, context);
    return r;
}

static int run_add(struct context *context, const struct arguments *arguments, struct error *err)
{
    char own[PATH_MAX];
    struct registry_entry entry;
    const char *name = argument_text(arguments, "name", "default");
    if (places_models(own, sizeof own, err) || registry_add(operand(arguments, 0), name, own, &entry, err))
        return -1;
    if (context->is_json)
        print_entry(context, &entry);
    else
        fprintf(context->out, "%s is now the model \"%s\" (SHA-256 %.16s...)\n", entry.path, entry.name,
                entry.sha256);
    return 0;
}

/* A file that no registry names has no digest to be held to: it must load. */
static int check_unregistered(const char *path, struct error *err)
{
    AUTO(model) *model = NULL;
    return model_load(&model, path, NULL, err);
}

/* One model: its bytes against the registered digest. A wrong one is printed and counted. */
static void verify(struct context *context, const char *name, const char *own, size_t *failed)
{
    struct registry_entry entry = {.name = ""};
    struct hash digest;
    struct error err = {0};
    char hex[HASH_HEX_BYTES];
    if (registry_find(name, own, &entry, &digest, &err) ||
        (strcmp(entry.path, name) == 0 && check_unregistered(name, &err))) {
        error_print(&err, stderr, context->is_json);
        ++*failed;
        return;
    }
    bool is_registered = strcmp(entry.path, name) != 0; /* else the name was a path */
    hash_hex(&digest, hex);
    if (context->is_json) {
        json_t *line = json_pack("{s:s, s:s, s:s, s:b, s:b}", "name", name, "path", entry.path, "sha256", hex,
                                 "registered", is_registered, "valid", 1);
        json_print(line, context->out);
        json_decref(line);
    } else {
        fprintf(context->out, "%s: %s (SHA-256 %s)\n", name,
                is_registered ? "as registered" : "it loads, but is not registered", hex);
    }
}

static int verify_registered(struct context *context, const char *own, size_t *failed, struct error *err)
{
    struct registry_entry *entries = NULL;
    size_t count = 0;
    if (registry_list(own, &entries, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (!entries[i].path[0]) {
            context_warn(context, "model \"%s\" is registered, but not there", entries[i].name);
            continue;
        }
        verify(context, entries[i].name, own, failed);
    }
    free(entries);
    return 0;
}

static int run_verify(struct context *context, const struct arguments *arguments, struct error *err)
{
    char own[PATH_MAX];
    size_t failed = 0;
    if (places_models(own, sizeof own, err))
        return -1;
    if (!operand_count(arguments) && verify_registered(context, own, &failed, err))
        return -1;
    for (size_t i = 0; i < operand_count(arguments); i++)
        verify(context, operand(arguments, i), own, &failed);
    return failed ? fault_exit(FAULT_MODEL) : 0;
}

const struct command command_model_list = {
    .name = "model list",
    .summary = "list the registered models and where they are",
    .run = run_list,
};

static const struct option add_options[] = {{.name = "name",
                                             .kind = OPTION_TEXT,
                                             .value = "NAME",
                                             .help = "the name to register it under (default: default)"},
                                            {0}};

static const struct example add_examples[] = {
    {"alcove model add SmolLM2-135M-Instruct.Q4_1.gguf", "from now on the model \"default\""}, {0}};

const struct command command_model_add = {
    .name = "model add",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "register a GGUF file under a name",
    .about = "The file is loaded first, so that an unsupported or damaged one is refused, then copied to "
             "$XDG_DATA_HOME/alcove/models and registered with its SHA-256.",
    .options = add_options,
    .examples = add_examples,
    .run = run_add,
};

const struct command command_model_verify = {
    .name = "model verify",
    .operands = "[MODEL...]",
    .operands_max = UINT_MAX,
    .summary = "check models against their registered SHA-256",
    .about = "Without MODEL, all registered ones that are there. A file that is not registered must load. "
             "Exit status 5 when one does not hold.",
    .run = run_verify,
};
