/* tokenize.c - how fast is text cut into tokens, on one core?
 *
 *   bench/tokenize MODEL.gguf TEXT [SECONDS]
 *
 * Tokenizes the file again and again for about SECONDS (2) and prints the best and the median rate of a round in MB/s,
 * bytes a token, and how long the tokenizer took to build. Then the same bytes with all white space taken out: one word
 * after the other becomes a single one, the worst case of the merges. */
#include "base/clock.h"
#include "base/file.h"
#include "models/format/gguf.h"
#include "models/token/tokenizer.h"

#include <ctype.h>

#define ROUNDS_MAX 10000

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int measure(const char *what, const struct tokenizer *t, struct slice text, double seconds, struct error *err)
{
    static double rates[ROUNDS_MAX];
    size_t rounds = 0, tokens = 0;
    int64_t start = clock_monotonic_ns();
    do {
        AUTO_TOKENS ids = {0};
        int64_t before = clock_monotonic_ns();
        if (tokenizer_encode(t, text, false, &ids, err))
            return -1;
        rates[rounds++] = (double)text.bytes * 1e3 / (double)(clock_monotonic_ns() - before);
        tokens = ids.count;
    } while (rounds < ROUNDS_MAX && (double)(clock_monotonic_ns() - start) < seconds * 1e9);
    qsort(rates, rounds, sizeof *rates, by_size);
    printf("%-9s %9.2f MB/s best %9.2f median  %5.2f bytes a token  (%zu bytes, %zu rounds)\n", what,
           rates[rounds - 1], rates[rounds / 2], (double)text.bytes / (double)MAX(tokens, 1u), text.bytes, rounds);
    return 0;
}

static int bench(const char *model, const char *path, double seconds, struct error *err)
{
    AUTO(gguf) *file = NULL;
    AUTO(tokenizer) *t = NULL;
    AUTO(buffer) *text = NULL;
    if (gguf_open(&file, model, err) || file_read(&text, path, TOKENIZE_BYTES_MAX, FAULT_INPUT, err))
        return -1;
    int64_t before = clock_monotonic_ns();
    if (tokenizer_new(&t, file, err))
        return -1;
    printf("built in  %9.2f ms (%zu tokens)\n", (double)(clock_monotonic_ns() - before) / 1e6, tokenizer_count(t));
    if (measure("text", t, buffer_slice(text), seconds, err))
        return -1;
    size_t n = 0;
    for (size_t i = 0; i < text->bytes; i++)
        if (isalpha((unsigned char)text->data[i]))
            text->data[n++] = text->data[i];
    return measure("one word", t, (struct slice){text->data, n}, seconds, err);
}

int main(int argc, char **argv)
{
    struct error err = {0};
    if (argc < 3) {
        fprintf(stderr, "usage: tokenize MODEL.gguf TEXT [SECONDS]\n");
        return 2;
    }
    if (bench(argv[1], argv[2], argc > 3 ? strtod(argv[3], NULL) : 2, &err)) {
        error_print(&err, stderr, false);
        return fault_exit(err.code);
    }
    return 0;
}
