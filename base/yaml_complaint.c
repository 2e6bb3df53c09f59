/* yaml_complaint.c - see yaml_complaint.h. A table maps libyaml's wording (0.2.5) to ours; what is not in it
 * is passed on as it is. */
#include "base/yaml_complaint.h"

#include "base/utf8.h"

#define QUOTED_BYTES_MAX 80u /* of the user's line, inside a message */

void yaml_place(struct slice bytes, size_t at, unsigned *ret_line, unsigned *ret_column)
{
    unsigned line = 1;
    size_t start = 0;
    at = MIN(at, bytes.bytes);
    for (size_t i = 0; i < at; i++)
        if (bytes.data[i] == '\n') {
            line++;
            start = i + 1;
        }
    *ret_line = line;
    *ret_column = (unsigned)utf8_count(slice_sub(bytes, start, at)) + 1;
}

/* The text of a line (from 0), without its end. */
static struct slice line_of(struct slice bytes, size_t line)
{
    size_t start = 0;
    while (line > 0 && start < bytes.bytes)
        line -= bytes.data[start++] == '\n';
    size_t end = start;
    while (end < bytes.bytes && bytes.data[end] != '\n' && bytes.data[end] != '\r')
        end++;
    return slice_sub(bytes, start, end);
}

/* The byte under a mark; 0 at the end of the line. */
static char byte_at(struct slice bytes, yaml_mark_t mark)
{
    struct slice line = line_of(bytes, mark.line);
    size_t at = 0;
    uint32_t code;
    for (size_t column = 0; column < mark.column && at < line.bytes; column++)
        at += utf8_decode(line, at, &code);
    return at < line.bytes ? line.data[at] : 0;
}

/* The first ": " of a line, or SIZE_MAX. */
static size_t colon_of(struct slice line, size_t from)
{
    for (size_t i = from; i + 1 < line.bytes; i++)
        if (line.data[i] == ':' && line.data[i + 1] == ' ')
            return i;
    return SIZE_MAX;
}

/* `key: some: text`: shows the line as it should have been. A key that is deeper than a line with a value
 * looks the same to libyaml, but has only one colon. */
static int complain_colon(const yaml_parser_t *parser, struct slice bytes, const char *name, enum fault fault,
                          struct error *err)
{
    unsigned line_number = (unsigned)parser->problem_mark.line + 1;
    struct slice line = line_of(bytes, parser->problem_mark.line);
    size_t first = colon_of(line, 0), start = 0, value;
    if (first == SIZE_MAX || utf8_count(slice_sub(line, 0, first)) >= parser->problem_mark.column) {
        error_set(err, fault,
                  "a key cannot stand here: the line above already has a value, or the indentation is "
                  "wrong");
        return error_at(err, name, line_number, (unsigned)parser->problem_mark.column + 1);
    }
    while (start < first && (line.data[start] == ' ' || line.data[start] == '-'))
        start++;
    for (value = first + 1; value < line.bytes && line.data[value] == ' ';)
        value++;
    char quoted[2 * QUOTED_BYTES_MAX + 1];
    size_t to = 0, end = value + utf8_cut(slice_sub(line, value, line.bytes), QUOTED_BYTES_MAX);
    for (size_t i = value; i < end; i++) {
        if (line.data[i] == '"' || line.data[i] == '\\')
            quoted[to++] = '\\';
        quoted[to++] = line.data[i];
    }
    quoted[to] = 0;
    size_t key_end = start + utf8_cut(slice_sub(line, start, first), QUOTED_BYTES_MAX);
    error_set(err, fault, "a value containing \": \" needs quotes; write %.*s: \"%s\"",
              (int)(key_end - start), line.data + start, quoted);
    return error_at(err, name, line_number, (unsigned)utf8_count(slice_sub(line, 0, first)) + 1);
}

enum where { AT_PROBLEM, AT_CONTEXT };

