/* ndjson.c - see ndjson.h. */
#include "analyzer/ingest/ndjson.h"

#include "base/limits.h"
#include "base/utf8.h"

struct cursor {
    struct slice text;
    size_t at;
};

static int wrong(const struct cursor *c, const char *what, struct error *err)
{
    return error_set(err, FAULT_DOCUMENT, "byte %zu: not valid JSON: %s", c->at, what);
}

static int peek(const struct cursor *c)
{
    return c->at < c->text.bytes ? (unsigned char)c->text.data[c->at] : -1;
}

static void skip_space(struct cursor *c)
{
    while (peek(c) == ' ' || peek(c) == '\t' || peek(c) == '\r' || peek(c) == '\n')
        c->at++;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* ---- scalars ---- */

static int scan_string(struct cursor *c, struct error *err)
{
    if (peek(c) != '"')
        return wrong(c, "a string is expected here", err);
    for (c->at++; peek(c) != '"'; c->at++) {
        if (peek(c) < 0)
            return wrong(c, "a string is not closed", err);
        if (peek(c) < 0x20)
            return wrong(c, "a control character in a string must be escaped", err);
        if (peek(c) != '\\')
            continue;
        c->at++;
        if (peek(c) != 'u') {
            if (peek(c) <= 0 || !strchr("\"\\/bfnrt", peek(c)))
                return wrong(c, "unknown escape", err);
            continue;
        }
        for (int i = 0; i < 4; i++) {
            c->at++;
            int h = peek(c);
            if (!is_digit(h) && !(h >= 'a' && h <= 'f') && !(h >= 'A' && h <= 'F'))
                return wrong(c, "\\u needs four hex digits", err);
        }
    }
    c->at++;
    return 0;
}

static int scan_digits(struct cursor *c, struct error *err)
{
    if (!is_digit(peek(c)))
        return wrong(c, "a digit is expected here", err);
    while (is_digit(peek(c)))
        c->at++;
    return 0;
}

static int scan_number(struct cursor *c, struct error *err)
{
    if (peek(c) == '-')
        c->at++;
    if (peek(c) == '0') {
        c->at++;
        if (is_digit(peek(c)))
            return wrong(c, "a number may not begin with 0", err);
    } else if (scan_digits(c, err))
        return -1;
    if (peek(c) == '.') {
        c->at++;
        if (scan_digits(c, err))
            return -1;
    }
    if (peek(c) == 'e' || peek(c) == 'E') {
        c->at++;
        if (peek(c) == '+' || peek(c) == '-')
            c->at++;
        return scan_digits(c, err);
    }
    return 0;
}

static int scan_word(struct cursor *c, struct error *err)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t n = strlen(words[i]);
        if (c->text.bytes - c->at >= n && memcmp(c->text.data + c->at, words[i], n) == 0) {
            c->at += n;
            return 0;
        }
    }
    return wrong(c, "a value is expected here", err);
}

/* ---- structure ---- */

static int scan_value(struct cursor *c, unsigned depth, struct json_token *ret, struct error *err);

static int scan_member(struct cursor *c, unsigned depth, struct json_token *key, struct json_token *value,
                       struct error *err)
{
    *key = (struct json_token){.kind = JSON_KIND_STRING, .at = c->at};
    if (scan_string(c, err))
        return -1;
    key->raw = slice_sub(c->text, key->at, c->at);
    skip_space(c);
    if (peek(c) != ':')
        return wrong(c, "\":\" is expected here", err);
    c->at++;
    skip_space(c);
    return scan_value(c, depth, value, err);
}

/* The inside of {} or []: calls visit (may be NULL) for every member of an object. */
static int scan_inside(struct cursor *c, unsigned depth, bool is_object, json_member *visit, void *context,
                       struct error *err)
{
    const int close = is_object ? '}' : ']';
    if (depth >= JSON_DEPTH_MAX)
        return wrong(c, "nested too deeply", err);
    c->at++;
    skip_space(c);
    if (peek(c) == close) {
        c->at++;
        return 0;
    }
    for (;;) {
        struct json_token key, value;
        if (is_object ? scan_member(c, depth + 1, &key, &value, err) : scan_value(c, depth + 1, &value, err))
            return -1;
        if (visit && visit(context, key, value, err))
            return -1;
        skip_space(c);
        if (peek(c) == close)
            break;
        if (peek(c) != ',')
            return wrong(c, is_object ? "\",\" or \"}\" is expected here" : "\",\" or \"]\" is expected here",
                         err);
        c->at++;
        skip_space(c);
    }
    c->at++;
    return 0;
}

static int scan_value(struct cursor *c, unsigned depth, struct json_token *ret, struct error *err)
{
    int first = peek(c), failed;
    ret->at = c->at;
    if (first == '{' || first == '[') {
        ret->kind = first == '{' ? JSON_KIND_OBJECT : JSON_KIND_ARRAY;
        failed = scan_inside(c, depth, first == '{', NULL, NULL, err);
    } else if (first == '"') {
        ret->kind = JSON_KIND_STRING;
        failed = scan_string(c, err);
    } else if (first == '-' || is_digit(first)) {
        ret->kind = JSON_KIND_NUMBER;
        failed = scan_number(c, err);
    } else {
        ret->kind = JSON_KIND_WORD;
        failed = scan_word(c, err);
    }
    ret->raw = slice_sub(c->text, ret->at, c->at);
    return failed;
}

