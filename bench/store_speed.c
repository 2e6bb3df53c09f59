/* store_speed.c - what encryption costs: a store against plain SQLite of the same library and settings.
 *
 *   bench.store_speed [--rounds N] [--rows N] [--folder DIR] [--cpu] [--json]
 *
 * Both run in WAL, synchronous=FULL, locking_mode=EXCLUSIVE, secure_delete=ON, with the same page size and cache, each
 * round one after the other and in turn the first; medians of the rounds. The folder decides much: /dev/shm (the
 * default) has no disk in it and shows the cost of encryption alone. Wall time, or with --cpu the time of the processor,
 * which other work on the machine disturbs less. */
#include "base/file.h"
#include "store/crypt/crypt.h"

#include <inttypes.h>
#include <limits.h>
#include <time.h>

enum phase { BULK, SINGLE, WARM, COLD, SCAN, CHECK, PHASES };
static const struct {
    const char *name, *title;
    double target;
} phases[PHASES] = {
    {"bulk", "bulk insert, one transaction", 1.15}, {"single", "5k single-row transactions", 1.25},
    {"warm", "100k point reads, warm", 1.3},         {"cold", "100k point reads, reopened", 1.6},
    {"scan", "scan + LIKE", 1.3},                    {"check", "integrity_check", 1.7},
};

#define SINGLE_ROWS 5000
#define READS 100000
#define ROUNDS_MAX 31

static int64_t rows = 100000;
static clockid_t clock_used = CLOCK_MONOTONIC;

static double now(void)
{
    struct timespec t;
    clock_gettime(clock_used, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void die(const char *what, const char *why)
{
    fprintf(stderr, "store_speed: %s: %s\n", what, why);
    exit(1);
}

struct side {
    bool is_ours;
    char path[PATH_MAX], wal[PATH_MAX], key[PATH_MAX];
    struct crypt *crypt;
    sqlite3 *db;
};

static void run(struct side *s, const char *sql)
{
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die(sql, sqlite3_errmsg(s->db));
}

static int64_t number(struct side *s, const char *sql)
{
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK || sqlite3_step(q) != SQLITE_ROW)
        die(sql, sqlite3_errmsg(s->db));
    int64_t value = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return value;
}

/* The page size of the plain side is that of a store: fair, and told at the end. */
static int64_t page_bytes;

static void side_open(struct side *s)
{
    struct error err;
    char sql[400];
    if (s->is_ours) {
        struct store_options options = {.path = s->path, .key = {.key_file = s->key}, .mode = STORE_CREATE,
                                        .make_key_file = true};
        if (crypt_open(&s->crypt, &options, NULL, &err))
            die(s->path, err.message);
        s->db = crypt_connection(s->crypt);
        page_bytes = number(s, "PRAGMA page_size");
        return;
    }
    if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, "unix"))
        die(s->path, "does not open");
    snprintf(sql, sizeof sql,
             "PRAGMA temp_store=MEMORY; PRAGMA locking_mode=EXCLUSIVE; PRAGMA page_size=%" PRId64 ";"
             "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
             "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA cache_size=-64000;", page_bytes);
    run(s, sql);
}

static void side_close(struct side *s)
{
    if (s->is_ours)
        crypt_drop(&s->crypt);
    else
        sqlite3_close(s->db);
    s->db = NULL;
}

static void insert(struct side *s, int64_t first, int64_t count, bool is_one_transaction)
{
    static char text[1000]; /* half words, half noise, as rows have */
    sqlite3_stmt *q = NULL;
    uint64_t x = 88172645463325252u;
    if (sqlite3_prepare_v2(s->db, "INSERT INTO t VALUES(?, ?)", -1, &q, NULL) != SQLITE_OK)
        die("insert", sqlite3_errmsg(s->db));
    if (is_one_transaction)
        run(s, "BEGIN");
    for (int64_t i = first; i < first + count; i++) {
        for (size_t k = 0; k < sizeof text; k++) {
            if (k % 8 == 0)
                x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            text[k] = (char)('a' + (x >> 5 * (k % 8)) % 26);
        }
        sqlite3_bind_int64(q, 1, i);
        sqlite3_bind_text(q, 2, text, sizeof text, SQLITE_STATIC);
        if (sqlite3_step(q) != SQLITE_DONE)
            die("insert", sqlite3_errmsg(s->db));
        sqlite3_reset(q);
    }
    sqlite3_finalize(q);
    if (is_one_transaction)
        run(s, "COMMIT");
}

