/* crypt.c - opens, makes and closes a store's file; see crypt.h, and state.h for what it is made of. */
#include "store/crypt/crypt.h"

#include "base/file.h"
#include "base/hash.h"
#include "store/crypt/keyslot.h"
#include "store/crypt/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>

#define PAGE_BYTES_DEFAULT 4096u
#define SECTOR_BYTES 512 /* what a disk writes whole or not at all */
#define HALF_MADE_BYTES_MAX (HEADER_BYTES + (off_t)PAGE_BYTES_DEFAULT) /* what stands before the header is written */

static int refuse(const struct crypt *c, struct error *err, const char *message, const char *hint)
{
    error_set(err, FAULT_STORE, "%s", message);
    if (hint)
        error_hint(err, "%s", hint);
    return error_at(err, c->path, 0, 0);
}

/* ---- keys ---- */

int crypt_subkey(struct crypt *c, const char *purpose, struct secret **ret, struct error *err)
{
    if (secret_new(ret, 32, err))
        return -1;
    char info[200];
    snprintf(info, sizeof info, "alcove subkey %s", purpose);
    hash_derive(secret_slice(c->data_key), SLICE(""), slice_of(info), (*ret)->data, 32);
    return 0;
}

static int derive_keys(struct crypt *c, struct error *err)
{
    unsigned char key[XAES_KEY_BYTES], mac[32];
    struct slice id = {(const char *)c->header.database_id, DATABASE_ID_BYTES};
    hash_derive(secret_slice(c->data_key), id, SLICE("alcove database"), key, sizeof key);
    hash_derive(secret_slice(c->data_key), id, SLICE("alcove page digest"), mac, sizeof mac);
    int failed = xaes_new(&c->page_key, key, err) || page_mac_new(&c->mac, mac, err) ||
                 wal_make(&c->wal, c->data_key, c->header.database_id, err);
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(mac, sizeof mac);
    return failed ? -1 : 0;
}

int key_read(const struct store_key *given, struct secret **ret, enum slot_type *ret_type, struct error *err)
{
    if (given->key_file) {
        *ret_type = SLOT_KEY_FILE;
        return key_file_read(given->key_file, ret, err);
    }
    *ret_type = SLOT_PASSPHRASE;
    const struct secret *passphrase = given->passphrase;
    if (!passphrase || passphrase->bytes == 0)
        return error_set(err, FAULT_STORE, "a store needs a key file or a passphrase");
    if (secret_new(ret, passphrase->bytes, err))
        return -1;
    memcpy((*ret)->data, passphrase->data, passphrase->bytes);
    return 0;
}

/* ---- the file ---- */

/* Neither a store nor, perhaps, the folder that it would be in. */
static int refuse_missing(const struct crypt *c, struct error *err)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(c->path, '/');
    if (!slash || slash == c->path)
        return refuse(c, err, "there is no store here", "make one with: alcove store init");
    if (path_join(folder, sizeof folder, err, "%.*s", (int)(slash - c->path), c->path))
        return -1;
    if (access(folder, F_OK) == 0)
        return refuse(c, err, "there is no store here", "make one with: alcove store init");
    error_set(err, FAULT_STORE, "the folder of the store is missing");
    error_hint(err, "make it, or name another place by --store");
    return error_at(err, folder, 0, 0);
}

/* What is no key must not leave a file behind that is no store. */
static int check_key(const struct store_options *options, struct error *err)
{
    AUTO(secret) *key = NULL;
    enum slot_type type;
    const char *file = options->key.key_file;
    if (options->mode != STORE_CREATE || (file && options->make_key_file && access(file, F_OK) != 0))
        return 0;
    return key_read(&options->key, &key, &type, err);
}

