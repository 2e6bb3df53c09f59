/* examples.c - `rules test`: every example of a pack is scanned with the whole pack.
 *
 * In an example that must match, [[ and ]] may mark the identifier: then exactly that must be found. */
#include "rules/compile.h"

#include "base/buffer.h"

#define EXAMPLE_THRESHOLD 0.5
#define EXAMPLE_BYTES_MAX 65536u

struct run {
    const struct pack *pack;
    struct scanner *scanner;
    rule_report *report;
    void *context;
    size_t examples, failed;
};

/* The example without its marks, and what they enclose (start == end: no marks). */
static int unmark(const char *example, struct buffer *ret, struct span *ret_marked, struct error *err)
{
    const char *open = strstr(example, "[["), *close = open ? strstr(open, "]]") : NULL;
    buffer_clear(ret);
    *ret_marked = (struct span){0, 0};
    if (!close)
        return buffer_append_text(ret, example, err);
    size_t before = (size_t)(open - example), inside = (size_t)(close - open) - 2;
    *ret_marked = (struct span){before, before + inside};
    return buffer_append(ret, (struct slice){example, before}, err) ||
                   buffer_append(ret, (struct slice){open + 2, inside}, err) ||
                   buffer_append_text(ret, close + 2, err)
               ? -1
               : 0;
}

/* True when the rule found something, and the marked range if one is marked. */
static bool found(const struct rule_text *rule, struct span marked, const struct finding *findings,
                  size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rule_id(findings[i].rule), rule->id) == 0 &&
            (marked.start == marked.end ||
             (findings[i].start == marked.start && findings[i].end == marked.end)))
            return true;
    return false;
}

static int run_examples(struct run *run, const struct rule_text *rule, const struct text_list *list,
                        bool must_match, struct error *err)
{
    AUTO(buffer) *text = NULL;
    if (buffer_new(&text, EXAMPLE_BYTES_MAX, err))
        return -1;
    for (size_t i = 0; i < list->count; i++) {
        const struct finding *findings;
        size_t count;
        struct span marked;
        if (unmark(list->items[i], text, &marked, err) ||
            scanner_scan(run->scanner, buffer_slice(text), EXAMPLE_THRESHOLD, &findings, &count, err))
            return -1;
        run->examples++;
        if (found(rule, marked, findings, count) == must_match)
            continue;
        run->failed++;
        char message[400];
        snprintf(message, sizeof message, "rule \"%s\" %s: %.200s", rule->id,
                 must_match ? "does not find its example" : "finds what it must not", list->items[i]);
        const struct yaml_node *at = i < list->node->count ? list->node->items[i] : list->node;
        run->report(run->context, run->pack->file, at->line, at->column, true, message);
    }
    return 0;
}

int pack_test(const char *path, rule_report *report, void *context, size_t *ret_examples, size_t *ret_failed,
              struct error *err)
{
    AUTO(pack) *pack = NULL;
    AUTO(ruleset) *ruleset = NULL;
    AUTO(scanner) *scanner = NULL;
    if (pack_read(&pack, path, NULL, err) || ruleset_of_packs(&ruleset, &pack, 1, err) ||
        scanner_new(&scanner, ruleset, err))
        return -1;
    struct run run = {.pack = ruleset->packs[0], .scanner = scanner, .report = report, .context = context};
    for (size_t i = 0; i < run.pack->count; i++) {
        const struct rule_text *rule = &run.pack->rules[i];
        if (run_examples(&run, rule, &rule->match, true, err) ||
            run_examples(&run, rule, &rule->reject, false, err))
            return -1;
    }
    *ret_examples = run.examples;
    *ret_failed = run.failed;
    return 0;
}