static const struct complaint {
    const char *problem, *context; /* as libyaml says it; NULL = any */
    enum where where;
    const char *message;
} complaints[] = {
    {"found unexpected end of stream", "while scanning a quoted scalar", AT_CONTEXT,
     "quote opened here is never closed"},
    {"found unexpected document indicator", "while scanning a quoted scalar", AT_CONTEXT,
     "quote opened here is never closed"},
    {"found a tab character where an indentation space is expected", NULL, AT_PROBLEM,
     "a tab is used for indentation; use spaces"},
    {"found a tab character that violates indentation", NULL, AT_PROBLEM,
     "a tab is used for indentation; use spaces"},
    {"block sequence entries are not allowed in this context", NULL, AT_PROBLEM,
     "a list item cannot stand here; put each \"- \" on a line of its own below its key"},
    {"could not find expected ':'", NULL, AT_CONTEXT,
     "this line is neither \"key: value\" nor \"- item\" (is a \": \" missing?)"},
    {"did not find expected key", NULL, AT_PROBLEM,
     "a key was expected here; check the indentation and the quotes of the lines above"},
    {"did not find expected '-' indicator", NULL, AT_PROBLEM,
     "a \"- \" was expected here; all items of a list have the same indentation"},
    {"did not find expected ',' or ']'", NULL, AT_CONTEXT, "list opened here is never closed with \"]\""},
    {"did not find expected ',' or '}'", NULL, AT_CONTEXT, "mapping opened here is never closed with \"}\""},
    {"did not find expected <document start>", NULL, AT_PROBLEM,
     "text outside of the document; check the indentation"},
    {"found unknown escape character", NULL, AT_PROBLEM,
     "unknown escape in double quotes; use single quotes, or write the backslash twice"},
    {"found undefined tag handle", NULL, AT_PROBLEM, "tags (\"!\") are not supported; quote the value"},
    {"did not find expected whitespace or line break", "while scanning a block scalar", AT_PROBLEM,
     "text after \"|\" or \">\" must begin on the next line"},
    {"did not find expected comment or line break", NULL, AT_PROBLEM,
     "text after \"|\" or \">\" must begin on the next line"},
    {"did not find expected alphabetic or numeric character", NULL, AT_CONTEXT,
     "a value cannot begin with \"*\" or \"&\" without quotes"},
};

static const struct complaint *complaint_of(const yaml_parser_t *parser)
{
    for (size_t i = 0; i < COUNT_OF(complaints); i++)
        if (strcmp(parser->problem, complaints[i].problem) == 0 &&
            (!complaints[i].context ||
             (parser->context && strcmp(parser->context, complaints[i].context) == 0)))
            return &complaints[i];
    return NULL;
}

static int complain_at(struct error *err, const char *name, yaml_mark_t mark)
{
    return error_at(err, name, (unsigned)mark.line + 1, (unsigned)mark.column + 1);
}

static int complain_start(const yaml_parser_t *parser, struct slice bytes, const char *name, enum fault fault,
                          struct error *err)
{
    char byte = byte_at(bytes, parser->problem_mark);
    if (byte == '\t')
        error_set(err, fault, "a tab is used for indentation; use spaces");
    else
        error_set(err, fault, "a value cannot begin with \"%c\" without quotes", byte);
    return complain_at(err, name, parser->problem_mark);
}

int yaml_complain(const yaml_parser_t *parser, struct slice bytes, const char *name,
                  const struct yaml_quote *quote, enum fault fault, struct error *err)
{
    if (parser->error == YAML_MEMORY_ERROR || !parser->problem)
        return error_memory(err);
    if (parser->error == YAML_READER_ERROR) { /* its marks are 0:0, only the offset is known */
        unsigned line, column;
        yaml_place(bytes, parser->problem_offset, &line, &column);
        error_set(err, fault, "a control character that YAML does not allow (code %d)",
                  parser->problem_value);
        return error_at(err, name, line, column);
    }
    if (quote->is_multiline && quote->end.line == parser->problem_mark.line) {
        error_set(err, fault, "quote opened here is never closed");
        return complain_at(err, name, quote->start);
    }
    if (strcmp(parser->problem, "mapping values are not allowed in this context") == 0)
        return complain_colon(parser, bytes, name, fault, err);
    if (strcmp(parser->problem, "found character that cannot start any token") == 0)
        return complain_start(parser, bytes, name, fault, err);
    const struct complaint *known = complaint_of(parser);
    if (known) {
        error_set(err, fault, "%s", known->message);
        return complain_at(err, name,
                           known->where == AT_CONTEXT ? parser->context_mark : parser->problem_mark);
    }
    error_set(err, fault, "not valid YAML: %s", parser->problem);
    return complain_at(err, name, parser->problem_mark);
}
