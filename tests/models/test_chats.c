/* test_chats.c - the chat templates of several families: recognised, and rendered as their own Jinja does it. */
#include "tests/support/gguf_writer.h"
#include "tests/support/support.h"

#include "base/file.h"
#include "base/redacted_make.h"
#include "models/format/gguf.h"
#include "models/internal.h"
#include "models/token/tokenizer.h"

#include <jansson.h>

/* What each family is known by, as it stands in the published templates. */
static const struct family {
    const char *name, *template;
} families[] = {
    {"llama-3", "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + "
                "'<|eot_id|>' }}"},
    {"llama-3.1", "{%- set date_string = \"26 Jul 2024\" %}{{- \"Cutting Knowledge Date: December 2023\\n\" }}"
                  "{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + "
                  "'<|eot_id|>' }}"},
    {"gemma", "{{ '<start_of_turn>' + role + '\n' + first_user_prefix }}{{ message['content'] | trim }}"
              "{{ '<end_of_turn>\n' }}"},
    {"qwen3", "{{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' }}"
              "{%- if enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}"},
    {"phi-3", "{{'<|user|>\n' + message['content'] + '<|end|>\n<|assistant|>\n'}}"},
};

/* Every byte a token, then the control tokens of all families. */
static const char *const controls[] = {
    "<|im_start|>",    "<|im_end|>",    "<think>",  "</think>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
    "<start_of_turn>", "<end_of_turn>", "<|user|>", "<|end|>",  "<|assistant|>",       "<|system|>"};
#define TOKENS (256 + COUNT_OF(controls))

static struct tokenizer *all_families(const char *chat_template)
{
    static char names[256][8];
    static const float scores[TOKENS];
    const char *tokens[TOKENS];
    int32_t kinds[TOKENS];
    struct gguf_writer w;
    struct error err;
    AUTO(gguf) *file = NULL;
    struct tokenizer *t = NULL;
    for (unsigned byte = 0; byte < 256; byte++) {
        snprintf(names[byte], sizeof names[byte], "<0x%02X>", byte);
        tokens[byte] = names[byte];
        kinds[byte] = 6;
    }
    for (size_t i = 0; i < COUNT_OF(controls); i++) {
        tokens[256 + i] = controls[i];
        kinds[256 + i] = 3;
    }
    gguf_writer_start(&w);
    gguf_write_text(&w, "tokenizer.ggml.model", "llama");
    gguf_write_texts(&w, "tokenizer.ggml.tokens", tokens, TOKENS);
    gguf_write_i32s(&w, "tokenizer.ggml.token_type", kinds, TOKENS);
    gguf_write_f32s(&w, "tokenizer.ggml.scores", scores, TOKENS);
    gguf_write_bool(&w, "tokenizer.ggml.add_bos_token", false);
    gguf_write_bool(&w, "tokenizer.ggml.add_space_prefix", false);
    gguf_write_text(&w, "tokenizer.chat_template", chat_template);
    assert_ok(gguf_read(&file, gguf_writer_finish(&w), "test", &err), err);
    assert_ok(tokenizer_new(&t, file, &err), err);
    gguf_drop(&file);
    gguf_writer_drop(&w);
    return t;
}

static void add(struct prompt *prompt, const char *text)
{
    struct error err;
    AUTO(redacted_text) *redacted = NULL;
    assert_ok(redacted_text_make(&redacted, slice_of(text), &err), err);
    assert_ok(prompt_add(prompt, redacted, &err), err);
}

/* Adds the turn of a line of chats.txt: a letter, a blank, the text with \n for a line break. */
static void turn_of_line(struct prompt *p, const char *line)
{
    static const enum role roles[128] = {['S'] = ROLE_SYSTEM, ['U'] = ROLE_USER, ['A'] = ROLE_ASSISTANT};
    char text[500];
    size_t n = 0;
    struct error err;
    for (const char *c = line[1] ? line + 2 : ""; *c; c++) {
        bool is_break = c[0] == '\\' && c[1] == 'n';
        text[n++] = is_break ? '\n' : *c;
        c += is_break;
    }
    text[n] = 0;
    assert_ok(prompt_open(p, roles[(unsigned char)line[0]], &err), err);
    for (size_t half = n / 2; half > 0; half = 0) { /* in two parts: where they join makes no difference */
        char end = text[half];
        text[half] = 0;
        add(p, text);
        text[half] = end;
        memmove(text, text + half, n + 1 - half);
    }
    add(p, text);
    assert_ok(prompt_close(p, &err), err);
}

