/* standalone.c - runs a fuzz target without libFuzzer: every file of its corpus as it is, then a fixed number of
 * mutations of each (cut, flipped bits, spliced, repeated, extreme integers), from a printed seed. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

#define INPUT_BYTES_MAX (1u << 20)

static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t mutate(uint8_t *bytes, size_t count, uint64_t *state)
{
    static const uint64_t extremes[] = {0, 1, 0x7f, 0x80, 0xff, 0x7fffffff, 0xffffffff, UINT64_MAX, UINT64_MAX / 2};
    for (uint64_t times = 1 + next(state) % 4; times && count; times--) {
        size_t at = next(state) % count;
        switch (next(state) % 6) {
        case 0:
            count = at;
            break;
        case 1:
            bytes[at] ^= (uint8_t)(1u << next(state) % 8);
            break;
        case 2:
            bytes[at] = (uint8_t)next(state);
            break;
        case 3: {
            size_t width = (size_t)1 << next(state) % 4;
            if (count - at >= width)
                memcpy(bytes + at, &extremes[next(state) % COUNT_OF(extremes)], width);
            break;
        }
        case 4: {
            size_t from = next(state) % count, n = MIN(count - MAX(at, from), 1 + next(state) % 32);
            memmove(bytes + at, bytes + from, n);
            break;
        }
        default: {
            size_t n = MIN(count - at, 1 + next(state) % 64);
            if (count + n <= INPUT_BYTES_MAX) {
                memmove(bytes + at + n, bytes + at, count - at);
                count += n;
            }
        }
        }
    }
    return count;
}

/* The target gets a copy of exactly `count` bytes, so that the sanitizer sees the first byte beyond. */
static void feed(const uint8_t *bytes, size_t count)
{
    uint8_t *exact = malloc(count ? count : 1);
    if (!exact)
        abort();
    memcpy(exact, bytes, count);
    LLVMFuzzerTestOneInput(exact, count);
    free(exact);
}

static int replay(const char *folder, uint64_t rounds, uint64_t *state)
{
    static uint8_t whole[INPUT_BYTES_MAX], work[INPUT_BYTES_MAX];
    int files = 0;
    DIR *d = opendir(folder);
    if (!d) {
        fprintf(stderr, "no corpus at %s\n", folder);
        return -1;
    }
    for (struct dirent *e; (e = readdir(d));) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "rb");
        if (!f)
            continue;
        size_t count = fread(whole, 1, sizeof whole, f);
        fclose(f);
        feed(whole, count);
        for (uint64_t i = 0; i < rounds; i++) {
            memcpy(work, whole, count);
            feed(work, mutate(work, count, state));
        }
        files++;
    }
    closedir(d);
    return files;
}

int main(int argc, char **argv)
{
    const char *seed = getenv("ALCOVE_TEST_SEED"), *rounds = getenv("ALCOVE_FUZZ_ROUNDS");
    uint64_t state = seed ? strtoull(seed, NULL, 0) : 20261124, n = rounds ? strtoull(rounds, NULL, 0) : 200;
    printf("seed %llu, %llu mutations a file\n", (unsigned long long)state, (unsigned long long)n);
    feed((const uint8_t *)"", 0);
    int files = 0;
    for (int i = 1; i < argc; i++) {
        int got = replay(argv[i], n, &state);
        if (got < 0 && i == 1)
            return 1;
        files += MAX(got, 0);
    }
    printf("%d files replayed\n", files);
    return files == 0;
}
