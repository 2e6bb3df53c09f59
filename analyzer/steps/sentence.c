/* sentence.c - see sentence.h. */
#include "analyzer/steps/sentence.h"

#include "analyzer/steps/section.h"
#include "base/limits.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

struct line {
    size_t start, end; /* trimmed of blanks; start is behind a list mark */
    bool is_empty, is_item;
};

struct splitting {
    struct slice text;
    struct sentence *list;
    size_t count, capacity;
    enum section section;
    uint32_t paragraph;
    size_t width; /* of the widest line of the paragraph: where its author or program wraps */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The line at `at`; *ret_next is the start of the next one. */
static struct line line_at(struct slice text, size_t at, size_t *ret_next)
{
    const char *stop = at < text.bytes ? memchr(text.data + at, '\n', text.bytes - at) : NULL;
    struct line line = {.start = at, .end = stop ? (size_t)(stop - text.data) : text.bytes};
    *ret_next = stop ? line.end + 1 : text.bytes;
    while (line.end > line.start && is_blank(text.data[line.end - 1]))
        line.end--;
    while (line.start < line.end && is_blank(text.data[line.start]))
        line.start++;
    line.is_empty = line.start == line.end;
    size_t mark = line.start; /* "- ", "* ", "1. ", "2) ", a bullet */
    if (!line.is_empty && strchr("-*+>", text.data[mark]))
        mark++;
    else if (line.end - mark > 3 && memcmp(text.data + mark, "\xe2\x80\xa2", 3) == 0)
        mark += 3;
    else {
        while (mark < line.end && isdigit((unsigned char)text.data[mark]) && mark - line.start < 2)
            mark++;
        mark = mark > line.start && mark + 1 < line.end && strchr(".)", text.data[mark]) &&
                       text.data[mark + 1] == ' '
                   ? mark + 1
                   : line.start;
    }
    line.is_item = mark > line.start && mark < line.end;
    if (line.is_item)
        line.start = mark;
    while (line.start < line.end && is_blank(text.data[line.start]))
        line.start++;
    return line;
}

/* "Dr", "e.g", "J": a point behind them ends nothing. */
static bool is_abbreviation(struct slice text, size_t start, size_t point)
{
    static const char *const words[] = {"dr",  "mr",  "mrs",  "ms",  "prof", "st",   "vs",   "approx",
                                        "no",  "tab", "tabs", "cap", "dept", "ext",  "tel",  "inc",
                                        "etc", "fig", "ca",   "max", "min",  "resp", "hosp", "rm"};
    size_t begin = point;
    while (begin > start && isalpha((unsigned char)text.data[begin - 1]))
        begin--;
    if (point - begin == 1 && text.data[begin] != 'I')
        return begin == start || text.data[begin - 1] == ' ' || text.data[begin - 1] == '.' ||
               text.data[begin - 1] == '(';
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strlen(words[i]) == point - begin && strncasecmp(words[i], text.data + begin, point - begin) == 0)
            return strcmp(words[i], "no") != 0 ||
                   (point + 2 < text.bytes && isdigit((unsigned char)text.data[point + 2]));
    return false;
}

/* The end of the sentence that begins at `start`, at most `end`. */
static size_t sentence_end(struct slice text, size_t start, size_t end)
{
    for (size_t at = start; at < end; at++) {
        char c = text.data[at];
        if (c != '.' && c != '!' && c != '?')
            continue;
        size_t next = at + 1;
        while (next < end && strchr(".!?\"')]", text.data[next]))
            next++;
        if (next == end)
            return end;
        if (!is_blank(text.data[next]) && text.data[next] != '\n')
            continue;
        size_t after = next;
        while (after < end && (is_blank(text.data[after]) || text.data[after] == '\n'))
            after++;
        bool is_lower = after < end && islower((unsigned char)text.data[after]);
        if (c != '.' || (!is_lower && !is_abbreviation(text, start, at)))
            return next;
        if (is_lower && at - start > 20 && !is_abbreviation(text, start, at))
            return next; /* careless notes begin in lower case */
    }
    return end;
}

