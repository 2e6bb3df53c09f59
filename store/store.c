/* store.c - opening and closing a store, and what it tells of itself; see store.h. */
#include "base/file.h"
#include "base/utf8.h"
#include "store/audit/log.h"

/* ---- opening ---- */
void store_drop(struct store **store)
{
    struct store *s = *store;
    struct error ignored; /* what is not anchored now, is at the next opening */
    if (!s)
        return;
    if (s->is_open)
        (void)!log_close(s, &ignored);
    for (size_t i = 0; i < s->query_count; i++) {
        sqlite3_finalize(s->queries[i]->statement);
        free(s->queries[i]);
    }
    json_decref(s->run_context);
    secret_drop(&s->input_key);
    secret_drop(&s->object_key);
    secret_drop(&s->row_key);
    secret_drop(&s->seed);
    crypt_drop(&s->crypt);
    free(s);
    *store = NULL;
}

/* "DIR/NAME.alc" -> "$XDG_STATE_HOME/alcove/NAME.anchor". */
static int default_anchor(const char *path, char ret[PATH_MAX], struct error *err)
{
    char name[NAME_MAX + 16];
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
    size_t bytes = dot && strcmp(dot, ".alc") == 0 ? (size_t)(dot - base) : strlen(base);
    if (path_join(name, sizeof name, err, "%.*s.anchor", (int)bytes, base))
        return -1;
    if (xdg_path(XDG_STATE, name, ret, PATH_MAX, err) == 0)
        return 0;
    error_set(err, FAULT_AUDIT, "there is no place for the anchor: neither XDG_STATE_HOME nor HOME is set");
    return error_hint(err, "name a file by --anchor, best on another disk than the store");
}

static int absolute(const char *path, char ret[PATH_MAX], struct error *err)
{
    char folder[PATH_MAX];
    if (path[0] == '/')
        return path_join(ret, PATH_MAX, err, "%s", path);
    if (!getcwd(folder, sizeof folder))
        return error_errno(err, FAULT_INPUT, "the current folder is not known", NULL);
    return path_join(ret, PATH_MAX, err, "%s/%s", folder, path);
}

/* Tables and signing key of a store that has none yet, in one transaction. */
static int create_tables(struct store *store, const struct store_options *options, struct error *err)
{
    AUTO(transaction) *t = NULL;
    char anchor[PATH_MAX];
    int before;
    if (options->anchor ? absolute(options->anchor, anchor, err) : default_anchor(options->path, anchor, err))
        return -1;
    if (transaction_begin(store, &t, err) || schema_migrate(store, &before, err) ||
        (before == 0 && log_create(store, anchor, err)))
        return -1;
    return transaction_commit(TAKE(t), err);
}

static int open_tables(struct store *store, const struct store_options *options, struct error *err)
{
    char anchor[PATH_MAX];
    int version;
    if (schema_version(store, &version, err))
        return -1;
    if (version < SCHEMA_VERSION && store->mode == STORE_READ) {
        error_set(err, FAULT_STORE, "the store has tables of version %d, this program needs %d", version,
                  SCHEMA_VERSION);
        return error_hint(err, "open it for writing once");
    }
    if (version < SCHEMA_VERSION && create_tables(store, options, err))
        return -1;
    if (options->anchor && absolute(options->anchor, anchor, err))
        return -1;
    if (log_open(store, options->anchor ? anchor : NULL, options->new_anchor, err))
        return -1;
    return version == 0 ? log_checkpoint(store, NULL, err) : 0;
}

static void default_actor(struct store *store)
{
    if (gethostname(store->host, sizeof store->host - 1) ||
        utf8_valid(slice_of(store->host)) != strlen(store->host))
        store->host[0] = 0;
    store->uid = getuid();
}

