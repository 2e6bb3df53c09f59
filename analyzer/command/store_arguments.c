/* store_arguments.c - see store_arguments.h. */
#include "analyzer/command/store_arguments.h"

#include "base/file.h"

#include <sys/utsname.h>

#define PASSPHRASE_BYTES_MAX 4096u
#define PASSWD_BYTES_MAX (1u << 20)

/* "DIR/NAME.alc" -> "DIR/NAME.key"; another ending is kept: "DIR/NAME.db" -> "DIR/NAME.db.key". */
static int default_key(const char *store, char *ret, size_t capacity, struct error *err)
{
    size_t bytes = strlen(store);
    if (bytes > 4 && strcmp(store + bytes - 4, ".alc") == 0)
        bytes -= 4;
    return path_join(ret, capacity, err, "%.*s.key", (int)bytes, store);
}

int store_passphrase_read(int fd, struct secret **ret, struct error *err)
{
    AUTO(secret) *whole = NULL;
    size_t used = 0;
    if (secret_new(&whole, PASSPHRASE_BYTES_MAX + 1, err))
        return -1;
    for (;;) {
        ssize_t got = read(fd, whole->data + used, whole->bytes - used);
        if (got < 0)
            return error_errno(err, FAULT_STORE, "the passphrase cannot be read from its descriptor", NULL);
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > PASSPHRASE_BYTES_MAX)
            return error_set(err, FAULT_STORE, "the passphrase is longer than %u bytes",
                             PASSPHRASE_BYTES_MAX);
    }
    if (used && whole->data[used - 1] == '\n')
        used--;
    if (!used)
        return error_set(err, FAULT_STORE, "the passphrase is empty");
    if (secret_new(ret, used, err))
        return -1;
    memcpy((*ret)->data, whole->data, used);
    return 0;
}

static void warn_of_wide_mode(const struct context *context, const char *key_file)
{
    unsigned mode;
    if (store_key_file_is_wide(key_file, &mode))
        context_warn(context, "key file %s may be read by others (mode %04o); chmod 600 it", key_file, mode);
}

int store_place_fill(struct store_place *ret, const struct context *context,
                     const struct arguments *arguments, enum store_mode mode, struct error *err)
{
    memset(ret, 0, sizeof *ret);
    const char *store = argument_text(arguments, "store", NULL),
               *key = argument_text(arguments, "key-file", NULL);
    bool has_passphrase = argument_given(arguments, "passphrase-fd");
    if (key && has_passphrase)
        return error_set(err, FAULT_USAGE, "--key-file and --passphrase-fd exclude each other");
    if (store ? path_join(ret->path, sizeof ret->path, err, "%s", store)
              : xdg_path(XDG_DATA, "store.alc", ret->path, sizeof ret->path, err))
        return -1;
    if (!store && mode == STORE_CREATE) {
        char folder[PATH_MAX];
        if (xdg_path(XDG_DATA, NULL, folder, sizeof folder, err) || folder_make(folder, FAULT_STORE, err))
            return -1;
    }
    ret->options = (struct store_options){.path = ret->path, .mode = mode, .actor = store_actor_self()};
    if (has_passphrase) {
        int fd = (int)argument_number(arguments, "passphrase-fd", 0);
        if (store_passphrase_read(fd, &ret->passphrase, err))
            return -1;
        ret->options.key.passphrase = ret->passphrase;
        return 0;
    }
    if (key ? path_join(ret->key_file, sizeof ret->key_file, err, "%s", key)
            : default_key(ret->path, ret->key_file, sizeof ret->key_file, err))
        return -1;
    warn_of_wide_mode(context, ret->key_file);
    ret->options.key.key_file = ret->key_file;
    ret->options.make_key_file = mode == STORE_CREATE;
    return 0;
}

void store_place_clear(struct store_place *place)
{
    secret_drop(&place->passphrase);
}

/* getpwuid would ask nscd over a socket; the file itself is read instead (DESIGN, promise 1). */
static void find_login(unsigned uid, char *ret, size_t capacity)
{
    AUTO(buffer) *passwd = NULL;
    struct error ignored;
    ret[0] = 0;
    if (file_read(&passwd, "/etc/passwd", PASSWD_BYTES_MAX, FAULT_INPUT, &ignored))
        return;
    for (const char *line = passwd->data; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t name = strcspn(line, ":\n");
        const char *second = line[name] == ':' ? strchr(line + name + 1, ':') : NULL; /* name:password:uid: */
        if (second && second < line + strcspn(line, "\n") && strtoul(second + 1, NULL, 10) == uid) {
            snprintf(ret, capacity, "%.*s", (int)name, line);
            return;
        }
    }
}

const struct store_actor *store_actor_self(void)
{
    static char login[64];
    static struct utsname host;
    static struct store_actor actor;
    if (!actor.login) {
        actor = (struct store_actor){.login = login, .uid = (unsigned)getuid(), .host = host.nodename};
        find_login(actor.uid, login, sizeof login);
        uname(&host);
    }
    return &actor;
}
