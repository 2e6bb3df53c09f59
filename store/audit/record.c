/* record.c - see record.h. */
#include "store/audit/record.h"

#include "base/clock.h"
#include "store/store.h"

/* clang-format off */
const char *const audit_common_fields[] = {
    "event", "seq", "time", "monotonic_ns", "actor", "host", "pid", "component", "outcome", NULL};
const char *const audit_run_fields[] = {
    "run", "purpose", "pipeline", "rules", "models", "numerics", NULL};

#define DOCUMENT_FIELDS {"object", "result", "input", "redacted_text", "results", "spans", "labels", "reason", \
                         "redactions", NULL}

const struct audit_kind audit_kinds[] = {
    {"store-create", "store", false, {"origin", "verifier_key", "format", NULL},
     "the store and its log begin"},
    {"anchor-change", "store", false, {"anchor", "checkpoints", NULL},
     "checkpoints go to another anchor file, or to a new one in place of one that was lost"},
    {"key-add", "store", false, {"slot", "type", "slots", NULL}, "one more key opens the store"},
    {"key-remove", "store", false, {"slot", "type", "slots", NULL}, "one key less opens the store"},
    {"store-backup", "store", false, {"file", "size", "root", NULL}, "a copy of the store was made"},
    {"run-start", "runner", true, {"pipeline_name", "program", "kernels", "sandbox", NULL},
     "a run begins: everything that an auditor must know to repeat it"},
    {"run-end", "runner", true, {"documents", "done", "skipped", "quarantined", "failed", "how", NULL},
     "a run ends, with the counts of its manifest"},
    {"document-done", "runner", true, DOCUMENT_FIELDS, "a document was processed and its result kept"},
    {"document-quarantined", "runner", true, DOCUMENT_FIELDS, "a document was refused whole"},
    {"document-failed", "runner", true, DOCUMENT_FIELDS, "a document could not be processed"},
    {"results-list", "command", false, {"rows", NULL}, "results were listed"},
    {"result-show", "command", false, {"object", "result", NULL}, "one result was shown"},
    {"result-prove", "command", false, {"object", "result", NULL}, "the proof of one result was written"},
    {"audit-replay", "command", false, {"object", "result", "same", "differs", "not_kept", NULL},
     "a document was processed again and compared with its result"},
    {"results-export", "command", false, {"rows", "format", NULL}, "results were written out"},
    {"audit-export", "command", false, {"from", "to", NULL}, "records were written out for others; null: without an end"},
    {"audit-read", "command", false, {"object", NULL}, "the log itself was read; object: what was asked for, or null"},
    {.event = NULL}};
/* clang-format on */

const struct audit_kind *audit_kind_find(const char *event)
{
    for (const struct audit_kind *kind = audit_kinds; kind->event; kind++)
        if (strcmp(kind->event, event) == 0)
            return kind;
    return NULL;
}

const char *audit_event_name(size_t index)
{
    return index + 1 < COUNT_OF(audit_kinds) ? audit_kinds[index].event : NULL;
}

static int take_fields(json_t *record, const json_t *from, const char *const *names, const char *event,
                       struct error *err)
{
    for (; *names; names++) {
        json_t *value = json_object_get(from, *names);
        if (!value)
            return error_set(err, FAULT_AUDIT, "the audit record \"%s\" lacks its field \"%s\"", event,
                             *names);
        if (json_object_set(record, *names, value))
            return error_memory(err);
    }
    return 0;
}

static int fill(json_t *record, const struct audit_kind *kind, const char *outcome,
                const struct audit_context *context, const json_t *fields, struct error *err)
{
    char time[CLOCK_TEXT_BYTES];
    clock_write(context->utc_ns, time);
    json_t *common =
        json_pack("{s:s, s:I, s:s, s:I, s:{s:s, s:i}, s:s, s:i, s:s, s:s}", "event", kind->event, "seq",
                  (json_int_t)context->seq, "time", time, "monotonic_ns", (json_int_t)context->monotonic_ns,
                  "actor", "login", context->login, "uid", (int)context->uid, "host", context->host, "pid",
                  (int)getpid(), "component", kind->component, "outcome", outcome);
    if (!common)
        return error_set(err, FAULT_AUDIT, "the audit record \"%s\" cannot be made", kind->event);
    size_t expected = json_object_size(common);
    int failed = take_fields(record, common, audit_common_fields, kind->event, err) ||
                 (kind->is_of_run && take_fields(record, context->run, audit_run_fields, kind->event, err)) ||
                 take_fields(record, fields, kind->fields, kind->event, err);
    json_decref(common);
    if (failed)
        return -1;
    for (size_t i = 0; kind->is_of_run && audit_run_fields[i]; i++)
        expected++;
    if (json_object_size(record) != expected + json_object_size(fields))
        return error_set(err, FAULT_AUDIT, "the audit record \"%s\" has a field that is not its own",
                         kind->event);
    return 0;
}

int record_write(struct buffer *to, const struct audit_kind *kind, const char *outcome,
                 const struct audit_context *context, const json_t *fields, struct error *err)
{
    size_t start = to->bytes;
    json_t *record = json_object();
    int failed = !record
                     ? error_memory(err)
                     : fill(record, kind, outcome, context, fields, err) || json_canonical(record, to, err);
    json_decref(record);
    if (!failed && to->bytes - start > AUDIT_RECORD_MAX)
        failed = error_set(err, FAULT_AUDIT, "an audit record is longer than %u bytes", AUDIT_RECORD_MAX);
    return failed ? -1 : 0;
}
