/* places.c - see places.h. Places are found from /proc/self/exe, never from the current folder: a pack or model that
 * lies about in a folder of documents must not be taken. */
#include "analyzer/command/places.h"

#include "base/file.h"

#include <limits.h>

#define CACHE_BYTES_MAX (4u << 20)

static bool is_folder(const char *path)
{
    char dot[PATH_MAX];
    struct error ignored;
    return path_join(dot, sizeof dot, &ignored, "%s/.", path) == 0 && access(dot, R_OK | X_OK) == 0;
}

/* The folder of the running program. */
static int program_folder(char ret[PATH_MAX], enum fault fault, struct error *err)
{
    ssize_t bytes = readlink("/proc/self/exe", ret, PATH_MAX - 1);
    if (bytes <= 0)
        return error_errno(err, fault, "the program's own place is not known", "/proc/self/exe");
    ret[bytes] = 0;
    char *slash = strrchr(ret, '/');
    if (slash && slash != ret)
        *slash = 0;
    return 0;
}

/* A build tree is told by CMake's cache beside the program, or one folder above (the tests' programs); the cache also
 * says where the source is. True: both are filled. */
static bool build_tree(const char *program, char build[PATH_MAX], char source[PATH_MAX])
{
    static const char key[] = "\nCMAKE_HOME_DIRECTORY:INTERNAL=";
    static const char *const above[] = {"", "/.."};
    for (size_t i = 0; i < COUNT_OF(above); i++) {
        char path[PATH_MAX];
        struct error ignored;
        AUTO(buffer) *cache = NULL;
        if (path_join(build, PATH_MAX, &ignored, "%s%s", program, above[i]) ||
            path_join(path, sizeof path, &ignored, "%s/CMakeCache.txt", build) || access(path, R_OK) != 0 ||
            file_read(&cache, path, CACHE_BYTES_MAX, FAULT_INPUT, &ignored))
            continue;
        const char *at = strstr(cache->data, key);
        if (!at)
            continue;
        at += sizeof key - 1;
        return path_join(source, PATH_MAX, &ignored, "%.*s", (int)strcspn(at, "\n"), at) == 0;
    }
    return false;
}

int places_rules(char *ret, size_t capacity, struct error *err)
{
    char program[PATH_MAX], build[PATH_MAX], source[PATH_MAX];
    const char *given = getenv("ALCOVE_RULES");
    if (given && given[0]) {
        if (is_folder(given))
            return path_join(ret, capacity, err, "%s", given);
        error_set(err, FAULT_PIPELINE, "ALCOVE_RULES names no readable folder");
        return error_at(err, given, 0, 0);
    }
    if (program_folder(program, FAULT_PIPELINE, err))
        return -1;
    if (build_tree(program, build, source) ? path_join(ret, capacity, err, "%s/rules/packs", source)
                                           : path_join(ret, capacity, err, "%s/../share/alcove/rules", program))
        return -1;
    if (is_folder(ret))
        return 0;
    error_set(err, FAULT_PIPELINE, "the rule packs are not there");
    error_hint(err, "set ALCOVE_RULES to their folder");
    return error_at(err, ret, 0, 0);
}

int places_models(char *ret, size_t capacity, struct error *err)
{
    char program[PATH_MAX], build[PATH_MAX], source[PATH_MAX];
    if (program_folder(program, FAULT_MODEL, err))
        return -1;
    return build_tree(program, build, source) ? path_join(ret, capacity, err, "%s/models", build)
                                              : path_join(ret, capacity, err, "%s/../share/alcove/models", program);
}
