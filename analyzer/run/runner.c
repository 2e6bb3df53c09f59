/* runner.c - see runner.h. */
#include "analyzer/run/runner.h"

#include "analyzer/run/document.h"
#include "analyzer/run/lines.h"
#include "analyzer/run/path_name.h"
#include "analyzer/run/resume.h"
#include "analyzer/run/signals.h"
#include "analyzer/run/walk.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/sandbox.h"
#include "models/model.h"

const char *run_status_name(enum run_status status)
{
    static const char *const names[] = {"done", "skipped", "quarantined", "failed"};
    return names[status];
}

/* ---- files ---- */

static int process_file(struct runner *r, struct in_hand *d, const struct input_file *file, struct error *err)
{
    struct parsed parsed;
    struct slice size = {NULL, (size_t)file->st.st_size};
    int64_t start = clock_monotonic_ns();
    int failed =
        keeper_parse(&r->keeper, PARSE_FILE, d->report.document, file->fd, size, &parsed, &d->problem) ||
        input_file_check(file, &d->problem);
    d->report.parse_ms = document_ms(&start);
    int result = failed ? document_end(r, d, true, err) : document_analyze(r, d, parsed.text, err);
    parsed_clear(&parsed);
    return result;
}

static bool is_beyond_limit(const struct runner *r)
{
    return r->plan->limit && r->taken >= r->plan->limit;
}

static void note_trouble(struct runner *r, const struct error *trouble)
{
    r->has_input_trouble = true;
    r->plan->on_trouble(r->plan->context, trouble);
}

static int run_file(struct runner *r, const char *path, struct error *err)
{
    struct in_hand d;
    struct input_file file = {.fd = -1};
    if (document_begin(r, &d, err))
        return -1;
    char *name = path_name(path);
    if (!name)
        return error_memory(err);
    d.report.document = slice_of(name);
    int64_t start = clock_monotonic_ns();
    bool has_failed = input_file_open(&file, path, r->plan->pipeline->bytes_max, &d.problem) != 0;
    d.report.read_ms = document_ms(&start);
    int done = 0;
    if (!has_failed) {
        d.input = store_commit_hash(r->store, &file.plain);
        done = document_is_done(r, &d, err);
    } else if (d.problem.code == FAULT_INPUT) {
        note_trouble(r, &d.problem);
    }
    int result = done < 0             ? -1
                 : has_failed || done ? document_end(r, &d, has_failed, err)
                                      : process_file(r, &d, &file, err);
    input_file_close(&file);
    free(name);
    return result;
}

/* ---- lines of standard input ---- */

static bool is_blank(struct slice line)
{
    for (size_t i = 0; i < line.bytes; i++)
        if (!strchr(" \t\r", line.data[i]))
            return false;
    return true;
}

/* A line after the parser: its id is known if anything is. */
static int run_parsed(struct runner *r, struct in_hand *d, const struct parsed *parsed, bool has_failed,
                      struct error *err)
{
    if (parsed->id.bytes)
        d->report.document = parsed->id;
    if (!shard_has(&r->plan->shard, d->report.document))
        return 0;
    if (is_beyond_limit(r))
        return RUN_STOP;
    r->taken++;
    int done = has_failed ? 0 : document_is_done(r, d, err);
    return done < 0             ? -1
           : has_failed || done ? document_end(r, d, has_failed, err)
                                : document_analyze(r, d, parsed->text, err);
}

static int run_line(struct runner *r, struct slice line, bool is_cut, uint64_t number, struct error *err)
{
    struct in_hand d;
    struct parsed parsed = {0};
    char name[32];
    if (document_begin(r, &d, err))
        return -1;
    snprintf(name, sizeof name, "-:%llu", (unsigned long long)number);
    d.report.document = slice_of(name); /* until its id is known */
    int64_t start = clock_monotonic_ns();
    int failed;
    if (is_cut) {
        failed = error_set(&d.problem, FAULT_DOCUMENT, "the line is longer than ingest.max_bytes (%llu)",
                           (unsigned long long)r->plan->pipeline->bytes_max);
    } else {
        d.input = store_commit_bytes(r->store, line);
        failed = keeper_parse(&r->keeper, PARSE_LINE, SLICE("-"), -1, line, &parsed, &d.problem);
    }
    d.report.parse_ms = document_ms(&start);
    int result = run_parsed(r, &d, &parsed, failed != 0, err);
    parsed_clear(&parsed);
    return result;
}

static int run_stdin(struct runner *r, struct error *err)
{
    AUTO(lines) *lines = NULL;
    if (lines_new(&lines, STDIN_FILENO, signals_fd(), r->plan->pipeline->bytes_max, err))
        return -1;
    for (uint64_t number = 1;; number++) {
        struct slice line;
        bool is_cut;
        int end = lines_next(lines, &line, &is_cut, err);
        if (end)
            return end < 0 ? -1 : signals_any() ? RUN_STOP : 0;
        int result = is_blank(line) && !is_cut ? 0 : run_line(r, line, is_cut, number, err);
        if (result)
            return result;
    }
}

/* ---- the run ---- */