static int open_file(struct crypt *c, const struct store_options *options, struct error *err)
{
    int create = options->mode == STORE_CREATE ? O_CREAT : 0;
    c->fd = open(options->path, O_RDWR | O_CLOEXEC | O_NOCTTY | create, 0600);
    if (c->fd < 0 && errno == ENOENT)
        return refuse_missing(c, err);
    struct stat st;
    if (c->fd < 0 || fstat(c->fd, &st))
        return error_errno(err, FAULT_STORE, "cannot be opened", options->path);
    if (!S_ISREG(st.st_mode))
        return refuse(c, err, "is not a regular file", NULL);
    /* SQLite hands the shim absolute paths with links resolved: compare like with like. */
    char *real = realpath(options->path, NULL);
    if (!real)
        return error_errno(err, FAULT_STORE, "cannot be opened", options->path);
    free(c->path);
    c->path = real;
    if (asprintf(&c->wal_path, "%s-wal", real) < 0) {
        c->wal_path = NULL;
        return error_memory(err);
    }
    if (flock(c->fd, LOCK_EX | LOCK_NB))
        return refuse(c, err, "is in use by another process", "wait for it to end, or name another store");
    return 0;
}

static bool is_zero(const unsigned char *bytes, size_t count)
{
    unsigned char any = 0;
    for (size_t i = 0; i < count; i++)
        any |= bytes[i];
    return any == 0;
}

/* Nothing was ever committed: the file is empty, or as a making leaves it that was cut before the header, or within its
 * first copy. Anything else that begins with zeros is someone's file, or a store whose header was wiped. */
static bool is_half_made(const struct crypt *c, unsigned char copies[HEADER_COPIES][HEADER_COPY_BYTES], off_t bytes)
{
    if (c->looks[0] == HEADER_SOUND || !is_zero(copies[1], HEADER_COPY_BYTES))
        return false;
    return is_zero(copies[0], HEADER_COPY_BYTES)
               ? bytes <= HALF_MADE_BYTES_MAX
               : bytes == HALF_MADE_BYTES_MAX && (c->looks[0] == HEADER_DAMAGED || c->looks[0] == HEADER_ABSENT);
}

/* Reads both copies; a short file reads as zeros. */
static int read_copies(struct crypt *c, unsigned char copies[HEADER_COPIES][HEADER_COPY_BYTES], bool *ret_is_blank,
                       struct error *err)
{
    struct stat st;
    memset(copies, 0, HEADER_BYTES);
    if (pread(c->fd, copies, HEADER_BYTES, 0) < 0 || fstat(c->fd, &st))
        return error_errno(err, FAULT_STORE, "cannot be read", c->path);
    for (int i = 0; i < HEADER_COPIES; i++)
        c->looks[i] = header_look(copies[i]);
    *ret_is_blank = is_half_made(c, copies, st.st_size);
    return 0;
}

static bool any_copy(const struct crypt *c, enum header_look look)
{
    return c->looks[0] == look || c->looks[1] == look;
}

/* Unwraps the data key and takes the newer of the copies that authenticate under it. */
static int unlock(struct crypt *c, unsigned char copies[HEADER_COPIES][HEADER_COPY_BYTES],
                  const struct store_options *options, struct error *err)
{
    if (!any_copy(c, HEADER_SOUND)) {
        if (any_copy(c, HEADER_NEWER))
            return refuse(c, err, "was written by a newer version of this program", "use that version");
        if (any_copy(c, HEADER_DAMAGED))
            return refuse(c, err, "both copies of the header are damaged", "restore a backup");
        return refuse(c, err, "is not a store", "name another file: this one was not touched");
    }
    AUTO(secret) *key = NULL;
    enum slot_type type;
    if (key_read(&options->key, &key, &type, err))
        return -1;
    bool is_twice = memcmp(header_slots(copies[0]), header_slots(copies[1]), SLOTS * SLOT_BYTES) == 0 &&
                    memcmp(header_database_id(copies[0]), header_database_id(copies[1]), DATABASE_ID_BYTES) == 0;
    for (int i = 0; i < HEADER_COPIES && !c->data_key; i++)
        if (c->looks[i] == HEADER_SOUND && (i == 0 || c->looks[0] != HEADER_SOUND || !is_twice) && slots_open(header_slots(copies[i]), header_database_id(copies[i]), type, key,
                                                      &c->data_key, err) < 0)
            return -1;
    if (!c->data_key)
        return refuse(c, err,
                      type == SLOT_KEY_FILE ? "the key file opens no key slot of this store"
                                            : "the passphrase opens no key slot of this store",
                      "wrong key, or a key that was removed");
    bool has_one = false;
    for (int i = 0; i < HEADER_COPIES; i++) {
        struct header h;
        if (c->looks[i] != HEADER_SOUND)
            continue;
        if (header_decode(&h, copies[i], c->data_key)) {
            c->was_copy_refused[i] = true;
            continue;
        }
        c->found[i] = h.sequence;
        if (!has_one || h.sequence > c->header.sequence)
            c->header = h;
        has_one = true;
    }
    c->sequence = c->header.sequence;
    c->first_copy = c->found[1] < c->found[0];
    return has_one ? 0 : refuse(c, err, "the header does not authenticate under its key", "restore a backup");
}