int store_open(struct store **ret, const struct store_options *options, bool *ret_was_made, struct error *err)
{
    bool was_made = false;
    AUTO(store) *store = calloc(1, sizeof *store);
    if (!store)
        return error_memory(err);
    store->mode = options->mode == STORE_READ ? STORE_READ : STORE_WRITE;
    default_actor(store);
    if (options->actor)
        store_set_actor(store, options->actor);
    if (crypt_open(&store->crypt, options, &was_made, err))
        return -1;
    store->db = crypt_connection(store->crypt);
    if (crypt_subkey(store->crypt, "alcove input commitment", &store->input_key, err) ||
        crypt_subkey(store->crypt, "alcove object commitment", &store->object_key, err) ||
        crypt_subkey(store->crypt, "alcove row commitment", &store->row_key, err) ||
        open_tables(store, options, err))
        return -1;
    store->is_open = true;
    if (ret_was_made)
        *ret_was_made = was_made;
    *ret = TAKE(store);
    return 0;
}

int store_subkey(struct store *store, const char *purpose, struct secret **ret, struct error *err)
{
    return crypt_subkey(store->crypt, purpose, ret, err);
}

void store_set_actor(struct store *store, const struct store_actor *actor)
{
    const char *login = actor->login ? actor->login : "";
    bool is_text = utf8_valid(slice_of(login)) == strlen(login);
    snprintf(store->login, sizeof store->login, "%s", is_text ? login : "");
    if (actor->host && utf8_valid(slice_of(actor->host)) == strlen(actor->host))
        snprintf(store->host, sizeof store->host, "%s", actor->host);
    store->uid = actor->uid;
}

/* ---- about itself ---- */
int store_info(struct store *store, struct store_info *ret, struct error *err)
{
    AUTO(query) *q = NULL;
    struct store_info info = {0};
    if (crypt_info(store->crypt, &info, err) ||
        query_start(store, &q, err,
                    "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM runs),"
                    " (SELECT count(*) FROM results WHERE status = 'done'),"
                    " (SELECT count(*) FROM results WHERE status = 'quarantined'),"
                    " (SELECT count(*) FROM results WHERE status = 'failed'),"
                    " (SELECT freelist_count FROM pragma_freelist_count)",
                    "") ||
        query_next(q, err) < 0)
        return -1;
    info.documents = (uint64_t)query_int(q, 0);
    info.runs = (uint64_t)query_int(q, 1);
    info.done = (uint64_t)query_int(q, 2);
    info.quarantined = (uint64_t)query_int(q, 3);
    info.failed = (uint64_t)query_int(q, 4);
    info.free_pages = (uint64_t)query_int(q, 5);
    info.audit_size = store->tree.size;
    crypt_database_id(store->crypt, info.database_id);
    verifier_write(&store->verifier, info.signer);
    snprintf(info.anchor, sizeof info.anchor, "%s", store->anchor);
    *ret = info;
    return 0;
}

/* One problem a row; "ok" when there is none. */
static int check_database(struct store *store, const char *pragma, const char *fine, store_report *report,
                          void *context, size_t *problems, struct error *err)
{
    AUTO(query) *q = NULL;
    int row;
    if (query_start(store, &q, err, pragma, ""))
        return -1;
    while ((row = query_next(q, err)) > 0) {
        if (fine && strcmp(query_text(q, 0), fine) == 0)
            continue;
        char problem[200];
        snprintf(problem, sizeof problem,
                 fine ? "database: %s" : "database: a row of table %s refers to none", query_text(q, 0));
        report(context, problem);
        ++*problems;
    }
    return row < 0 ? -1 : 0;
}

int store_check(struct store *store, store_report *report, void *context, struct error *err)
{
    size_t problems = 0;
    if (crypt_check(store->crypt, report, context, &problems, err))
        return -1;
    if (problems == 0 && /* SQLite need not read what is known to be damaged */
        (check_database(store, "PRAGMA integrity_check", "ok", report, context, &problems, err) ||
         check_database(store, "PRAGMA foreign_key_check", NULL, report, context, &problems, err)))
        return -1;
    if (problems)
        return error_set(err, FAULT_STORE, "the store is damaged: %zu problem%s", problems,
                         problems == 1 ? "" : "s");
    return 0;
}
