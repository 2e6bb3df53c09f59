/* fuzz_text.c - any bytes as a text file: clean UTF-8 (no NUL, not empty, no byte order mark lost twice), the same
 * text when read again, or a refusal. */
#include "tests/fuzz/fuzz.h"

#include "analyzer/ingest/ingest.h"
#include "base/utf8.h"

static int read_as_text(struct slice bytes, struct ingested *ret, struct error *err)
{
    AUTO(buffer) *b = NULL;
    *ret = (struct ingested){0};
    property(buffer_new(&b, 1u << 24, err) == 0 && buffer_append(b, bytes, err) == 0);
    return format_text.open(&b, ret, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct error err;
    struct ingested once, again;
    if (read_as_text((struct slice){(const char *)data, bytes}, &once, &err)) {
        property_refused(err, FAULT_DOCUMENT);
        property(!once.text);
        return 0;
    }
    struct slice text = buffer_slice(once.text);
    property(text.bytes && utf8_valid(text) == text.bytes && !memchr(text.data, 0, text.bytes));
    property(once.charset && once.media_type);
    if (text.bytes < 3 || memcmp(text.data, "\xef\xbb\xbf", 3) != 0) { /* a second mark would be taken for one */
        property(read_as_text(text, &again, &err) == 0);
        property(slice_equal(buffer_slice(again.text), text) && strcmp(again.charset, "utf-8") == 0);
        ingested_clear(&again);
    }
    ingested_clear(&once);
    return 0;
}
