/* engine.c - how fast does the engine read a prompt and write an answer?
 *
 *   bench.engine MODEL.gguf [THREADS [PREFILL [DECODE [RUNS]]]]        ALCOVE_KERNELS chooses the column
 *
 * Prefill: tokens of one prompt a second, no logits but the last. Decode: single tokens after a prompt of 16, with
 * logits of each. The best of RUNS (others disturb, nothing helps). JSON on stdout, a line for people on stderr. */
#include "base/clock.h"
#include "models/session.h"

#include <jansson.h>

struct options {
    const char *path;
    unsigned threads, prefill, decode, runs;
};

struct figures {
    double prefill_tokens_per_s, decode_tokens_per_s, load_ms;
    long rss_bytes, peak_rss_bytes;
};

static double seconds_since(int64_t start_ns)
{
    return (double)(clock_monotonic_ns() - start_ns) * 1e-9;
}

/* "VmRSS" or "VmHWM" of /proc/self/status. */
static long memory_bytes(const char *field)
{
    char line[256];
    long kib = 0;
    FILE *f = fopen("/proc/self/status", "re");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, field, strlen(field)) == 0)
            kib = strtol(line + strlen(field) + 1, NULL, 10);
    if (f)
        fclose(f);
    return kib * 1024;
}

static int prefill(struct session *s, const token *ids, unsigned count, double *ret_rate, struct error *err)
{
    const float *logits;
    session_rewind(s, 0);
    int64_t start = clock_monotonic_ns();
    if (session_extend(s, ids, count, ROWS_LAST, &logits, err))
        return -1;
    *ret_rate = MAX(*ret_rate, count / seconds_since(start));
    return 0;
}

static int decode(struct session *s, const token *ids, unsigned count, double *ret_rate, struct error *err)
{
    const float *logits;
    session_rewind(s, 0);
    if (session_extend(s, ids, 16, ROWS_LAST, &logits, err))
        return -1;
    int64_t start = clock_monotonic_ns();
    for (unsigned i = 0; i < count; i++)
        if (session_extend(s, ids + i, 1, ROWS_LAST, &logits, err))
            return -1;
    *ret_rate = MAX(*ret_rate, count / seconds_since(start));
    return 0;
}

static int measure(const struct options *o, struct figures *f, struct model_info *info, struct error *err)
{
    AUTO(pool) *pool = NULL;
    AUTO(model) *model = NULL;
    AUTO(session) *session = NULL;
    if (pool_new(&pool, o->threads, err))
        return -1;
    int64_t start = clock_monotonic_ns();
    if (model_load(&model, o->path, pool, err))
        return -1;
    f->load_ms = seconds_since(start) * 1e3;
    model_info(model, info);
    unsigned most = MAX(o->prefill, o->decode + 16);
    token *ids = calloc(most, sizeof *ids);
    if (!ids)
        return error_memory(err);
    for (unsigned i = 0; i < most; i++)
        ids[i] = (token)((i * 7919 + 13) % info->vocabulary);
    int failed = session_new(&session, model, MIN(most, info->context), pool, err);
    for (unsigned run = 0; !failed && run < o->runs; run++)
        failed = prefill(session, ids, o->prefill, &f->prefill_tokens_per_s, err) ||
                 decode(session, ids, o->decode, &f->decode_tokens_per_s, err);
    f->rss_bytes = memory_bytes("VmRSS");
    f->peak_rss_bytes = memory_bytes("VmHWM");
    free(ids);
    return failed ? -1 : 0;
}

static unsigned number(char **argv, int argc, int at, unsigned otherwise)
{
    return argc > at ? (unsigned)strtoul(argv[at], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: bench.engine MODEL.gguf [THREADS [PREFILL [DECODE [RUNS]]]]\n", stderr);
        return 2;
    }
    struct options o = {argv[1], number(argv, argc, 2, 0), number(argv, argc, 3, 512), number(argv, argc, 4, 64),
                        number(argv, argc, 5, 3)};
    if (o.threads == 0)
        o.threads = thread_cores();
    struct error err;
    struct figures f = {0};
    struct model_info info = {0};
    if (measure(&o, &f, &info, &err)) {
        error_print(&err, stderr, false);
        return fault_exit(err.code);
    }
    printf("{\"threads\":%u,\"prefill_tokens\":%u,\"decode_tokens\":%u,\"prefill_tokens_per_s\":%.1f,"
           "\"decode_tokens_per_s\":%.1f,\"load_ms\":%.1f,\"rss_bytes\":%ld,\"peak_rss_bytes\":%ld}\n",
           o.threads, o.prefill, o.decode, f.prefill_tokens_per_s, f.decode_tokens_per_s, f.load_ms, f.rss_bytes,
           f.peak_rss_bytes);
    fprintf(stderr, "%u threads: prefill of %u %.0f tokens/s, decode %.0f tokens/s, load %.0f ms, memory %.0f MB\n",
            o.threads, o.prefill, f.prefill_tokens_per_s, f.decode_tokens_per_s, f.load_ms,
            (double)f.peak_rss_bytes * 1e-6);
    return 0;
}