static void check_conversation(const struct prompt *p, const char *wanted)
{
    char text[2000];
    size_t count, n = 0;
    const token *ids = prompt_tokens(p, &count);
    for (size_t i = 0; i < count && n < sizeof text - 32; i++)
        n += (size_t)(ids[i] < 256 ? snprintf(text + n, 2, "%c", ids[i])
                                   : snprintf(text + n, 32, "%s", controls[ids[i] - 256]));
    text[n] = 0;
    assert_string_equal(text, wanted);
    for (size_t i = 0; i < count; i++) /* a marker in a document was spelled, byte by byte */
        assert_true(ids[i] < 256 || !strstr(wanted, "<|user|>") || strncmp(controls[ids[i] - 256], "<|im_", 5) != 0);
}

static void check_family(const struct tokenizer *t, const char *name, const char *by_name)
{
    struct error err;
    struct model model = {.tokenizer = (struct tokenizer *)t};
    AUTO(buffer) *chats = NULL, *golden = NULL;
    AUTO(prompt) *p = NULL;
    char path[64], *save = NULL, *save_golden = NULL;
    size_t compared = 0;
    snprintf(path, sizeof path, "tests/golden/chats-%s.txt", name);
    assert_ok(file_read(&chats, source_file("tests/golden/chats.txt"), 1 << 16, FAULT_INPUT, &err), err);
    assert_ok(file_read(&golden, source_file(path), 1 << 16, FAULT_INPUT, &err), err);
    char *wanted = strtok_r(golden->data, "\n", &save_golden);
    for (char *line = strtok_r(chats->data, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (!p)
            assert_ok(by_name ? prompt_new_as(&p, &model, by_name, &err) : prompt_new(&p, &model, true, &err), err);
        if (line[0] != '.') {
            turn_of_line(p, line);
            continue;
        }
        assert_ok(prompt_open(p, ROLE_ASSISTANT, &err), err);
        json_t *text = json_loads(wanted, JSON_DECODE_ANY, NULL);
        if (text)
            check_conversation(p, json_string_value(text));
        compared += text != NULL;
        json_decref(text);
        prompt_drop(&p);
        wanted = strtok_r(NULL, "\n", &save_golden);
    }
    assert_true(compared >= 3);
}

static void conversations_are_those_of_the_familys_own_template(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        AUTO(tokenizer) *t = all_families(families[i].template);
        check_family(t, families[i].name, NULL);
    }
}

static void a_template_may_be_named(void **state UNUSED)
{
    AUTO(tokenizer) *t = all_families("nobody knows this one");
    for (size_t i = 0; i < COUNT_OF(families); i++)
        check_family(t, families[i].name, families[i].name);
}

static void an_unknown_name_is_refused_and_the_known_ones_said(void **state UNUSED)
{
    AUTO(tokenizer) *t = all_families(families[0].template);
    struct model model = {.tokenizer = t};
    struct prompt *p = NULL;
    struct error err;
    assert_int_equal(prompt_new_as(&p, &model, "llama-9", &err), -1);
    assert_int_equal(err.code, FAULT_USAGE);
    for (size_t i = 0; i < COUNT_OF(families); i++)
        assert_non_null(strstr(err.hint, families[i].name));
}

static void a_system_text_that_no_user_follows_is_not_lost(void **state UNUSED)
{
    AUTO(tokenizer) *t = all_families(families[2].template);
    struct model model = {.tokenizer = t};
    struct error err;
    AUTO(prompt) *p = NULL;
    assert_ok(prompt_new(&p, &model, true, &err), err);
    assert_ok(prompt_open(p, ROLE_SYSTEM, &err), err);
    add(p, "Be brief.");
    assert_ok(prompt_close(p, &err), err);
    assert_ok(prompt_open(p, ROLE_ASSISTANT, &err), err);
    check_conversation(p, "<start_of_turn>user\nBe brief.\n\n<end_of_turn>\n<start_of_turn>model\n");
}

static void an_answer_begun_keeps_what_was_begun(void **state UNUSED)
{
    AUTO(tokenizer) *t = all_families(families[3].template);
    struct model model = {.tokenizer = t};
    struct error err;
    AUTO(prompt) *p = NULL;
    assert_ok(prompt_new(&p, &model, true, &err), err);
    assert_ok(prompt_open(p, ROLE_USER, &err), err);
    add(p, "a");
    assert_ok(prompt_close(p, &err), err);
    assert_ok(prompt_open(p, ROLE_ASSISTANT, &err), err);
    add(p, "b");
    check_conversation(p, "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\nb");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversations_are_those_of_the_familys_own_template),
        cmocka_unit_test(a_template_may_be_named),
        cmocka_unit_test(an_unknown_name_is_refused_and_the_known_ones_said),
        cmocka_unit_test(a_system_text_that_no_user_follows_is_not_lost),
        cmocka_unit_test(an_answer_begun_keeps_what_was_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