/* A clean store's size is known to the byte; one in progress proves its pages first. */
static int take_pages(struct crypt *c, struct error *err)
{
    struct stat st;
    c->has_header = true;
    c->was_left_open = stat(c->wal_path, &st) == 0 && st.st_size > 0;
    c->is_in_progress = c->header.state == HEADER_IN_PROGRESS;
    if (progress_take_log(c, err))
        return -1;
    if (c->is_in_progress)
        return progress_recover(c, err);
    if (fstat(c->fd, &st))
        return error_errno(err, FAULT_STORE, "cannot be looked at", c->path);
    if (st.st_size != HEADER_BYTES + (int64_t)c->header.pages * c->header.page_bytes)
        return refuse(c, err, "the file has not the size that its header states: it was cut or added to",
                      "restore a backup");
    c->pages = c->header.pages;
    c->digest = c->header.digest;
    return 0;
}

/* ---- the connection ---- */

/* What may not be done through SQL, whoever writes it: other files, and the settings that the promises rest on. */
static int authorize(void *context UNUSED, int action, const char *first, const char *second,
                     const char *database UNUSED, const char *trigger UNUSED)
{
    static const char *const fixed[] = {"journal_mode", "locking_mode",    "page_size",  "temp_store", "synchronous",
                                        "mmap_size",    "writable_schema", "key",        "rekey",      "secure_delete",
                                        "temp_store_directory"};
    if (action == SQLITE_ATTACH || action == SQLITE_DETACH)
        return SQLITE_DENY;
    if (action == SQLITE_PRAGMA && second)
        for (size_t i = 0; i < COUNT_OF(fixed); i++)
            if (sqlite3_stricmp(first, fixed[i]) == 0)
                return SQLITE_DENY;
    return SQLITE_OK;
}

static int run_sql(struct crypt *c, const char *sql, struct error *err)
{
    return sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : crypt_sqlite_error(c->db, "the store cannot be opened", err);
}

/* The journal mode that SQLite is really in. */
static bool is_wal(struct crypt *c)
{
    sqlite3_stmt *s = NULL;
    bool is = sqlite3_prepare_v2(c->db, "PRAGMA journal_mode", -1, &s, NULL) == SQLITE_OK &&
              sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0) &&
              strcmp((const char *)sqlite3_column_text(s, 0), "wal") == 0;
    sqlite3_finalize(s);
    return is;
}

static int connect(struct crypt *c, bool is_new, struct error *err)
{
    int reserve = RESERVE_BYTES;
    char sql[400];
    if (vfs_register(c, err))
        return -1;
    int rc = sqlite3_open_v2(c->path, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                             c->vfs_name);
    if (rc != SQLITE_OK || sqlite3_extended_result_codes(c->db, 1) ||
        sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
        sqlite3_file_control(c->db, NULL, SQLITE_FCNTL_RESERVE_BYTES, &reserve) != SQLITE_OK)
        return crypt_sqlite_error(c->db, "the store cannot be opened", err);
    sqlite3_limit(c->db, SQLITE_LIMIT_ATTACHED, 0);
    snprintf(sql, sizeof sql,
             "PRAGMA temp_store=MEMORY; PRAGMA locking_mode=EXCLUSIVE; PRAGMA page_size=%u; %s"
             "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; "
             "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA cache_size=-64000;",
             c->header.page_bytes, is_new ? "PRAGMA journal_mode=MEMORY;" : "");
    if (run_sql(c, sql, err))
        return -1;
    if (!is_wal(c))
        return refuse(c, err, "SQLite would not use its write-ahead log", NULL);
    if (c->is_in_progress && run_sql(c, "PRAGMA wal_checkpoint(TRUNCATE)", err))
        return -1;
    sqlite3_set_authorizer(c->db, authorize, NULL);
    return 0;
}

