/* store_keys_add.c - `alcove store keys add`: one more key that opens the store. */
#include "analyzer/command/open_store.h"
#include "analyzer/command/store_arguments.h"
#include "base/json.h"

static int print(const struct context *context, const struct store_slot *slot)
{
    if (!context->is_json) {
        fprintf(context->out, "a %s opens the store now, in slot %u\n", slot->type, slot->number);
        return 0;
    }
    json_t *line = json_pack("{s:i, s:s}", "slot", (int)slot->number, "type", slot->type);
    json_print(line, context->out);
    json_decref(line);
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    AUTO(secret) *passphrase = NULL;
    struct store_slot slot;
    struct store_key key = {.key_file = argument_text(arguments, "new-key-file", NULL)};
    if (!key.key_file == !argument_given(arguments, "new-passphrase-fd"))
        return error_set(err, FAULT_USAGE, "give one of --new-key-file and --new-passphrase-fd");
    if (open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_WRITE}, NULL, err))
        return -1;
    if (!key.key_file) {
        if (store_passphrase_read((int)argument_number(arguments, "new-passphrase-fd", 0), &passphrase, err))
            return -1;
        key.passphrase = passphrase;
    }
    return store_slot_add(store, &key, true, &slot, err) ? -1 : print(context, &slot);
}

static const struct option options[] = {
    OPTION_ROWS_STORE,
    {.name = "new-key-file",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .is_file = true,
     .help = "a key file, 32 to 4096 bytes of any content; made when there is none"},
    {.name = "new-passphrase-fd",
     .kind = OPTION_NUMBER,
     .value = "N",
     .max = 1023,
     .help = "read a new passphrase from this open descriptor"},
    {0}};

static const struct example examples[] = {
    {"alcove store keys add --store clinic.alc --new-key-file /mnt/safe/second.key",
     "a second key, kept elsewhere"},
    {"alcove store keys add --store clinic.alc --new-passphrase-fd 3 3<phrase",
     "a passphrase beside the key file"},
    {0}};

const struct command command_store_keys_add = {
    .name = "store keys add",
    .summary = "let one more key open a store",
    .about = "The key wraps the store's data key in a slot of its own; the keys before go on opening it. "
             "Nothing is "
             "encrypted anew, so it takes no time. The change is recorded in the audit log.",
    .options = options,
    .examples = examples,
    .run = run,
};
