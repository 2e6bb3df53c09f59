/* file.c - see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>

#define READ_STEP_BYTES (64u << 10)

void file_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int file_reserve_standard(struct error *err)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return error_errno(err, FAULT_TEMPORARY, "a closed standard descriptor cannot be filled", NULL);
    }
    return 0;
}

int file_read_fd(struct buffer **ret, int fd, size_t bytes_max, enum fault code, struct error *err)
{
    AUTO(buffer) *b = NULL;
    if (buffer_new(&b, bytes_max + 1, err))
        return -1;
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && (size_t)st.st_size < bytes_max &&
        buffer_reserve(b, (size_t)st.st_size + 1, err))
        return -1;
    for (;;) {
        size_t room = b->capacity - b->bytes;
        if (room < 2) {
            room = MIN((size_t)READ_STEP_BYTES, b->bytes_max - b->bytes);
            if (buffer_reserve(b, room, err))
                return -1;
        }
        ssize_t got = read(fd, b->data + b->bytes, room);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, code, "cannot be read", NULL);
        if (got == 0)
            break;
        b->bytes += (size_t)got;
        b->data[b->bytes] = 0;
        if (b->bytes > bytes_max)
            return error_set(err, code, "is larger than the limit of %zu bytes", bytes_max);
    }
    *ret = TAKE(b);
    return 0;
}

int file_read(struct buffer **ret, const char *path, size_t bytes_max, enum fault code, struct error *err)
{
    AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_errno(err, code, "cannot be opened", path);
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        error_set(err, code, "is a folder, not a file");
        return error_at(err, path, 0, 0);
    }
    if (file_read_fd(ret, fd, bytes_max, code, err))
        return error_at(err, path, 0, 0);
    return 0;
}

int file_write_fd(int fd, struct slice bytes, enum fault code, struct error *err)
{
    while (bytes.bytes) {
        ssize_t put = write(fd, bytes.data, bytes.bytes);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return error_errno(err, code, "cannot be written", NULL);
        bytes.data += put;
        bytes.bytes -= (size_t)put;
    }
    return 0;
}

int folder_sync_of(const char *path, enum fault code, struct error *err)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t bytes = slash ? (size_t)(slash - path) : 0;
    if (bytes >= sizeof folder)
        return error_set(err, code, "path is too long");
    memcpy(folder, path, bytes);
    folder[bytes] = 0;
    AUTO_FD fd = open(slash ? (bytes ? folder : "/") : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || (fsync(fd) && errno != EINVAL))
        return error_errno(err, code, "folder cannot be synced", path);
    return 0;
}

int file_write(const char *path, struct slice bytes, mode_t mode, enum fault code, struct error *err)
{
    char temporary[PATH_MAX];
    if (path_join(temporary, sizeof temporary, err, "%s.%ld.tmp", path, (long)getpid()))
        return -1;
    unlink(temporary);
    AUTO_FD fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return error_errno(err, code, "cannot be created", path);
    int failed = file_write_fd(fd, bytes, code, err);
    if (!failed && fsync(fd))
        failed = error_errno(err, code, "cannot be synced", path);
    if (!failed && rename(temporary, path))
        failed = error_errno(err, code, "cannot be renamed into place", path);
    if (failed) {
        unlink(temporary);
        return error_at(err, path, 0, 0);
    }
    return folder_sync_of(path, code, err);
}

int folder_make(const char *path, enum fault code, struct error *err)
{
    char so_far[PATH_MAX];
    if (path_join(so_far, sizeof so_far, err, "%s", path))
        return -1;
    for (char *c = so_far + 1; *c; c++) {
        if (*c != '/')
            continue;
        *c = 0;
        if (mkdir(so_far, 0700) && errno != EEXIST)
            return error_errno(err, code, "folder cannot be made", so_far);
        *c = '/';
    }
    if (mkdir(so_far, 0700) && errno != EEXIST)
        return error_errno(err, code, "folder cannot be made", so_far);
    return 0;
}

int xdg_path(enum xdg which, const char *name, char *ret, size_t capacity, struct error *err)
{
    static const struct {
        const char *variable, *otherwise;
    } rows[] = {[XDG_DATA] = {"XDG_DATA_HOME", ".local/share"},
                [XDG_CACHE] = {"XDG_CACHE_HOME", ".cache"},
                [XDG_STATE] = {"XDG_STATE_HOME", ".local/state"},
                [XDG_CONFIG] = {"XDG_CONFIG_HOME", ".config"}};
    const char *base = getenv(rows[which].variable), *home = getenv("HOME");
    const char *slash = name ? "/" : "";
    if (base && base[0] == '/') /* the specification: a relative path is to be ignored */
        return path_join(ret, capacity, err, "%s/alcove%s%s", base, slash, name ? name : "");
    if (home && home[0])
        return path_join(ret, capacity, err, "%s/%s/alcove%s%s", home, rows[which].otherwise, slash,
                         name ? name : "");
    error_set(err, FAULT_INPUT, "neither %s nor HOME is set", rows[which].variable);
    return error_hint(err, "set %s, or name the file", rows[which].variable);
}

int path_join(char *ret, size_t capacity, struct error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int wanted = vsnprintf(ret, capacity, format, args);
    va_end(args);
    if (wanted < 0 || (size_t)wanted >= capacity)
        return error_set(err, FAULT_INPUT, "path is longer than %zu bytes", capacity - 1);
    return 0;
}
