/* audit_replay_text.c - see audit_replay_text.h. */
#include "analyzer/command/audit_replay_text.h"

#include "analyzer/command/output.h"
#include "analyzer/command/results_common.h"

static bool is_all_same(const struct replay *replay)
{
    return replay->is_same && replay->inputs == FAULT_NONE;
}

/* ---- the record ---- */

static json_t *names_of(const struct replay *replay, enum replay_state state)
{
    json_t *names = json_array();
    for (size_t i = 0; i < replay->count; i++)
        if (replay->rows[i].state == state &&
            json_array_append_new(names, json_string(replay->rows[i].name))) {
            json_decref(names);
            return NULL;
        }
    return names;
}

int replay_record(struct store *store, const struct recorded *recorded, const struct replay *replay,
                  struct error *err)
{
    const char *outcome = !replay->has_run ? "refused" : is_all_same(replay) ? "ok" : "failed";
    json_t *fields = json_pack("{s:s, s:s, s:o, s:o, s:o}", "object", recorded->object, "result",
                               recorded->id, "same", names_of(replay, REPLAY_SAME), "differs",
                               names_of(replay, REPLAY_DIFFERS), "not_kept",
                               names_of(replay, REPLAY_NOT_KEPT));
    return fields ? audit_event(store, "audit-replay", outcome, fields, NULL, err) : error_memory(err);
}

/* ---- what is printed ---- */

static const char *field(const json_t *record, const char *name)
{
    const char *text = json_string_value(json_object_get(record, name));
    return text ? text : "";
}

static void print_json(const struct context *context, const struct recorded *recorded,
                       const struct crew_facts *facts, const struct replay *replay)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < replay->count; i++) {
        const struct replay_row *row = &replay->rows[i];
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s}", "name", row->name, "state",
                                              replay_state_name(row->state), "recorded", row->recorded, "now",
                                              row->now));
    }
    json_t *line = json_pack("{s:o, s:s, s:b, s:o, s:{s:s, s:s}, s:{s:s, s:s}}", "document",
                             json_name(slice_of(recorded->document)), "result", recorded->id, "same",
                             is_all_same(replay), "compared", rows, "kernels", "recorded",
                             field(recorded->run, "kernels"), "now", facts->kernels, "program", "recorded",
                             field(recorded->run, "program"), "now", ALCOVE_VERSION);
    if (replay->problem.code != FAULT_NONE)
        json_object_set_new(line, "reason", json_string(replay->problem.message));
    json_print(line, context->out);
    json_decref(line);
}

#define DIGITS 12 /* of a digest, in the table */

static int print_table(const struct context *context, const struct replay *replay, struct error *err)
{
    static const enum style styles[] = {[REPLAY_SAME] = STYLE_GOOD,
                                        [REPLAY_DIFFERS] = STYLE_BAD,
                                        [REPLAY_NOT_KEPT] = STYLE_WARNING,
                                        [REPLAY_NOT_RUN] = STYLE_WARNING};
    AUTO(table) *table = NULL;
    if (table_new(&table, (const char *const[]){"compared", "state", "recorded", "now", NULL}, err))
        return -1;
    for (size_t i = 0; i < replay->count; i++) {
        const struct replay_row *row = &replay->rows[i];
        char recorded[DIGITS + 1], now[DIGITS + 1];
        snprintf(recorded, sizeof recorded, "%.*s", DIGITS, row->recorded);
        snprintf(now, sizeof now, "%.*s", DIGITS, row->now);
        const char *const cells[] = {row->name, replay_state_name(row->state), recorded, now, NULL};
        if (table_row(table, cells, err))
            return -1;
        table_style(table, styles[row->state]);
    }
    table_print(table, context);
    return 0;
}

/* A run without a model has no kernels. */
static const char *or_none(const char *kernels)
{
    return kernels[0] ? kernels : "none";
}

static void print_verdict(const struct context *context, const struct recorded *recorded,
                          const struct crew_facts *facts, const struct replay *replay)
{
    enum style style = is_all_same(replay) ? STYLE_GOOD : STYLE_BAD;
    const char *verdict = !replay->has_run                ? "not replayed"
                          : !replay->is_same              ? "no"
                          : replay->inputs == FAULT_NONE ? "yes"
                                                          : "yes, from other inputs";
    if (replay->has_run)
        fprintf(context->out, "kernels: %s in the run, %s now; program: %s in the run, %s now\n",
                or_none(field(recorded->run, "kernels")), or_none(facts->kernels),
                field(recorded->run, "program"), ALCOVE_VERSION);
    if (replay->problem.code != FAULT_NONE)
        fprintf(context->out, "the document gives no result now: %s\n", replay->problem.message);
    fprintf(context->out, "same bytes: %s%s%s\n", context_style(context, style), verdict,
            context_style(context, STYLE_PLAIN));
}

int replay_print(const struct context *context, const struct recorded *recorded,
                 const struct crew_facts *facts, const struct replay *replay, struct error *err)
{
    if (context->is_json) {
        print_json(context, recorded, facts, replay);
        return 0;
    }
    if (print_table(context, replay, err))
        return -1;
    print_verdict(context, recorded, facts, replay);
    return 0;
}

/* ---- the exit status ---- */

static int settle_input(const struct replay *replay, struct error *err)
{
    const struct replay_row *row = replay->rows;
    while (row->state != REPLAY_DIFFERS || row->fault != replay->inputs)
        row++;
    error_set(err, row->fault, "%s: not that of the record, %s there and %s now%s", row->name,
              row->recorded[0] ? row->recorded : "none", row->now[0] ? row->now : "none",
              !replay->has_run  ? ""
              : replay->is_same ? "; the result is the same"
                                : "; the result differs");
    return replay->has_run ? -1 : error_hint(err, "--force replays it nevertheless");
}

int replay_settle(const struct replay *replay, struct error *err)
{
    char names[128] = "";
    if (replay->inputs != FAULT_NONE)
        return settle_input(replay, err);
    if (replay->is_same)
        return 0;
    for (size_t i = 0; i < replay->count; i++)
        if (replay->rows[i].state == REPLAY_DIFFERS) {
            size_t used = strlen(names);
            snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", replay->rows[i].name);
        }
    error_set(err, FAULT_AUDIT, "the same inputs do not give the stored result again: %s", names);
    return replay->is_row_altered
               ? error_hint(err, "the stored row is not what its record commits to: alcove audit verify")
               : -1;
}
