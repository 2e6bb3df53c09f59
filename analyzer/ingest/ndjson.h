/* ndjson.h - one line of NDJSON input: a strict tokenizer (RFC 8259) that keeps places and raw numbers.
 *
 * Our own, because input JSON must keep the digits of its numbers and say at which byte it is wrong. No
 * recursion beyond JSON_DEPTH_MAX, no allocation but for unescaped strings. */
#ifndef ALCOVE_ANALYZER_INGEST_NDJSON_H
#define ALCOVE_ANALYZER_INGEST_NDJSON_H

#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#define JSON_DEPTH_MAX 64u

enum json_kind { JSON_KIND_OBJECT, JSON_KIND_ARRAY, JSON_KIND_STRING, JSON_KIND_NUMBER, JSON_KIND_WORD };

struct json_token {
    enum json_kind kind;
    struct slice raw; /* as written: a number with its digits, a string with its quotes and escapes */
    size_t at;        /* byte offset in the line */
};

/* Walks the members of the object that `line` must be; keys and values borrow from the line. The callback may
 * refuse (-1 with an error). -1 with FAULT_DOCUMENT and the byte offset when the line is not exactly one
 * valid object in valid UTF-8. */
typedef int json_member(void *context, struct json_token key, struct json_token value, struct error *err);
CHECKED int json_walk(struct slice line, json_member *visit, void *context, struct error *err);

/* Checks that `text` is one valid JSON object and nothing else. */
CHECKED int json_check(struct slice text, struct error *err);

/* The text of a STRING token, appended. U+0000 and lone surrogates are refused. */
CHECKED int json_unescape(struct json_token string, struct buffer *to, struct error *err);

/* The line of a document: its "id" (string, or a number as written) and "text" (string). Other members are
 * dropped. New buffers that the caller drops. -1 with FAULT_DOCUMENT. *ret_id is set as soon as it is known,
 * even if -1 follows, so that the refusal can name the document. */
CHECKED int ndjson_document(struct slice line, struct buffer **ret_id, struct buffer **ret_text,
                            struct error *err);

#endif
