/* rules_explain.c - `alcove rules explain`: the arithmetic of every match in a text. The text itself is not
 * repeated: places are given, so that the output may be shown to others. */
#include "analyzer/command/rules_common.h"

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

struct place {
    unsigned line, column;
};

/* Line and column (characters) of a byte offset. */
static struct place place_of(struct slice text, size_t at)
{
    struct place p = {1, 1};
    size_t start = 0;
    for (size_t i = 0; i < at && i < text.bytes; i++)
        if (text.data[i] == '\n') {
            p.line++;
            start = i + 1;
        }
    p.column = (unsigned)utf8_count(slice_sub(text, start, at)) + 1;
    return p;
}

static void print_line(const struct context *context, const struct finding *f, double threshold)
{
    json_t *line =
        json_pack("{s:s, s:s, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:b}", "rule", rule_id(f->rule), "label",
                  label_name(rule_label(f->rule)), "start", (json_int_t)f->start, "end", (json_int_t)f->end,
                  "score", (double)f->score, "pattern", (double)f->score_pattern, "context",
                  (double)f->score_context, "valid", (double)f->score_valid, "negative",
                  (double)f->score_negative, "redacted", (double)f->score >= threshold);
    if (f->context_at != UINT32_MAX)
        json_object_set_new(line, "context_at", json_integer(f->context_at));
    json_print(line, context->out);
    json_decref(line);
}

static void print_text(const struct context *context, struct slice text, const struct finding *f,
                       double threshold)
{
    FILE *to = context->out;
    struct place at = place_of(text, f->start);
    bool is_redacted = (double)f->score >= threshold;
    fprintf(to, "%u:%u: %s, %zu bytes, by %s (%s %s): score %.2f, %s%s%s\n", at.line, at.column,
            label_name(rule_label(f->rule)), f->end - f->start, rule_id(f->rule), rule_pack(f->rule),
            rule_version(f->rule), (double)f->score,
            context_style(context, is_redacted ? STYLE_GOOD : STYLE_WARNING),
            is_redacted ? "redacted" : "kept", context_style(context, STYLE_PLAIN));
    fprintf(to, "    %+.2f  the pattern matches\n", (double)f->score_pattern);
    if (f->context_at != UINT32_MAX) {
        struct place word = place_of(text, f->context_at);
        fprintf(to, "    %+.2f  a context word at %u:%u\n", (double)f->score_context, word.line, word.column);
    } else if (f->score_context > 0) { /* a finder's */
        fprintf(to, "    %+.2f  what stands beside it\n", (double)f->score_context);
    }
    if (rule_validator(f->rule))
        fprintf(to, "    %+.2f  %s\n", (double)f->score_valid, rule_validator(f->rule));
    else if (f->score_valid > 0)
        fprintf(to, "    %+.2f  what the word says by itself\n", (double)f->score_valid);
    if (f->score_negative < 0 || f->score_negative > 0)
        fprintf(to, "    %+.2f  a word that speaks against it\n",
                -(double)(f->score_negative < 0 ? -f->score_negative : f->score_negative));
    fprintf(to, "  = %.2f  at least %.2f is redacted\n", (double)f->score, threshold);
}

static int explain(const struct context *context, const struct arguments *arguments,
                   const struct ruleset *rules, struct error *err)
{
    AUTO(scanner) *scanner = NULL;
    AUTO(buffer) *text = NULL;
    const char *path = operand(arguments, 0);
    bool is_stdin = !path || strcmp(path, "-") == 0;
    const struct finding *findings;
    size_t count;
    double threshold = argument_real(arguments, "threshold", 0.5);
    if (is_stdin ? file_read_fd(&text, STDIN_FILENO, DOCUMENT_BYTES_MAX, FAULT_INPUT, err)
                 : file_read(&text, path, DOCUMENT_BYTES_MAX, FAULT_INPUT, err))
        return -1;
    if (utf8_valid(buffer_slice(text)) != text->bytes) {
        error_set(err, FAULT_INPUT, "the text is not valid UTF-8 (byte %zu)", utf8_valid(buffer_slice(text)));
        return error_at(err, is_stdin ? "-" : path, 0, 0);
    }
    if (scanner_new(&scanner, rules, err) ||
        scanner_scan(scanner, buffer_slice(text), 0, &findings, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (context->is_json)
            print_line(context, &findings[i], threshold);
        else
            print_text(context, buffer_slice(text), &findings[i], threshold);
    if (!count && !context->is_json)
        fputs("no rule matches\n", context->out);
    return 0;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    struct packs packs;
    AUTO(ruleset) *rules = NULL;
    int r = packs_fill(&packs, arguments, err) || packs_load(&packs, &rules, err) ||
            explain(context, arguments, rules, err);
    packs_clear(&packs);
    return r ? -1 : 0;
}

static const struct option options[] = {
    OPTION_ROW_RULES,
    {.name = "threshold",
     .kind = OPTION_REAL,
     .value = "T",
     .min = 0,
     .max = 1,
     .help = "score from which a match is redacted (default: 0.5, as in a pipeline)"},
    {0}};

static const struct example examples[] = {
    {"alcove rules explain letter.txt --rules us-hipaa", "why each match has its score"}, {0}};

const struct command command_rules_explain = {
    .name = "rules explain",
    .operands = "[FILE|-]",
    .operands_max = 1,
    .summary = "show the arithmetic of every match in a text",
    .about = "Gives places, never the text found there. Matches below the threshold are shown, too, as kept.",
    .options = options,
    .examples = examples,
    .run = run,
};
