/* error.c - see error.h. */
#include "base/error.h"

#include "base/json.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>

struct fault_row {
    const char *name;
    int exit;
    int rank; /* higher decides */
};

static const struct fault_row rows[FAULT_COUNT] = {
    [FAULT_NONE] = {"none", 0, 0},           [FAULT_DOCUMENT] = {"document", 1, 1},
    [FAULT_USAGE] = {"usage", 2, 2},         [FAULT_PIPELINE] = {"pipeline", 3, 3},
    [FAULT_INPUT] = {"input", 4, 4},         [FAULT_TEMPORARY] = {"temporary", 75, 5},
    [FAULT_MODEL] = {"model", 5, 6},         [FAULT_STORE] = {"store", 6, 7},
    [FAULT_AUDIT] = {"audit", 7, 8},         [FAULT_PRIVACY] = {"privacy", 8, 9},
    [FAULT_INTERRUPTED] = {"interrupted", 130, 10},
};

/* vsnprintf, cut on a character boundary, control bytes replaced: an error is one line of clean UTF-8. */
static void write_text(char *to, size_t capacity, const char *format, va_list args)
{
    int wanted = vsnprintf(to, capacity, format, args);
    if (wanted < 0)
        to[0] = 0;
    else if ((size_t)wanted >= capacity)
        to[utf8_cut((struct slice){to, capacity - 1}, capacity - 1)] = 0;
    for (char *c = to; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
}

int error_set(struct error *err, enum fault code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    err->code = code;
    err->line = err->column = 0;
    err->hint[0] = err->file[0] = 0;
    write_text(err->message, sizeof err->message, format, args);
    va_end(args);
    return -1;
}

int error_hint(struct error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_text(err->hint, sizeof err->hint, format, args);
    va_end(args);
    return -1;
}

int error_at(struct error *err, const char *file, unsigned line, unsigned column)
{
    snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    struct slice rest = slice_of(err->file);
    for (size_t valid; (valid = utf8_valid(rest)) < rest.bytes; rest = slice_sub(rest, valid + 1, rest.bytes))
        err->file[(size_t)(rest.data - err->file) + valid] = '?';
    err->line = line;
    err->column = column;
    return -1;
}

int error_memory(struct error *err)
{
    return error_set(err, FAULT_TEMPORARY, "out of memory");
}

int error_errno(struct error *err, enum fault code, const char *what, const char *path)
{
    int number = errno;
    static const int passing[] = {ENOSPC, EDQUOT, ENOMEM, EMFILE, ENFILE}; /* of themselves, or once others end */
    for (size_t i = 0; i < COUNT_OF(passing); i++)
        if (number == passing[i])
            code = FAULT_TEMPORARY;
    error_set(err, code, "%s: %s", what, strerror(number));
    return error_at(err, path, 0, 0);
}

int fault_exit(enum fault code)
{
    return rows[code].exit;
}

const char *fault_name(enum fault code)
{
    return rows[code].name;
}

enum fault fault_worse(enum fault a, enum fault b)
{
    return rows[a].rank >= rows[b].rank ? a : b;
}

static json_t *text_or_null(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

static json_t *number_or_null(unsigned number)
{
    return number ? json_integer(number) : json_null();
}

static void print_json(const struct error *err, FILE *to)
{
    json_t *outer = json_pack("{s:{s:s, s:s, s:o, s:o, s:o, s:o}}", "error", "code", fault_name(err->code), "message",
                              err->message, "file", text_or_null(err->file), "line", number_or_null(err->line), "column",
                              number_or_null(err->column), "hint", text_or_null(err->hint));
    if (outer)
        json_print(outer, to);
    json_decref(outer);
}

/* Without the control characters, of one byte or two (U+0080 to U+009F), that a terminal obeys. */
static void put_clean(const char *text, FILE *to)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        bool is_pair = c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;
        fputc(*c < 0x20 || *c == 0x7f || is_pair ? '?' : *c, to);
        c += is_pair;
    }
}

void error_print(const struct error *err, FILE *to, bool json)
{
    if (json) {
        print_json(err, to);
        return;
    }
    fputs("alcove: error: ", to);
    if (err->file[0]) {
        put_clean(err->file, to);
        if (err->line)
            fprintf(to, ":%u", err->line);
        if (err->line && err->column)
            fprintf(to, ":%u", err->column);
        fputs(": ", to);
    }
    put_clean(err->message, to);
    if (err->hint[0]) {
        fputs(" (", to);
        put_clean(err->hint, to);
        fputc(')', to);
    }
    fputc('\n', to);
    fflush(to);
}
