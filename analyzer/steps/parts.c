/* parts.c - see parts.h. */
#include "analyzer/steps/parts.h"

#include "analyzer/steps/sentence.h"
#include "base/utf8.h"

#include <stdlib.h>

struct cutting {
    const struct model *model;
    struct slice text;
    uint32_t tokens_max;
    struct part *list;
    size_t count, capacity;
};

static int count_tokens(const struct cutting *c, size_t start, size_t end, uint32_t *ret, struct error *err)
{
    token *ids = NULL;
    size_t count;
    if (model_tokenize(c->model, slice_sub(c->text, start, end), false, false, &ids, &count, err))
        return -1;
    free(ids);
    *ret = (uint32_t)count;
    return 0;
}

static int add(struct cutting *c, size_t start, size_t end, uint32_t tokens, struct error *err)
{
    if (c->count == c->capacity) {
        size_t capacity = c->capacity ? c->capacity * 2 : 8;
        struct part *list = realloc(c->list, capacity * sizeof *list);
        if (!list)
            return error_memory(err);
        c->list = list;
        c->capacity = capacity;
    }
    c->list[c->count++] = (struct part){{start, end}, tokens};
    return 0;
}

/* Halves a range that has no border inside until each piece fits. */
static int add_hard(struct cutting *c, size_t start, size_t end, struct error *err)
{
    uint32_t tokens;
    if (count_tokens(c, start, end, &tokens, err))
        return -1;
    size_t middle = utf8_cut(c->text, start + (end - start) / 2);
    if (tokens <= c->tokens_max || middle <= start)
        return add(c, start, end, tokens, err);
    return add_hard(c, start, middle, err) || add_hard(c, middle, end, err) ? -1 : 0;
}

/* Packs the pieces between borders into parts. A new paragraph begins a new part once the last is half full.
 */
static int pack(struct cutting *c, const struct sentence *sentences, size_t count, struct error *err)
{
    size_t start = 0;
    uint32_t filled = 0;
    for (size_t i = 0; i < count; i++) {
        size_t from = i ? sentences[i].at.start : 0;
        size_t to = i + 1 < count ? sentences[i + 1].at.start : c->text.bytes;
        uint32_t tokens;
        if (count_tokens(c, from, to, &tokens, err))
            return -1;
        bool is_paragraph = i && sentences[i].paragraph != sentences[i - 1].paragraph;
        bool is_full = filled + tokens > c->tokens_max || (is_paragraph && filled * 2 > c->tokens_max);
        if (is_full && from > start && add_hard(c, start, from, err))
            return -1;
        start = is_full ? from : start;
        filled = is_full ? tokens : filled + tokens;
    }
    return add_hard(c, start, c->text.bytes, err);
}

int parts_cut(const struct model *model, const struct redacted_text *text, uint32_t tokens_max,
              struct part **ret, size_t *ret_count, struct error *err)
{
    struct cutting c = {.model = model, .text = redacted_text_slice(text), .tokens_max = tokens_max};
    struct sentence *sentences = NULL;
    size_t count = 0;
    uint32_t tokens;
    if (count_tokens(&c, 0, c.text.bytes, &tokens, err))
        return -1;
    int result;
    if (tokens <= tokens_max)
        result = add(&c, 0, c.text.bytes, tokens, err);
    else
        result = sentences_split(c.text, &sentences, &count, err) || pack(&c, sentences, count, err) ? -1 : 0;
    free(sentences);
    if (result) {
        free(c.list);
        return -1;
    }
    *ret = c.list;
    *ret_count = c.count;
    return 0;
}
