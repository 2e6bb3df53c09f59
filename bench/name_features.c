/* name_features.c - the features of every capitalised word: NDJSON {"text"} on stdin, for each document a
 * line
 * {"words":[[start,end,"feature feature ..."],...]} on stdout. scripts/fit-name-weights reads it. */
#include "base/error.h"
#include "base/json.h"
#include "rules/names/feature.h"
#include "rules/shadow.h"

static void print_words(const struct shadow *shadow)
{
    struct slice text = shadow_text(shadow);
    struct name_run run;
    json_t *words = json_array();
    for (size_t at = 0; name_run_next(text, at, &run); at = run.next)
        for (size_t i = 0; i < run.count; i++) {
            struct feature_list list;
            char names[8192];
            size_t bytes = 0;
            features_of(&run, i, &list);
            for (size_t k = 0; k < list.count && bytes < sizeof names; k++)
                bytes += (size_t)snprintf(names + bytes, sizeof names - bytes, k ? " %s" : "%s",
                                          feature_names[list.ids[k]]);
            struct span at_original = shadow_original(shadow, run.tokens[i].start, run.tokens[i].end);
            json_array_append_new(words, json_pack("[I,I,s]", (json_int_t)at_original.start,
                                                   (json_int_t)at_original.end, names));
        }
    json_t *line = json_pack("{s:o}", "words", words);
    json_print(line, stdout);
    json_decref(line);
}

int main(void)
{
    struct error err;
    AUTO(shadow) *shadow = NULL;
    char *line = NULL;
    size_t capacity = 0;
    int result = shadow_new(&shadow, &err);
    for (ssize_t n; result == 0 && (n = getline(&line, &capacity, stdin)) > 0;) {
        json_t *document = NULL;
        result = json_read(&document, (struct slice){line, (size_t)n}, &err);
        if (result)
            break;
        const json_t *text = json_object_get(document, "text");
        result = shadow_set(shadow, (struct slice){json_string_value(text), json_string_length(text)}, &err);
        if (result == 0)
            print_words(shadow);
        json_decref(document);
    }
    free(line);
    if (result)
        error_print(&err, stderr, false);
    return result ? fault_exit(err.code) : 0;
}
