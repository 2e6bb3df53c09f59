/* store_backup.c - `alcove store backup`: a copy of the store, encrypted as it is, proved before it gets its
 * name. */
#include "analyzer/command/output.h"
#include "analyzer/command/store_arguments.h"
#include "base/json.h"

#include <sys/stat.h>

static void print(const struct context *context, const char *path, const struct audit_verdict *v)
{
    char root[HASH_HEX_BYTES], bytes[24];
    struct stat st = {0};
    (void)!stat(path, &st);
    hash_hex(&v->root, root);
    if (context->is_json) {
        json_t *line =
            json_pack("{s:I, s:I, s:s, s:I}", "bytes", (json_int_t)st.st_size, "size", (json_int_t)v->size,
                      "root", root, "results", (json_int_t)v->results_rehashed);
        json_print(line, context->out);
        json_decref(line);
        return;
    }
    fprintf(context->out, "%sverified%s: the backup opens with this key, every page and every row of it\n",
            context_style(context, STYLE_GOOD), context_style(context, STYLE_PLAIN));
    fprintf(context->out, "file        %s\n", output_bytes((uint64_t)st.st_size, bytes));
    fprintf(context->out, "results     %llu\n", (unsigned long long)v->results_rehashed);
    fprintf(context->out, "audit log   %llu records, root %s\n", (unsigned long long)v->size, root);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    struct store_place place;
    struct audit_verdict verdict;
    const char *out = argument_text(arguments, "out", NULL);
    if (!out)
        return error_set(err, FAULT_USAGE, "where to? give --out FILE");
    int failed = store_place_fill(&place, context, arguments, STORE_WRITE, err);
    if (!failed)
        failed = store_open(&store, &place.options, NULL, err) ||
                 store_backup(store, &place.options.key, out, &verdict, err);
    store_place_clear(&place);
    if (failed)
        return -1;
    print(context, out, &verdict);
    return 0;
}

static const struct option options[] = {OPTION_ROWS_STORE,
                                        {.name = "out",
                                         .kind = OPTION_TEXT,
                                         .value = "FILE",
                                         .is_file = true,
                                         .help = "the copy; must not exist yet"},
                                        {0}};

static const struct example examples[] = {
    {"alcove store backup --store clinic.alc --out /mnt/backup/clinic-nov.alc", "a copy, once a month"},
    {"alcove store check --store /mnt/backup/clinic-nov.alc --key-file clinic.key", "still sound?"},
    {"alcove audit checkpoint --store restored.alc --anchor new.anchor --new-anchor", "go on from a backup"},
    {0}};

const struct command command_store_backup = {
    .name = "store backup",
    .summary = "write an encrypted copy that opens with the same keys, and check it",
    .about = "The copy is opened and every page, table, record and row of it is checked before it gets its "
             "name. The "
             "key is not in it: keep that elsewhere. The backup is recorded in the audit log.\n\n"
             "The anchor of the store knows of that record and the copy does not have it: so the copy is "
             "taken for "
             "what it is, an older state. store info and store check read it; all that writes a record, such "
             "as results "
             "list, is refused (exit 7) until it has an anchor of its own, by `alcove audit checkpoint "
             "--anchor NEWFILE "
             "--new-anchor`, which its log then says.",
    .options = options,
    .examples = examples,
    .run = run,
};
