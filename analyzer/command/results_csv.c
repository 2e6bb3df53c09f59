/* results_csv.c - results as CSV (RFC 4180), safe to open in a spreadsheet.
 *
 * document,id,run,status,pipeline,time,redactions,reason, then a column a step, and STEP_score where it has
 * scores. A cell that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage
 * return) gets a leading apostrophe, as OWASP advises: a note may well begin with "=HYPERLINK(". */
#include "analyzer/command/results_export.h"

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f;
}

static void put_cell(FILE *to, struct slice text)
{
    bool is_formula = text.bytes && memchr("=+-@\t\r", text.data[0], 6), needs_quotes = is_formula;
    for (size_t i = 0; i < text.bytes && !needs_quotes; i++)
        needs_quotes = is_control(text.data[i]) || memchr(",\"\r\n\t ;", text.data[i], 7) != NULL;
    if (!needs_quotes) {
        fwrite(text.data, 1, text.bytes, to);
        return;
    }
    fputs(is_formula ? "\"'" : "\"", to);
    for (size_t i = 0; i < text.bytes; i++) {
        if (text.data[i] == '"')
            fputc('"', to);
        if (is_control(text.data[i])) /* a NUL ends the cell in many readers, an ESC rewrites a screen */
            fputs("\xef\xbf\xbd", to);
        else
            fputc(text.data[i], to);
    }
    fputc('"', to);
}

static void put_text(FILE *to, const json_t *value)
{
    if (json_is_string(value))
        put_cell(to, (struct slice){json_string_value(value), json_string_length(value)});
}

static int begin(struct export *export, struct error *err UNUSED)
{
    fputs("document,id,run,status,pipeline,time,redactions,reason", export->to);
    for (size_t i = 0; i < export->step_count; i++) {
        const struct export_step *step = &export->steps[i];
        fputc(',', export->to);
        put_cell(export->to, slice_of(step->name));
        if (step->has_score) {
            fputc(',', export->to);
            put_cell(export->to, slice_of(step->name));
            fputs("_score", export->to);
        }
    }
    fputc('\n', export->to);
    return 0;
}

static int put_step(struct export *export, const struct export_step *step, const json_t *value,
                    struct error *err)
{
    AUTO(buffer) *text = NULL;
    fputc(',', export->to);
    if (value) {
        if (buffer_new(&text, 64u << 20, err) || step_text(value, text, err))
            return -1;
        put_cell(export->to, buffer_slice(text));
    }
    if (step->has_score) {
        const json_t *score = json_object_get(value, "score");
        fputc(',', export->to);
        if (json_is_number(score))
            json_dumpf(score, export->to, JSON_ENCODE_ANY | JSON_REALS);
    }
    return 0;
}

static int row(struct export *export, const json_t *json, struct error *err)
{
    static const char *const names[] = {"document", "id", "run", "status", "pipeline", "time"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (i)
            fputc(',', export->to);
        put_text(export->to, json_object_get(json, names[i]));
    }
    fprintf(export->to, ",%lld,", (long long)json_integer_value(json_object_get(json, "redactions")));
    put_text(export->to, json_object_get(json, "reason"));
    const json_t *results = json_object_get(json, "results");
    for (size_t i = 0; i < export->step_count; i++)
        if (put_step(export, &export->steps[i], json_object_get(results, export->steps[i].name), err))
            return -1;
    fputc('\n', export->to);
    return 0;
}

const struct export_format export_csv = {.name = "csv", .begin = begin, .row = row};
