/* audit_verify.c - `alcove audit verify`: does the store hold what its log says, all of it and unaltered? */
#include "analyzer/command/open_store.h"
#include "base/json.h"

static void print_json(const struct context *context, const struct store_info *info,
                       const struct audit_verdict *v)
{
    char root[HASH_HEX_BYTES];
    hash_hex(&v->root, root);
    json_t *line =
        json_pack("{s:b, s:I, s:s, s:I, s:I, s:I, s:I, s:{s:I, s:I, s:I, s:I, s:I}, s:s}", "ok", 1, "size",
                  (json_int_t)v->size, "root", root, "checkpoints", (json_int_t)v->checkpoints, "anchors",
                  (json_int_t)v->anchors, "results_rehashed", (json_int_t)v->results_rehashed, "results",
                  (json_int_t)(info->done + info->quarantined + info->failed), "counts", "documents",
                  (json_int_t)v->counts.documents, "done", (json_int_t)v->counts.done, "skipped",
                  (json_int_t)v->counts.skipped, "quarantined", (json_int_t)v->counts.quarantined, "failed",
                  (json_int_t)v->counts.failed, "verifier_key", info->signer);
    json_print(line, context->out);
    json_decref(line);
}

static void print_text(const struct context *context, const struct store_info *info,
                       const struct audit_verdict *v)
{
    char root[HASH_HEX_BYTES];
    FILE *to = context->out;
    hash_hex(&v->root, root);
    fprintf(to, "%sverified%s\n", context_style(context, STYLE_GOOD), context_style(context, STYLE_PLAIN));
    fprintf(to, "size        %llu records\n", (unsigned long long)v->size);
    fprintf(to, "root        %s\n", root);
    fprintf(to, "signatures  %llu verified\n", (unsigned long long)v->checkpoints);
    fprintf(to, "anchors     %llu consistent\n", (unsigned long long)v->anchors);
    fprintf(to, "results     %llu/%llu re-hashed\n", (unsigned long long)v->results_rehashed,
            (unsigned long long)(info->done + info->quarantined + info->failed));
    fprintf(to, "documents   %llu = %llu done + %llu skipped + %llu quarantined + %llu failed\n",
            (unsigned long long)v->counts.documents, (unsigned long long)v->counts.done,
            (unsigned long long)v->counts.skipped, (unsigned long long)v->counts.quarantined,
            (unsigned long long)v->counts.failed);
}

/* The place as data; the reason goes to stderr as every error does. */
static void print_bad(const struct context *context, const struct audit_verdict *v)
{
    if (!context->is_json)
        return;
    json_t *line = json_pack("{s:b, s:I}", "ok", 0, "first_bad_leaf", (json_int_t)v->first_bad_leaf);
    json_print(line, context->out);
    json_decref(line);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    struct store_info info;
    struct audit_verdict verdict;
    size_t count;
    const char *const *anchors = argument_list(arguments, "anchor", &count);
    if (open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_READ}, NULL, err) ||
        store_info(store, &info, err))
        return -1;
    if (audit_verify(store, anchors, count, &verdict, err)) {
        if (err->code == FAULT_AUDIT)
            print_bad(context, &verdict);
        return -1;
    }
    (context->is_json ? print_json : print_text)(context, &info, &verdict);
    if (verdict.anchors == 0)
        context_warn(context, "no anchor was found: that the store was not rolled back is not proved");
    return 0;
}

static const struct option options[] = {
    OPTION_ROWS_STORE,
    {.name = "anchor",
     .kind = OPTION_LIST,
     .value = "FILE",
     .is_file = true,
     .help = "another anchor to check against, or where the store's own is now"},
    {0}};

static const struct example examples[] = {
    {"alcove audit verify --store clinic.alc", "against the anchor that the store knows"},
    {"alcove audit verify --store clinic.alc --anchor /mnt/witness/clinic.anchor", "and against a copy"},
    {0}};

const struct command command_audit_verify = {
    .name = "audit verify",
    .summary = "check the log, its signatures, the anchors and every stored row",
    .about = "Computes the tree anew from the records, the root under every signed checkpoint, and the "
             "commitments of "
             "every result, redacted text and span; compares every anchor. Exit 7 names the first bad leaf "
             "or the line "
             "of the anchor. Nothing is written.\n\n"
             "What it does not prove: whoever holds the key of the store and every copy of the anchor can "
             "write another "
             "history. Keep a copy of the anchor out of that reach.",
    .options = options,
    .examples = examples,
    .run = run,
};
