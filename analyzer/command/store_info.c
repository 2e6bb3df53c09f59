/* store_info.c - `alcove store info`: what a store holds and how it is kept. */
#include "analyzer/command/open_store.h"
#include "analyzer/command/output.h"
#include "base/json.h"

static void print_json(const struct context *context, const struct store_info *i)
{
    json_t *line = json_pack(
        "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s}", "database",
        i->database_id, "cipher", i->cipher, "format", (json_int_t)i->format_version, "slots",
        (json_int_t)i->slots_used, "file_bytes", (json_int_t)i->file_bytes, "page_bytes",
        (json_int_t)i->page_bytes, "pages", (json_int_t)i->pages, "free_pages", (json_int_t)i->free_pages,
        "documents", (json_int_t)i->documents, "done", (json_int_t)i->done, "quarantined",
        (json_int_t)i->quarantined, "failed", (json_int_t)i->failed, "runs", (json_int_t)i->runs,
        "audit_size", (json_int_t)i->audit_size, "anchor", i->anchor, "verifier_key", i->signer);
    json_print(line, context->out);
    json_decref(line);
}

static void print_text(const struct context *context, const struct store_info *i)
{
    char bytes[24];
    FILE *to = context->out;
    fprintf(to, "database      %s\n", i->database_id);
    fprintf(to, "cipher        %s, %u key slot%s in use\n", i->cipher, i->slots_used,
            i->slots_used == 1 ? "" : "s");
    fprintf(to, "file          %s, %llu pages of %u bytes, %llu free\n", output_bytes(i->file_bytes, bytes),
            (unsigned long long)i->pages, i->page_bytes, (unsigned long long)i->free_pages);
    fprintf(to, "documents     %llu\n", (unsigned long long)i->documents);
    fprintf(to, "results       %llu done, %llu quarantined, %llu failed\n", (unsigned long long)i->done,
            (unsigned long long)i->quarantined, (unsigned long long)i->failed);
    fprintf(to, "runs          %llu\n", (unsigned long long)i->runs);
    fprintf(to, "audit log     %llu records\n", (unsigned long long)i->audit_size);
    fprintf(to, "anchor        ");
    output_clean(to, slice_of(i->anchor));
    fprintf(to, "\nverifier key  %s\n", i->signer);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    struct store_info info;
    if (open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_READ}, NULL, err) ||
        store_info(store, &info, err))
        return -1;
    (context->is_json ? print_json : print_text)(context, &info);
    return 0;
}

static const struct option options[] = {OPTION_ROWS_STORE, {0}};

const struct command command_store_info = {
    .name = "store info",
    .summary = "show what a store holds and how it is kept",
    .about = "The verifier key is public: with it anyone can check the signed checkpoints of this store.",
    .options = options,
    .run = run,
};
