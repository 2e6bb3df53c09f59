/* model_bench.c - `alcove model bench`: tokens a second, on this machine, with this model. */
#include "analyzer/command/model_common.h"
#include "analyzer/command/output.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"

struct figures {
    double prefill_s, decode_s;
    uint64_t prefill, decode, rss_bytes;
};

/* Pages that are in memory now (/proc/self/statm, second field). */
static uint64_t resident_bytes(void)
{
    AUTO(buffer) *statm = NULL;
    struct error ignored;
    if (file_read(&statm, "/proc/self/statm", 4096, FAULT_INPUT, &ignored))
        return 0;
    const char *second = strchr(statm->data, ' ');
    return second ? strtoull(second, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static double seconds_since(int64_t start_ns)
{
    return (double)(clock_monotonic_ns() - start_ns) / 1e9;
}

/* Token ids that repeat only after a long time: the work does not depend on them. */
static token pseudo_token(uint64_t index, uint32_t vocabulary)
{
    return (token)((index * 2654435761u + 12345u) % vocabulary);
}

/* Prefill in one call; decode token by token, each the likeliest of the last logits, as generation does. */
static int measure(const struct opened *opened, struct figures *f, struct error *err)
{
    AUTO(prompt) *prompt = NULL;
    AUTO(session) *session = NULL;
    struct model_info info;
    const float *logits;
    size_t rows;
    model_info(opened->model, &info);
    if (prompt_new(&prompt, opened->model, false, err) ||
        session_new(&session, opened->model, (uint32_t)(f->prefill + f->decode), opened->pool, err))
        return -1;
    for (uint64_t i = 0; i < f->prefill; i++) {
        token id = pseudo_token(i, info.vocabulary);
        if (prompt_add_tokens(prompt, &id, 1, err))
            return -1;
    }
    int64_t start_ns = clock_monotonic_ns();
    if (session_logits(session, prompt, false, &logits, &rows, err))
        return -1;
    f->prefill_s = seconds_since(start_ns);
    start_ns = clock_monotonic_ns();
    for (uint64_t i = 0; i < f->decode; i++) {
        token best = 0;
        for (uint32_t t = 1; t < info.vocabulary; t++)
            if (logits[t] > logits[best])
                best = (token)t;
        if (prompt_add_tokens(prompt, &best, 1, err) ||
            session_logits(session, prompt, false, &logits, &rows, err))
            return -1;
    }
    f->decode_s = seconds_since(start_ns);
    f->rss_bytes = resident_bytes();
    return 0;
}

static void print_figures(const struct context *context, const struct opened *opened, const struct figures *f)
{
    double prefill = (double)f->prefill / f->prefill_s,
           decode = f->decode ? (double)f->decode / f->decode_s : 0;
    struct model_info info;
    char rss[24];
    model_info(opened->model, &info);
    if (context->is_json) {
        json_t *line = json_pack("{s:f, s:f, s:f, s:I, s:I, s:I, s:I, s:s}", "prefill_tokens_per_s", prefill,
                                 "decode_tokens_per_s", decode, "load_ms", opened->load_ms, "rss_bytes",
                                 (json_int_t)f->rss_bytes, "prefill", (json_int_t)f->prefill, "decode",
                                 (json_int_t)f->decode, "threads", (json_int_t)pool_threads(opened->pool),
                                 "kernels", info.kernels);
        json_print(line, context->out);
        json_decref(line);
        return;
    }
    fprintf(context->out,
            "prefill  %.1f tokens/s (%llu tokens)\ndecode   %.1f tokens/s (%llu tokens)\nload     %.0f ms\n"
            "memory   %s\nthreads  %u, kernels %s\n",
            prefill, (unsigned long long)f->prefill, decode, (unsigned long long)f->decode, opened->load_ms,
            output_bytes(f->rss_bytes, rss), pool_threads(opened->pool), info.kernels);
}

static int run(struct context *context, const struct arguments *arguments, struct error *err)
{
    struct opened opened;
    struct figures figures = {.prefill = argument_number(arguments, "prefill", 256),
                              .decode = argument_number(arguments, "decode", 64)};
    int r = opened_fill(&opened, context, operand(arguments, 0), err) || measure(&opened, &figures, err);
    if (r == 0)
        print_figures(context, &opened, &figures);
    opened_clear(&opened);
    return r ? -1 : 0;
}

static const struct option options[] = {{.name = "prefill",
                                         .kind = OPTION_NUMBER,
                                         .value = "N",
                                         .min = 1,
                                         .max = 65536,
                                         .help = "tokens of the prompt (default: 256)"},
                                        {.name = "decode",
                                         .kind = OPTION_NUMBER,
                                         .value = "N",
                                         .min = 0,
                                         .max = 65536,
                                         .help = "tokens generated (default: 64)"},
                                        {0}};

const struct command command_model_bench = {
    .name = "model bench",
    .operands = "MODEL",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "measure tokens a second on this machine",
    .options = options,
    .closes_sandbox = true,
    .run = run,
};
