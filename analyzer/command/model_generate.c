/* model_generate.c - `alcove model generate`: continues a prompt that the operator wrote. */
#include "analyzer/command/model_common.h"
#include "analyzer/command/output.h"

#include "base/json.h"

/* The prompt is the operator's own text: its ids go in as typed, never through the redactor, which is for
 * documents. */
static int fill_prompt(struct prompt *prompt, const struct model *model, struct slice text, bool is_chat,
                       struct error *err)
{
    token *ids = NULL;
    size_t count;
    if (is_chat && prompt_open(prompt, ROLE_USER, err))
        return -1;
    if (model_tokenize(model, text, false, !is_chat, &ids, &count, err))
        return -1;
    int r = prompt_add_tokens(prompt, ids, count, err);
    free(ids);
    if (r)
        return -1;
    return is_chat && (prompt_close(prompt, err) || prompt_open(prompt, ROLE_ASSISTANT, err)) ? -1 : 0;
}

static void print_result(const struct context *context, const struct generated *g)
{
    if (context->is_json) {
        json_t *line =
            json_pack("{s:o*, s:I, s:I, s:b}", "text", json_slice(buffer_slice(g->text)), "prompt_tokens",
                      (json_int_t)g->prompt_tokens, "tokens", (json_int_t)g->tokens, "ended", g->ended);
        json_print(line, context->out);
        json_decref(line);
        return;
    }
    output_clean(context->out, buffer_slice(g->text));
    fputc('\n', context->out);
}

static int generate(const struct context *context, const struct arguments *arguments,
                    const struct opened *opened, struct error *err)
{
    AUTO(buffer) *text = NULL;
    AUTO(prompt) *prompt = NULL;
    AUTO(session) *session = NULL;
    struct generated generated = {.text = NULL};
    bool is_chat = argument_flag(arguments, "chat");
    const struct generation how = {.tokens_max = (uint32_t)argument_number(arguments, "max-tokens", 160),
                                   .temperature = (float)argument_real(arguments, "temperature", 0),
                                   .seed = argument_number(arguments, "seed", 1),
                                   .use_lookup = true};
    size_t count;
    if (!argument_given(arguments, "prompt-file"))
        return error_set(err, FAULT_USAGE, "model generate needs --prompt-file FILE (- for stdin)");
    if (read_text(&text, argument_text(arguments, "prompt-file", NULL), err) ||
        prompt_new(&prompt, opened->model, is_chat, err) ||
        fill_prompt(prompt, opened->model, buffer_slice(text), is_chat, err))
        return -1;
    prompt_tokens(prompt, &count);
    if (session_new(&session, opened->model, (uint32_t)count + how.tokens_max, opened->pool, err) ||
        session_generate(session, prompt, &how, &generated, err))
        return -1;
    print_result(context, &generated);
    buffer_drop(&generated.text);
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    struct opened opened;
    int r = opened_fill(&opened, context, operand(arguments, 0), err) ||
            generate(context, arguments, &opened, err);
    opened_clear(&opened);
    return r ? -1 : 0;
}

static const struct option options[] = {
    {.name = "prompt-file",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .is_file = true,
     .help = "the prompt; - is stdin"},
    {.name = "chat", .help = "the prompt is a user's turn of the model's chat template"},
    {.name = "max-tokens",
     .kind = OPTION_NUMBER,
     .value = "N",
     .min = 1,
     .max = 32768,
     .help = "stop after (default: 160)"},
    {.name = "temperature",
     .kind = OPTION_REAL,
     .value = "T",
     .min = 0,
     .max = 10,
     .help = "0 takes the likeliest token (default: 0)"},
    {.name = "seed",
     .kind = OPTION_NUMBER,
     .value = "S",
     .help = "of the sampling; the same seed gives the same text (default: 1)"},
    {0}};

static const struct example examples[] = {
    {"alcove model generate default --prompt-file question.txt --chat", "an answer, the same each time"},
    {0}};

const struct command command_model_generate = {
    .name = "model generate",
    .operands = "MODEL",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "continue a prompt of your own",
    .about = "The prompt is taken as typed and is not redacted: documents go through `alcove run`.",
    .options = options,
    .examples = examples,
    .closes_sandbox = true,
    .run = run,
};
