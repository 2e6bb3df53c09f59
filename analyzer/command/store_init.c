/* store_init.c - `alcove store init`: makes an empty store, its key file and the first entry of its anchor.
 */
#include "analyzer/command/open_store.h"
#include "base/json.h"

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    struct store_info info;
    bool was_made;
    struct store_wish wish = {.mode = STORE_CREATE, .anchor = argument_text(arguments, "anchor", NULL)};
    if (open_store(&store, context, arguments, &wish, &was_made, err) || store_info(store, &info, err))
        return -1;
    if (context->is_json) {
        json_t *line = json_pack("{s:s, s:b, s:s, s:s}", "database", info.database_id, "made", was_made,
                                 "anchor", info.anchor, "verifier_key", info.signer);
        json_print(line, context->out);
        json_decref(line);
        return 0;
    }
    fprintf(context->out, "%s\n",
            was_made ? "made an empty store" : "the store was there already; nothing changed");
    fprintf(context->out, "database      %s\nanchor        %s\nverifier key  %s\n", info.database_id,
            info.anchor, info.signer);
    return 0;
}

static const struct option options[] = {OPTION_ROWS_STORE, OPTION_ROW_ANCHOR, {0}};

static const struct example examples[] = {
    {"alcove store init --store clinic.alc", "a store with a key file beside it"},
    {"alcove store init --store clinic.alc --passphrase-fd 3 3<secret", "a store under a passphrase"},
    {"alcove store init --store clinic.alc --anchor /mnt/audit/clinic.anchor", "checkpoints on another disk"},
    {0}};

const struct command command_store_init = {
    .name = "store init",
    .summary = "make an empty store",
    .about = "run makes the store by itself at its first use; this command is for choosing key and anchor "
             "beforehand.\n\n"
             "The anchor is a small text file of signed checkpoints. It proves that nothing was altered, cut "
             "off or "
             "rolled back; keep it (or a copy) where whoever can write the store cannot write it.",
    .options = options,
    .examples = examples,
    .run = run,
};