static void read_points(struct side *s)
{
    sqlite3_stmt *q = NULL;
    uint64_t x = 2463534242u;
    if (sqlite3_prepare_v2(s->db, "SELECT length(a) FROM t WHERE id = ?", -1, &q, NULL) != SQLITE_OK)
        die("read", sqlite3_errmsg(s->db));
    for (int i = 0; i < READS; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        sqlite3_bind_int64(q, 1, (int64_t)(x % (uint64_t)rows));
        if (sqlite3_step(q) != SQLITE_ROW || sqlite3_column_int(q, 0) != 1000)
            die("read", sqlite3_errmsg(s->db));
        sqlite3_reset(q);
    }
    sqlite3_finalize(q);
}

static void live(struct side *s, double times[PHASES])
{
    remove(s->path);
    remove(s->wal);
    side_open(s);
    run(s, "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)");
    double at = now();
    insert(s, 0, rows, true);
    times[BULK] = now() - at, at = now();
    insert(s, rows, SINGLE_ROWS, false);
    times[SINGLE] = now() - at;
    read_points(s);
    at = now();
    read_points(s);
    times[WARM] = now() - at;
    side_close(s);
    side_open(s);
    at = now();
    read_points(s);
    times[COLD] = now() - at, at = now();
    if (number(s, "SELECT count(*) FROM t WHERE a LIKE '%qqqqqq%'") < 0)
        die("scan", "fails");
    times[SCAN] = now() - at, at = now();
    if (number(s, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") != 1)
        die("integrity_check", "not ok");
    times[CHECK] = now() - at;
    side_close(s);
    remove(s->path);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void tell(double times[2][PHASES][ROUNDS_MAX], int rounds, bool json)
{
    if (json)
        printf("{\"bench\":\"store_speed\",\"sqlite\":\"%s\",\"clock\":\"%s\",\"page_bytes\":%" PRId64 ",\"rows\":%"
               PRId64 ",\"rounds\":%d,\"phases\":[",
               sqlite3_libversion(), clock_used == CLOCK_MONOTONIC ? "wall" : "cpu", page_bytes, rows, rounds);
    for (int p = 0; p < PHASES; p++) {
        double plain = median(times[0][p], rounds), ours = median(times[1][p], rounds);
        if (json)
            printf("%s{\"name\":\"%s\",\"plain_s\":%.4f,\"ours_s\":%.4f,\"ratio\":%.3f,\"target\":%.2f}", p ? "," : "",
                   phases[p].name, plain, ours, ours / plain, phases[p].target);
        else
            printf("%-30s plain %8.1f ms   ours %8.1f ms   %.2fx (target %.2f)\n", phases[p].title, 1e3 * plain,
                   1e3 * ours, ours / plain, phases[p].target);
    }
    if (json)
        puts("]}");
}

int main(int argc, char **argv)
{
    static double times[2][PHASES][ROUNDS_MAX];
    static struct side sides[2] = {{.is_ours = false}, {.is_ours = true}};
    const char *folder = "/dev/shm";
    long rounds = 5;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--json") == 0)
            json = true;
        else if (strcmp(argv[i], "--cpu") == 0)
            clock_used = CLOCK_PROCESS_CPUTIME_ID;
        else if (strcmp(argv[i], "--rounds") == 0 && has_value)
            rounds = strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--rows") == 0 && has_value)
            rows = strtoll(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--folder") == 0 && has_value)
            folder = argv[++i];
        else
            die(argv[i], "usage: bench.store_speed [--rounds N] [--rows N] [--folder DIR] [--cpu] [--json]");
    }
    if (rounds < 1 || rounds > ROUNDS_MAX || rows < 1)
        die("--rounds and --rows", "1 to 31, and at least 1");
    for (int i = 0; i < 2; i++) {
        snprintf(sides[i].path, PATH_MAX, "%s/alcove-bench-%ld-%d", folder, (long)getpid(), i);
        snprintf(sides[i].wal, PATH_MAX, "%s/alcove-bench-%ld-%d-wal", folder, (long)getpid(), i);
        snprintf(sides[i].key, PATH_MAX, "%s/alcove-bench-%ld-%d.key", folder, (long)getpid(), i);
    }
    side_open(&sides[1]); /* learns the page size */
    side_close(&sides[1]);
    for (int r = 0; r < rounds; r++)
        for (int k = 0; k < 2; k++) {
            int i = (r + k) % 2;
            double t[PHASES];
            live(&sides[i], t);
            for (int p = 0; p < PHASES; p++)
                times[i][p][r] = t[p];
        }
    remove(sides[1].key);
    tell(times, (int)rounds, json);
    return 0;
}
