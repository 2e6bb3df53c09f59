/* summarize.c - see summarize.h: the choice, the order and the result; rewrite.c asks the model. */
#include "analyzer/steps/summarize.h"

#include "analyzer/steps/extract.h"
#include "analyzer/steps/rewrite.h"

#include <stdlib.h>

#define WORDS_PER_TOKEN 0.6 /* of clinical prose in the usual vocabularies */

struct summarizer {
    const struct step *step;
    const struct grounding_lists *lists;
    struct rewriter *rewriter;
};

int summarizer_new(struct summarizer **ret, const struct step *step, const struct model *model,
                   struct session *session, const struct grounding_lists *lists, struct error *err)
{
    AUTO(summarizer) *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(err);
    s->step = step;
    s->lists = lists;
    if (rewriter_new(&s->rewriter, model, session, lists, step->is_strict, err))
        return -1;
    *ret = TAKE(s);
    return 0;
}

void summarizer_drop(struct summarizer **summarizer)
{
    if (!*summarizer)
        return;
    rewriter_drop(&(*summarizer)->rewriter);
    free(*summarizer);
    *summarizer = NULL;
}

/* Line ends and runs of blanks become one blank: an extracted sentence may have been wrapped. */
static int append_flowing(struct buffer *to, struct slice text, struct error *err)
{
    bool was_blank = true;
    for (size_t i = 0; i < text.bytes; i++) {
        bool is_blank =
            text.data[i] == ' ' || text.data[i] == '\t' || text.data[i] == '\n' || text.data[i] == '\r';
        if (!(is_blank && was_blank) && buffer_append_byte(to, is_blank ? ' ' : text.data[i], err))
            return -1;
        was_blank = is_blank;
    }
    return 0;
}

static int add_sentence(json_t *sentences, struct slice text, struct span cite, bool is_shortened,
                        json_t *refused, struct error *err)
{
    AUTO(buffer) *flowing = NULL;
    if (buffer_new(&flowing, text.bytes + 1, err) || append_flowing(flowing, text, err))
        return -1;
    json_t *string = json_slice(buffer_slice(flowing));
    json_t *made = json_pack("{s:o,s:[[I,I]],s:s}", "text", string, "cites", (json_int_t)cite.start,
                             (json_int_t)cite.end, "origin", is_shortened ? "shortened" : "extracted");
    if (made && refused && json_array_size(refused))
        json_object_set(made, "refused", refused);
    return json_array_append_new(sentences, made) ? error_memory(err) : 0;
}

/* One chosen sentence: as the model shortens it if that stands, else whole. */
static int summarize_one(struct summarizer *s, const struct redacted_text *text, const struct candidate *c,
                         json_t *sentences, size_t *shortened, struct error *err)
{
    struct slice whole = redacted_text_slice(text);
    AUTO(redacted_text) *source = NULL;
    AUTO(buffer) *rewritten = NULL;
    json_t *refused = json_array();
    int result = redacted_text_part(&source, text, c->body.start, c->body.end, err) ||
                         rewriter_run(s->rewriter, source, &c->terms, &rewritten, refused, err)
                     ? -1
                     : 0;
    if (result == 0) {
        struct slice out = rewritten ? buffer_slice(rewritten) : slice_sub(whole, c->body.start, c->body.end);
        result = add_sentence(sentences, out, c->body, rewritten != NULL, refused, err);
        *shortened += rewritten != NULL;
    }
    json_decref(refused);
    return result;
}

static json_t *list_missing(uint32_t not_stated)
{
    json_t *list = json_array();
    for (int section = 0; section < SECTION_COUNT; section++)
        if (not_stated >> section & 1u)
            json_array_append_new(list, json_string(section_name((enum section)section)));
    return list;
}

int summarizer_run(struct summarizer *s, const struct redacted_text *text, json_t **ret, struct error *err)
{
    struct candidates all = {0};
    size_t shortened = 0;
    if (candidates_read(&all, redacted_text_slice(text), s->lists, strcmp(s->step->style, "clinical") == 0,
                        err))
        return -1;
    candidates_choose(&all, (size_t)(WORDS_PER_TOKEN * (double)s->step->tokens_max));
    json_t *sentences = json_array();
    int result = sentences ? 0 : error_memory(err);
    for (size_t i = 0; result == 0 && i < all.count; i++)
        if (all.list[i].is_chosen)
            result = summarize_one(s, text, &all.list[i], sentences, &shortened, err);
    if (result == 0) {
        *ret = json_pack("{s:O,s:o,s:I}", "sentences", sentences, "not_stated", list_missing(all.not_stated),
                         "shortened", (json_int_t)shortened);
        result = *ret ? 0 : error_memory(err);
    }
    json_decref(sentences);
    candidates_close(&all);
    return result;
}
