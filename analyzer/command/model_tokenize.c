/* model_tokenize.c - `alcove model tokenize`: text to token ids. */
#include "analyzer/command/model_common.h"

static int print_ids(const struct context *context, const token *ids, size_t count)
{
    fputc('[', context->out);
    for (size_t i = 0; i < count; i++)
        fprintf(context->out, "%s%d", i ? "," : "", ids[i]);
    fputs("]\n", context->out);
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    struct opened opened;
    AUTO(buffer) *text = NULL;
    token *ids = NULL;
    size_t count;
    int r = opened_fill(&opened, context, operand(arguments, 0), err);
    r = r || read_text(&text, operand(arguments, 1), err) ||
        model_tokenize(opened.model, buffer_slice(text), argument_flag(arguments, "special"),
                       !argument_flag(arguments, "no-bos"), &ids, &count, err) ||
        print_ids(context, ids, count);
    free(ids);
    opened_clear(&opened);
    return r ? -1 : 0;
}

static const struct option options[] = {
    {.name = "special", .help = "read control tokens such as <|im_start|> as such, not as text"},
    {.name = "no-bos", .help = "do not put the model's start token in front"},
    {0}};

static const struct example examples[] = {{"printf 'Hello' | alcove model tokenize default -", "[19556]"},
                                          {0}};

const struct command command_model_tokenize = {
    .name = "model tokenize",
    .operands = "MODEL [FILE|-]",
    .operands_min = 1,
    .operands_max = 2,
    .summary = "print the token ids of a text as a JSON array",
    .options = options,
    .examples = examples,
    .closes_sandbox = true,
    .run = run,
};
