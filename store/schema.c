/* schema.c - the tables of a store, as a list of steps from each version to the next.
 *
 *   documents ---< results >--- runs          a result is one document in one run, and has one audit leaf;
 *                     |   \       \           rows are added, never changed: the newest counts
 *                   spans  audit_leaves       audit_leaves and checkpoints refuse change and deletion
 *
 * The version is PRAGMA user_version. A step is never edited once released: add the next. */
#include "store/state.h"

static const char version_1[] =
    "CREATE TABLE settings ("
    "  name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE TABLE audit_leaves ("
    "  leaf INTEGER PRIMARY KEY CHECK (leaf >= 0),"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32)," /* leaf hash of the record: names the first bad leaf */
    "  object TEXT," /* the record's field of that name, indexed; json_extract is refused in an index */
    "  record TEXT NOT NULL) STRICT;"
    "CREATE INDEX audit_objects ON audit_leaves (object) WHERE object IS NOT NULL;"

    "CREATE TABLE audit_tree ("
    "  one INTEGER PRIMARY KEY CHECK (one = 1),"
    "  size INTEGER NOT NULL, edge BLOB NOT NULL) STRICT;"
    "INSERT INTO audit_tree VALUES (1, 0, x'');"

    "CREATE TABLE checkpoints ("
    "  number INTEGER PRIMARY KEY CHECK (number >= 1),"
    "  size INTEGER NOT NULL UNIQUE, note TEXT NOT NULL) STRICT;"

    "CREATE TABLE anchor (" /* where it is, and what of it is known to be durable */
    "  one INTEGER PRIMARY KEY CHECK (one = 1),"
    "  path BLOB NOT NULL, checkpoints INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;"

    "CREATE TABLE documents ("
    "  number INTEGER PRIMARY KEY,"
    "  object BLOB NOT NULL UNIQUE CHECK (length(object) = 32)," /* commitment to the name */
    "  name BLOB NOT NULL) STRICT;"

    "CREATE TABLE runs ("
    "  number INTEGER PRIMARY KEY,"
    "  id TEXT NOT NULL UNIQUE CHECK (length(id) = 32),"
    "  start_leaf INTEGER NOT NULL UNIQUE REFERENCES audit_leaves,"
    "  end_leaf INTEGER UNIQUE REFERENCES audit_leaves,"
    "  pipeline_name TEXT NOT NULL, pipeline_digest TEXT NOT NULL) STRICT;"

    "CREATE TABLE results ("
    "  number INTEGER PRIMARY KEY,"
    "  id TEXT NOT NULL UNIQUE CHECK (length(id) = 32),"
    "  document INTEGER NOT NULL REFERENCES documents,"
    "  run INTEGER NOT NULL REFERENCES runs,"
    "  leaf INTEGER NOT NULL UNIQUE REFERENCES audit_leaves,"
    "  status TEXT NOT NULL CHECK (status IN ('done', 'quarantined', 'failed')),"
    "  redactions INTEGER NOT NULL CHECK (redactions >= 0),"
    "  input BLOB NOT NULL CHECK (length(input) = 32),"
    "  salt BLOB NOT NULL CHECK (length(salt) = 16)," /* without it the record's commitments say nothing */
    "  reason TEXT NOT NULL, labels TEXT NOT NULL, results TEXT NOT NULL,"
    "  redacted_text BLOB) STRICT;"
    "CREATE INDEX results_of_documents ON results (document, leaf);"
    "CREATE INDEX results_of_runs ON results (run, status);"

    "CREATE TABLE spans ("
    "  result INTEGER NOT NULL REFERENCES results, number INTEGER NOT NULL,"
    "  start INTEGER NOT NULL, end INTEGER NOT NULL, out_start INTEGER NOT NULL, out_end INTEGER NOT NULL,"
    "  label TEXT NOT NULL, rule TEXT NOT NULL, operator TEXT NOT NULL, score REAL NOT NULL,"
    "  CHECK (0 <= start AND start <= end AND 0 <= out_start AND out_start <= out_end),"
    "  PRIMARY KEY (result, number)) STRICT, WITHOUT ROWID;"

    "CREATE TRIGGER audit_leaves_stay BEFORE UPDATE ON audit_leaves"
    "  BEGIN SELECT RAISE(ABORT, 'audit records do not change'); END;"
    "CREATE TRIGGER audit_leaves_remain BEFORE DELETE ON audit_leaves"
    "  BEGIN SELECT RAISE(ABORT, 'audit records are not deleted'); END;"
    "CREATE TRIGGER checkpoints_stay BEFORE UPDATE ON checkpoints"
    "  BEGIN SELECT RAISE(ABORT, 'checkpoints do not change'); END;"
    "CREATE TRIGGER checkpoints_remain BEFORE DELETE ON checkpoints"
    "  BEGIN SELECT RAISE(ABORT, 'checkpoints are not deleted'); END;";

static const char *const steps[] = {version_1}; /* steps[n] leads from version n to n + 1 */

int schema_version(struct store *store, int *ret, struct error *err)
{
    AUTO(query) *q = NULL;
    if (query_start(store, &q, err, "PRAGMA user_version", "") || query_next(q, err) < 0)
        return -1;
    *ret = (int)query_int(q, 0);
    if (*ret < 0 || *ret > SCHEMA_VERSION) {
        error_set(err, FAULT_STORE,
                  "the store was written by a newer program (tables version %d, this one knows %d)", *ret,
                  SCHEMA_VERSION);
        return error_hint(err, "use the newer program");
    }
    return 0;
}

int schema_migrate(struct store *store, int *ret_from, struct error *err)
{
    char pragma[64];
    _Static_assert(COUNT_OF(steps) == SCHEMA_VERSION, "a step a version");
    if (schema_version(store, ret_from, err))
        return -1;
    for (int version = *ret_from; version < SCHEMA_VERSION; version++)
        if (sqlite3_exec(store->db, steps[version], NULL, NULL, NULL) != SQLITE_OK)
            return crypt_sqlite_error(store->db, "the tables of the store", err);
    if (*ret_from == SCHEMA_VERSION)
        return 0;
    snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", SCHEMA_VERSION);
    if (sqlite3_exec(store->db, pragma, NULL, NULL, NULL) != SQLITE_OK)
        return crypt_sqlite_error(store->db, "the version of the store", err);
    return 0;
}
