/* places.c - see places.h. Places are found from the program or library itself, never from the current
 * folder: a pack or model that lies about in a folder of documents must not be taken. */
#include "analyzer/command/places.h"

#include "base/file.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdint.h>

#define CACHE_BYTES_MAX (4u << 20)

static bool is_folder(const char *path)
{
    char dot[PATH_MAX];
    struct error ignored;
    return path_join(dot, sizeof dot, &ignored, "%s/.", path) == 0 && access(dot, R_OK | X_OK) == 0;
}

/* Cuts the last part of a path off. */
static void to_folder(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash && slash != path)
        *slash = 0;
}

/* The folder of the running program. */
static bool program_folder(char ret[PATH_MAX])
{
    ssize_t bytes = readlink("/proc/self/exe", ret, PATH_MAX - 1);
    if (bytes <= 0)
        return false;
    ret[bytes] = 0;
    to_folder(ret);
    return true;
}

/* The folder of the file that this code was loaded from: of libalcove, where another program uses it. */
static bool library_folder(char ret[PATH_MAX])
{
    Dl_info found;
    if (!dladdr((void *)(uintptr_t)places_rules, &found) || !found.dli_fname ||
        !realpath(found.dli_fname, ret))
        return false;
    to_folder(ret);
    return true;
}

/* A build tree is told by CMake's cache beside the program, or one folder above (the tests' programs); the
 * cache also says where the source is. True: both are filled. */
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

/* Looks from the program's folder and from the library's: in a build tree `in_source` or `in_build` (the
 * other is NULL), else share/alcove/NAME below the prefix. False: ret is where it was last looked for. */
static bool find(const char *in_source, const char *in_build, const char *name, char *ret, size_t capacity)
{
    bool (*const folders[])(char ret[PATH_MAX]) = {program_folder, library_folder};
    static const char *const above[] = {"/..", "/../..", "/../../.."}; /* bin; lib; lib/TRIPLET */
    struct error ignored;
    ret[0] = 0;
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        char own[PATH_MAX], build[PATH_MAX], source[PATH_MAX];
        if (!folders[i](own))
            continue;
        if (build_tree(own, build, source))
            return path_join(ret, capacity, &ignored, "%s/%s", in_source ? source : build,
                             in_source ? in_source : in_build) == 0;
        for (size_t j = 0; j < (i ? COUNT_OF(above) : 1); j++)
            if (path_join(ret, capacity, &ignored, "%s%s/share/alcove/%s", own, above[j], name) == 0 &&
                is_folder(ret))
                return true;
    }
    return false;
}

int places_rules(char *ret, size_t capacity, struct error *err)
{
    const char *given = getenv("ALCOVE_RULES");
    if (given && given[0]) {
        if (is_folder(given))
            return path_join(ret, capacity, err, "%s", given);
        error_set(err, FAULT_PIPELINE, "ALCOVE_RULES names no readable folder");
        return error_at(err, given, 0, 0);
    }
    if (find("rules/packs", NULL, "rules", ret, capacity) && is_folder(ret))
        return 0;
    error_set(err, FAULT_PIPELINE, "the rule packs are not there");
    error_hint(err, "set ALCOVE_RULES to their folder");
    return error_at(err, ret, 0, 0);
}

int places_models(char *ret, size_t capacity, struct error *err)
{
    if (find(NULL, "models", "models", ret, capacity) || ret[0])
        return 0;
    return error_set(err, FAULT_MODEL, "the program's own place is not known");
}
