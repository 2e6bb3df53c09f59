/* model_generate.c - `alcove model generate`: continues a prompt that the operator wrote. */
#include "analyzer/command/model_common.h"
#include "analyzer/command/output.h"
#include "analyzer/steps/operator_text.h"

#include "base/json.h"

/* The prompt is the operator's own text: its ids go in as typed, never through the redactor, which is for
 * documents. */
static int fill_typed(struct prompt *prompt, const struct model *model, struct slice text, struct error *err)
{
    token *ids = NULL;
    size_t count;
    if (model_tokenize(model, text, false, true, &ids, &count, err))
        return -1;
    int r = prompt_add_tokens(prompt, ids, count, err);
    free(ids);
    return r;
}

/* As a user's turn: it joins the template's own text, so it is added as text. */
static int fill_turn(struct prompt *prompt, const struct buffer *text, struct error *err)
{
    AUTO(redacted_text) *turn = NULL;
    if (strlen(text->data) != text->bytes)
        return error_set(err, FAULT_INPUT, "the prompt has a NUL byte in it");
    return operator_text(&turn, text->data, err) || prompt_open(prompt, ROLE_USER, err) ||
                   prompt_add(prompt, turn, err) || prompt_close(prompt, err) ||
                   prompt_open(prompt, ROLE_ASSISTANT, err)
               ? -1
               : 0;
}

static int make_prompt(struct prompt **ret, const struct model *model, const struct arguments *arguments,
                       const struct buffer *text, struct error *err)
{
    AUTO(prompt) *prompt = NULL;
    const char *template = argument_text(arguments, "template", NULL);
    bool is_chat = template || argument_flag(arguments, "chat");
    if (template ? prompt_new_as(&prompt, model, template, err) : prompt_new(&prompt, model, is_chat, err))
        return -1;
    if (is_chat ? fill_turn(prompt, text, err) : fill_typed(prompt, model, buffer_slice(text), err))
        return -1;
    *ret = TAKE(prompt);
    return 0;
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
    const struct generation how = {.tokens_max = (uint32_t)argument_number(arguments, "max-tokens", 160),
                                   .temperature = (float)argument_real(arguments, "temperature", 0),
                                   .seed = argument_number(arguments, "seed", 1),
                                   .use_lookup = true};
    size_t count;
    if (!argument_given(arguments, "prompt-file"))
        return error_set(err, FAULT_USAGE, "model generate needs --prompt-file FILE (- for stdin)");
    if (read_text(&text, argument_text(arguments, "prompt-file", NULL), err) ||
        make_prompt(&prompt, opened->model, arguments, text, err))
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
    {.name = "template",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .help = "chat, by this template whatever the file says: chatml, qwen3, llama-3, llama-3.1, gemma, phi-3"},
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