/* ---- making ---- */

static int fill_header(struct crypt *c, const struct store_options *options, struct error *err)
{
    AUTO(secret) *key = NULL;
    enum slot_type type;
    c->header = (struct header){.page_bytes = PAGE_BYTES_DEFAULT, .state = HEADER_CLEAN};
    if (RAND_bytes(c->header.database_id, DATABASE_ID_BYTES) != 1)
        return error_set(err, FAULT_TEMPORARY, "the random generator failed");
    return key_read(&options->key, &key, &type, err) || secret_random(&c->data_key, DATA_KEY_BYTES, err) ||
                   slot_fill(c->header.slots[0], 0, c->header.database_id, type, key, c->data_key, err)
               ? -1
               : 0;
}

static int write_first_header(struct crypt *c, struct error *err)
{
    int rc = c->real ? c->real->pMethods->xSync(c->real, SQLITE_SYNC_NORMAL) : SQLITE_CANTOPEN;
    if (rc == SQLITE_OK)
        rc = progress_start(c);
    if (rc == SQLITE_OK)
        return 0;
    error_set(err, rc == SQLITE_FULL || rc == SQLITE_NOMEM ? FAULT_TEMPORARY : FAULT_STORE,
              "the store's header cannot be written (SQLite %d)", rc);
    return error_at(err, c->path, 0, 0);
}

static int sync_folder(const struct crypt *c, struct error *err)
{
    char folder[PATH_MAX];
    if (path_join(folder, sizeof folder, err, "%.*s", (int)(strrchr(c->path, '/') - c->path + 1), c->path))
        return -1;
    AUTO_FD fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 || fsync(fd) ? error_errno(err, FAULT_STORE, "folder cannot be synced", folder) : 0;
}

/* An empty database under a new key; the header is written last, so that a store half made is no store. */
static int make(struct crypt *c, const struct store_options *options, struct error *err)
{
    const char *key_file = options->key.key_file;
    if (key_file && options->make_key_file && access(key_file, F_OK) != 0 && key_file_make(key_file, err))
        return -1;
    if (ftruncate(c->fd, 0) || ftruncate(c->fd, HEADER_BYTES))
        return error_errno(err, FAULT_STORE, "cannot be written", c->path);
    if (unlink(c->wal_path) && errno != ENOENT)
        return error_errno(err, FAULT_STORE, "a left-over log cannot be removed", c->wal_path);
    if (fill_header(c, options, err) || derive_keys(c, err) || connect(c, true, err) ||
        run_sql(c, "PRAGMA wal_checkpoint(TRUNCATE)", err) || write_first_header(c, err) || sync_folder(c, err))
        return -1;
    c->has_header = true;
    return 0;
}

/* The making was cut between the two copies of the first header, or within the second: what is there of it is of the
 * first, and the rest zeros. */
static int mend_first_header(struct crypt *c, unsigned char copies[HEADER_COPIES][HEADER_COPY_BYTES],
                             struct error *err)
{
    bool is_cut = c->header.sequence == 1 && c->looks[0] == HEADER_SOUND && c->looks[1] != HEADER_SOUND;
    for (size_t i = 0; i < HEADER_COPY_BYTES && is_cut; i += SECTOR_BYTES)
        is_cut = is_zero(copies[1] + i, SECTOR_BYTES) || memcmp(copies[0] + i, copies[1] + i, SECTOR_BYTES) == 0;
    if (!is_cut)
        return 0;
    c->looks[1] = HEADER_SOUND;
    c->found[1] = c->found[0];
    return write_first_header(c, err);
}

/* ---- the front ---- */

int crypt_open(struct crypt **ret, const struct store_options *options, bool *ret_was_made, struct error *err)
{
    unsigned char copies[HEADER_COPIES][HEADER_COPY_BYTES];
    bool is_blank = false, was_made = false;
    AUTO(crypt) *c = calloc(1, sizeof *c);
    if (!c)
        return error_memory(err);
    c->fd = -1;
    c->path = strdup(options->path);
    if (!c->path)
        return error_memory(err);
    if (check_key(options, err) || open_file(c, options, err) || read_copies(c, copies, &is_blank, err))
        return -1;
    if (is_blank && options->mode == STORE_CREATE) {
        was_made = true;
        if (make(c, options, err))
            return -1;
    } else if (is_blank) {
        return refuse(c, err, "the file holds no store", "make one with: alcove store init");
    } else if (unlock(c, copies, options, err) || derive_keys(c, err) || take_pages(c, err) ||
               connect(c, false, err) || mend_first_header(c, copies, err)) {
        return -1;
    }
    if (ret_was_made)
        *ret_was_made = was_made;
    *ret = TAKE(c);
    return 0;
}

