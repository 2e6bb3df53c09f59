/* audit_checkpoint.c - `alcove audit checkpoint`: signs the log as it is now. */
#include "analyzer/command/open_store.h"
#include "base/json.h"

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    AUTO(buffer) *note = NULL;
    struct store_info info;
    struct store_wish wish = {.mode = STORE_WRITE,
                              .anchor = argument_text(arguments, "anchor", NULL),
                              .new_anchor = argument_flag(arguments, "new-anchor")};
    if (open_store(&store, context, arguments, &wish, NULL, err) || buffer_new(&note, 1u << 16, err) ||
        audit_checkpoint(store, note, err) || store_info(store, &info, err))
        return -1;
    if (!context->is_json) {
        fwrite(note->data, 1, note->bytes, context->out);
        return 0;
    }
    json_t *line = json_pack("{s:I, s:s, s:s, s:s}", "size", (json_int_t)info.audit_size, "checkpoint",
                             note->data, "anchor", info.anchor, "verifier_key", info.signer);
    json_print(line, context->out);
    json_decref(line);
    return 0;
}

static const struct option options[] = {
    OPTION_ROWS_STORE,
    OPTION_ROW_ANCHOR,
    {.name = "new-anchor",
     .kind = OPTION_FLAG,
     .help = "accept that the anchor was lost and begin another (recorded)"},
    {0}};

const struct command command_audit_checkpoint = {
    .name = "audit checkpoint",
    .summary = "sign the log as it is and append that to the anchor",
    .about = "A run does this at its end. The text is a C2SP tlog-checkpoint within a signed note: origin, "
             "number of "
             "records, root, Ed25519 signature. Others' programs can check it with the verifier key of "
             "`store info`.",
    .options = options,
    .run = run,
};
