/* notes - how often the labels are right, and how many summaries hold a sentence that the model shortened.
 *
 *   bench.notes PIPELINE RULES_FOLDER MODEL.gguf LABELS.tsv NOTES_FOLDER [-v]
 *
 * LABELS.tsv: a header, then "file<TAB>label". Each note is read as `alcove run` reads it, redacted under a
 * fixed key and passed through the steps. Beside the labels of the pipeline: the same without prior
 * correction, and the labels expected to agree when they are dealt out at random (the shuffled control,
 * computed exactly). */
#include "analyzer/ingest/ingest.h"
#include "analyzer/redact/redact.h"
#include "analyzer/steps/steps.h"
#include "base/clock.h"
#include "base/file.h"

#include <stdlib.h>

#define NOTES_MAX 512u

struct note {
    char file[200], label[100];
    char found[2][100];
    bool has_shortened;
};

static struct note notes[NOTES_MAX];
static size_t note_count;
static bool is_verbose;

static int fixed_hashes(void *context, const char *purpose, const struct slice *values, size_t count,
                        struct hash *ret, struct error *err)
{
    (void)context;
    (void)err;
    for (size_t i = 0; i < count; i++)
        ret[i] = hash_keyed(SLICE("bench"), (struct slice[]){slice_of(purpose), values[i]}, 2);
    return 0;
}

static int read_labels(const char *path, struct error *err)
{
    AUTO(buffer) *bytes = NULL;
    if (file_read(&bytes, path, 1u << 20, FAULT_INPUT, err))
        return -1;
    char *line = strchr(bytes->data, '\n');
    while (line && note_count < NOTES_MAX) {
        struct note *n = &notes[note_count];
        note_count += sscanf(line + 1, "%199[^\t\n]\t%99[^\n]", n->file, n->label) == 2;
        line = strchr(line + 1, '\n');
    }
    return 0;
}

static int run_note(struct note *n, const char *folder, int round, struct redactor *redactor,
                    struct steps *steps, double *ms, struct error *err)
{
    char path[600];
    AUTO(buffer) *bytes = NULL;
    struct ingested in = {0};
    AUTO(redaction) *redaction = NULL;
    struct step_time times[32];
    json_t *results = NULL;
    if (path_join(path, sizeof path, err, "%s/%s", folder, n->file) ||
        file_read(&bytes, path, 1u << 24, FAULT_INPUT, err) || format_text.open(&bytes, &in, err) ||
        redactor_run(redactor, buffer_slice(in.text), &(struct keyed_hashes){fixed_hashes, NULL}, &redaction,
                     err) ||
        steps_run(steps, redaction->text, &results, times, err))
        return -1;
    const char *name;
    json_t *value, *sentence;
    size_t i, at = 0;
    json_object_foreach(results, name, value)
    {
        const char *label = json_string_value(json_object_get(value, "label"));
        if (json_object_get(value, "score"))
            snprintf(n->found[round], sizeof n->found[round], "%s", label ? label : "(none)");
        json_array_foreach(json_object_get(value, "sentences"), i, sentence)
        {
            const char *origin = json_string_value(json_object_get(sentence, "origin"));
            n->has_shortened |= round == 0 && strcmp(origin, "shortened") == 0;
            if (is_verbose && round == 0)
                printf("    %-9s %s\n", origin, json_string_value(json_object_get(sentence, "text")));
            if (is_verbose && round == 0 && json_object_get(sentence, "refused")) {
                printf("              refused: ");
                json_print(json_object_get(sentence, "refused"), stdout);
            }
        }
        ms[at % 8] += times[at % 32].ms;
        at++;
        if (is_verbose && round == 0 && json_object_get(value, "not_stated"))
            json_print(json_object_get(value, "not_stated"), stdout);
    }
    if (is_verbose)
        printf("  %s: %s, found %s\n", n->file, n->label, n->found[round]);
    json_decref(results);
    ingested_clear(&in);
    return 0;
}

static int run_round(const char *const argv[], int round, double *ms, struct error *err)
{
    static const char *const without[] = {"steps.specialty.prior_correction=false"};
    AUTO(pipeline) *pipeline = NULL;
    AUTO(ruleset) *rules = NULL;
    AUTO(redactor) *redactor = NULL;
    AUTO(model) *model = NULL;
    AUTO(steps) *steps = NULL;
    AUTO(pool) *pool = NULL;
    const struct model *models[32];
    if (pipeline_load(&pipeline, argv[1], without, round ? 1 : 0, err) ||
        ruleset_load(&rules, pipeline->packs, pipeline->pack_count, argv[2], err) ||
        redactor_new(&redactor, rules, pipeline, err) || pool_new(&pool, 0, err) ||
        model_load(&model, argv[3], pool, err))
        return -1;
    for (size_t i = 0; i < pipeline->step_count; i++)
        models[i] = model;
    if (round) /* the summary is the same */
        pipeline->step_count = 1;
    if (steps_new(&steps, pipeline, models, pool, err))
        return -1;
    for (size_t i = 0; i < note_count; i++)
        if (run_note(&notes[i], argv[5], round, redactor, steps, ms, err))
            return error_at(err, notes[i].file, 0, 0);
    return 0;
}

static size_t right(int round)
{
    size_t n = 0;
    for (size_t i = 0; i < note_count; i++)
        n += strcmp(notes[i].found[round], notes[i].label) == 0;
    return n;
}

/* Agreements expected when the right labels are dealt out at random. */
static double expected_by_chance(void)
{
    double pairs = 0;
    for (size_t i = 0; i < note_count; i++)
        for (size_t k = 0; k < note_count; k++)
            pairs += strcmp(notes[i].found[0], notes[k].label) == 0;
    return pairs / (double)note_count;
}

int main(int argc, char **argv)
{
    struct error err;
    double ms[8] = {0}, ignored[8] = {0};
    if (argc < 6) {
        fputs("usage: bench.notes PIPELINE RULES_FOLDER MODEL.gguf LABELS.tsv NOTES_FOLDER [-v]\n", stderr);
        return 2;
    }
    is_verbose = argc > 6;
    if (read_labels(argv[4], &err) || run_round((const char *const *)argv, 0, ms, &err) ||
        run_round((const char *const *)argv, 1, ignored, &err)) {
        error_print(&err, stderr, false);
        return 1;
    }
    size_t shortened = 0;
    for (size_t i = 0; i < note_count; i++)
        shortened += notes[i].has_shortened;
    printf("labels right: %zu of %zu; without prior correction %zu; shuffled labels %.1f\n", right(0),
           note_count, right(1), expected_by_chance());
    printf("summaries with a sentence shortened by the model: %zu of %zu\n", shortened, note_count);
    printf("ms a note: first step %.0f, second %.0f\n", ms[0] / (double)note_count,
           ms[1] / (double)note_count);
    return 0;
}
