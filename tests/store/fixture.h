/* fixture.h - a store in a scratch folder, and outcomes to put into it. */
#ifndef ALCOVE_TESTS_STORE_FIXTURE_H
#define ALCOVE_TESTS_STORE_FIXTURE_H

#include "base/file.h"
#include "base/id.h"
#include "store/state.h"
#include "tests/support/support.h"

#define DIGEST_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

struct world {
    char *folder, path[PATH_MAX], key[PATH_MAX], anchor[PATH_MAX];
    struct store *store;
};

static inline int world_open(struct world *w, enum store_mode mode, struct error *err)
{
    struct store_options options = {
        .path = w->path, .key = {.key_file = w->key}, .mode = mode, .make_key_file = true};
    return store_open(&w->store, &options, NULL, err);
}

static inline void world_start(struct world *w)
{
    struct error err;
    memset(w, 0, sizeof *w);
    w->folder = scratch_new();
    snprintf(w->path, sizeof w->path, "%s", path_of(w->folder, "s.alc"));
    snprintf(w->key, sizeof w->key, "%s", path_of(w->folder, "s.key"));
    snprintf(w->anchor, sizeof w->anchor, "%s", path_of(w->folder, "state/alcove/s.anchor"));
    setenv("XDG_STATE_HOME", path_of(w->folder, "state"), 1);
    assert_ok(world_open(w, STORE_CREATE, &err), err);
}

static inline void world_end(struct world *w)
{
    store_drop(&w->store);
    scratch_drop(w->folder);
}

static inline void world_reopen(struct world *w, enum store_mode mode)
{
    struct error err;
    store_drop(&w->store);
    assert_ok(world_open(w, mode, &err), err);
}

static inline void copy_file(const char *from, const char *to)
{
    struct error err;
    AUTO(buffer) *bytes = NULL;
    assert_ok(file_read(&bytes, from, SIZE_MAX / 4, FAULT_INPUT, &err), err);
    assert_ok(file_write(to, buffer_slice(bytes), 0600, FAULT_INPUT, &err), err);
}

static inline void run_start(struct world *w, const char *pipeline, const char *digest, char run[33])
{
    struct error err;
    static const char *const names[] = {"/models/default.gguf"}, *const digests[] = {DIGEST_A};
    struct run_record record = {.pipeline_name = pipeline,
                                .purpose = "a test of the store",
                                .pipeline_digest = digest,
                                .rules_digest = DIGEST_B,
                                .program_version = "0.1.0",
                                .kernels = "scalar",
                                .model_names = names,
                                .model_digests = digests,
                                .model_count = 1,
                                .numerics_version = 1,
                                .sandbox = "none"};
    assert_ok(store_run_start(w->store, &record, run, &err), err);
}

/* The outcome of a document; `text` is its redacted text. Two spans. */
static inline struct outcome outcome_of(struct world *w, const char *document, const char *text)
{
    static char ids[8][ID_BYTES];
    static unsigned next;
    static const struct outcome_span spans[] = {{0, 8, 0, 8, "NAME", "names.title", "tag", 0.9},
                                                {20, 31, 20, 25, "SSN", "us.ssn", "mask", 0.75}};
    struct error err;
    char *id = ids[next++ % 8];
    assert_ok(id_new(id, &err), err);
    return (struct outcome){.document = slice_of(document),
                            .document_id = id,
                            .input = store_commit_bytes(w->store, slice_of(document)),
                            .status = OUTCOME_DONE,
                            .reason = "",
                            .redacted_text = slice_of(text),
                            .spans = spans,
                            .span_count = 2,
                            .redactions = 2,
                            .labels = SLICE("{\"NAME\":1,\"SSN\":1}"),
                            .results = SLICE("{\"specialty\":{\"label\":\"Cardiology\",\"score\":0.8}}")};
}

static inline uint64_t commit(struct world *w, const char *run, const struct outcome *outcome)
{
    struct error err;
    uint64_t leaf;
    assert_ok(store_commit(w->store, run, outcome, &leaf, &err), err);
    return leaf;
}

/* A run of `count` documents "note-0.txt", ...; returns the leaf of the first. */
static inline uint64_t run_of(struct world *w, unsigned count)
{
    struct error err;
    char run[33], name[32];
    uint64_t first = 0;
    AUTO(buffer) *checkpoint = NULL;
    run_start(w, "clinical-note", DIGEST_A, run);
    for (unsigned i = 0; i < count; i++) {
        snprintf(name, sizeof name, "note-%u.txt", i);
        struct outcome o = outcome_of(w, name, "[NAME_1] was seen.");
        uint64_t leaf = commit(w, run, &o);
        first = i ? first : leaf;
    }
    assert_ok(buffer_new(&checkpoint, NOTE_BYTES_MAX, &err), err);
    struct run_counts counts = {.documents = count, .done = count};
    assert_ok(store_run_end(w->store, run, &counts, "finished", checkpoint, &err), err);
    return first;
}

static inline void execute(struct world *w, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(w->store->db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

#endif
