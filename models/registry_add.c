/* registry_add.c - the front door's `model add`: a file is copied, loaded as a check, and registered.
 *
 * The copy is what is loaded and hashed, so nothing can change between check and use. Two additions at once wait for
 * each other at the folder's lock; a failure or a crash leaves at most a temporary file, never half an entry. */
#include "models/registry_file.h"

#include "base/file.h"
#include "base/utf8.h"

#include <fcntl.h>
#include <sys/file.h>

#define COPY_BYTES (1u << 20)

/* A temporary file that is removed on every way out but success. */
struct draft {
    char path[600];
    bool is_kept;
};

static void draft_clear(struct draft *draft)
{
    if (draft->path[0] && !draft->is_kept)
        unlink(draft->path);
}

static int copy(const char *from, const char *to, struct hash *ret, struct error *err)
{
    AUTO(hasher) *hasher = NULL;
    AUTO(buffer) *chunk = NULL;
    AUTO_FD in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return error_errno(err, FAULT_MODEL, "cannot open the model", from);
    AUTO_FD out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0)
        return error_errno(err, FAULT_MODEL, "cannot write the model", to);
    if (hasher_new(&hasher, err) || buffer_new(&chunk, COPY_BYTES, err) || buffer_reserve(chunk, COPY_BYTES, err))
        return -1;
    ssize_t n;
    while ((n = read(in, chunk->data, COPY_BYTES)) > 0) {
        struct slice bytes = {chunk->data, (size_t)n};
        hasher_add(hasher, bytes);
        if (file_write_fd(out, bytes, FAULT_MODEL, err))
            return -1;
    }
    if (n < 0)
        return error_errno(err, FAULT_MODEL, "cannot read the model", from);
    if (fsync(out))
        return error_errno(err, FAULT_MODEL, "cannot write the model", to);
    *ret = hasher_finish(hasher);
    return 0;
}

/* Copies a text of the model file as far as it fits and is UTF-8. */
static void take_text(char *to, size_t capacity, const char *text)
{
    struct slice s = slice_of(text);
    s.bytes = utf8_valid(s);
    s.bytes = utf8_cut(s, MIN(s.bytes, capacity - 1));
    snprintf(to, capacity, "%.*s", (int)s.bytes, s.bytes ? s.data : "");
}

/* Loads the copy and takes what the entry says from it. */
static int describe(const char *path, struct registry_entry *entry, struct error *err)
{
    AUTO(model) *model = NULL;
    struct model_info info;
    if (model_load(&model, path, NULL, err))
        return -1;
    model_info(model, &info);
    take_text(entry->licence, sizeof entry->licence, info.licence);
    take_text(entry->arch, sizeof entry->arch, info.architecture);
    take_text(entry->source, sizeof entry->source, info.name);
    if (entry->licence[0] == 0)
        take_text(entry->licence, sizeof entry->licence, "unknown");
    snprintf(entry->roles, sizeof entry->roles, "classify, generate, summarize");
    return 0;
}

/* Puts the entry in the place of one of the same name, whose file is then ret_replaced, or at the end. */
static int put(struct registry_list *list, const struct registry_entry *entry, struct registry_entry *ret_replaced,
               struct error *err)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->entries[i].name, entry->name) == 0) {
            *ret_replaced = list->entries[i];
            list->entries[i] = *entry;
            return 0;
        }
    struct registry_entry *more = realloc(list->entries, (list->count + 1) * sizeof *more);
    if (!more)
        return error_memory(err);
    list->entries = more;
    more[list->count++] = *entry;
    return 0;
}

int registry_add(const char *path, const char *name, const char *own_folder UNUSED, struct registry_entry *ret,
                 struct error *err)
{
    char folder[512], digest_text[HASH_HEX_BYTES];
    struct registry_entry entry = {0}, replaced = {0};
    struct hash digest;
    AUTO_ENTRIES list = {0};
    __attribute__((cleanup(draft_clear))) struct draft draft = {.path = ""};
    if (!registry_name_is_valid(name)) {
        error_set(err, FAULT_USAGE, "\"%.80s\" cannot be the name of a model", name);
        return error_hint(err, "letters, digits, dots, dashes and underscores, at most 63, a letter or digit first");
    }
    if (xdg_path(XDG_DATA, "models", folder, sizeof folder, err) || folder_make(folder, FAULT_MODEL, err))
        return -1;
    AUTO_FD lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX))
        return error_errno(err, FAULT_MODEL, "cannot lock the folder of models", folder);
    if (registry_file_read(folder, &list, err) ||
        path_join(draft.path, sizeof draft.path, err, "%s/.%s.part", folder, name))
        return -1;
    unlink(draft.path); /* of an addition that was killed */
    if (copy(path, draft.path, &digest, err))
        return -1;
    if (describe(draft.path, &entry, err)) /* of the copy; what is wrong is wrong with the file that was given */
        return strcmp(err->file, draft.path) == 0 ? error_at(err, path, err->line, err->column) : -1;
    /* The digest is part of the file's name: an entry that is replaced keeps its file until the new one stands. */
    hash_hex(&digest, digest_text);
    memcpy(entry.sha256, digest_text, sizeof entry.sha256);
    snprintf(entry.name, sizeof entry.name, "%s", name);
    if (path_join(entry.file, sizeof entry.file, err, "%s-%.12s.gguf", name, digest_text) ||
        path_join(entry.path, sizeof entry.path, err, "%s/%s", folder, entry.file))
        return -1;
    if (rename(draft.path, entry.path))
        return error_errno(err, FAULT_MODEL, "cannot write the model", entry.path);
    draft.is_kept = true;
    if (fsync(lock))
        return error_errno(err, FAULT_MODEL, "cannot write the folder of models", folder);
    if (put(&list, &entry, &replaced, err) || registry_file_write(folder, &list, err))
        return -1;
    if (replaced.file[0] && strcmp(replaced.file, entry.file) != 0)
        unlinkat(lock, replaced.file, 0);
    *ret = entry;
    return 0;
}
