/* store_keys_remove.c - `alcove store keys remove`: a key that no longer opens the store. */
#include "analyzer/command/open_store.h"
#include "base/json.h"

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    struct store_slot slot, left[STORE_SLOTS_MAX];
    size_t count;
    if (!argument_given(arguments, "slot")) {
        error_set(err, FAULT_USAGE, "which slot? give --slot N");
        return error_hint(err, "alcove store keys list shows them");
    }
    if (open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_WRITE}, NULL, err) ||
        store_slot_remove(store, (unsigned)argument_number(arguments, "slot", 0), &slot, err) ||
        store_slots(store, NULL, left, &count, err))
        return -1;
    if (context->is_json) {
        json_t *line = json_pack("{s:i, s:s, s:I}", "slot", (int)slot.number, "type", slot.type, "left",
                                 (json_int_t)count);
        json_print(line, context->out);
        json_decref(line);
    } else {
        fprintf(context->out, "the %s of slot %u opens the store no more; %zu key%s left\n", slot.type,
                slot.number, count, count == 1 ? " is" : "s are");
    }
    return 0;
}

static const struct option options[] = {
    OPTION_ROWS_STORE,
    {.name = "slot", .kind = OPTION_NUMBER, .value = "N", .min = 1, .max = 8, .help = "the slot, as listed"},
    {0}};

static const struct example examples[] = {
    {"alcove store keys remove --store clinic.alc --slot 2", "after someone has left"}, {0}};

const struct command command_store_keys_remove = {
    .name = "store keys remove",
    .summary = "let a key no longer open a store",
    .about = "The last key cannot be removed. The change, or its refusal, is recorded in the audit log.\n\n"
             "The data key stays the same: whoever kept a copy of the file from before can open that copy "
             "with the "
             "removed key.",
    .options = options,
    .examples = examples,
    .run = run,
};
