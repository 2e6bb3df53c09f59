/* walk.c - see walk.h. */
#include "analyzer/run/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define DEPTH_MAX 128u

struct walk {
    walk_visit *visit;
    void *context;
    char path[PATH_MAX];
    size_t relative_at;
    struct {
        dev_t device;
        ino_t inode;
    } above[DEPTH_MAX]; /* the folders that the walk is in */
    unsigned depth;
};

struct
    names { /* of one folder; a folder's name carries a '/', so that they sort as the paths below them do */
    char **items;
    size_t count, capacity;
};

static void names_drop(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
}

static int names_add(struct names *names, const char *name, bool is_folder, struct error *err)
{
    if (names->count == names->capacity) {
        size_t capacity = names->capacity ? names->capacity * 2 : 64;
        char **items = realloc(names->items, capacity * sizeof *items);
        if (!items)
            return error_memory(err);
        names->items = items;
        names->capacity = capacity;
    }
    char *copy = malloc(strlen(name) + 2);
    if (!copy)
        return error_memory(err);
    size_t bytes = strlen(name);
    memcpy(copy, name, bytes);
    copy[bytes] = is_folder ? '/' : 0;
    copy[bytes + is_folder] = 0;
    names->items[names->count++] = copy;
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int report(struct walk *w, enum walk_kind kind, const struct error *trouble, bool is_input,
                  struct error *err)
{
    struct walk_entry entry = {kind, w->path, w->path + w->relative_at, is_input, trouble};
    return w->visit(w->context, &entry, err);
}

static int report_errno(struct walk *w, const char *what, bool is_input, struct error *err)
{
    struct error trouble;
    error_errno(&trouble, FAULT_INPUT, what, w->path);
    return report(w, WALK_TROUBLE, &trouble, is_input, err);
}

static int read_names(DIR *dir, struct names *ret, struct error *err)
{
    for (struct dirent *d; (d = readdir(dir));) {
        if (d->d_name[0] == '.')
            continue;
        struct stat st;
        bool is_folder =
            d->d_type == DT_DIR || ((d->d_type == DT_LNK || d->d_type == DT_UNKNOWN) &&
                                    fstatat(dirfd(dir), d->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode));
        if (names_add(ret, d->d_name, is_folder, err))
            return -1;
    }
    qsort(ret->items, ret->count, sizeof *ret->items, by_bytes);
    return 0;
}

static int walk_folder(struct walk *w, bool is_input, struct error *err);

static int walk_names(struct walk *w, const struct names *names, struct error *err)
{
    size_t bytes = strlen(w->path);
    for (size_t i = 0; i < names->count; i++) {
        size_t more = strlen(names->items[i]);
        bool is_folder = names->items[i][more - 1] == '/';
        more -= is_folder;
        if (bytes + more + 2 > sizeof w->path)
            return error_set(err, FAULT_INPUT, "a path is longer than %zu bytes", sizeof w->path);
        w->path[bytes] = '/';
        memcpy(w->path + bytes + 1, names->items[i], more);
        w->path[bytes + 1 + more] = 0;
        int result = is_folder ? walk_folder(w, false, err) : report(w, WALK_FILE, NULL, false, err);
        w->path[bytes] = 0;
        if (result)
            return result;
    }
    return 0;
}

/* Is the folder one of those that the walk is in? */
static bool is_above(const struct walk *w, const struct stat *st)
{
    for (unsigned i = 0; i < w->depth; i++)
        if (w->above[i].device == st->st_dev && w->above[i].inode == st->st_ino)
            return true;
    return false;
}

static int walk_folder(struct walk *w, bool is_input, struct error *err)
{
    struct stat st;
    DIR *dir = opendir(w->path);
    if (!dir || fstat(dirfd(dir), &st)) {
        int result = report_errno(w, "folder cannot be opened", is_input, err);
        if (dir)
            closedir(dir);
        return result;
    }
    struct names names = {0};
    int result = 0;
    if (is_above(w, &st)) {
        result = report(w, WALK_LOOP, NULL, is_input, err);
    } else if (w->depth == DEPTH_MAX) {
        errno = ELOOP;
        result = report_errno(w, "folders are nested too deeply", is_input, err);
    } else {
        result = read_names(dir, &names, err);
        closedir(dir);
        dir = NULL;
        w->above[w->depth].device = st.st_dev;
        w->above[w->depth++].inode = st.st_ino;
        result = result ? result : walk_names(w, &names, err);
        w->depth--;
    }
    if (dir)
        closedir(dir);
    names_drop(&names);
    return result;
}

static int walk_input(struct walk *w, const char *input, struct error *err)
{
    size_t bytes = strlen(input);
    if (bytes == 0 || bytes >= sizeof w->path)
        return error_set(err, FAULT_INPUT, bytes ? "a path is too long" : "an INPUT is empty");
    memcpy(w->path, input, bytes + 1);
    w->relative_at = 0;
    if (strcmp(input, "-") == 0)
        return report(w, WALK_STDIN, NULL, true, err);
    struct stat st;
    if (stat(input, &st))
        return report_errno(w, "cannot be opened", true, err);
    if (!S_ISDIR(st.st_mode))
        return report(w, WALK_FILE, NULL, true, err);
    while (bytes > 1 && w->path[bytes - 1] == '/')
        w->path[--bytes] = 0;
    if (bytes == 1 && w->path[0] == '/') { /* "/" + "/name" would begin with two */
        memcpy(w->path, "/.", 3);
        bytes = 2;
    }
    w->relative_at = bytes + 1;
    return walk_folder(w, true, err);
}

int walk_inputs(const char *const *inputs, size_t count, walk_visit *visit, void *context, struct error *err)
{
    struct walk *w = calloc(1, sizeof *w);
    if (!w)
        return error_memory(err);
    w->visit = visit;
    w->context = context;
    int result = 0;
    for (size_t i = 0; i < count && !result; i++)
        result = walk_input(w, inputs[i], err);
    free(w);
    return result;
}
