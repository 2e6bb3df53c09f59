/* redacted.c - see redacted.h. */
#include "base/redacted.h"

#include "base/redacted_make.h"

#include <assert.h>
#include <openssl/crypto.h>

struct redacted_text {
    size_t bytes;
    char data[];
};

int redacted_text_make(struct redacted_text **ret, struct slice text, struct error *err)
{
    struct redacted_text *t = malloc(sizeof *t + text.bytes + 1);
    if (!t)
        return error_memory(err);
    t->bytes = text.bytes;
    if (text.bytes)
        memcpy(t->data, text.data, text.bytes);
    t->data[text.bytes] = 0;
    *ret = t;
    return 0;
}

struct slice redacted_text_slice(const struct redacted_text *text)
{
    return (struct slice){text->data, text->bytes};
}

int redacted_text_part(struct redacted_text **ret, const struct redacted_text *text, size_t start, size_t end,
                       struct error *err)
{
    assert(start <= end && end <= text->bytes);
    return redacted_text_make(ret, slice_sub(redacted_text_slice(text), start, end), err);
}

int redacted_text_parts(struct redacted_text **ret, const struct redacted_text *text, const struct span *parts,
                        size_t count, struct error *err)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        assert(parts[i].start <= parts[i].end && parts[i].end <= text->bytes);
        assert(i == 0 || parts[i - 1].end <= parts[i].start);
        bytes += parts[i].end - parts[i].start;
    }
    struct redacted_text *t = malloc(sizeof *t + bytes + 1);
    if (!t)
        return error_memory(err);
    t->bytes = 0;
    for (size_t i = 0; i < count; t->bytes += parts[i].end - parts[i].start, i++)
        memcpy(t->data + t->bytes, text->data + parts[i].start, parts[i].end - parts[i].start);
    if (bytes && t->data[0] >= 'a' && t->data[0] <= 'z')
        t->data[0] = (char)(t->data[0] - 'a' + 'A');
    t->data[bytes] = 0;
    *ret = t;
    return 0;
}

void redacted_text_drop(struct redacted_text **text)
{
    if (!*text)
        return;
    OPENSSL_cleanse((*text)->data, (*text)->bytes);
    free(*text);
    *text = NULL;
}
