/* replay.c - see replay.h. */
#include "analyzer/run/replay.h"

#include "analyzer/run/kept.h"
#include "analyzer/run/replay_input.h"
#include "models/model.h"

const char *replay_state_name(enum replay_state state)
{
    static const char *const names[] = {"same", "differs", "not kept", "not run"};
    return names[state];
}

static struct replay_row *add(struct replay *replay, const char *name, enum replay_state state,
                              enum fault fault)
{
    struct replay_row *row = &replay->rows[replay->count++];
    *row = (struct replay_row){.state = state, .fault = fault};
    snprintf(row->name, sizeof row->name, "%s", name);
    return row;
}

/* ---- inputs ---- */

static void add_input(struct replay *replay, const char *name, enum fault fault, const char *recorded,
                      const char *now)
{
    bool is_same = recorded && strcmp(recorded, now) == 0;
    struct replay_row *row = add(replay, name, is_same ? REPLAY_SAME : REPLAY_DIFFERS, fault);
    snprintf(row->recorded, sizeof row->recorded, "%s", recorded ? recorded : "");
    snprintf(row->now, sizeof row->now, "%s", now);
    if (!is_same)
        replay->inputs = fault_worse(replay->inputs, fault);
}

static void add_hash(struct replay *replay, const char *name, enum fault fault, const json_t *recorded,
                     const struct hash *now)
{
    char hex[HASH_HEX_BYTES];
    hash_hex(now, hex);
    add_input(replay, name, fault, json_string_value(recorded), hex);
}

/* In the order of the steps, as the record lists them; one that only one side has differs from none. */
static void add_models(struct replay *replay, const json_t *recorded, const struct crew_facts *facts)
{
    size_t count = MAX(json_array_size(recorded), facts->model_count);
    for (size_t i = 0; i < MIN(count, (size_t)STEPS_MAX); i++) {
        char name[sizeof replay->rows[0].name], hex[HASH_HEX_BYTES] = "";
        const json_t *model = json_array_get(recorded, i);
        const char *called = json_string_value(json_object_get(model, "name"));
        const char *slash = i < facts->model_count ? strrchr(facts->models[i].name, '/') : NULL;
        if (i < facts->model_count)
            hash_hex(&facts->models[i].digest, hex);
        if (!called)
            called = slash ? slash + 1 : facts->models[i].name;
        snprintf(name, sizeof name, "model %s", called);
        add_input(replay, name, FAULT_MODEL, json_string_value(json_object_get(model, "digest")), hex);
    }
}

static void compare_inputs(const struct replay_plan *plan, const struct replay_input *input,
                           struct replay *replay)
{
    const json_t *record = plan->recorded->result;
    char recorded[32], now[32];
    add_hash(replay, "input", FAULT_INPUT, json_object_get(record, "input"), &input->commitment);
    add_hash(replay, "pipeline", FAULT_PIPELINE, json_object_get(record, "pipeline"),
             &plan->pipeline->digest);
    add_hash(replay, "rules", FAULT_PIPELINE, json_object_get(record, "rules"),
             &plan->crew->facts.rules_digest);
    add_models(replay, json_object_get(record, "models"), &plan->crew->facts);
    snprintf(recorded, sizeof recorded, "%lld",
             (long long)json_integer_value(json_object_get(record, "numerics")));
    snprintf(now, sizeof now, "%d", MODEL_NUMERICS_VERSION);
    add_input(replay, "numerics", FAULT_MODEL, recorded, now);
}

/* ---- outputs ---- */

static const struct output {
    const char *name;
    unsigned keep; /* 0 = always */
    size_t at;     /* of its struct likeness */
} outputs[] = {{"redacted_text", KEEP_REDACTED_TEXT, offsetof(struct likenesses, redacted_text)},
               {"spans", KEEP_SPANS, offsetof(struct likenesses, spans)},
               {"results", KEEP_RESULTS, offsetof(struct likenesses, results)},
               {"labels", 0, offsetof(struct likenesses, labels)}};

static enum replay_state judge(const struct likeness *l, const struct output *output, unsigned keep)
{
    if (!l->is_row_as_recorded)
        return REPLAY_DIFFERS;
    if (l->is_nothing_recorded && output->keep && !(keep & output->keep))
        return REPLAY_NOT_KEPT;
    return hash_equal(&l->again, &l->recorded) ? REPLAY_SAME : REPLAY_DIFFERS;
}

