/* results_common.c - see results_common.h. */
#include "analyzer/command/results_common.h"

#include "base/suggest.h"
#include "base/utf8.h"

#define STEPS_SHOWN_MAX 64u

const char *const result_statuses[] = {"done", "quarantined", "failed", NULL};

int result_wish_fill(struct result_wish *ret, const struct arguments *arguments, struct error *err)
{
    const char *where = argument_text(arguments, "where", NULL);
    *ret = (struct result_wish){.filter = {.run = argument_text(arguments, "run", NULL),
                                           .status = argument_text(arguments, "status", NULL),
                                           .document = argument_text(arguments, "document", NULL),
                                           .limit = argument_number(arguments, "limit", 0)}};
    if (!where)
        return 0;
    const char *equals = strchr(where, '=');
    if (!equals || equals == where || (size_t)(equals - where) >= sizeof ret->step) {
        error_set(err, FAULT_USAGE, "--where wants STEP=LABEL");
        return error_hint(err, "for instance --where specialty=Cardiology");
    }
    memcpy(ret->step, where, (size_t)(equals - where));
    ret->filter.step = ret->step;
    ret->filter.label = equals + 1;
    return 0;
}

static int count_row(void *context, const struct result_row *row UNUSED, struct error *err UNUSED)
{
    ++*(uint64_t *)context;
    return 0;
}

int results_count(struct store *store, const struct result_filter *filter, uint64_t *ret, struct error *err)
{
    *ret = 0;
    return store_results(store, filter, false, count_row, ret, err);
}

json_t *json_name(struct slice bytes)
{
    AUTO(buffer) *clean = NULL;
    struct error ignored;
    size_t at = 0;
    if (utf8_valid(bytes) == bytes.bytes)
        return json_slice(bytes);
    if (buffer_new(&clean, 3 * bytes.bytes + 1, &ignored))
        return NULL;
    while (at < bytes.bytes) {
        size_t valid = utf8_valid(slice_sub(bytes, at, bytes.bytes));
        if (buffer_append(clean, slice_sub(bytes, at, at + valid), &ignored))
            return NULL;
        at += valid;
        if (at < bytes.bytes && buffer_append(clean, SLICE("\xef\xbf\xbd"), &ignored))
            return NULL;
        at++;
    }
    return json_slice(buffer_slice(clean));
}

/* Stored JSON, or an empty object. */
static json_t *stored(struct slice text, struct error *err)
{
    json_t *value = NULL;
    if (text.bytes == 0)
        return json_object();
    return json_read(&value, text, err) ? NULL : value;
}

/* The keys of the results, into one object. */
static int add_steps(void *context, const struct result_row *row, struct error *err)
{
    json_t *results = stored(row->results, err);
    if (!results)
        return -1;
    int failed = json_object_update((json_t *)context, results);
    json_decref(results);
    return failed ? error_memory(err) : 0;
}

static int warn_of_step(const struct context *context, const char *step, const json_t *steps,
                        struct error *err)
{
    const char *names[STEPS_SHOWN_MAX], *name;
    const json_t *each;
    AUTO(buffer) *list = NULL;
    size_t count = 0;
    if (buffer_new(&list, 1u << 16, err))
        return -1;
    json_object_foreach((json_t *)(uintptr_t)steps, name, each)
    {
        if (count == COUNT_OF(names))
            break;
        if (buffer_printf(list, err, "%s%s", count ? ", " : "", name))
            return -1;
        names[count++] = name;
    }
    const char *nearest = suggest_nearest(step, names, count);
    if (nearest)
        context_warn(context, "no result has a step \"%s\" (did you mean \"%s\"?); the steps are: %s", step,
                     nearest, list->data);
    else
        context_warn(context, "no result has a step \"%s\"; the steps are: %s", step,
                     count ? list->data : "none");
    return 0;
}

int results_warn_of_step(const struct context *context, struct store *store, const struct result_wish *wish,
                         struct error *err)
{
    if (!wish->filter.step)
        return 0;
    json_t *steps = json_object();
    int failed = steps ? store_results(store, &(struct result_filter){0}, false, add_steps, steps, err)
                       : error_memory(err);
    if (!failed && !json_object_get(steps, wish->filter.step))
        failed = warn_of_step(context, wish->filter.step, steps, err);
    json_decref(steps);
    return failed;
}

json_t *result_json(const struct result_row *row, struct error *err)
{
    json_t *results = stored(row->results, err), *labels = results ? stored(row->labels, err) : NULL;
    if (!results || !labels) {
        json_decref(results);
        return NULL;
    }
    json_t *json =
        json_pack("{s:o, s:s, s:s, s:s, s:o, s:o, s:I, s:s, s:s, s:I}", "document", json_name(row->document),
                  "id", row->id, "run", row->run, "status", row->status, "results", results, "labels", labels,
                  "redactions", (json_int_t)row->redactions, "pipeline", row->pipeline_name, "time",
                  row->time, "audit_leaf", (json_int_t)row->audit_leaf);
    if (!json || (row->reason.bytes && json_object_set_new(json, "reason", json_name(row->reason)))) {
        json_decref(json);
        error_memory(err);
        return NULL;
    }
    return json;
}

int step_text(const json_t *step, struct buffer *to, struct error *err)
{
    const json_t *label = json_object_get(step, "label"), *sentences = json_object_get(step, "sentences"),
                 *each;
    size_t i;
    if (json_is_string(label))
        return buffer_append(to, (struct slice){json_string_value(label), json_string_length(label)}, err);
    if (json_is_null(label))
        return 0; /* it abstained */
    if (!json_is_array(sentences))
        return json_canonical(step, to, err);
    json_array_foreach(sentences, i, each)
    {
        const json_t *text = json_object_get(each, "text");
        struct slice bytes = {json_string_value(text), json_string_length(text)};
        if ((i && buffer_append_byte(to, ' ', err)) || (text && buffer_append(to, bytes, err)))
            return -1;
    }
    return 0;
}

/* The line, from 1, that the byte `at` stands on. */
static size_t line_at(struct slice text, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at && i < text.bytes; i++)
        line += text.data[i] == '\n';
    return line;
}

int sentence_source(const json_t *sentence, const json_t *redacted, struct buffer *to, struct error *err)
{
    struct slice text = {json_string_value(redacted), json_string_length(redacted)};
    const char *origin = json_string_value(json_object_get(sentence, "origin"));
    const json_t *cite;
    size_t i;
    json_array_foreach(json_object_get(sentence, "cites"), i, cite)
    {
        size_t start = (size_t)json_integer_value(json_array_get(cite, 0)),
               end = (size_t)json_integer_value(json_array_get(cite, 1));
        const char *unit = redacted ? "line" : "byte", *before = i ? ", " : "";
        if (redacted) {
            start = line_at(text, start);
            end = line_at(text, end ? end - 1 : 0);
        }
        if (start == end ? buffer_printf(to, err, "%s%s %zu", before, unit, start)
                         : buffer_printf(to, err, "%s%ss %zu-%zu", before, unit, start, end))
            return -1;
    }
    return buffer_printf(to, err, "%s%s", i ? ", " : "",
                         origin && strcmp(origin, "shortened") == 0 ? "shortened by the model"
                                                                  : "taken from the text");
}
