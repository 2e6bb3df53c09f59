/* fuzz_vocabulary.c - any model file is refused, or gives a tokenizer under which text stays text: its ids are plain
 * tokens that spell it (of BERT: or stand for an unknown word), whatever control tokens, merges, scores and chat
 * template the file made up. */
#include "tests/fuzz/fuzz.h"

#include "models/format/gguf.h"
#include "models/internal.h"
#include "models/token/tokenizer.h"

/* Does `text` go on with `bytes` at `at`? */
static bool goes_on(struct slice text, size_t at, struct slice bytes)
{
    return at + bytes.bytes <= text.bytes && memcmp(bytes.data, text.data + at, bytes.bytes) == 0;
}

/* A character of which a vocabulary lacks a byte is spelled U+FFFD. */
static bool has_replacement(const struct tokenizer *t, const struct token_list *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        for (size_t k = 0; k < tokenizer_text(t, ids->ids[i]).bytes; k++)
            if (tokenizer_text(t, ids->ids[i]).data[k] == '\xef')
                return true;
    return false;
}

static void check_text(const struct tokenizer *t, struct slice text, bool special)
{
    struct error err;
    AUTO_TOKENS ids = {0};
    size_t at = 0;
    bool is_spelled = true, is_folded = tokenizer_unknown(t) >= 0;
    if (special ? tokenizer_encode(t, text, true, &ids, &err) : tokenizer_continue(t, text, &ids, &err)) {
        property_refused(err, FAULT_DOCUMENT);
        return;
    }
    for (size_t i = 0; i < ids.count; i++) {
        token id = ids.ids[i];
        property(id >= 0 && (size_t)id < tokenizer_count(t));
        struct slice piece = tokenizer_text(t, id);
        property(special || id == tokenizer_unknown(t) || (piece.bytes > 0 && !tokenizer_is_end(t, id)));
        is_spelled = is_spelled && goes_on(text, at, piece);
        at += piece.bytes;
    }
    property(special || is_folded || has_replacement(t, &ids) || (is_spelled && at == text.bytes));
}

static void check_prompt(struct tokenizer *t)
{
    struct error err;
    struct model model = {.tokenizer = t};
    AUTO(prompt) *prompt = NULL;
    if (prompt_new(&prompt, &model, true, &err)) {
        property_refused(err, FAULT_MODEL);
        return;
    }
    if (prompt_open(prompt, ROLE_SYSTEM, &err) || prompt_close(prompt, &err) ||
        prompt_open(prompt, ROLE_ASSISTANT, &err) || prompt_close(prompt, &err))
        property_refused(err, FAULT_DOCUMENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const struct slice texts[] = {SLICE("ab ba  <|im_start|>abab\nb'a 12<b></s>\n\n"),
                                         SLICE("\xc3\xa9\xf0\x9f\x99\x82 \x04")};
    struct error err;
    AUTO(gguf) *file = NULL;
    AUTO(tokenizer) *t = NULL;
    void *aligned = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64); /* gguf_read wants 64 */
    if (!aligned)
        return 0;
    memcpy(aligned, data, bytes);
    if (gguf_read(&file, (struct slice){aligned, bytes}, "fuzz.gguf", &err) || tokenizer_new(&t, file, &err))
        property_refused(err, FAULT_MODEL);
    for (size_t i = 0; t && i < 2 * COUNT_OF(texts); i++)
        check_text(t, texts[i / 2], i % 2);
    if (t)
        check_prompt(t);
    gguf_drop(&file);
    free(aligned);
    return 0;
}
