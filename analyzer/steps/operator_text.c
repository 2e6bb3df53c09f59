/* operator_text.c - see operator_text.h. */
#include "analyzer/steps/operator_text.h"

#include "base/buffer.h"
#include "base/redacted_make.h"

#define TEXT_BYTES_MAX (1u << 20)

int operator_text(struct redacted_text **ret, const char *text, struct error *err)
{
    return redacted_text_make(ret, slice_of(text), err);
}

int operator_text_joined(struct redacted_text **ret, const char *prefix, const char *text, struct error *err)
{
    AUTO(buffer) *joined = NULL;
    if (buffer_new(&joined, TEXT_BYTES_MAX, err) || buffer_append_text(joined, prefix, err) ||
        buffer_append_text(joined, text, err))
        return -1;
    return redacted_text_make(ret, buffer_slice(joined), err);
}
