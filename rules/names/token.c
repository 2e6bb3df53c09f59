/* token.c - see token.h. */
#include "rules/names/token.h"

#include "base/contract.h"
#include "rules/words.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static char at_or_nul(struct slice text, size_t at)
{
    return at < text.bytes ? text.data[at] : 0;
}

/* The letters of text[start, end) in lower case; 0 when they are too many. */
static size_t lower_letters(struct slice text, size_t start, size_t end, char lower[GAZETTEER_WORD_MAX])
{
    size_t bytes = 0;
    for (size_t i = start; i < end; i++) {
        if (!is_word_byte(text.data[i]))
            continue;
        if (bytes == GAZETTEER_WORD_MAX)
            return 0;
        lower[bytes++] = (char)word_lower[(unsigned char)text.data[i]];
    }
    return bytes;
}

static uint8_t spelling_of(struct slice text, size_t start, size_t end)
{
    static const float steps[] = {-0.9f, -0.5f, -0.2f, 0.1f, 0.4f, 0.7f, 1.1f};
    char lower[GAZETTEER_WORD_MAX];
    float odds = gazetteer_spelling((struct slice){lower, lower_letters(text, start, end, lower)});
    uint8_t level = 0;
    while (level < COUNT_OF(steps) && odds >= steps[level])
        level++;
    return level;
}

bool name_facts(struct slice text, size_t start, size_t end, struct word_facts *ret)
{
    char lower[GAZETTEER_WORD_MAX];
    *ret = (struct word_facts){0};
    const struct word_facts *found =
        gazetteer_find((struct slice){lower, lower_letters(text, start, end, lower)});
    if (found)
        *ret = *found;
    return found != NULL;
}

/* The end of a word with its inner hyphens and apostrophes: O'Brien, Hancock-Bittle. */
static size_t token_end(struct slice text, size_t at, bool *has_hyphen)
{
    *has_hyphen = false;
    for (;;) {
        at = word_end(text, at);
        char joint = at_or_nul(text, at);
        bool goes_on = joint == '\'' ? is_word_byte(at_or_nul(text, at + 1))
                                     : joint == '-' && is_upper(at_or_nul(text, at + 1));
        if (!goes_on)
            return at;
        *has_hyphen |= joint == '-';
        at++;
    }
}

/* Facts of the parts of a double name: the better of both as a name, the weaker as a common word. */
static bool joined_facts(struct slice text, size_t start, size_t end, struct word_facts *ret)
{
    bool is_known = false;
    for (size_t at = start; at < end;) {
        const char *hyphen = memchr(&text.data[at], '-', end - at);
        size_t part_end = hyphen ? (size_t)(hyphen - text.data) : end;
        struct word_facts part;
        bool is_part_known = name_facts(text, at, part_end, &part);
        if (at == start) {
            *ret = part;
            is_known = is_part_known;
        } else {
            ret->given = MAX(ret->given, part.given);
            ret->surname = MAX(ret->surname, part.surname);
            ret->common = MIN(ret->common, part.common);
            ret->place = MIN(ret->place, part.place);
            ret->classes |= part.classes;
            is_known |= is_part_known;
        }
        at = part_end + 1;
    }
    return is_known;
}

static enum token_shape shape_of(struct slice text, size_t start, size_t end)
{
    size_t upper = 0, lower = 0;
    for (size_t i = start; i < end; i++) {
        upper += is_upper(text.data[i]);
        lower += is_lower(text.data[i]);
    }
    return upper == 1 && lower == 0 ? SHAPE_INITIAL
           : lower == 0             ? SHAPE_UPPER
           : upper > 1              ? SHAPE_MIXED
                                    : SHAPE_CAPITAL;
}

/* Reads the token that begins at `at`; false when a digit or the like makes it no word. */
static bool read_token(struct slice text, size_t at, struct name_token *t)
{
    *t = (struct name_token){.start = at, .name_start = at};
    t->end = token_end(text, at, &t->has_hyphen);
    if (is_digit_byte(at_or_nul(text, t->end)) || t->end - t->start > 2 * GAZETTEER_WORD_MAX)
        return false;
    if (t->end - at > 2 && text.data[t->end - 2] == '\'' && (text.data[t->end - 1] | 32) == 's') {
        t->is_possessive = true;
        t->end -= 2;
    }
    t->shape = shape_of(text, t->start, t->end);
    t->has_stop = at_or_nul(text, t->end) == '.';
    t->is_known =
        t->shape != SHAPE_INITIAL && (t->has_hyphen ? joined_facts(text, t->start, t->end, &t->facts)
                                                    : name_facts(text, t->start, t->end, &t->facts));
    if (!t->is_known)
        t->spelling = spelling_of(text, t->start, t->end);
    return true;
}

static size_t skip_blanks(struct slice text, size_t at, size_t most)
{
    size_t end = MIN(text.bytes, at + most);
    while (at < end && (text.data[at] == ' ' || text.data[at] == '\t'))
        at++;
    return at;
}

/* Over particles ("van der") that begin at `at`; *ret_is_and for the word "and" or "&". */
static size_t skip_small_words(struct slice text, size_t at, bool *ret_is_and, bool *ret_is_particle)
{
    *ret_is_and = *ret_is_particle = false;
    if (at_or_nul(text, at) == '&' || (at + 4 < text.bytes && memcmp(&text.data[at], "and ", 4) == 0)) {
        *ret_is_and = true;
        return skip_blanks(text, at + (text.data[at] == '&' ? 1 : 3), 2);
    }
    for (int i = 0; i < 3 && is_lower(at_or_nul(text, at)); i++) {
        size_t end = word_end(text, at);
        struct word_facts facts;
        if (end - at > 4 || !name_facts(text, at, end, &facts) || !(facts.classes & CLASS_PARTICLE))
            break;
        *ret_is_particle = true;
        size_t next = at_or_nul(text, end) == '-' ? end + 1 : skip_blanks(text, end, 2);
        if (next == end)
            break;
        at = next;
    }
    return at;
}

