/* query.c - prepared statements and transactions; see state.h. */
#include "store/state.h"

#include <assert.h>
#include <stdarg.h>

/* ---- statements ---- */
static struct query *kept(struct store *store, const char *sql)
{
    for (size_t i = 0; i < store->query_count; i++)
        if (store->queries[i]->sql == sql && !store->queries[i]->is_in_use)
            return store->queries[i];
    return NULL;
}

static int prepare(struct store *store, struct query **ret, const char *sql, struct error *err)
{
    struct query *q = calloc(1, sizeof *q);
    if (!q)
        return error_memory(err);
    *q = (struct query){.store = store, .sql = sql};
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->statement, NULL) != SQLITE_OK) {
        free(q);
        return crypt_sqlite_error(store->db, "a statement of the store", err);
    }
    if (store->query_count < STATEMENTS_MAX) {
        store->queries[store->query_count++] = q;
        q->is_kept = true;
    }
    *ret = q;
    return 0;
}

static int bind_blob(sqlite3_stmt *s, int at, struct slice bytes)
{
    return bytes.data ? sqlite3_bind_blob64(s, at, bytes.data, bytes.bytes, SQLITE_STATIC)
                      : sqlite3_bind_null(s, at);
}

static int bind_one(sqlite3_stmt *s, int at, char letter, va_list *args)
{
    const struct hash *hash;
    const char *text;
    struct slice slice;
    switch (letter) {
    case 'i':
        return sqlite3_bind_int64(s, at, va_arg(*args, int64_t));
    case 'd':
        return sqlite3_bind_double(s, at, va_arg(*args, double));
    case 't':
        text = va_arg(*args, const char *);
        return sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
    case 's':
        slice = va_arg(*args, struct slice);
        return sqlite3_bind_text64(s, at, slice.data ? slice.data : "", slice.bytes, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case 'b':
        return bind_blob(s, at, va_arg(*args, struct slice));
    default:
        assert(letter == 'h');
        hash = va_arg(*args, const struct hash *);
        return bind_blob(s, at, (struct slice){hash ? (const char *)hash->bytes : NULL, HASH_BYTES});
    }
}

int query_start(struct store *store, struct query **ret, struct error *err, const char *sql,
                const char *format, ...)
{
    struct query *q = kept(store, sql);
    if (!q && prepare(store, &q, sql, err))
        return -1;
    q->is_in_use = true;
    *ret = q;
    assert((size_t)sqlite3_bind_parameter_count(q->statement) == strlen(format));
    va_list args;
    va_start(args, format);
    int result = SQLITE_OK;
    for (int i = 0; format[i] && result == SQLITE_OK; i++)
        result = bind_one(q->statement, i + 1, format[i], &args);
    va_end(args);
    return result == SQLITE_OK ? 0 : crypt_sqlite_error(store->db, "a value for the store", err);
}

int query_next(struct query *query, struct error *err)
{
    int result = sqlite3_step(query->statement);
    if (result == SQLITE_ROW)
        return 1;
    return result == SQLITE_DONE ? 0 : crypt_sqlite_error(query->store->db, "the store's database", err);
}

void query_drop(struct query **query)
{
    struct query *q = *query;
    *query = NULL;
    if (!q)
        return;
    if (!q->is_kept) {
        sqlite3_finalize(q->statement);
        free(q);
        return;
    }
    sqlite3_reset(q->statement);
    sqlite3_clear_bindings(q->statement);
    q->is_in_use = false;
}

int64_t query_int(const struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

double query_real(const struct query *query, int column)
{
    return sqlite3_column_double(query->statement, column);
}

struct slice query_bytes(const struct query *query, int column)
{
    const char *data = sqlite3_column_blob(query->statement, column);
    return (struct slice){data, (size_t)sqlite3_column_bytes(query->statement, column)};
}

const char *query_text(const struct query *query, int column)
{
    const unsigned char *text = sqlite3_column_text(query->statement, column);
    return text ? (const char *)text : "";
}

bool query_hash(const struct query *query, int column, struct hash *ret)
{
    struct slice bytes = query_bytes(query, column);
    if (bytes.bytes != HASH_BYTES)
        return false;
    memcpy(ret->bytes, bytes.data, HASH_BYTES);
    return true;
}

/* ---- transactions ---- */
struct transaction {
    struct store *store;
    struct merkle before;
};

int transaction_begin(struct store *store, struct transaction **ret, struct error *err)
{
    struct transaction *t = malloc(sizeof *t);
    if (!t)
        return error_memory(err);
    *t = (struct transaction){store, store->tree};
    if (store->mode == STORE_READ) {
        free(t);
        return error_set(err, FAULT_STORE, "the store was opened for reading only");
    }
    if (query_run(store, err, "BEGIN IMMEDIATE", "")) {
        free(t);
        return -1;
    }
    *ret = t;
    return 0;
}

void transaction_drop(struct transaction **transaction)
{
    struct transaction *t = *transaction;
    *transaction = NULL;
    if (!t)
        return;
    /* SQLite may have rolled back by itself (disk full, memory); what cannot be prepared then needs no
     * statement. */
    if (!sqlite3_get_autocommit(t->store->db))
        sqlite3_exec(t->store->db, "ROLLBACK", NULL, NULL, NULL);
    t->store->tree = t->before;
    free(t);
}

int transaction_commit(struct transaction *transaction, struct error *err)
{
    AUTO(transaction) *t = transaction;
    if (query_run(t->store, err, "COMMIT", ""))
        return -1;
    t->before = t->store->tree;
    return 0;
}
