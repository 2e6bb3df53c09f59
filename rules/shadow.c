/* shadow.c - see shadow.h. */
#include "rules/shadow.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/utf8.h"

/* From shadow_at on, the original lies original_at - shadow_at bytes further, until the next step. */
struct step {
    uint32_t shadow_at, original_at;
};

struct shadow {
    struct slice original, text;
    struct buffer *copy;
    struct step *steps; /* owned; ascending; none while the two are the same bytes */
    size_t step_count, step_capacity;
};

int shadow_new(struct shadow **ret, struct error *err)
{
    AUTO(shadow) *shadow = calloc(1, sizeof *shadow);
    if (!shadow)
        return error_memory(err);
    if (buffer_new(&shadow->copy, DOCUMENT_BYTES_MAX, err))
        return -1;
    *ret = TAKE(shadow);
    return 0;
}

void shadow_drop(struct shadow **shadow)
{
    if (!*shadow)
        return;
    buffer_drop(&(*shadow)->copy);
    free((*shadow)->steps);
    free(*shadow);
    *shadow = NULL;
}

/* Bytes of plain ASCII from `at` on. */
static size_t ascii_run(struct slice text, size_t at)
{
    size_t from = at;
    for (uint64_t eight; text.bytes - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, text.data + at, sizeof eight);
        if (eight & 0x8080808080808080u)
            break;
    }
    while (at < text.bytes && (unsigned char)text.data[at] < 0x80)
        at++;
    return at - from;
}

/* Notes that what is appended next comes from original_at. */
static int step_add(struct shadow *s, size_t original_at, struct error *err)
{
    size_t shadow_at = s->copy->bytes;
    size_t last =
        s->step_count ? s->steps[s->step_count - 1].original_at - s->steps[s->step_count - 1].shadow_at : 0;
    if (original_at - shadow_at == last)
        return 0;
    if (s->step_count == s->step_capacity) {
        size_t capacity = s->step_capacity ? s->step_capacity * 2 : 256;
        struct step *grown = realloc(s->steps, capacity * sizeof *grown);
        if (!grown)
            return error_memory(err);
        s->steps = grown;
        s->step_capacity = capacity;
    }
    s->steps[s->step_count++] = (struct step){(uint32_t)shadow_at, (uint32_t)original_at};
    return 0;
}

int shadow_set(struct shadow *s, struct slice text, struct error *err)
{
    if (text.bytes > DOCUMENT_BYTES_MAX)
        return error_set(err, FAULT_DOCUMENT, "the text has more than %u bytes", DOCUMENT_BYTES_MAX);
    buffer_clear(s->copy);
    s->step_count = 0;
    s->original = s->text = text;
    size_t at = ascii_run(text, 0);
    if (at == text.bytes)
        return 0;
    if (buffer_reserve(s->copy, text.bytes, err) || buffer_append(s->copy, slice_sub(text, 0, at), err))
        return -1;
    while (at < text.bytes) {
        uint32_t code;
        size_t bytes = utf8_decode(text, at, &code);
        uint32_t to = shadow_fold(code);
        char out[4];
        if (to != SHADOW_REMOVED) {
            size_t out_bytes = utf8_encode(to, out);
            if (step_add(s, at, err) || buffer_append(s->copy, (struct slice){out, out_bytes}, err))
                return -1;
        }
        at += bytes;
        size_t run = ascii_run(text, at);
        if (run && (step_add(s, at, err) || buffer_append(s->copy, slice_sub(text, at, at + run), err)))
            return -1;
        at += run;
    }
    if (step_add(s, at, err)) /* the end too: a last character may have become shorter or gone */
        return -1;
    s->text = buffer_slice(s->copy);
    return 0;
}

struct slice shadow_text(const struct shadow *shadow)
{
    return shadow->text;
}

/* Where the character that begins at shadow byte `at` begins in the original. */
static size_t original_of(const struct shadow *s, size_t at)
{
    size_t low = 0, high = s->step_count; /* the last step at or before `at` is low - 1 in the end */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->steps[middle].shadow_at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? s->steps[low - 1].original_at + (at - s->steps[low - 1].shadow_at) : at;
}

struct span shadow_original(const struct shadow *s, size_t start, size_t end)
{
    if (s->step_count == 0)
        return (struct span){start, end};
    size_t last = utf8_cut(s->text, end - 1), from = original_of(s, last);
    uint32_t code;
    return (struct span){original_of(s, start), from + utf8_decode(s->original, from, &code)};
}
