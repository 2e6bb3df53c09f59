/* audit_verify_bundle.c - `alcove audit verify-bundle`: what a stranger runs, without key and without store. */
#include "analyzer/command/bundle_text.h"
#include "base/json.h"

/* The place as data; the reason goes to stderr as every error does. */
static void print_bad(const struct context *context)
{
    if (!context->is_json)
        return;
    json_t *line = json_pack("{s:b}", "ok", 0);
    json_print(line, context->out);
    json_decref(line);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    struct bundle_verdict verdict;
    struct bundle_wish wish = {.name = operand(arguments, 0),
                               .verifier_key = argument_text(arguments, "key", NULL),
                               .anchor = argument_text(arguments, "anchor", NULL)};
    FILE *file = fopen(wish.name, "re");
    if (!file)
        return error_errno(err, FAULT_INPUT, "the bundle cannot be opened", wish.name);
    int failed = bundle_verify(file, &wish, &verdict, err);
    fclose(file);
    if (failed) {
        if (err->code == FAULT_AUDIT)
            print_bad(context);
        return -1;
    }
    bundle_print(context, &verdict);
    bundle_verdict_clear(&verdict);
    if (!verdict.is_pinned)
        context_warn(context, "signed by the key that the bundle itself names: compare it with one that came to you "
                              "another way (--key), or with a copy of the anchor (--anchor)");
    else if (wish.anchor && !verdict.is_anchored)
        context_warn(context, "the anchor has no checkpoint of the length of this bundle's: that its log was not "
                              "written anew is not proved");
    return 0;
}

static const struct option options[] = {
    {.name = "key", .kind = OPTION_TEXT, .value = "VERIFIERKEY", .help = "who must have signed: NAME+ID+KEY"},
    {.name = "anchor",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .is_file = true,
     .help = "a copy of the anchor: who must have signed, and what the log was"},
    {0}};

static const struct example examples[] = {
    {"alcove audit verify-bundle a.proof.json", "hashes, path and signature"},
    {"alcove audit verify-bundle a.proof.json --anchor /mnt/witness/clinic.anchor", "and against a copy of the anchor"},
    {0}};

const struct command command_audit_verify_bundle = {
    .name = "audit verify-bundle",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "check a proof without the store and without its key",
    .about = "Computes every hash, path and signature anew and believes nothing that the file says. Exit 7 names the "
             "first field that does not fit.\n\n"
             "A bundle names the key it is signed with; that this is the store's comes from elsewhere: `alcove store "
             "info` shows it to the owner, and each anchor begins with it.",
    .options = options,
    .examples = examples,
    .run = run,
};
