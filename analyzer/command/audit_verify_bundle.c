/* audit_verify_bundle.c - `alcove audit verify-bundle`: what a stranger runs, without key and store. */
#include "analyzer/command/bundle_text.h"
#include "base/file.h"
#include "base/json.h"

#include <limits.h>
#include <sys/stat.h>

/* The place as data; the reason goes to stderr as every error does. */
static void print_bad(const struct context *context)
{
    if (!context->is_json)
        return;
    json_t *line = json_pack("{s:b}", "ok", 0);
    json_print(line, context->out);
    json_decref(line);
}

/* A folder is that of an export. */
static int open_bundle(const char *given, char name[PATH_MAX], FILE **ret, struct error *err)
{
    struct stat st;
    bool is_folder = stat(given, &st) == 0 && S_ISDIR(st.st_mode);
    if (path_join(name, PATH_MAX, err, is_folder ? "%s/" EXPORT_FILE_NAME : "%s", given))
        return -1;
    *ret = fopen(name, "re");
    return *ret ? 0 : error_errno(err, FAULT_INPUT, "the bundle cannot be opened", name);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    struct bundle_verdict verdict;
    char name[PATH_MAX];
    struct bundle_wish wish = {.name = name,
                               .verifier_key = argument_text(arguments, "key", NULL),
                               .anchor = argument_text(arguments, "anchor", NULL)};
    FILE *file;
    if (open_bundle(operand(arguments, 0), name, &file, err))
        return -1;
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
        context_warn(context,
                     "signed by the key that the bundle itself names: compare it with one that came to you "
                     "another way (--key), or with a copy of the anchor (--anchor)");
    else if (wish.anchor && !verdict.is_anchored)
        context_warn(context,
                     "the anchor has no checkpoint of the length of this bundle's: that its log was not "
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
    {"alcove audit verify-bundle export-2026", "the folder that audit export wrote"},
    {"alcove audit verify-bundle a.proof.json --anchor /mnt/witness/clinic.anchor",
     "and against a copy of the anchor"},
    {0}};

const struct command command_audit_verify_bundle = {
    .name = "audit verify-bundle",
    .operands = "FILE|FOLDER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "check a proof or an export, with neither store nor key",
    .about = "Computes every hash, path and signature anew and believes nothing that the file says. Exit 7 "
             "names the "
             "line and the field that does not fit.\n\n"
             "A bundle names the key it is signed with; that this is the store's comes from elsewhere: "
             "`alcove store "
             "info` shows it to the owner, and each anchor begins with it.",
    .options = options,
    .examples = examples,
    .run = run,
};
