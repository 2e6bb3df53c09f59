/* model_logits.c - `alcove model logits`: what a model gives for token ids, bit for bit, for comparison with
 * others. */
#include "analyzer/command/model_common.h"

#include "base/json.h"

static int compute(const struct context *context, const struct arguments *arguments,
                   const struct opened *opened, struct error *err)
{
    AUTO(prompt) *prompt = NULL;
    AUTO(session) *session = NULL;
    struct model_info info;
    token *ids = NULL;
    size_t count = 0, rows;
    const float *logits;
    const char *out = argument_text(arguments, "out", NULL);
    model_info(opened->model, &info);
    if (!argument_given(arguments, "tokens") || !out)
        return error_set(err, FAULT_USAGE, "model logits needs --tokens 1,2,3 and --out FILE");
    if (read_ids(argument_text(arguments, "tokens", ""), info.vocabulary, &ids, &count, err))
        return -1;
    int r = prompt_new(&prompt, opened->model, false, err) || prompt_add_tokens(prompt, ids, count, err) ||
            session_new(&session, opened->model, (uint32_t)count, opened->pool, err) ||
            session_logits(session, prompt, argument_flag(arguments, "all"), &logits, &rows, err) ||
            write_floats(context, out, logits, rows * info.vocabulary, err);
    free(ids);
    if (r)
        return -1;
    if (context->is_json && strcmp(out, "-") != 0) {
        json_t *line = json_pack("{s:s, s:I, s:I, s:s}", "out", out, "rows", (json_int_t)rows, "columns",
                                 (json_int_t)info.vocabulary, "type", "float32-le");
        json_print(line, context->out);
        json_decref(line);
    }
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    struct opened opened;
    int r = opened_fill(&opened, context, operand(arguments, 0), err) ||
            compute(context, arguments, &opened, err);
    opened_clear(&opened);
    return r ? -1 : 0;
}

static const struct option options[] = {
    {.name = "tokens", .kind = OPTION_TEXT, .value = "IDS", .help = "token ids, parted by commas"},
    {.name = "out",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .is_file = true,
     .help = "where the logits go: float32, little-endian, one row of the vocabulary a position"},
    {.name = "all", .help = "every position, not only the last"},
    {0}};

const struct command command_model_logits = {
    .name = "model logits",
    .operands = "MODEL",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "write the logits of token ids to a file",
    .options = options,
    .closes_sandbox = true,
    .run = run,
};
