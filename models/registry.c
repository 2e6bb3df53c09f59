/* registry.c - the front door's look-up of models by name (DESIGN, section 7).
 *
 * Folders, first to last: $ALCOVE_MODELS, $XDG_DATA_HOME/alcove/models, the program's own. Each may hold a models.yaml
 * and model files; the first entry of a name wins, and its file is taken from the folder of its entry, else from the
 * first folder that has it. So one added as `default` stands before the one that the program ships. */
#include "models/registry_file.h"

#include "base/file.h"
#include "base/suggest.h"

#include <fcntl.h>

#define FOLDERS_MAX 3u
#define READ_BYTES (1u << 20)

struct folders {
    char paths[FOLDERS_MAX][512];
    size_t count;
};

static int folders_read(const char *own_folder, struct folders *ret, struct error *err)
{
    const char *given = getenv("ALCOVE_MODELS");
    struct error no_home; /* a job without HOME still has the other folders */
    ret->count = 0;
    if (given && *given && path_join(ret->paths[ret->count++], sizeof ret->paths[0], err, "%s", given))
        return -1;
    if (xdg_path(XDG_DATA, "models", ret->paths[ret->count], sizeof ret->paths[0], &no_home) == 0)
        ret->count++;
    if (own_folder && path_join(ret->paths[ret->count++], sizeof ret->paths[0], err, "%s", own_folder))
        return -1;
    return 0;
}

/* Sets entry->path where FOLDER/file can be read. */
static bool is_in(const char *folder, struct registry_entry *entry)
{
    int n = snprintf(entry->path, sizeof entry->path, "%s/%s", folder, entry->file);
    if (n > 0 && (size_t)n < sizeof entry->path && access(entry->path, R_OK) == 0)
        return true;
    entry->path[0] = 0;
    return false;
}

/* An added model lies beside its entry; one of the program's own list, the last, where the folders' order has it. */
static void locate(const struct folders *folders, size_t listed_in, struct registry_entry *entry)
{
    if (listed_in + 1 < folders->count && is_in(folders->paths[listed_in], entry))
        return;
    for (size_t i = 0; i < folders->count; i++)
        if (is_in(folders->paths[i], entry))
            return;
}

static bool has_name(const struct registry_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->entries[i].name, name) == 0)
            return true;
    return false;
}

/* Adds those entries of the folder whose names are not yet there. */
static int add_folder(const struct folders *folders, size_t at, struct registry_list *to, struct error *err)
{
    AUTO_ENTRIES found = {0};
    if (registry_file_read(folders->paths[at], &found, err))
        return -1;
    struct registry_entry *more = realloc(to->entries, (to->count + found.count + 1) * sizeof *more);
    if (!more)
        return error_memory(err);
    to->entries = more;
    for (size_t i = 0; i < found.count; i++)
        if (!has_name(to, found.entries[i].name)) {
            to->entries[to->count] = found.entries[i];
            locate(folders, at, &to->entries[to->count++]);
        }
    return 0;
}

int registry_list(const char *own_folder, struct registry_entry **ret, size_t *ret_count, struct error *err)
{
    struct folders folders;
    AUTO_ENTRIES all = {0};
    if (folders_read(own_folder, &folders, err))
        return -1;
    for (size_t i = 0; i < folders.count; i++)
        if (add_folder(&folders, i, &all, err))
            return -1;
    *ret_count = all.count;
    *ret = TAKE(all.entries);
    return 0;
}

static int hash_file(const char *path, struct hash *ret, struct error *err)
{
    AUTO(hasher) *hasher = NULL;
    AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    AUTO(buffer) *chunk = NULL;
    ssize_t n;
    if (fd < 0)
        return error_errno(err, FAULT_MODEL, "cannot open the model", path);
    if (hasher_new(&hasher, err) || buffer_new(&chunk, READ_BYTES, err) || buffer_reserve(chunk, READ_BYTES, err))
        return -1;
    while ((n = read(fd, chunk->data, READ_BYTES)) > 0)
        hasher_add(hasher, (struct slice){chunk->data, (size_t)n});
    if (n < 0)
        return error_errno(err, FAULT_MODEL, "cannot read the model", path);
    *ret = hasher_finish(hasher);
    return 0;
}

/* A name that is a path: not registered, so there is no digest to hold it to. */
static int find_path(const char *path, struct registry_entry *ret, struct hash *ret_digest, struct error *err)
{
    const char *file = strrchr(path, '/');
    file = file ? file + 1 : path;
    *ret = (struct registry_entry){0};
    if (path_join(ret->path, sizeof ret->path, err, "%s", path) ||
        path_join(ret->file, sizeof ret->file, err, "%s", file) || hash_file(path, ret_digest, err))
        return -1;
    snprintf(ret->name, sizeof ret->name, "%.63s", file);
    hash_hex(ret_digest, ret->sha256);
    return 0;
}

static int refuse_name(const char *name, const struct registry_entry *entries, size_t count, struct error *err)
{
    const char *names[REGISTRY_ENTRIES_MAX];
    size_t n = MIN(count, REGISTRY_ENTRIES_MAX);
    for (size_t i = 0; i < n; i++)
        names[i] = entries[i].name;
    const char *near = suggest_nearest(name, names, n);
    error_set(err, FAULT_MODEL, "no model is registered as \"%.100s\"", name);
    return near ? error_hint(err, "did you mean \"%s\"?", near)
                : error_hint(err, "alcove model add FILE.gguf --name %.60s", name);
}

static int verify(const struct registry_entry *entry, struct hash *ret_digest, struct error *err)
{
    char hex[HASH_HEX_BYTES];
    if (entry->path[0] == 0) {
        error_set(err, FAULT_MODEL, "the model \"%s\" is not here: no folder of models holds %s", entry->name,
                  entry->file);
        return error_hint(err, "run scripts/quickstart, or alcove model add FILE.gguf --name %s", entry->name);
    }
    if (hash_file(entry->path, ret_digest, err))
        return -1;
    hash_hex(ret_digest, hex);
    if (strcmp(hex, entry->sha256) != 0) {
        error_set(err, FAULT_MODEL,
                  "the model \"%s\" is not the registered file: its SHA-256 is %.16s..., not %.16s...", entry->name,
                  hex, entry->sha256);
        error_hint(err, "it is damaged or was replaced; fetch it again, or register it with alcove model add");
        return error_at(err, entry->path, 0, 0);
    }
    return 0;
}

int registry_find(const char *name, const char *own_folder, struct registry_entry *ret, struct hash *ret_digest,
                  struct error *err)
{
    AUTO_ENTRIES all = {0};
    if (registry_list(own_folder, &all.entries, &all.count, err))
        return -1;
    for (size_t i = 0; i < all.count; i++)
        if (strcmp(all.entries[i].name, name) == 0) {
            if (verify(&all.entries[i], ret_digest, err))
                return -1;
            *ret = all.entries[i];
            return 0;
        }
    size_t n = strlen(name);
    if (strchr(name, '/') || (n > 5 && strcmp(name + n - 5, ".gguf") == 0))
        return find_path(name, ret, ret_digest, err);
    return refuse_name(name, all.entries, all.count, err);
}
