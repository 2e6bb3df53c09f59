/* audit_export.c - `alcove audit export`: a stretch of the log for a regulator, who checks it without us. */
#include "analyzer/command/audit_time.h"
#include "analyzer/command/bundle_text.h"
#include "analyzer/command/open_store.h"
#include "base/file.h"

#include <fcntl.h>
#include <limits.h>

struct output {
    FILE *to;
    const char *name;
    struct hasher *hasher;
};

static int write_line(void *context, struct slice line, struct error *err)
{
    struct output *o = context;
    hasher_add(o->hasher, line);
    return fwrite(line.data, 1, line.bytes, o->to) == line.bytes
               ? 0
               : error_errno(err, FAULT_INPUT, "the export cannot be written", o->name);
}

/* A new file of the folder, for its owner alone. NULL with err set. */
static FILE *make_file(const char *folder, const char *name, char path[PATH_MAX], struct error *err)
{
    if (path_join(path, PATH_MAX, err, "%s/%s", folder, name))
        return NULL;
    AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        error_errno(err, FAULT_INPUT, "cannot be made", path);
        error_hint(err, "name a folder that holds no export yet");
        return NULL;
    }
    fd = -1;
    return file;
}

static int close_file(FILE *file, const char *path, struct error *err)
{
    bool is_whole = fflush(file) == 0 && fsync(fileno(file)) == 0;
    return fclose(file) == 0 && is_whole ? 0 : error_errno(err, FAULT_INPUT, "cannot be written", path);
}

static int write_readme(const char *folder, const struct bundle_verdict *v, const struct hash *digest,
                        struct error *err)
{
    char path[PATH_MAX], root[HASH_HEX_BYTES], hex[HASH_HEX_BYTES];
    FILE *file = make_file(folder, "README.txt", path, err);
    if (!file)
        return -1;
    hash_hex(&v->root, root);
    hash_hex(digest, hex);
    fprintf(
        file,
        "Export of an audit log, made by alcove %s\n\n"
        "from             %s\n"
        "to               %s\n"
        "records          %llu, leaves %llu to %llu: all of that time, the one before and the one after\n"
        "log as signed    %llu records, root %s\n"
        "verifier key     %s\n"
        "SHA-256          %s  " EXPORT_FILE_NAME "\n\n"
        "To check it, without the store and without its key:\n\n"
        "    alcove audit verify-bundle FOLDER --key '%s'\n\n"
        "or docs/verify_bundle.py of the program's source, which is made to be read and needs Python alone.\n"
        "Compare the verifier key with one that came to you another way. A copy of the anchor (--anchor "
        "FILE)\n"
        "that was out of the owner's reach also shows that the log was not written anew.\n\n" EXPORT_FILE_NAME
        " holds one JSON object a line; its first line says how each is checked. The records hold\n"
        "no identifier and no text of a document: documents, inputs and outputs stand there as keyed\n"
        "commitments.\n",
        ALCOVE_VERSION, v->from[0] ? v->from : "the beginning", v->to[0] ? v->to : "the time of the export",
        (unsigned long long)v->records, (unsigned long long)v->first,
        (unsigned long long)(v->first + v->records - 1), (unsigned long long)v->size, root, v->verifier_key,
        hex, v->verifier_key);
    return close_file(file, path, err);
}

/* What was written is read again and judged as a stranger would. */
static int check(const char *path, struct bundle_verdict *ret, struct error *err)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return error_errno(err, FAULT_INPUT, "cannot be read again", path);
    int failed = bundle_verify(file, &(struct bundle_wish){.name = path}, ret, err);
    fclose(file);
    return failed;
}

static int export_to_folder(const struct context *context, struct store *store, const char *folder,
                            const char *from, const char *to, struct error *err)
{
    AUTO(hasher) *hasher = NULL;
    struct bundle_verdict verdict;
    char path[PATH_MAX];
    if (hasher_new(&hasher, err) || folder_make(folder, FAULT_INPUT, err))
        return -1;
    FILE *file = make_file(folder, EXPORT_FILE_NAME, path, err);
    if (!file)
        return -1;
    struct output output = {file, path, hasher};
    int failed = audit_export(store, from, to, write_line, &output, err);
    if (failed)
        fclose(file);
    if (failed || close_file(file, path, err) || check(path, &verdict, err)) {
        unlink(path);
        return -1;
    }
    struct hash digest = hasher_finish(hasher);
    failed = write_readme(folder, &verdict, &digest, err) || folder_sync_of(path, FAULT_INPUT, err);
    if (!failed)
        bundle_print(context, &verdict);
    bundle_verdict_clear(&verdict);
    return failed;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    AUTO(hasher) *hasher = NULL;
    const char *from, *to, *folder = argument_text(arguments, "out", NULL);
    if (audit_time_read(arguments, &from, &to, err) ||
        open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_WRITE}, NULL, err))
        return -1;
    if (folder)
        return export_to_folder(context, store, folder, from, to, err);
    struct output output = {.to = context->out};
    if (hasher_new(&hasher, err))
        return -1;
    output.hasher = hasher;
    return audit_export(store, from, to, write_line, &output, err);
}

static const struct option options[] = {
    OPTION_ROWS_STORE,
    OPTION_ROWS_TIME,
    {.name = "out",
     .kind = OPTION_TEXT,
     .value = "FOLDER",
     .is_file = true,
     .help = "write " EXPORT_FILE_NAME
             " and README.txt into this folder (default: the former to standard output)"},
    {0}};

static const struct example examples[] = {
    {"alcove audit export --from 2026-01-01 --to 2026-12-31 --out export-2026", "a year, for a regulator"},
    {"alcove audit verify-bundle export-2026", "what the regulator runs"},
    {"alcove audit export > audit.ndjson", "the whole log, on standard output"},
    {0}};

const struct command command_audit_export = {
    .name = "audit export",
    .summary = "write records of the log with the proof that none is missing",
    .about =
        "The records of a time, the one before and the one after; the checkpoints signed among them; what "
        "shows "
        "that they are the log's and lead to a checkpoint signed now; the verifier key. audit verify-bundle "
        "checks all of it with neither store nor key.\n\n"
        "Records hold no identifier: documents, inputs and outputs are keyed commitments. The export is "
        "recorded "
        "in the log before anything is written.",
    .options = options,
    .examples = examples,
    .run = run,
};
