/* run_plan.c - see run_plan.h. */
#include "analyzer/command/run_plan.h"

#include "analyzer/command/output.h"
#include "analyzer/command/run_report.h"
#include "analyzer/ingest/ingest.h"
#include "analyzer/run/path_name.h"
#include "analyzer/run/resume.h"
#include "analyzer/run/walk.h"
#include "base/json.h"
#include "base/sandbox.h"

#define FORMATS_MAX 32u

struct preview {
    const struct run_plan *plan;
    const struct context *context;
    struct store *store; /* NULL when there is none yet */
    uint64_t documents, skipped, troubles, bytes;
    uint64_t by_format[FORMATS_MAX];
};

static size_t format_index(const struct format *format)
{
    size_t i = 0;
    while (formats_all[i] && formats_all[i] != format)
        i++;
    return MIN(i, FORMATS_MAX - 1);
}

static void print_one(const struct preview *p, const char *path, const char *status, const char *format,
                      uint64_t bytes)
{
    if (p->context->is_json) {
        json_t *line = json_pack("{s:s%, s:s, s:s, s:I}", "document", path, strlen(path), "status", status,
                                 "format", format, "bytes", (json_int_t)bytes);
        if (line)
            json_print(line, p->context->out);
        json_decref(line);
        return;
    }
    output_name(p->context->out, slice_of(path));
    char size[24];
    fprintf(p->context->out, "  %s  %s, %s\n", status, format, output_bytes(bytes, size));
}

static int preview_file(struct preview *p, const char *path, const char *name, struct error *err)
{
    struct input_file file = {.fd = -1};
    struct error problem;
    const struct format *format = format_of(slice_of(path), SLICE(""));
    p->documents++;
    if (input_file_open(&file, path, p->plan->pipeline->bytes_max, &problem)) {
        p->troubles++;
        print_one(p, name, problem.code == FAULT_INPUT ? "cannot be read" : "too large", format->name, 0);
        return 0;
    }
    int done = 0;
    if (p->store && !p->plan->is_forced) {
        struct hash input = store_commit_hash(p->store, &file.plain);
        done = resume_is_done(p->store, slice_of(name), &input, &p->plan->pipeline->digest, err);
    }
    if (done >= 0) {
        p->skipped += done > 0;
        p->bytes += done ? 0 : (uint64_t)file.st.st_size;
        p->by_format[format_index(format)]++;
        print_one(p, name, done ? "skip" : "process", format->name, (uint64_t)file.st.st_size);
    }
    input_file_close(&file);
    return done < 0 ? -1 : 0;
}

/* A folder or an INPUT that cannot be opened: a run lists it as a document that failed. */
static void preview_unopened(struct preview *p, const char *name)
{
    p->documents++;
    p->troubles++;
    print_one(p, name, "cannot be read", format_of(slice_of(name), SLICE(""))->name, 0);
}

static int visit(void *context, const struct walk_entry *entry, struct error *err)
{
    struct preview *p = context;
    if (entry->kind == WALK_STDIN) {
        error_set(err, FAULT_USAGE, "--dry-run cannot look into standard input without using it up");
        return error_hint(err, "name files or folders");
    }
    if (entry->kind != WALK_FILE) {
        context_warn_at(p->context, entry->path, 0, 0,
                        entry->trouble ? entry->trouble->message : "folder loop");
        if (entry->kind == WALK_LOOP)
            return 0;
    } else if (!shard_has(&p->plan->shard, slice_of(entry->relative))) {
        return 0;
    }
    if (p->plan->limit && p->documents >= p->plan->limit)
        return 1;
    int result = 0;
    char *name = path_name(entry->path);
    if (!name)
        return error_memory(err);
    if (entry->kind == WALK_FILE)
        result = preview_file(p, entry->path, name, err);
    else
        preview_unopened(p, name);
    free(name);
    return result;
}

static int print_sums(const struct preview *p, const struct store_place *place, struct error *err)
{
    uint64_t process = p->documents - p->skipped - p->troubles;
    FILE *out = p->context->out;
    if (p->context->is_json) {
        json_t *formats = json_object();
        for (size_t i = 0; formats_all[i]; i++)
            json_object_set_new(formats, formats_all[i]->name, json_integer((json_int_t)p->by_format[i]));
        json_t *sums = json_pack("{s:b, s:I, s:I, s:I, s:I, s:o, s:s}", "dry_run", 1, "documents",
                                 (json_int_t)p->documents, "process", (json_int_t)process, "skipped",
                                 (json_int_t)p->skipped, "troubles", (json_int_t)p->troubles, "formats",
                                 formats, "store", place->path);
        if (!sums)
            return error_memory(err);
        json_print(sums, out);
        json_decref(sums);
        return 0;
    }
    char size[24];
    fprintf(out, "%llu document%s: %llu to process (%s), %llu done before, %llu that cannot be read\n",
            (unsigned long long)p->documents, p->documents == 1 ? "" : "s", (unsigned long long)process, output_bytes(p->bytes, size),
            (unsigned long long)p->skipped, (unsigned long long)p->troubles);
    for (size_t i = 0; formats_all[i]; i++)
        fprintf(out, "  %s: %llu\n", formats_all[i]->name, (unsigned long long)p->by_format[i]);
    fprintf(out, "store: %s (%s)\nNothing was written.\n", place->path,
            p->store ? "exists" : "would be made");
    return 0;
}

int run_plan_show(const struct run_plan *plan, const struct context *context,
                  const struct arguments *arguments, struct store_place *place, struct error *err)
{
    AUTO(store) *store = NULL;
    struct preview p = {.plan = plan, .context = context};
    if (store_place_fill(place, context, arguments, STORE_READ, err))
        return -1;
    if (access(place->path, F_OK) == 0 && store_open(&store, &place->options, NULL, err))
        return -1;
    p.store = store;
    if (sandbox_close(SANDBOX_KEEPER, -1, NULL, err) ||
        walk_inputs(plan->inputs, plan->input_count, visit, &p, err) < 0)
        return -1;
    return print_sums(&p, place, err) ? -1 : p.troubles ? fault_exit(FAULT_DOCUMENT) : 0;
}
