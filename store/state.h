/* state.h - inside the store room: what an open store is made of, and its one way to the tables. */
#ifndef ALCOVE_STORE_STATE_H
#define ALCOVE_STORE_STATE_H

#include "store/audit/checkpoint.h"
#include "store/audit/merkle.h"
#include "store/crypt/crypt.h"
#include "store/store.h"

#include <limits.h>

#define CHECKPOINT_LEAVES_MAX 256u /* a run signs and anchors at least this often */
#define STATEMENTS_MAX 48u
#define HOST_BYTES 256u
#define LOGIN_BYTES 256u

struct query { /* a prepared statement, kept for the next time */
    struct store *store;
    sqlite3_stmt *statement;
    const char *sql; /* a literal: its address is the key */
    bool is_in_use, is_kept;
};

struct store {
    struct crypt *crypt;
    sqlite3 *db; /* the crypt's */
    enum store_mode mode;
    bool is_open; /* store_open came to its end */
    struct query *queries[STATEMENTS_MAX];
    size_t query_count;

    struct secret *input_key, *object_key, *row_key; /* for commitments: comparable inputs, names, rows */
    struct merkle tree;                              /* as committed, or as the open transaction has it */

    struct secret *seed; /* signs checkpoints */
    struct verifier verifier;
    uint64_t checkpoints, checkpoint_size; /* how many there are; leaves under the last */

    char anchor[PATH_MAX];
    uint64_t anchored, anchor_end; /* checkpoints known to be in it, and its bytes then */
    bool is_anchor_dirty;          /* the two are ahead of what the database says */

    char login[LOGIN_BYTES], host[HOST_BYTES];
    unsigned uid;

    char run[33]; /* whose context is loaded; "" = none */
    int64_t run_number;
    json_t *run_context; /* the fields that every record of the run repeats */
};

/* ---- statements ----
 *   AUTO(query) *q = NULL;
 *   if (query_start(store, &q, err, "SELECT a FROM t WHERE b = ? AND c = ?", "ib", number, bytes)) return -1;
 *   while ((row = query_next(q, err)) > 0) query_int(q, 0);
 *
 * format, one letter a parameter: i int64_t, d double, t const char * (NULL = NULL), s struct slice as text,
 * b struct slice as a blob (data NULL = NULL), h const struct hash * as a blob. What is bound must live until
 * the query is dropped. Errors are those of crypt_sqlite_error. */
CHECKED int query_start(struct store *store, struct query **ret, struct error *err, const char *sql,
                        const char *format, ...);
CHECKED int query_next(struct query *query, struct error *err); /* 1: a row, 0: the end, -1 */
void query_drop(struct query **query);

/* Starts, runs to the end and drops: for statements without rows. */
#define query_run(store, err, ...)                                                                           \
    __extension__({                                                                                          \
        struct query *query_ = NULL;                                                                         \
        int failed_ = query_start(store, &query_, err, __VA_ARGS__) || query_next(query_, err) < 0 ? -1 : 0; \
        query_drop(&query_);                                                                                 \
        failed_;                                                                                             \
    })

int64_t query_int(const struct query *query, int column);
double query_real(const struct query *query, int column);
struct slice query_bytes(const struct query *query, int column);          /* until the next query_next */
const char *query_text(const struct query *query, int column);            /* the same; "" for NULL */
bool query_hash(const struct query *query, int column, struct hash *ret); /* false: not 32 bytes */

/* ---- transactions ---- (dropped before commit = rolled back, the tree as well) */
struct transaction;
CHECKED int transaction_begin(struct store *store, struct transaction **ret, struct error *err);
CHECKED int transaction_commit(struct transaction *transaction, struct error *err); /* takes it */
void transaction_drop(struct transaction **transaction);

/* ---- schema.c ---- */
#define SCHEMA_VERSION 1
/* Brings the tables to SCHEMA_VERSION. Call within a transaction. ret_from: the version before. */
CHECKED int schema_migrate(struct store *store, int *ret_from, struct error *err);
CHECKED int schema_version(struct store *store, int *ret, struct error *err);

/* ---- commitments ---- (results.c makes them, verify.c makes them again) */
#define SALT_BYTES 16u
/* By audit/commitment.h, under the row key of this store: says nothing without that key and the row's salt. */
struct hash row_opening(struct store *store, struct slice salt);
struct hash row_commitment(struct store *store, const char *kind, struct slice salt, struct slice bytes);
struct hash row_commitment_hash(struct store *store, const char *kind, struct slice salt,
                                const struct hash *plain);
/* SHA-256 over the spans of the row with this id, as commitment_add_span has them. */
CHECKED int row_spans_hash(struct store *store, const char *id, struct hash *ret, struct error *err);

#endif
