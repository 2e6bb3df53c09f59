/* anchor.c - see anchor.h. */
#include "store/audit/anchor.h"

#include "base/buffer.h"
#include "base/file.h"
#include "store/audit/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>

#define TORN "# torn\n"
#define DASH "\xe2\x80\x94 "

static bool starts_with(struct slice line, const char *start)
{
    size_t n = strlen(start);
    return line.bytes >= n && memcmp(line.data, start, n) == 0;
}

/* ---- writing ---- */
static int make_folder_of(const char *path, struct error *err)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return 0;
    return path_join(folder, sizeof folder, err, "%.*s", (int)(slash - path), path) ||
                   folder_make(folder, FAULT_AUDIT, err)
               ? -1
               : 0;
}

/* What must come before the next entry: nothing behind a whole one and its empty line, else what a crash left
 * out. A note has an empty line inside as well, so the last line must be one that an entry can end with: a
 * signature, a verifier key or the mark of a torn one. NULL when the file cannot be read. */
static const char *mend(int fd, off_t bytes)
{
    char tail[NOTE_BYTES_MAX];
    size_t end = (size_t)MIN(bytes, (off_t)sizeof tail), newlines = 0;
    struct verifier ignored;
    if (pread(fd, tail, end, bytes - (off_t)end) != (ssize_t)end)
        return NULL;
    if (end == 0)
        return "";
    for (; newlines < 2 && newlines < end && tail[end - 1 - newlines] == '\n';)
        newlines++;
    size_t start = end -= newlines;
    while (start && tail[start - 1] != '\n')
        start--;
    struct slice line = {tail + start, end - start};
    bool is_whole = starts_with(line, DASH) || starts_with(line, "# ") || verifier_read(&ignored, line);
    if (newlines == 0)
        return "\n" TORN "\n";
    return !is_whole ? TORN "\n" : newlines == 1 ? "\n" : "";
}

int anchor_append(const char *path, const struct slice *entries, size_t count, uint64_t *ret_end,
                  struct error *err)
{
    AUTO(buffer) *bytes = NULL;
    struct stat st;
    if (make_folder_of(path, err))
        return -1;
    AUTO_FD fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) || fstat(fd, &st))
        return error_errno(err, FAULT_AUDIT, "the anchor cannot be opened", path);
    if (!S_ISREG(st.st_mode)) {
        error_set(err, FAULT_AUDIT, "the anchor is not a regular file");
        return error_at(err, path, 0, 0);
    }
    const char *before = mend(fd, st.st_size);
    if (!before)
        return error_errno(err, FAULT_AUDIT, "the anchor cannot be read", path);
    if (buffer_new(&bytes, SIZE_MAX / 4, err) || buffer_append_text(bytes, before, err))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (buffer_append(bytes, entries[i], err) || buffer_append_byte(bytes, '\n', err))
            return -1;
    if (file_write_fd(fd, buffer_slice(bytes), FAULT_AUDIT, err))
        return error_at(err, path, 0, 0);
    if (fsync(fd))
        return error_errno(err, FAULT_AUDIT, "the anchor cannot be synced", path);
    if (st.st_size == 0 && folder_sync_of(path, FAULT_AUDIT, err))
        return -1;
    *ret_end = (uint64_t)st.st_size + bytes->bytes;
    return 0;
}

/* ---- reading ---- */
enum place { BETWEEN, IN_TEXT, IN_SIGNATURES };

struct reader {
    const char *origin;
    anchor_visit *visit;
    void *context;
    struct buffer *entry;
    enum place place;
    unsigned line, first_line;
    bool is_signed; /* the entry has a whole signature line */
};

static int emit(struct reader *r, bool is_key, bool is_torn, struct error *err)
{
    struct anchor_entry entry = {buffer_slice(r->entry), is_key, is_torn, r->first_line};
    size_t n = strlen(r->origin);
    char after = is_key ? '+' : '\n';
    r->place = BETWEEN;
    if (entry.text.bytes <= n || memcmp(entry.text.data, r->origin, n) != 0 || entry.text.data[n] != after)
        return 0;
    return r->visit(r->context, &entry, err) ? -1 : 0;
}

static int take_line(struct reader *r, struct slice line, struct error *err)
{
    bool is_empty = slice_equal(line, SLICE("\n"));
    struct verifier ignored;
    if (slice_equal(line, SLICE(TORN))) {
        r->place = BETWEEN;
        return 0;
    }
    if (r->place == IN_SIGNATURES && is_empty)
        return emit(r, false, false, err);
    if (r->place == BETWEEN) {
        if (is_empty)
            return 0;
        buffer_clear(r->entry);
        r->first_line = r->line;
        r->is_signed = false;
    }
    if (buffer_append(r->entry, line, err)) {
        error_set(err, FAULT_AUDIT, "is longer than an entry of an anchor can be");
        return -1;
    }
    if (r->place == BETWEEN && line.data[line.bytes - 1] == '\n' &&
        verifier_read(&ignored, slice_sub(line, 0, line.bytes - 1)))
        return emit(r, true, false, err);
    if (r->place == IN_SIGNATURES)
        r->is_signed = line.data[line.bytes - 1] == '\n' && starts_with(line, DASH);
    else
        r->place = is_empty ? IN_SIGNATURES : IN_TEXT;
    return 0;
}

static int walk_lines(struct reader *r, FILE *file, const char *path, struct error *err)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t bytes;
    int failed = 0;
    while (!failed && (bytes = getline(&line, &capacity, file)) > 0) {
        r->line++;
        failed = take_line(r, (struct slice){line, (size_t)bytes}, err);
    }
    if (!failed && ferror(file))
        failed = error_errno(err, FAULT_AUDIT, "the anchor cannot be read", path);
    else if (!failed && r->place != BETWEEN)
        failed = emit(r, false, !r->is_signed, err);
    if (failed && !err->file[0])
        error_at(err, path, r->place == BETWEEN ? r->first_line : r->line, 0);
    free(line);
    return failed ? -1 : 0;
}

int anchor_walk(const char *path, const char *origin, uint64_t from, anchor_visit *visit, void *context,
                bool *ret_is_missing, struct error *err)
{
    struct reader r = {.origin = origin, .visit = visit, .context = context};
    AUTO(buffer) *entry = NULL;
    struct stat st;
    FILE *file = fopen(path, "re");
    *ret_is_missing = !file && (errno == ENOENT || errno == ENOTDIR);
    if (*ret_is_missing)
        return 0;
    if (!file)
        return error_errno(err, FAULT_AUDIT, "the anchor cannot be opened", path);
    int failed = 0;
    if (fstat(fileno(file), &st) || !S_ISREG(st.st_mode) || (uint64_t)st.st_size < from) {
        error_set(err, FAULT_AUDIT, "the anchor was cut: it has %lld bytes and had %llu",
                  (long long)st.st_size, (unsigned long long)from);
        failed = error_at(err, path, 0, 0);
    }
    if (!failed && fseeko(file, (off_t)from, SEEK_SET))
        failed = error_errno(err, FAULT_AUDIT, "the anchor cannot be read", path);
    if (!failed && !(failed = buffer_new(&entry, NOTE_BYTES_MAX, err))) {
        r.entry = entry;
        failed = walk_lines(&r, file, path, err);
    }
    fclose(file);
    return failed;
}