/* A short line that is a heading without a colon: no sentence, and more than a letter ("A", "P" need their
 * colon). */
static bool is_bare_heading(struct slice text, enum section *ret)
{
    return text.bytes > 2 && text.bytes <= HEADING_BYTES_MAX && text.data[text.bytes - 1] != '.' &&
           section_of_heading(text, ret);
}

static int add(struct splitting *s, struct span at, struct error *err)
{
    enum section section;
    if (s->count == s->capacity) {
        size_t capacity = s->capacity ? s->capacity * 2 : 64;
        if (capacity > SPANS_MAX)
            return error_set(err, FAULT_DOCUMENT, "more than %u sentences", SPANS_MAX);
        struct sentence *list = realloc(s->list, capacity * sizeof *list);
        if (!list)
            return error_memory(err);
        s->list = list;
        s->capacity = capacity;
    }
    struct slice text = slice_sub(s->text, at.start, at.end);
    size_t front = heading_in_front(text, &section);
    bool is_heading = front == text.bytes;
    if (front)
        s->section = section;
    else if (is_bare_heading(text, &section)) {
        s->section = section;
        is_heading = true;
    }
    bool is_admin_line = front && section == SECTION_ADMIN; /* says nothing about what follows */
    s->list[s->count++] =
        (struct sentence){at, s->section, s->paragraph, is_heading ? 0 : (uint32_t)front, is_heading};
    if (is_admin_line)
        s->section = SECTION_NONE;
    return 0;
}

static int add_block(struct splitting *s, size_t start, size_t end, struct error *err)
{
    while (start < end) {
        size_t stop = sentence_end(s->text, start, end);
        if (add(s, (struct span){start, stop}, err))
            return -1;
        start = stop;
        while (start < end && (is_blank(s->text.data[start]) || s->text.data[start] == '\n'))
            start++;
    }
    return 0;
}

/* True if the text goes on from `line` into `next`. */
static bool is_wrapped(const struct splitting *s, const struct line *line, const struct line *next)
{
    enum section ignored;
    struct slice following = slice_sub(s->text, next->start, next->end);
    if (next->is_empty || next->is_item || heading_in_front(following, &ignored) ||
        is_bare_heading(following, &ignored))
        return false;
    char last = s->text.data[line->end - 1], first = following.data[0];
    if (islower((unsigned char)first) || last == ',')
        return last != ':';
    size_t bytes = line->end - line->start;
    return bytes * 4 >= s->width * 3 && s->width > 50;
}

/* The widest line of the paragraph that begins at `at`. */
static size_t paragraph_width(struct slice text, size_t at)
{
    size_t width = 0, next;
    for (; at < text.bytes; at = next) {
        struct line line = line_at(text, at, &next);
        if (line.is_empty)
            break;
        width = MAX(width, line.end - line.start);
    }
    return width;
}

int sentences_split(struct slice text, struct sentence **ret, size_t *ret_count, struct error *err)
{
    struct splitting s = {.text = text};
    size_t at = 0, next, behind;
    bool was_empty = true;
    int result = 0;
    while (at < text.bytes && result == 0) {
        struct line line = line_at(text, at, &next);
        if (line.is_empty) {
            s.paragraph += !was_empty;
            was_empty = true;
            at = next;
            continue;
        }
        if (was_empty) {
            s.width = paragraph_width(text, at);
            bool is_under_heading = s.count && s.list[s.count - 1].is_heading;
            s.section = is_under_heading || s.section == SECTION_PLAN ? s.section : SECTION_NONE;
        }
        was_empty = false;
        size_t start = line.start;
        while (next < text.bytes) {
            struct line following = line_at(text, next, &behind);
            if (following.is_empty || !is_wrapped(&s, &line, &following))
                break;
            line = following;
            next = behind;
        }
        result = add_block(&s, start, line.end, err);
        at = next;
    }
    if (result) {
        free(s.list);
        return -1;
    }
    *ret = s.list;
    *ret_count = s.count;
    return 0;
}
