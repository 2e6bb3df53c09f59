/* output.c - see output.h. */
#include "analyzer/command/output.h"

#include "base/arena.h"
#include "base/utf8.h"

#define COLUMNS_MAX 12u

struct line {
    struct line *next;
    const char *cells[COLUMNS_MAX];
    enum style style;
};

struct table {
    struct arena *arena;
    size_t columns, widths[COLUMNS_MAX];
    struct line *first, *last; /* the heads are the first line */
};

void table_drop(struct table **table)
{
    if (!*table)
        return;
    arena_drop(&(*table)->arena);
    free(*table);
    *table = NULL;
}

int table_row(struct table *t, const char *const *cells, struct error *err)
{
    struct line *line = arena_take(t->arena, sizeof *line, err);
    if (!line)
        return -1;
    for (size_t i = 0; i < t->columns; i++) {
        struct slice text = slice_of(cells[i] ? cells[i] : "");
        if (!(line->cells[i] = arena_copy(t->arena, text, err)))
            return -1;
        t->widths[i] = MAX(t->widths[i], utf8_count(slice_sub(text, 0, utf8_valid(text))));
    }
    if (t->last)
        t->last->next = line;
    else
        t->first = line;
    t->last = line;
    return 0;
}

int table_new(struct table **ret, const char *const *heads, struct error *err)
{
    AUTO(table) *t = calloc(1, sizeof *t);
    if (!t)
        return error_memory(err);
    while (heads[t->columns] && t->columns < COLUMNS_MAX)
        t->columns++;
    if (arena_new(&t->arena, err) || table_row(t, heads, err))
        return -1;
    t->last->style = STYLE_STRONG;
    *ret = TAKE(t);
    return 0;
}

void table_style(struct table *t, enum style style)
{
    t->last->style = style;
}

static void print_line(const struct table *t, const struct line *line, const struct context *context)
{
    size_t styled = line->style == STYLE_STRONG ? t->columns : line->style == STYLE_PLAIN ? 0 : 1;
    size_t columns = t->columns;
    while (columns > 1 && !line->cells[columns - 1][0]) /* no blanks at the end of a line */
        columns--;
    for (size_t i = 0; i < columns; i++) {
        struct slice text = slice_of(line->cells[i]);
        if (i < styled)
            fputs(context_style(context, line->style), context->out);
        output_name(context->out, text);
        if (i < styled)
            fputs(context_style(context, STYLE_PLAIN), context->out);
        size_t width = utf8_count(slice_sub(text, 0, utf8_valid(text)));
        if (i + 1 < columns)
            fprintf(context->out, "%*s", (int)(t->widths[i] - width + 2), "");
    }
    fputc('\n', context->out);
}

void table_print(const struct table *t, const struct context *context)
{
    if (t->first->next)
        for (const struct line *line = t->first; line; line = line->next)
            print_line(t, line, context);
}

static void put_clean(FILE *to, struct slice text, const char *allowed)
{
    static const char replacement[] = "\xef\xbf\xbd";
    size_t at = 0;
    while (at < text.bytes) {
        size_t valid = at + utf8_valid(slice_sub(text, at, text.bytes));
        while (at < valid) {
            uint32_t code;
            size_t bytes = utf8_decode(text, at, &code);
            bool is_control = (code < 0x20 && !(code && strchr(allowed, (int)code))) || (code >= 0x7f && code < 0xa0);
            if (is_control)
                fputs(replacement, to);
            else
                fwrite(text.data + at, 1, bytes, to);
            at += bytes;
        }
        if (at < text.bytes) {
            fputs(replacement, to);
            at++;
        }
    }
}

void output_clean(FILE *to, struct slice text)
{
    put_clean(to, text, "\n\t");
}

void output_name(FILE *to, struct slice name)
{
    put_clean(to, name, "");
}

const char *output_bytes(uint64_t bytes, char ret[24])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < COUNT_OF(units); unit++)
        value /= 1024;
    snprintf(ret, 24, value < 10 && unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
    return ret;
}