int json_walk(struct slice line, json_member *visit, void *context, struct error *err)
{
    struct cursor c = {line, 0};
    size_t valid = utf8_valid(line);
    if (valid < line.bytes)
        return error_set(err, FAULT_DOCUMENT, "byte %zu: not valid UTF-8", valid);
    skip_space(&c);
    if (peek(&c) != '{')
        return wrong(&c, "an object is expected here", err);
    if (scan_inside(&c, 0, true, visit, context, err))
        return -1;
    skip_space(&c);
    return c.at == line.bytes ? 0 : wrong(&c, "something follows the object", err);
}

int json_check(struct slice text, struct error *err)
{
    return json_walk(text, NULL, NULL, err);
}

/* ---- strings ---- */

static uint32_t hex4(const char *at)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int h = (unsigned char)at[i];
        value = value << 4 | (uint32_t)(is_digit(h) ? h - '0' : (h | 0x20) - 'a' + 10);
    }
    return value;
}

/* The escape at `at` (behind the backslash) of a string that was scanned. Returns the bytes it takes, 0 if
 * refused. */
static size_t escape_code(struct slice raw, size_t at, uint32_t *ret)
{
    static const char names[] = "\"\\/bfnrt", codes[] = "\"\\/\b\f\n\r\t";
    if (raw.data[at] != 'u') {
        *ret = (unsigned char)codes[strchr(names, raw.data[at]) - names];
        return 1;
    }
    uint32_t code = hex4(raw.data + at + 1);
    *ret = code;
    if (code < 0xD800 || code > 0xDFFF)
        return code ? 5 : 0;
    if (code > 0xDBFF || raw.bytes - at < 12 || raw.data[at + 5] != '\\' || raw.data[at + 6] != 'u')
        return 0;
    uint32_t low = hex4(raw.data + at + 7);
    if (low < 0xDC00 || low > 0xDFFF)
        return 0;
    *ret = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    return 11;
}

int json_unescape(struct json_token string, struct buffer *to, struct error *err)
{
    struct slice raw = string.raw;
    for (size_t at = 1; at + 1 < raw.bytes;) {
        const char *slash = memchr(raw.data + at, '\\', raw.bytes - 1 - at);
        size_t plain = slash ? (size_t)(slash - raw.data) : raw.bytes - 1;
        if (buffer_append(to, slice_sub(raw, at, plain), err))
            return -1;
        at = plain;
        if (!slash)
            break;
        uint32_t code;
        size_t n = escape_code(raw, at + 1, &code);
        if (!n)
            return error_set(err, FAULT_DOCUMENT, "byte %zu: %s", string.at + at,
                             code ? "half a surrogate pair" : "NUL character in text");
        char utf8[4];
        if (buffer_append(to, (struct slice){utf8, utf8_encode(code, utf8)}, err))
            return -1;
        at += 1 + n;
    }
    return 0;
}

/* ---- the line of a document ---- */

struct line_members {
    struct json_token id, text;
    bool has_id, has_text;
};

static int take_member(void *context, struct json_token key, struct json_token value, struct error *err)
{
    struct line_members *m = context;
    bool is_id = slice_equal(key.raw, SLICE("\"id\"")), is_text = slice_equal(key.raw, SLICE("\"text\""));
    if ((is_id && m->has_id) || (is_text && m->has_text))
        return error_set(err, FAULT_DOCUMENT, "byte %zu: \"%s\" is given twice", key.at,
                         is_id ? "id" : "text");
    if (is_id) {
        m->id = value;
        m->has_id = true;
    }
    if (is_text) {
        m->text = value;
        m->has_text = true;
    }
    return 0;
}

static int read_id(struct json_token id, struct buffer **ret, struct error *err)
{
    AUTO(buffer) *b = NULL;
    if (id.kind != JSON_KIND_STRING && id.kind != JSON_KIND_NUMBER)
        return error_set(err, FAULT_DOCUMENT, "byte %zu: \"id\" must be a string or a number", id.at);
    if (buffer_new(&b, DOCUMENT_ID_BYTES_MAX, err))
        return -1;
    if (id.kind == JSON_KIND_STRING ? json_unescape(id, b, err) : buffer_append(b, id.raw, err))
        return err->code == FAULT_TEMPORARY ? -1
                                            : error_set(err, FAULT_DOCUMENT,
                                                        "byte %zu: \"id\" cannot be used (at most %u "
                                                        "bytes, no NUL)",
                                                        id.at, DOCUMENT_ID_BYTES_MAX);
    if (b->bytes == 0)
        return error_set(err, FAULT_DOCUMENT, "byte %zu: \"id\" is empty", id.at);
    *ret = TAKE(b);
    return 0;
}

int ndjson_document(struct slice line, struct buffer **ret_id, struct buffer **ret_text, struct error *err)
{
    struct line_members m = {0};
    if (json_walk(line, take_member, &m, err))
        return -1;
    if (!m.has_id)
        return error_set(err, FAULT_DOCUMENT, "it has no \"id\"");
    if (read_id(m.id, ret_id, err))
        return -1;
    if (!m.has_text || m.text.kind != JSON_KIND_STRING)
        return error_set(err, FAULT_DOCUMENT, "it has no \"text\" that is a string");
    AUTO(buffer) *text = NULL;
    if (buffer_new(&text, DOCUMENT_BYTES_MAX, err) || buffer_reserve(text, m.text.raw.bytes, err) ||
        json_unescape(m.text, text, err))
        return -1;
    if (text->bytes == 0)
        return error_set(err, FAULT_DOCUMENT, "its \"text\" is empty: there is nothing to do");
    *ret_text = TAKE(text);
    return 0;
}
