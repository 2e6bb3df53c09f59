/* model_embed.c - `alcove model embed`: a text, or token ids, to the vector that an encoder gives it. */
#include "analyzer/command/model_common.h"

#include <math.h>

/* To length 1; a vector of zeros stays what it is. */
static void normalise(float *x, size_t count)
{
    double square = 0;
    for (size_t i = 0; i < count; i++)
        square += (double)x[i] * (double)x[i];
    for (size_t i = 0; square > 0 && i < count; i++)
        x[i] = (float)((double)x[i] / sqrt(square));
}

static int print_vector(const struct context *context, const float *x, size_t count)
{
    fputc('[', context->out);
    for (size_t i = 0; i < count; i++)
        fprintf(context->out, "%s%.9g", i ? "," : "", (double)x[i]);
    fputs("]\n", context->out);
    return 0;
}

/* The operator's own text or ids: they go in as typed, never through the redactor, which is for documents. */
static int read_input(const struct arguments *arguments, const struct opened *opened, token **ret,
                      size_t *ret_count, struct error *err)
{
    AUTO(buffer) *text = NULL;
    struct model_info info;
    model_info(opened->model, &info);
    if (argument_given(arguments, "tokens"))
        return read_ids(argument_text(arguments, "tokens", ""), info.vocabulary, ret, ret_count, err);
    return read_text(&text, operand(arguments, 1), err) ||
                   model_tokenize(opened->model, buffer_slice(text), false, true, ret, ret_count, err)
               ? -1
               : 0;
}

static int compute(const struct context *context, const struct arguments *arguments,
                   const struct opened *opened, struct error *err)
{
    AUTO(prompt) *prompt = NULL;
    struct model_info info;
    token *ids = NULL;
    size_t count;
    const char *out = argument_text(arguments, "out", NULL);
    model_info(opened->model, &info);
    float *vector = calloc(info.dim, sizeof *vector);
    if (!vector)
        return error_memory(err);
    int r = read_input(arguments, opened, &ids, &count, err) ||
            prompt_new(&prompt, opened->model, false, err) || prompt_add_tokens(prompt, ids, count, err) ||
            model_embed_prompt(opened->model, prompt, opened->pool, vector, err);
    if (r == 0 && !argument_flag(arguments, "raw"))
        normalise(vector, info.dim);
    if (r == 0)
        r = out ? write_floats(context, out, vector, info.dim, err)
                : print_vector(context, vector, info.dim);
    free(ids);
    free(vector);
    return r ? -1 : 0;
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
    {.name = "tokens",
     .kind = OPTION_TEXT,
     .value = "IDS",
     .help = "token ids, parted by commas, instead of a text"},
    {.name = "raw", .help = "pooled only, not brought to length 1"},
    {.name = "out",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .is_file = true,
     .help = "write the vector there instead: float32, little-endian"},
    {0}};

static const struct example examples[] = {
    {"printf 'chest pain' | alcove model embed embed -", "a vector of length 1, as a JSON array"}, {0}};

const struct command command_model_embed = {
    .name = "model embed",
    .operands = "MODEL [FILE|-]",
    .operands_min = 1,
    .operands_max = 2,
    .summary = "print the embedding of a text as a JSON array",
    .about = "MODEL is an encoder (architecture bert). A text longer than its context is refused, never cut.",
    .options = options,
    .examples = examples,
    .closes_sandbox = true,
    .run = run,
};
