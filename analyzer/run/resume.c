/* resume.c - see resume.h. */
#include "analyzer/run/resume.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>

void input_file_close(struct input_file *file)
{
    file_close(&file->fd);
}

static int hash_all(struct input_file *file, const char *path, struct error *err)
{
    AUTO(hasher) *h = NULL;
    char chunk[64u << 10];
    if (hasher_new(&h, err))
        return -1;
    for (;;) {
        ssize_t n = read(file->fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(err, FAULT_INPUT, "cannot be read", path);
        if (n == 0)
            break;
        hasher_add(h, (struct slice){chunk, (size_t)n});
    }
    explicit_bzero(chunk, sizeof chunk);
    file->plain = hasher_finish(h);
    if (lseek(file->fd, 0, SEEK_SET) < 0)
        return error_errno(err, FAULT_INPUT, "cannot be read again", path);
    return 0;
}

int input_file_open(struct input_file *ret, const char *path, uint64_t bytes_max, struct error *err)
{
    ret->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (ret->fd < 0 || fstat(ret->fd, &ret->st)) {
        error_errno(err, FAULT_INPUT, "cannot be opened", path);
        input_file_close(ret);
        return -1;
    }
    int failed = 0;
    if (!S_ISREG(ret->st.st_mode)) {
        failed = error_set(err, FAULT_INPUT, "is not a regular file");
        error_at(err, path, 0, 0);
    } else if ((uint64_t)ret->st.st_size > bytes_max) {
        failed = error_set(err, FAULT_DOCUMENT, "it has %llu bytes, ingest.max_bytes is %llu",
                           (unsigned long long)ret->st.st_size, (unsigned long long)bytes_max);
    } else {
        failed = hash_all(ret, path, err);
    }
    if (failed)
        input_file_close(ret);
    return failed;
}

int input_file_check(const struct input_file *file, struct error *err)
{
    struct stat now;
    if (fstat(file->fd, &now) == 0 && now.st_size == file->st.st_size &&
        now.st_mtim.tv_sec == file->st.st_mtim.tv_sec && now.st_mtim.tv_nsec == file->st.st_mtim.tv_nsec)
        return 0;
    return error_set(err, FAULT_DOCUMENT, "the file was changed while it was read");
}

int resume_is_done(struct store *store, struct slice document, const struct hash *input,
                   const struct hash *pipeline, struct error *err)
{
    char hex[HASH_HEX_BYTES];
    hash_hex(pipeline, hex);
    return store_is_done(store, document, input, hex, err);
}
