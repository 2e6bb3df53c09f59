/* audit_prove.c - `alcove audit prove`: one result, proved to a stranger. */
#include "analyzer/command/bundle_text.h"
#include "analyzer/command/open_store.h"
#include "base/file.h"

#define PROOF_BYTES_MAX (512u << 20)

/* Said of the very bytes that are handed over. */
static int print_verdict(const struct context *context, struct slice proof, const char *name,
                         struct error *err)
{
    struct bundle_verdict verdict;
    FILE *file = fmemopen((void *)proof.data, proof.bytes, "r");
    if (!file)
        return error_memory(err);
    int failed = bundle_verify(file, &(struct bundle_wish){.name = name}, &verdict, err);
    fclose(file);
    if (failed)
        return -1;
    bundle_print(context, &verdict);
    bundle_verdict_clear(&verdict);
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(store) *store = NULL;
    AUTO(buffer) *proof = NULL;
    const char *out = argument_text(arguments, "out", NULL);
    if (buffer_new(&proof, PROOF_BYTES_MAX, err) ||
        open_store(&store, context, arguments, &(struct store_wish){.mode = STORE_WRITE}, NULL, err) ||
        audit_prove(store, operand(arguments, 0), argument_flag(arguments, "digests-only"), proof, err) ||
        (out && file_write(out, buffer_slice(proof), 0600, FAULT_INPUT, err)))
        return -1;
    if (out || !context->is_json)
        return print_verdict(context, buffer_slice(proof), out, err);
    fwrite(proof->data, 1, proof->bytes, context->out);
    return 0;
}

static const struct option options[] = {
    OPTION_ROWS_STORE,
    {.name = "out",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .is_file = true,
     .help = "write the proof to this file"},
    {.name = "digests-only",
     .kind = OPTION_FLAG,
     .help = "leave out the results, the redacted text and the spans: only their digests"},
    {0}};

static const struct example examples[] = {
    {"alcove audit prove notes/a.txt --out a.proof.json",
     "for someone without the store and without its key"},
    {"alcove audit verify-bundle a.proof.json", "what they run"},
    {"alcove audit prove 0193a1b2c3d47e5f8a9b0c1d2e3f4a5b --json --digests-only", "on standard output"},
    {0}};

const struct command command_audit_prove = {
    .name = "audit prove",
    .operands = "DOCUMENT|ID",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "prove one result to someone who has neither store nor key",
    .about =
        "Writes the result's audit record, its way through the Merkle tree to a checkpoint signed now, and "
        "what is "
        "needed to see that results, redacted text and spans are those of the record. That opens this one "
        "result; "
        "no other, and no key.\n\n"
        "Without --out or --json the proof is only summed up. It is recorded before anything is shown.\n\n"
        "The name of the document and the bytes that were read stand in the record as keyed commitments: "
        "that "
        "these belong to a file can only be checked by whoever holds the store's key.",
    .options = options,
    .examples = examples,
    .run = run,
};
