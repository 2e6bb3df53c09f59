/* runs.c - a run's row and its two records; see store.h. */
#include "store/runs.h"
#include "base/id.h"
#include "store/audit/log.h"

/* A model given by its path: the folders may say more than an audit record should. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static json_t *models_of(const struct run_record *run)
{
    json_t *models = json_array();
    for (size_t i = 0; models && i < run->model_count; i++)
        if (json_array_append_new(models, json_pack("{s:s, s:s}", "name", base_name(run->model_names[i]),
                                                    "digest", run->model_digests[i]))) {
            json_decref(models);
            return NULL;
        }
    return models;
}

int store_run_start(struct store *store, const struct run_record *run, char ret_run[33], struct error *err)
{
    AUTO(transaction) *t = NULL;
    char id[ID_BYTES];
    uint64_t leaf;
    if (id_new(id, err))
        return -1;
    json_t *context = json_pack("{s:s, s:s, s:s, s:s, s:o, s:i}", "run", id, "purpose", run->purpose,
                                "pipeline", run->pipeline_digest, "rules", run->rules_digest, "models",
                                models_of(run), "numerics", (int)run->numerics_version);
    if (!context)
        return error_set(err, FAULT_AUDIT, "the run cannot be described (memory, or text that is not UTF-8)");
    json_decref(store->run_context);
    store->run_context = context;
    store->run[0] = 0;
    if (transaction_begin(store, &t, err) ||
        log_append(store, "run-start", "ok",
                   json_pack("{s:s, s:s, s:s, s:s}", "pipeline_name", run->pipeline_name, "program",
                             run->program_version, "kernels", run->kernels, "sandbox", run->sandbox),
                   &leaf, NULL, err) ||
        query_run(store, err,
                  "INSERT INTO runs (id, start_leaf, pipeline_name, pipeline_digest) VALUES (?, ?, ?, ?)",
                  "titt", id, (int64_t)leaf, run->pipeline_name, run->pipeline_digest))
        return -1;
    int64_t number = sqlite3_last_insert_rowid(store->db);
    if (transaction_commit(TAKE(t), err))
        return -1;
    store->run_number = number;
    memcpy(store->run, id, sizeof id);
    memcpy(ret_run, id, sizeof id);
    return 0;
}

/* A run of an earlier opening: its context stands in its first record. */
static int load_context(struct store *store, const char *run, struct error *err)
{
    AUTO(query) *q = NULL;
    json_t *record = NULL, *context = json_object();
    if (!context)
        return error_memory(err);
    int row = query_start(store, &q, err,
                          "SELECT r.number, l.record FROM runs r JOIN audit_leaves l ON l.leaf = r.start_leaf"
                          " WHERE r.id = ?",
                          "t", run)
                  ? -1
                  : query_next(q, err);
    int failed = row <= 0 || json_read(&record, query_bytes(q, 1), err);
    if (row == 0)
        error_set(err, FAULT_STORE, "the store has no run %.32s", run);
    for (size_t i = 0; !failed && audit_run_fields[i]; i++)
        if (json_object_set(context, audit_run_fields[i], json_object_get(record, audit_run_fields[i])))
            failed = error_set(err, FAULT_AUDIT, "the first record of run %.32s lacks \"%s\"", run,
                               audit_run_fields[i]);
    json_decref(record);
    if (failed) {
        json_decref(context);
        return -1;
    }
    json_decref(store->run_context);
    store->run_context = context;
    store->run_number = query_int(q, 0);
    snprintf(store->run, sizeof store->run, "%s", run);
    return 0;
}

int run_load(struct store *store, const char *run, struct error *err)
{
    return store->run[0] && strcmp(store->run, run) == 0 ? 0 : load_context(store, run, err);
}

int run_count(struct store *store, int64_t run_number, struct run_counts *ret, struct error *err)
{
    AUTO(query) *q = NULL;
    int row;
    *ret = (struct run_counts){0};
    if (query_start(store, &q, err, "SELECT status, count(*) FROM results WHERE run = ? GROUP BY status", "i",
                    run_number))
        return -1;
    while ((row = query_next(q, err)) > 0) {
        const char *status = query_text(q, 0);
        uint64_t *count = strcmp(status, "done") == 0     ? &ret->done
                          : strcmp(status, "failed") == 0 ? &ret->failed
                                                          : &ret->quarantined;
        *count = (uint64_t)query_int(q, 1);
    }
    return row;
}

/* The manifest must say what the store holds. */
static int check_counts(struct store *store, const struct run_counts *counts, struct error *err)
{
    struct run_counts held;
    if (run_count(store, store->run_number, &held, err))
        return -1;
    if (held.done == counts->done && held.quarantined == counts->quarantined &&
        held.failed == counts->failed &&
        counts->documents == counts->done + counts->skipped + counts->quarantined + counts->failed)
        return 0;
    return error_set(
        err, FAULT_AUDIT,
        "the run counts %llu documents: %llu done, %llu skipped, %llu quarantined, %llu failed; the "
        "store holds %llu done, %llu quarantined, %llu failed",
        (unsigned long long)counts->documents, (unsigned long long)counts->done,
        (unsigned long long)counts->skipped, (unsigned long long)counts->quarantined,
        (unsigned long long)counts->failed, (unsigned long long)held.done,
        (unsigned long long)held.quarantined, (unsigned long long)held.failed);
}

int store_run_end(struct store *store, const char *run, const struct run_counts *counts, const char *how,
                  struct buffer *ret_checkpoint, struct error *err)
{
    AUTO(transaction) *t = NULL;
    uint64_t leaf;
    if (run_load(store, run, err) || transaction_begin(store, &t, err) || check_counts(store, counts, err) ||
        log_append(store, "run-end", "ok",
                   json_pack("{s:I, s:I, s:I, s:I, s:I, s:s}", "documents", (json_int_t)counts->documents,
                             "done", (json_int_t)counts->done, "skipped", (json_int_t)counts->skipped,
                             "quarantined", (json_int_t)counts->quarantined, "failed",
                             (json_int_t)counts->failed, "how", how),
                   &leaf, NULL, err) ||
        query_run(store, err, "UPDATE runs SET end_leaf = ? WHERE number = ?", "ii", (int64_t)leaf,
                  store->run_number) ||
        transaction_commit(TAKE(t), err))
        return -1;
    return log_checkpoint(store, ret_checkpoint, err);
}
