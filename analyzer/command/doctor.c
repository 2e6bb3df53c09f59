/* doctor.c - see doctor.h. */
#include "analyzer/command/doctor.h"

#include "analyzer/command/output.h"
#include "base/json.h"

#include <stdarg.h>

const struct doctor_check doctor_checks[] = {
    {"sandbox", FAULT_PRIVACY, doctor_sandbox}, /* first: it forks, which the doctor's own sandbox forbids */
    {"core dumps", FAULT_PRIVACY, doctor_core_dumps},
    {"memory lock", FAULT_PRIVACY, doctor_memory_lock},
    {"cpu", FAULT_MODEL, doctor_cpu},
    {"clock", FAULT_TEMPORARY, doctor_clock},
    {"rules", FAULT_PIPELINE, doctor_rules},
    {"models", FAULT_MODEL, doctor_models},
    {"key file", FAULT_STORE, doctor_key},
    {"store", FAULT_STORE, doctor_store},
    {0},
};

static const struct verdict_row {
    const char *name;
    enum style style;
} verdicts[] = {[VERDICT_OK] = {"ok", STYLE_GOOD},
                [VERDICT_WARNING] = {"warning", STYLE_WARNING},
                [VERDICT_FAILED] = {"failed", STYLE_BAD}};

void diagnose(struct diagnosis *ret, enum verdict verdict, const char *hint, const char *detail, ...)
{
    va_list args;
    va_start(args, detail);
    vsnprintf(ret->detail, sizeof ret->detail, detail, args);
    va_end(args);
    ret->verdict = verdict;
    snprintf(ret->hint, sizeof ret->hint, "%s", hint);
}

static json_t *row_json(const struct doctor_check *check, const struct diagnosis *d)
{
    json_t *row = json_pack("{s:s, s:s, s:s}", "check", check->name, "status", verdicts[d->verdict].name,
                            "detail", d->detail);
    if (d->hint[0])
        json_object_set_new(row, "hint", json_string(d->hint));
    return row;
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    AUTO(table) *table = NULL;
    const struct patient patient = {context, arguments};
    enum verdict worst = VERDICT_OK;
    enum fault fault = FAULT_NONE;
    if (table_new(&table, (const char *const[]){"status", "check", "what was found", NULL}, err))
        return -1;
    json_t *rows = json_array();
    for (const struct doctor_check *check = doctor_checks; check->name; check++) {
        struct diagnosis d = {.verdict = VERDICT_FAILED};
        check->run(&patient, &d);
        worst = MAX(worst, d.verdict);
        if (d.verdict == VERDICT_FAILED)
            fault = fault_worse(fault, check->fault);
        json_array_append_new(rows, row_json(check, &d));
        char text[sizeof d.detail + sizeof d.hint + 8];
        snprintf(text, sizeof text, d.hint[0] ? "%s (%s)" : "%s", d.detail, d.hint);
        if (table_row(table, (const char *const[]){verdicts[d.verdict].name, check->name, text, NULL}, err)) {
            json_decref(rows);
            return -1;
        }
        table_style(table, verdicts[d.verdict].style);
    }
    if (context->is_json) {
        json_t *all = json_pack("{s:s, s:s, s:O}", "version", version_text, "status", verdicts[worst].name,
                                "checks", rows);
        json_print(all, context->out);
        json_decref(all);
    } else {
        table_print(table, context);
    }
    json_decref(rows);
    return fault_exit(fault);
}

static const struct option options[] = {OPTION_ROWS_STORE, {0}};

const struct command command_doctor = {
    .name = "doctor",
    .summary = "check what this machine gives: sandbox, processor, models, store, clock",
    .about =
        "Each row says ok, warning or failed. A failure decides the exit status: 8 for the sandbox, 6 for "
        "the "
        "store, 5 for a model, 3 for rules.\n\n"
        "The sandbox is closed in children of this program, in each of its roles, and what it must refuse is "
        "tried there.",
    .options = options,
    .closes_sandbox = true,
    .run = run,
};