void crypt_drop(struct crypt **crypt)
{
    struct crypt *c = *crypt;
    if (!c)
        return;
    sqlite3_stmt *left;
    while (c->db && (left = sqlite3_next_stmt(c->db, NULL)))
        sqlite3_finalize(left); /* or the connection would outlive its VFS */
    sqlite3_close(c->db);       /* checkpoints and deletes the log */
    vfs_unregister(c);
    if (c->fd >= 0)
        close(c->fd);
    xaes_drop(&c->page_key);
    page_mac_drop(&c->mac);
    wal_wipe(&c->wal);
    secret_drop(&c->data_key);
    free(c->path);
    free(c->wal_path);
    OPENSSL_cleanse(c, sizeof *c);
    free(c);
    *crypt = NULL;
}

sqlite3 *crypt_connection(struct crypt *c)
{
    return c->db;
}

void crypt_database_id(const struct crypt *c, char ret[33])
{
    hex_write((struct slice){(const char *)c->header.database_id, DATABASE_ID_BYTES}, ret);
}

int crypt_page_digest(struct crypt *c, struct hash *ret, struct error *err)
{
    AUTO(secret) *key = NULL;
    if (crypt_subkey(c, "page digest", &key, err))
        return -1;
    const struct slice parts[] = {{(const char *)&c->header.sequence, sizeof c->header.sequence},
                                  {(const char *)&c->header.digest, sizeof c->header.digest},
                                  {(const char *)&c->header.pages, sizeof c->header.pages}};
    *ret = hash_keyed(secret_slice(key), parts, COUNT_OF(parts));
    return 0;
}

int crypt_info(struct crypt *c, struct store_info *ret, struct error *err)
{
    struct stat st;
    if (fstat(c->fd, &st))
        return error_errno(err, FAULT_STORE, "cannot be looked at", c->path);
    ret->file_bytes = (uint64_t)st.st_size;
    ret->pages = c->pages;
    ret->page_bytes = c->header.page_bytes;
    ret->format_version = HEADER_VERSION;
    ret->slots_used = 0;
    for (int i = 0; i < SLOTS; i++)
        ret->slots_used += slot_type(c->header.slots[i]) != SLOT_UNUSED;
    ret->cipher = "XAES-256-GCM";
    crypt_database_id(c, ret->database_id);
    return 0;
}

int crypt_sqlite_error(sqlite3 *db, const char *what, struct error *err)
{
    int code = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
    if (code == SQLITE_IOERR_NOMEM)
        return error_memory(err);
    switch (code & 0xff) {
    case SQLITE_FULL:
        return error_set(err, FAULT_TEMPORARY, "%s: the disk is full", what);
    case SQLITE_NOMEM:
        return error_memory(err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(err, FAULT_STORE, "%s: it is in use by another process", what);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return error_set(err, FAULT_STORE, "%s: it is corrupt (SQLite %d)", what, code);
    case SQLITE_CANTOPEN:
        if (sqlite3_system_errno(db) == EMFILE || sqlite3_system_errno(db) == ENFILE)
            return error_set(err, FAULT_TEMPORARY, "%s: too many open files", what);
        return error_set(err, FAULT_STORE, "%s: input or output failed (SQLite %d)", what, code);
    default:
        if (code == SQLITE_IOERR_DATA)
            return error_set(err, FAULT_STORE, "%s: a page does not authenticate: it was altered or damaged", what);
        if ((code & 0xff) == SQLITE_IOERR)
            return error_set(err, FAULT_STORE, "%s: input or output failed (SQLite %d)", what, code);
        return error_set(err, FAULT_STORE, "%s: SQLite says %s (%d)", what, sqlite3_errstr(code), code);
    }
}
