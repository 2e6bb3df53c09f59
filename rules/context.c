/* context.c - see context.h. */
#include "rules/context.h"

/* The first phrase of the list that begins in text[from, to); UINT32_MAX when there is none. */
static uint32_t find_word(const struct phrases *phrases, const struct dictionary *dictionary,
                          struct slice text, size_t from, size_t to)
{
    size_t at = from;
    while (at > 0 && at < to && is_word_byte(text.data[at]) && is_word_byte(text.data[at - 1]))
        at++; /* the window opened inside a word */
    while (at < to) {
        if (!is_word_byte(text.data[at])) {
            at++;
            continue;
        }
        size_t end = word_end(text, at);
        uint32_t word = dictionary_find(dictionary, slice_sub(text, at, end));
        if (word != WORD_NONE && phrases_match(phrases, word, text, at))
            return (uint32_t)at;
        at = end;
    }
    return UINT32_MAX;
}

/* Where the line of `at` begins, looking back no further than `lowest`. */
static size_t line_start(struct slice text, size_t at, size_t lowest)
{
    while (at > lowest && text.data[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(struct slice text, size_t at, size_t highest)
{
    while (at < highest && text.data[at] != '\n')
        at++;
    return at;
}

/* The nearest line above that ends in a colon and is short enough for a heading. */
static uint32_t find_in_heading(const struct rule *rule, const struct dictionary *dictionary,
                                struct slice text, size_t line)
{
    size_t lowest = line > CONTEXT_HEADING ? line - CONTEXT_HEADING : 0;
    while (line > lowest) {
        size_t end = line - 1, start = line_start(text, end, lowest);
        while (end > start && (text.data[end - 1] == ' ' || text.data[end - 1] == '\r'))
            end--;
        if (end > start && text.data[end - 1] == ':' && end - start <= CONTEXT_LABEL)
            return find_word(&rule->context, dictionary, text, start, end);
        line = start;
    }
    return UINT32_MAX;
}

static uint32_t find_context(const struct rule *rule, const struct dictionary *dictionary, struct slice text,
                             struct span at)
{
    size_t lowest = at.start > CONTEXT_BEFORE ? at.start - CONTEXT_BEFORE : 0;
    size_t line = line_start(text, at.start, at.start > CONTEXT_HEADING ? at.start - CONTEXT_HEADING : 0);
    size_t above = line > lowest ? line_start(text, line - 1, lowest) : line;
    uint32_t found = find_word(&rule->context, dictionary, text, MAX(lowest, MIN(above, at.start)), at.start);
    if (found == UINT32_MAX && line < lowest) /* the label that opens a long line */
        found = find_word(&rule->context, dictionary, text, line, MIN(line + CONTEXT_LABEL, lowest));
    if (found == UINT32_MAX)
        found = find_word(&rule->context, dictionary, text, at.end,
                          line_end(text, at.end, MIN(text.bytes, at.end + CONTEXT_AFTER)));
    return found == UINT32_MAX ? find_in_heading(rule, dictionary, text, line) : found;
}

static bool stops_negative(char c)
{
    return c == '\n' || c == ';' || is_digit_byte(c);
}

static bool has_negative(const struct rule *rule, const struct dictionary *dictionary, struct slice text,
                         struct span at)
{
    size_t from = at.start, to = at.end;
    while (from > 0 && at.start - from < NEGATIVE_BEFORE && !stops_negative(text.data[from - 1]))
        from--;
    while (to < text.bytes && to - at.end < NEGATIVE_AFTER && !stops_negative(text.data[to]))
        to++;
    return find_word(&rule->negative, dictionary, text, from, at.start) != UINT32_MAX ||
           find_word(&rule->negative, dictionary, text, at.end, to) != UINT32_MAX;
}

void context_score(const struct rule *rule, const struct dictionary *dictionary, struct slice text,
                   struct span at, bool is_valid, struct finding *finding)
{
    const struct rule_text *t = rule->text;
    finding->score_pattern = t->score_pattern;
    finding->score_valid = t->validator && is_valid ? t->score_valid : 0;
    finding->context_at = UINT32_MAX;
    if (rule->context.count && t->score_context > 0)
        finding->context_at = find_context(rule, dictionary, text, at);
    finding->score_context = finding->context_at != UINT32_MAX ? t->score_context : 0;
    finding->score_negative =
        rule->negative.count && has_negative(rule, dictionary, text, at) ? t->score_negative : 0;
    float sum =
        finding->score_pattern + finding->score_context + finding->score_valid - finding->score_negative;
    finding->score = sum < 0 ? 0 : sum > 1 ? 1 : sum;
}