static int compare_outputs(const struct replay_plan *plan, const struct analysis *analysis,
                           struct replay *replay, struct error *err)
{
    struct kept kept;
    struct outcome again = {.reason = ""};
    struct likenesses all;
    int failed = kept_fill(&kept, &again, analysis, KEEP_REDACTED_TEXT | KEEP_SPANS | KEEP_RESULTS, err) ||
                 store_compare(plan->store, plan->recorded, &again, &all, err);
    kept_clear(&kept);
    if (failed)
        return -1;
    replay->is_same = true;
    for (size_t i = 0; i < COUNT_OF(outputs); i++) {
        const void *at = (const char *)&all + outputs[i].at;
        const struct likeness *l = at;
        struct replay_row *row =
            add(replay, outputs[i].name, judge(l, &outputs[i], plan->pipeline->keep), FAULT_NONE);
        hash_hex(&l->recorded, row->recorded);
        hash_hex(&l->again, row->now);
        replay->is_same = replay->is_same && row->state != REPLAY_DIFFERS;
        replay->is_row_altered = replay->is_row_altered || !l->is_row_as_recorded;
    }
    return 0;
}

static void add_no_outputs(struct replay *replay, enum replay_state state)
{
    for (size_t i = 0; i < COUNT_OF(outputs); i++)
        add(replay, outputs[i].name, state, FAULT_NONE);
}

/* ---- processing ---- */

/* As a line when it is one with the document's id, else as a file under the document's name. */
static int parse(const struct replay_plan *plan, struct keeper *keeper, struct replay_input *input,
                 struct parsed *ret, struct error *err)
{
    struct slice name = slice_of(plan->recorded->document);
    if (input->has_line) {
        int failed = keeper_parse(keeper, PARSE_LINE, SLICE("-"), -1, buffer_slice(input->line), ret, err);
        if (!input->has_file || slice_equal(ret->id, name) || keeper->is_broken)
            return failed;
        parsed_clear(ret);
    }
    if ((uint64_t)input->file.st.st_size > plan->pipeline->bytes_max)
        return error_set(err, FAULT_DOCUMENT, "the input is longer than ingest.max_bytes");
    struct slice size = {NULL, (size_t)input->file.st.st_size};
    if (keeper_parse(keeper, PARSE_FILE, name, input->file.fd, size, ret, err))
        return -1;
    if (input_file_check(&input->file, err) == 0)
        return 0;
    err->code = FAULT_INPUT; /* says nothing of the document */
    return -1;
}

/* A document that cannot be processed now is a finding; a crew that does not work is none. */
static bool is_finding(const struct keeper *keeper, const struct error *problem)
{
    return !keeper->is_broken && (problem->code == FAULT_DOCUMENT || problem->code == FAULT_PRIVACY);
}

static int process(const struct replay_plan *plan, struct replay_input *input, struct replay *replay,
                   struct error *err)
{
    AUTO(secret) *subkey = NULL;
    struct keeper keeper;
    struct parsed parsed = {0};
    struct analysis analysis = {0};
    if (store_subkey(plan->store, "redaction", &subkey, err))
        return -1;
    keeper_init(&keeper, plan->crew, plan->pipeline, subkey);
    replay->has_run = true;
    int failed = parse(plan, &keeper, input, &parsed, err) ||
                 keeper_analyze(&keeper, parsed.text, &analysis, err);
    if (!failed) {
        failed = compare_outputs(plan, &analysis, replay, err);
    } else if (is_finding(&keeper, err)) {
        replay->problem = *err;
        add_no_outputs(replay, REPLAY_DIFFERS);
        failed = 0;
    }
    analysis_clear(&analysis);
    parsed_clear(&parsed);
    return failed ? -1 : 0;
}

int replay_run(const struct replay_plan *plan, struct replay *ret, struct error *err)
{
    struct replay_input input;
    *ret = (struct replay){0};
    int failed = replay_input_find(plan, &input, err);
    if (!failed) {
        compare_inputs(plan, &input, ret);
        if (ret->inputs == FAULT_NONE || plan->is_forced)
            failed = process(plan, &input, ret, err);
        else
            add_no_outputs(ret, REPLAY_NOT_RUN);
    }
    replay_input_clear(&input);
    return failed ? -1 : 0;
}
