/* support.c - see support.h. */
#include "tests/support/support.h"

#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>

char *scratch_new(void)
{
    const char *base = getenv("TMPDIR");
    char *folder = malloc(PATH_MAX);
    assert_non_null(folder);
    snprintf(folder, PATH_MAX, "%s/alcove-test-XXXXXX", base && *base ? base : "/tmp");
    assert_non_null(mkdtemp(folder));
    return folder;
}

static int remove_one(const char *path, const struct stat *st UNUSED, int kind UNUSED, struct FTW *at UNUSED)
{
    return remove(path);
}

void scratch_drop(char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

static char *ring_next(void)
{
    static char ring[16][PATH_MAX];
    static unsigned next;
    return ring[next++ % 16];
}

const char *path_of(const char *folder, const char *name)
{
    char *path = ring_next();
    snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return path;
}

const char *source_file(const char *relative)
{
    const char *root = getenv("ALCOVE_SOURCE_DIR");
    return path_of(root ? root : ".", relative);
}

const char *shared_file(const char *relative)
{
    const char *shared = getenv("ALCOVE_SHARED_DIR");
    char *path = ring_next();
    if (shared)
        snprintf(path, PATH_MAX, "%s/%s", shared, relative);
    else
        snprintf(path, PATH_MAX, "%s/../shared/%s", getenv("ALCOVE_SOURCE_DIR") ? getenv("ALCOVE_SOURCE_DIR") : ".",
                 relative);
    return access(path, R_OK) == 0 ? path : NULL;
}

uint64_t test_seed(void)
{
    static uint64_t seed;
    if (!seed) {
        const char *given = getenv("ALCOVE_TEST_SEED");
        seed = given ? strtoull(given, NULL, 0) : 20261124;
        print_message("seed %llu\n", (unsigned long long)seed);
    }
    return seed;
}

uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
