/* shown.c - see shown.h. */
#include "analyzer/process/shown.h"

static int show_label(const char *name, const json_t *value, struct buffer *to, struct error *err)
{
    const char *label = json_string_value(json_object_get(value, "label"));
    double score = json_number_value(json_object_get(value, "score"));
    if (!label)
        return buffer_printf(to, err, "%s: no label (below the threshold)\n", name);
    return buffer_printf(to, err, "%s: %s (%.2f)\n", name, label, score);
}

static int show_sentences(const char *name, const json_t *value, struct buffer *to, struct error *err)
{
    size_t i;
    json_t *sentence, *missing = json_object_get(value, "not_stated");
    if (buffer_printf(to, err, "%s:\n", name))
        return -1;
    json_array_foreach(json_object_get(value, "sentences"), i, sentence)
    {
        const char *text = json_string_value(json_object_get(sentence, "text"));
        const char *origin = json_string_value(json_object_get(sentence, "origin"));
        bool is_shortened = origin && strcmp(origin, "shortened") == 0;
        if (text && buffer_printf(to, err, "  - %s%s\n", text, is_shortened ? "  (shortened by the model)" : ""))
            return -1;
    }
    if (json_array_size(missing) == 0)
        return 0;
    if (buffer_append_text(to, "  not stated:", err))
        return -1;
    json_array_foreach(missing, i, sentence)
    {
        const char *text = json_string_value(sentence);
        if (text && buffer_printf(to, err, "%s %s", i ? "," : "", text))
            return -1;
    }
    return buffer_append_byte(to, '\n', err);
}

int results_show(const json_t *results, const struct pipeline *pipeline, struct buffer *to, struct error *err)
{
    for (size_t i = 0; i < pipeline->step_count; i++) {
        const char *name = pipeline->steps[i].name;
        const json_t *value = json_object_get(results, name);
        if (!json_is_object(value))
            continue;
        if (json_object_get(value, "sentences") ? show_sentences(name, value, to, err)
                                                : show_label(name, value, to, err))
            return -1;
    }
    return 0;
}
