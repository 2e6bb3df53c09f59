/* alcove.c - the public interface; see alcove.h. */
#include "analyzer/alcove.h"

#include "analyzer/command/command.h"
#include "analyzer/command/places.h"
#include "analyzer/redact/redact.h"
#include "analyzer/redact/redact_pipeline.h"
#include "base/contract.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/utf8.h"

#include <limits.h>

struct alcove_error {
    struct error error;
};

struct alcove_redactor {
    struct ruleset *rules;
    struct pipeline *pipeline;
    struct redactor *redactor;
    struct secret *key;
};

PUBLIC const char *alcove_version(void)
{
    return ALCOVE_VERSION;
}

PUBLIC int alcove_main(int argc, char **argv)
{
    return command_main(argc, argv);
}

/* ---- errors ---- */

PUBLIC alcove_error *alcove_error_new(void)
{
    return calloc(1, sizeof(struct alcove_error));
}

PUBLIC void alcove_error_free(alcove_error *error)
{
    free(error);
}

PUBLIC const char *alcove_error_message(const alcove_error *error)
{
    return error->error.message;
}

PUBLIC const char *alcove_error_hint(const alcove_error *error)
{
    return error->error.hint;
}

PUBLIC const char *alcove_error_file(const alcove_error *error)
{
    return error->error.file;
}

PUBLIC unsigned alcove_error_line(const alcove_error *error)
{
    return error->error.line;
}

PUBLIC int alcove_error_exit_status(const alcove_error *error)
{
    return fault_exit(error->error.code);
}

/* ---- redaction ---- */

PUBLIC void alcove_redactor_free(alcove_redactor *redactor)
{
    if (!redactor)
        return;
    redactor_drop(&redactor->redactor);
    pipeline_drop(&redactor->pipeline);
    ruleset_drop(&redactor->rules);
    secret_drop(&redactor->key);
    free(redactor);
}

static int open_redactor(struct alcove_redactor *r, const char *packs, const char *profile, struct error *err)
{
    char folder[PATH_MAX];
    return places_rules(folder, sizeof folder, err) ||
                   redact_pipeline(&r->pipeline, packs, profile, folder, err) ||
                   ruleset_load(&r->rules, r->pipeline->packs, r->pipeline->pack_count, folder, err) ||
                   redactor_new(&r->redactor, r->rules, r->pipeline, err) ||
                   secret_random(&r->key, HASH_BYTES, err)
               ? -1
               : 0;
}

PUBLIC alcove_redactor *alcove_redactor_new(const char *rules, const char *profile, alcove_error *error)
{
    struct alcove_redactor *r = calloc(1, sizeof *r);
    if (!r) {
        error_memory(&error->error);
        return NULL;
    }
    if (open_redactor(r, rules, profile, &error->error)) {
        alcove_redactor_free(r);
        return NULL;
    }
    return r;
}

/* keyed_hashes under the redactor's own key. */
static int hash_values(void *context, const char *purpose, const struct slice *values, size_t count, struct hash *ret,
                       struct error *err UNUSED)
{
    const struct alcove_redactor *r = context;
    for (size_t i = 0; i < count; i++) {
        const struct slice parts[] = {{purpose, strlen(purpose) + 1}, values[i]};
        ret[i] = hash_keyed(secret_slice(r->key), parts, COUNT_OF(parts));
    }
    return 0;
}

static int write_spans(const struct redaction *redaction, char **ret, struct error *err)
{
    json_t *list = json_array();
    for (size_t i = 0; i < redaction->span_count; i++) {
        const struct redacted_span *s = &redaction->spans[i];
        json_array_append_new(list, json_pack("{s:I, s:I, s:s, s:s, s:f, s:s}", "start", (json_int_t)s->start, "end",
                                              (json_int_t)s->end, "label", label_name(s->label), "rule", s->rule_id,
                                              "score", (double)s->score, "operator",
                                              operator_name(s->operator_kind)));
    }
    *ret = list && json_array_size(list) == redaction->span_count ? json_dumps(list, JSON_COMPACT | JSON_REALS) : NULL;
    json_decref(list);
    return *ret ? 0 : error_memory(err);
}

PUBLIC int alcove_redact(alcove_redactor *redactor, const char *text, size_t bytes, char **ret_text, char **ret_spans,
                         alcove_error *error)
{
    struct slice input = {text, bytes};
    struct keyed_hashes keys = {hash_values, redactor};
    AUTO(redaction) *redaction = NULL;
    size_t valid = utf8_valid(input);
    if (valid != bytes)
        return error_set(&error->error, FAULT_DOCUMENT, "the text is not UTF-8 at byte %zu", valid);
    if (bytes && memchr(text, 0, bytes))
        return error_set(&error->error, FAULT_DOCUMENT, "the text holds a NUL byte");
    if (redactor_run(redactor->redactor, input, &keys, &redaction, &error->error))
        return -1;
    struct slice output = redacted_text_slice(redaction->text);
    char *copy = strndup(output.data, output.bytes);
    if (!copy)
        return error_memory(&error->error);
    if (ret_spans && write_spans(redaction, ret_spans, &error->error)) {
        free(copy);
        return -1;
    }
    *ret_text = copy;
    return 0;
}

PUBLIC void alcove_free(void *memory)
{
    free(memory);
}
