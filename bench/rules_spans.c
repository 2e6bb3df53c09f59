/* rules_spans.c - what the rules find: NDJSON {"id","text",...} on stdin, a line {"id","spans":[...]} each on
 * stdout.
 *
 *   rules_spans FOLDER_OF_PACKS PACK[,PACK...] [THRESHOLD] < documents.jsonl
 * The C half of bench/redaction_accuracy. */
#include "base/error.h"
#include "base/json.h"
#include "rules/rule.h"

static int fail(const struct error *err)
{
    error_print(err, stderr, false);
    return fault_exit(err->code);
}

static void print_findings(const char *id, const struct finding *findings, size_t count)
{
    json_t *spans = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            spans, json_pack("{s:I,s:I,s:s,s:s,s:f}", "start", (json_int_t)findings[i].start, "end",
                             (json_int_t)findings[i].end, "label", label_name(rule_label(findings[i].rule)),
                             "rule", rule_id(findings[i].rule), "score", (double)findings[i].score));
    json_t *line = json_pack("{s:s,s:o}", "id", id, "spans", spans);
    json_print(line, stdout);
    json_decref(line);
}

int main(int argc, char **argv)
{
    const char *packs[16];
    size_t pack_count = 0, capacity = 0;
    struct error err;
    AUTO(ruleset) *rules = NULL;
    AUTO(scanner) *scanner = NULL;
    if (argc < 3) {
        fprintf(stderr, "usage: rules_spans FOLDER PACK[,PACK...] [THRESHOLD] < documents.jsonl\n");
        return 2;
    }
    for (char *rest = argv[2], *name; (name = strsep(&rest, ",")) && pack_count < COUNT_OF(packs);)
        packs[pack_count++] = name;
    double threshold = argc > 3 ? strtod(argv[3], NULL) : 0.5;
    if (ruleset_load(&rules, packs, pack_count, argv[1], &err) || scanner_new(&scanner, rules, &err))
        return fail(&err);
    char *line = NULL;
    for (ssize_t n; (n = getline(&line, &capacity, stdin)) > 0;) {
        json_t *document = NULL;
        const struct finding *findings;
        size_t count;
        if (json_read(&document, (struct slice){line, (size_t)n}, &err))
            return fail(&err);
        const json_t *text = json_object_get(document, "text");
        struct slice slice = {json_string_value(text), json_string_length(text)};
        if (scanner_scan(scanner, slice, threshold, &findings, &count, &err))
            return fail(&err);
        print_findings(json_string_value(json_object_get(document, "id")), findings, count);
        json_decref(document);
    }
    free(line);
    return 0;
}
