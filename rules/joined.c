/* joined.c - see joined.h. */
#include "rules/joined.h"

#include "rules/words.h"

#include <stdlib.h>

#define BEFORE 80u /* of the shadow that is kept around each place */
#define AFTER 60u
#define PIECE 40u /* how far the word beside a line end is looked at */
#define SINGLES_MIN 5u
#define ROW_MAX 120u
#define DIGITS_MIN 3u

struct joined {
    char *text;
    uint32_t *from; /* the place in the shadow of each byte */
    size_t bytes, capacity;
};

void joined_drop(struct joined **joined)
{
    struct joined *j = *joined;
    if (!j)
        return;
    if (j->text)
        explicit_bzero(j->text, j->capacity);
    free(j->text);
    free(j->from);
    free(j);
    *joined = NULL;
}

int joined_new(struct joined **ret, struct error *err)
{
    *ret = calloc(1, sizeof **ret);
    return *ret ? 0 : error_memory(err);
}

static int append(struct joined *j, struct slice shadow, size_t start, size_t end, struct error *err)
{
    if (j->bytes + (end - start) + 2 > j->capacity) {
        size_t capacity = MAX(j->capacity * 2, j->bytes + (end - start) + 1024);
        char *text = malloc(capacity);
        uint32_t *from = text ? realloc(j->from, capacity * sizeof *from) : NULL;
        if (!from) {
            free(text);
            return error_memory(err);
        }
        j->from = from;
        if (j->text) {
            memcpy(text, j->text, j->bytes);
            explicit_bzero(j->text, j->capacity);
            free(j->text);
        }
        j->text = text;
        j->capacity = capacity;
    }
    for (size_t i = start; i < end; i++) {
        j->text[j->bytes] = shadow.data[i];
        j->from[j->bytes++] = (uint32_t)i;
    }
    return 0;
}

/* Two line ends part what comes from different places. */
static void append_gap(struct joined *j, size_t at)
{
    for (int i = 0; i < 2 && j->bytes < j->capacity; i++) {
        j->text[j->bytes] = '\n';
        j->from[j->bytes++] = (uint32_t)at;
    }
}

static bool is_alnum(char c)
{
    return is_word_byte(c) || is_digit_byte(c);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* True when the words that end at `end` and begin at `start` can be one identifier. */
static bool can_be_one(struct slice text, size_t end, size_t start)
{
    bool has_digit_before = false, has_digit_behind = false, is_address = false;
    for (size_t i = end; i > 0 && end - i < PIECE && !is_space(text.data[i - 1]); i--) {
        has_digit_before |= is_digit_byte(text.data[i - 1]);
        is_address |= text.data[i - 1] == '@' || (i > 2 && memcmp(&text.data[i - 3], "://", 3) == 0);
    }
    size_t i = start;
    for (; i < text.bytes && i - start < PIECE && !is_space(text.data[i]); i++)
        has_digit_behind |= is_digit_byte(text.data[i]);
    return i > start && (is_address || (has_digit_before && has_digit_behind));
}

/* What a line end that begins at `at` takes out: the break, with a hyphen before it that is no part. */
static size_t torn_line(struct slice text, size_t at)
{
    size_t next = at + (text.data[at] == '\r' && at + 1 < text.bytes && text.data[at + 1] == '\n' ? 2 : 1);
    if (at == 0 || next >= text.bytes || is_space(text.data[at - 1]) || is_space(text.data[next]) ||
        !(is_alnum(text.data[at - 1]) || memchr("-/.:(", text.data[at - 1], 5)) || !is_alnum(text.data[next]))
        return at;
    return can_be_one(text, at, next) ? next : at;
}

/* The end of a row of single letters, digits and marks with blanks between, from `at`; `at` when it is none.
 */
static size_t spaced_row(struct slice text, size_t at)
{
    if (at > 0 && !is_space(text.data[at - 1]))
        return at;
    size_t end = at, singles = 0, digits = 0;
    while (end < text.bytes && end - at < ROW_MAX &&
           (is_alnum(text.data[end]) || memchr("-/.:", text.data[end], 4))) {
        size_t next = end + 1;
        bool is_last = next >= text.bytes || text.data[next] != ' ';
        if (is_last && next < text.bytes && is_alnum(text.data[next]))
            break; /* a longer word: not of the row */
        singles += is_alnum(text.data[end]);
        digits += is_digit_byte(text.data[end]);
        if (is_last)
            return singles >= SINGLES_MIN && digits >= DIGITS_MIN ? next : at;
        while (next < text.bytes && next - end < 4 && text.data[next] == ' ')
            next++;
        end = next;
    }
    while (end > at && text.data[end - 1] == ' ')
        end--;
    return singles >= SINGLES_MIN && digits >= DIGITS_MIN ? end : at;
}

/* Copies a row without its single blanks; of three, one stays. */
static int append_row(struct joined *j, struct slice shadow, size_t start, size_t end, struct error *err)
{
    for (size_t i = start; i < end; i++) {
        size_t blanks = 0;
        while (i + blanks < end && shadow.data[i + blanks] == ' ')
            blanks++;
        size_t kept = blanks > 1 ? i + blanks - 1 : i;
        if (blanks != 1 && append(j, shadow, kept, kept + 1, err))
            return -1;
        i += blanks ? blanks - 1 : 0;
    }
    return 0;
}

int joined_make(struct joined *j, struct slice shadow, struct slice *ret, struct error *err)
{
    size_t copied = 0, until = 0; /* shadow before `copied` is done with; up to `until` it is wanted */
    j->bytes = 0;
    for (size_t at = 0, row_end; at < shadow.bytes; at = MAX(row_end, at + 1)) {
        char c = shadow.data[at];
        bool is_line = c == '\n' || c == '\r';
        row_end = at;
        if (is_line)
            row_end = torn_line(shadow, at);
        else if (is_alnum(c) && at + 1 < shadow.bytes && shadow.data[at + 1] == ' ')
            row_end = spaced_row(shadow, at);
        if (row_end == at)
            continue;
        size_t from = at > BEFORE ? at - BEFORE : 0;
        if (from > until && j->bytes) {
            if (append(j, shadow, copied, MAX(copied, MIN(until, at)), err))
                return -1;
            append_gap(j, until);
        }
        copied = from > until || !j->bytes ? MAX(copied, from) : copied;
        if (append(j, shadow, copied, MAX(copied, at), err) ||
            (!is_line && append_row(j, shadow, at, row_end, err)))
            return -1;
        copied = row_end;
        until = MIN(shadow.bytes, row_end + AFTER);
    }
    if (j->bytes && append(j, shadow, copied, MAX(copied, until), err))
        return -1;
    *ret = (struct slice){j->text, j->bytes};
    return 0;
}

bool joined_shadow(const struct joined *j, struct span at, struct span *ret)
{
    *ret = (struct span){j->from[at.start], j->from[at.end - 1] + 1u};
    return ret->end > ret->start && ret->end - ret->start > at.end - at.start;
}
