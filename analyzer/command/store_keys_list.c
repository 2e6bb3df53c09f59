/* store_keys_list.c - `alcove store keys list`: which keys open the store. */
#include "analyzer/command/output.h"
#include "analyzer/command/store_arguments.h"
#include "base/json.h"

static int print(const struct context *context, const struct store_slot *slots, size_t count,
                 struct error *err)
{
    AUTO(table) *table = NULL;
    if (!context->is_json && table_new(&table, (const char *const[]){"slot", "type", "", NULL}, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        char number[12];
        if (context->is_json) {
            json_t *line = json_pack("{s:i, s:s, s:b}", "slot", (int)slots[i].number, "type", slots[i].type,
                                     "this", slots[i].opens);
            json_print(line, context->out);
            json_decref(line);
            continue;
        }
        snprintf(number, sizeof number, "%u", slots[i].number);
        if (table_row(table,
                      (const char *const[]){number, slots[i].type, slots[i].opens ? "this key" : "", NULL},
                      err))
            return -1;
    }
    if (table)
        table_print(table, context);
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    struct store_place place;
    struct store_slot slots[STORE_SLOTS_MAX];
    size_t count;
    int failed = store_place_fill(&place, context, arguments, STORE_READ, err);
    if (!failed)
        failed = store_open(&store, &place.options, NULL, err) ||
                 store_slots(store, &place.options.key, slots, &count, err) ||
                 print(context, slots, count, err);
    store_place_clear(&place);
    return failed ? -1 : 0;
}

static const struct option options[] = {OPTION_ROWS_STORE, {0}};

const struct command command_store_keys_list = {
    .name = "store keys list",
    .summary = "list the keys that open a store",
    .about = "A store has up to eight key slots, each with its own key file or passphrase; any of them opens "
             "it. Which "
             "file or phrase belongs to a slot is not written anywhere: the key that this command was given "
             "is marked.",
    .options = options,
    .run = run,
};