/* Where the next token of the run begins and how it is bound; 0 when the run ends behind `t`. */
static size_t step(struct slice text, const struct name_token *t, enum token_join *join, size_t *name_start)
{
    size_t at = t->end + (t->is_possessive ? 2 : 0);
    if (t->is_possessive)
        return 0;
    bool is_short = t->shape == SHAPE_INITIAL || (t->facts.classes & CLASS_TITLE);
    if (is_short && at_or_nul(text, at) == '.')
        at++;
    *join = JOIN_BLANK;
    if (at_or_nul(text, at) == ',') {
        *join = JOIN_COMMA;
        at++;
    }
    size_t from = at;
    at = skip_blanks(text, at, 3);
    if (at_or_nul(text, at) == '\n' || (at_or_nul(text, at) == '\r' && at_or_nul(text, at + 1) == '\n')) {
        at = skip_blanks(text, at + (text.data[at] == '\n' ? 1 : 2), 8);
        *join = JOIN_LINE;
    } else if (at == from && *join == JOIN_BLANK && !(is_short && at > t->end)) {
        return 0;
    }
    bool is_and, is_particle;
    *name_start = at;
    at = skip_small_words(text, at, &is_and, &is_particle);
    if (is_and)
        *name_start = at;
    if (*join == JOIN_BLANK)
        *join = is_and ? JOIN_AND : is_particle ? JOIN_PARTICLE : JOIN_BLANK;
    return is_upper(at_or_nul(text, at)) ? at : 0;
}

/* The word and the mark before the run; whether its first token opens a line or a sentence. */
static void look_before(struct slice text, struct name_run *run)
{
    struct name_token *first = &run->tokens[0];
    size_t at = first->start;
    while (at > 0 && (text.data[at - 1] == ' ' || text.data[at - 1] == '\t' || text.data[at - 1] == '"'))
        at--;
    char mark = at > 0 ? text.data[at - 1] : '\n';
    first->opens_line = mark == '\n' || mark == '\r';
    run->mark_before = is_word_byte(mark) || is_digit_byte(mark) ? 0 : mark;
    if (first->opens_line) {
        while (at > 0 && (text.data[at - 1] == '\n' || text.data[at - 1] == '\r' || text.data[at - 1] == ' '))
            at--;
        mark = at > 0 ? text.data[at - 1] : '.';
    }
    first->opens_sentence =
        mark == '.' || mark == '!' || mark == '?' || mark == '\n' || mark == '-' || mark == '*';
    size_t end = at;
    while (at > 0 && end - at < 3 &&
           (text.data[at - 1] == ':' || text.data[at - 1] == '.' || text.data[at - 1] == ' ' ||
            text.data[at - 1] == '('))
        at--;
    end = at;
    while (at > 0 && end - at < GAZETTEER_WORD_MAX && is_word_byte(text.data[at - 1]))
        at--;
    if (at == end || first->opens_sentence)
        return;
    run->has_before = name_facts(text, at, end, &run->before);
    run->before_at = (struct span){at, end};
}

static void look_after(struct slice text, struct name_run *run)
{
    const struct name_token *last = &run->tokens[run->count - 1];
    size_t at = last->end + (last->is_possessive ? 2 : 0);
    run->mark_after = last->is_possessive ? '\'' : 0;
    if (at_or_nul(text, at) == '\'' && !last->is_possessive) { /* Graves' disease */
        run->mark_after = '\'';
        at++;
    }
    at = skip_blanks(text, at, 3);
    if (!is_word_byte(at_or_nul(text, at))) {
        run->mark_after = at < text.bytes ? text.data[at] : '\n';
        if (run->mark_after != '\n' && run->mark_after != ',')
            return;
        at = skip_blanks(text, at + 1, 8);
    }
    size_t end = word_end(text, at);
    if (end > at)
        run->has_after = name_facts(text, at, end, &run->after);
}

bool name_run_next(struct slice text, size_t at, struct name_run *run)
{
    struct name_token token;
    for (;; at++) {
        while (at < text.bytes && !is_upper(text.data[at]))
            at =
                is_word_byte(text.data[at]) || is_digit_byte(text.data[at]) ? word_end(text, at + 1) : at + 1;
        if (at >= text.bytes)
            return false;
        char before = at > 0 ? text.data[at - 1] : ' ';
        if (!is_word_byte(before) && !is_digit_byte(before) && before != '@' && read_token(text, at, &token))
            break;
        at = word_end(text, at) - 1;
    }
    run->count = 0;
    run->before = run->after = (struct word_facts){0};
    run->before_at = (struct span){0, 0};
    run->has_before = run->has_after = false;
    run->mark_before = run->mark_after = 0;
    run->tokens[run->count++] = token;
    look_before(text, run);
    while (run->count < RUN_TOKENS_MAX) {
        enum token_join join;
        size_t name_start, next = step(text, &run->tokens[run->count - 1], &join, &name_start);
        if (!next || !read_token(text, next, &token))
            break;
        token.join = join;
        token.name_start = name_start;
        token.opens_line = join == JOIN_LINE;
        run->tokens[run->count++] = token;
    }
    look_after(text, run);
    const struct name_token *last = &run->tokens[run->count - 1];
    run->next = last->end + (last->is_possessive ? 2 : 0);
    return true;
}
