/* fuzz_ndjson.c - any bytes as a line of input: what is accepted, jansson reads as the same document; the rest is
 * refused with its reason. */
#include "tests/fuzz/fuzz.h"

#include "analyzer/ingest/ndjson.h"
#include "base/utf8.h"

#include <jansson.h>

/* jansson has limits of its own (numbers) and finds doubled keys by their unescaped form: only its text counts. */
static void compare(struct slice line, struct slice text)
{
    json_error_t where;
    json_t *value = json_loadb(line.data, line.bytes, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &where);
    const json_t *other = json_object_get(value, "text");
    if (json_is_string(other) && json_object_size(value) == 2)
        property(slice_equal(text, (struct slice){json_string_value(other), json_string_length(other)}));
    json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct error err;
    struct slice line = {(const char *)data, bytes};
    AUTO(buffer) *id = NULL, *text = NULL;
    bool is_json = json_check(line, &err) == 0;
    if (ndjson_document(line, &id, &text, &err)) {
        property_refused(err, FAULT_DOCUMENT);
        property(!text);
        return 0;
    }
    property(is_json && id->bytes && text->bytes);
    property(utf8_valid(buffer_slice(id)) == id->bytes && !memchr(id->data, 0, id->bytes));
    property(utf8_valid(buffer_slice(text)) == text->bytes && !memchr(text->data, 0, text->bytes));
    compare(line, buffer_slice(text));
    return 0;
}
