/* form.c - reads the written sentence as a sentence: what was put in front, a verb where the source has one,
 * no word twice in a row, "and" between like parts, the main clause kept. */
#include "analyzer/steps/grounding/grounding.h"

static bool is_one_of(const struct term *t, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], t->text) == 0)
            return true;
    return false;
}

static bool has_verb(const struct terms *terms, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (is_finite_verb(&terms->list[i]))
            return true;
    return false;
}

/* A past form ("started aspirin"), which a note uses as its verb. */
static bool has_past(const struct terms *terms)
{
    for (size_t i = 0; i < terms->count; i++) {
        size_t bytes = strlen(terms->list[i].text);
        if (bytes > 4 && strcmp(terms->list[i].text + bytes - 2, "ed") == 0)
            return true;
    }
    return false;
}

/* The place in the source of the first written word that is said there, SIZE_MAX if none is. */
static size_t first_kept(const struct claim *claim, size_t *ret_written)
{
    for (size_t w = 0; w < claim->written->count; w++)
        for (size_t s = 0; s < claim->source->count && !claim->written->list[w].is_function; s++)
            if (strcmp(claim->source->list[s].stem, claim->written->list[w].stem) == 0) {
                *ret_written = w;
                return s;
            }
    return SIZE_MAX;
}

/* "A. CBC", "A CT angiography", "And pain", "The patient with a cough": nothing is put in front of what had
 * nothing there, unless it makes a sentence of it; a lone letter or an indefinite article never does. */
bool opening_holds(const struct claim *claim, const struct check *check)
{
    (void)check;
    static const char *const put[] = {"a", "an", "the", "and", "or", "patient", "her", "his", "their", "with"};
    const struct terms *written = claim->written, *source = claim->source;
    size_t w, s = first_kept(claim, &w);
    if (s == SIZE_MAX || w == 0)
        return true;
    const struct term *first = &written->list[0];
    bool is_kept = s > 0 && strcmp(source->list[s - 1].text, written->list[w - 1].text) == 0;
    bool had_any = s > 0 && is_one_of(&source->list[s - 1], put, COUNT_OF(put));
    if (is_kept || had_any || !is_one_of(first, put, COUNT_OF(put)))
        return true;
    bool is_subject = strcmp(first->text, "the") == 0;
    return is_subject && !first->ends_clause && (has_verb(written, 1, written->count) || has_past(written));
}

bool verb_holds(const struct claim *claim, const struct check *check)
{
    (void)check;
    const struct terms *written = claim->written, *source = claim->source;
    size_t frame = frame_words(source);
    return !has_verb(source, frame, source->count) || has_verb(written, 0, written->count);
}

/* "No, no weight loss": a word behind itself, where the source has it once. */
bool doubled_holds(const struct claim *claim, const struct check *check)
{
    (void)check;
    const struct terms *written = claim->written, *source = claim->source;
    for (size_t w = 0; w + 1 < written->count; w++) {
        bool is_new = strcmp(written->list[w].text, written->list[w + 1].text) == 0;
        for (size_t s = 0; s + 1 < source->count && is_new; s++)
            is_new = strcmp(source->list[s].text, written->list[w].text) != 0 ||
                     strcmp(source->list[s + 1].text, written->list[w].text) != 0;
        if (is_new)
            return false;
    }
    return true;
}

static bool joins(const struct term *t)
{
    return strcmp(t->text, "and") == 0 || strcmp(t->text, "or") == 0;
}

/* "The patient fell on ice, and left wrist pain": an "and" that the source has not joins a sentence to a
 * sentence or a part to a part. */
bool joined_holds(const struct claim *claim, const struct check *check)
{
    (void)check;
    const struct terms *written = claim->written, *source = claim->source;
    for (size_t w = 0; w + 1 < written->count; w++) {
        bool is_new = joins(&written->list[w]);
        for (size_t s = 0; s + 1 < source->count && is_new; s++)
            is_new = !joins(&source->list[s]) ||
                     strcmp(source->list[s + 1].text, written->list[w + 1].text) != 0;
        if (is_new && (w == 0 || has_verb(written, 0, w) != has_verb(written, w + 1, written->count)))
            return false;
    }
    return true;
}

/* "Found her on the floor" for "She was seen by her son, who found her on the floor": what begins behind a
 * word that subordinates has lost the clause that it belongs to. */
bool main_clause_holds(const struct claim *claim, const struct check *check)
{
    (void)check;
    static const char *const below[] = {"who",  "which", "whom",  "whose",    "where",  "when",
                                        "while", "since", "because", "although", "though", "whereas"};
    const struct terms *source = claim->source;
    size_t w, kept = first_kept(claim, &w);
    for (size_t s = 1; kept != SIZE_MAX && s < kept; s++)
        if (is_one_of(&source->list[s], below, COUNT_OF(below)) && has_verb(source, frame_words(source), s))
            return false;
    return true;
}