/* A folder or an INPUT that cannot be opened stands in the lists as a document that failed. */
static int fail_unopened(struct runner *r, const struct walk_entry *entry, struct error *err)
{
    struct in_hand d;
    if (document_begin(r, &d, err))
        return -1;
    char *name = path_name(entry->path);
    if (!name)
        return error_memory(err);
    d.report.document = slice_of(name);
    d.problem = *entry->trouble;
    note_trouble(r, &d.problem);
    int result = document_end(r, &d, true, err);
    free(name);
    return result;
}

/* What the walk cannot enter: every shard tells, since nobody knows whose documents are behind it. */
static int report_trouble(struct runner *r, const struct walk_entry *entry, struct error *err)
{
    struct error loop;
    if (entry->kind == WALK_LOOP) {
        error_set(&loop, FAULT_INPUT, "folder loop: it leads back to a folder above it, and was not entered");
        error_at(&loop, entry->path, 0, 0);
        r->plan->on_trouble(r->plan->context, &loop);
        return 0;
    }
    if (is_beyond_limit(r))
        return RUN_STOP;
    r->taken++;
    return fail_unopened(r, entry, err);
}

static int visit(void *context, const struct walk_entry *entry, struct error *err)
{
    struct runner *r = context;
    if (signals_any())
        return RUN_STOP;
    if (entry->kind == WALK_STDIN)
        return run_stdin(r, err);
    if (entry->kind != WALK_FILE)
        return report_trouble(r, entry, err);
    if (!shard_has(&r->plan->shard, slice_of(entry->relative)))
        return 0;
    if (is_beyond_limit(r))
        return RUN_STOP;
    r->taken++;
    return run_file(r, entry->path, err);
}

static int count_one(void *context, const struct walk_entry *entry, struct error *err UNUSED)
{
    struct {
        size_t count;
        const struct shard *shard;
    } *c = context;
    c->count += entry->kind == WALK_FILE && shard_has(c->shard, slice_of(entry->relative));
    return 0;
}

size_t runner_count(const char *const *inputs, size_t input_count, const struct shard *shard)
{
    struct {
        size_t count;
        const struct shard *shard;
    } c = {0, shard};
    struct error err;
    return walk_inputs(inputs, input_count, count_one, &c, &err) ? 0 : c.count;
}

static int start_run(struct runner *r, const struct crew *crew, struct error *err)
{
    const struct crew_facts *facts = &crew->facts;
    const struct pipeline *p = r->plan->pipeline;
    const char *names[STEPS_MAX], *digests[STEPS_MAX];
    char pipeline_hex[HASH_HEX_BYTES], rules_hex[HASH_HEX_BYTES], model_hex[STEPS_MAX][HASH_HEX_BYTES],
        cage[64];
    hash_hex(&p->digest, pipeline_hex);
    hash_hex(&facts->rules_digest, rules_hex);
    for (size_t i = 0; i < facts->model_count; i++) {
        hash_hex(&facts->models[i].digest, model_hex[i]);
        names[i] = facts->models[i].name;
        digests[i] = model_hex[i];
    }
    struct sandbox_report sandbox;
    sandbox_report(&sandbox);
    snprintf(cage, sizeof cage, sandbox.landlock_abi ? "seccomp, landlock %d" : "seccomp",
             sandbox.landlock_abi);
    struct run_record record = {.pipeline_name = p->name,
                                .purpose = p->purpose,
                                .pipeline_digest = pipeline_hex,
                                .rules_digest = rules_hex,
                                .program_version = ALCOVE_VERSION,
                                .kernels = facts->kernels,
                                .model_names = names,
                                .model_digests = digests,
                                .model_count = facts->model_count,
                                .numerics_version = MODEL_NUMERICS_VERSION,
                                .sandbox = cage};
    return store_run_start(r->store, &record, r->end->run, err);
}

/* Exit 4 only if nothing else was processed; what was done before is not. */
static void settle_inputs(struct runner *r)
{
    const struct run_counts *c = &r->end->counts;
    if (r->has_input_trouble && c->done + c->quarantined == 0 && r->end->worst == FAULT_DOCUMENT)
        r->end->worst = FAULT_INPUT;
}

static int end_run(struct runner *r, const char *how, struct error *err)
{
    if (buffer_new(&r->end->checkpoint, 1u << 16, err))
        return -1;
    if (store_run_end(r->store, r->end->run, &r->end->counts, how, r->end->checkpoint, err)) {
        buffer_drop(&r->end->checkpoint);
        return -1;
    }
    return 0;
}

int runner_run(const struct run_plan *plan, struct crew *crew, struct store *store, struct run_end *ret,
               struct error *err)
{
    AUTO(secret) *subkey = NULL;
    struct runner r = {.plan = plan, .store = store, .end = ret};
    *ret = (struct run_end){0};
    if (store_subkey(store, "redaction", &subkey, err))
        return -1;
    keeper_init(&r.keeper, crew, plan->pipeline, subkey);
    r.keeper.drop_at_ns = signals_drop_at_ns;
    if (start_run(&r, crew, err))
        return -1;
    int result = walk_inputs(plan->inputs, plan->input_count, visit, &r, err);
    settle_inputs(&r);
    ret->worst = fault_worse(ret->worst, signals_seen());
    struct error at_end;
    const char *how = result < 0 ? "failed" : signals_any() ? "stopped" : "completed";
    if (end_run(&r, how, result < 0 ? &at_end : err))
        return -1;
    return result < 0 ? -1 : 0;
}
