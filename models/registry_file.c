/* registry_file.c - see registry_file.h. */
#include "models/registry_file.h"

#include "base/file.h"
#include "base/yaml.h"

#include <ctype.h>
#include <errno.h>

/* What a model may be used for. */
static const char *const role_names[] = {"classify", "generate", "summarize", "embed", "tag"};

#define FIELD(f) offsetof(struct registry_entry, f), sizeof(((struct registry_entry *)0)->f)

/* The scalar keys of an entry in the order in which they are written. */
static const struct field {
    const char *key;
    size_t at, capacity;
    bool is_required;
} fields[] = {
    {"name", FIELD(name), true},       {"file", FIELD(file), true},  {"sha256", FIELD(sha256), true},
    {"licence", FIELD(licence), true}, {"arch", FIELD(arch), true},  {"source", FIELD(source), false},
};

static const char *const keys[] = {"name",   "file",    "sha256",  "licence", "arch",        "source",
                                   "roles",  "package", "version", "member",  "wheel_sha256"};

void registry_list_clear(struct registry_list *list)
{
    free(list->entries);
    *list = (struct registry_list){0};
}

bool registry_name_is_valid(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n >= sizeof((struct registry_entry *)0)->name || !isalnum((unsigned char)name[0]))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] > 126 || (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i])))
            return false;
    return true;
}

static bool is_digest(const char *text)
{
    return strlen(text) == HASH_HEX_BYTES - 1 && strspn(text, "0123456789abcdef") == HASH_HEX_BYTES - 1;
}

/* ---- reading ---- */
static int read_fields(const struct yaml *yaml, const struct yaml_node *node, struct registry_entry *ret,
                       struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const struct yaml_node *value = yaml_get(node, fields[i].key);
        if (!value && fields[i].is_required)
            return yaml_error(yaml, node, FAULT_MODEL, err, "an entry without \"%s\"", fields[i].key);
        if (!value)
            continue;
        if (value->kind != YAML_SCALAR || strlen(value->text) >= fields[i].capacity)
            return yaml_error(yaml, value, FAULT_MODEL, err, "\"%s\" must be a text of at most %zu bytes",
                              fields[i].key, fields[i].capacity - 1);
        memcpy((char *)ret + fields[i].at, value->text, strlen(value->text) + 1);
    }
    return 0;
}

static int read_roles(const struct yaml *yaml, const struct yaml_node *roles, struct registry_entry *ret,
                      struct error *err)
{
    if (!roles)
        return 0;
    if (roles->kind != YAML_LIST)
        return yaml_error(yaml, roles, FAULT_MODEL, err, "\"roles\" must be a list");
    size_t n = 0;
    for (size_t i = 0; i < roles->count; i++) {
        const struct yaml_node *role = roles->items[i];
        bool is_known = false;
        for (size_t k = 0; role->kind == YAML_SCALAR && k < COUNT_OF(role_names); k++)
            is_known = is_known || strcmp(role->text, role_names[k]) == 0;
        if (!is_known || n + strlen(role->text) + 3 > sizeof ret->roles)
            return yaml_error(yaml, role, FAULT_MODEL, err, "an unknown role, or too many");
        n += (size_t)snprintf(ret->roles + n, sizeof ret->roles - n, "%s%s", i ? ", " : "", role->text);
    }
    return 0;
}

static int read_entry(const struct yaml *yaml, const struct yaml_node *node, struct registry_entry *ret,
                      struct error *err)
{
    if (node->kind != YAML_MAP)
        return yaml_error(yaml, node, FAULT_MODEL, err, "each of \"models\" must be a mapping");
    if (yaml_only_keys(yaml, node, FAULT_MODEL, keys, COUNT_OF(keys), err) || read_fields(yaml, node, ret, err) ||
        read_roles(yaml, yaml_get(node, "roles"), ret, err))
        return -1;
    if (!registry_name_is_valid(ret->name))
        return yaml_error(yaml, yaml_get(node, "name"), FAULT_MODEL, err,
                          "\"name\" must be letters, digits, dots, dashes and underscores");
    if (ret->file[0] == 0 || ret->file[0] == '.' || strchr(ret->file, '/'))
        return yaml_error(yaml, yaml_get(node, "file"), FAULT_MODEL, err, "\"file\" must be a name without a folder");
    if (!is_digest(ret->sha256))
        return yaml_error(yaml, yaml_get(node, "sha256"), FAULT_MODEL, err,
                          "\"sha256\" must be 64 lower-case hex digits");
    return 0;
}

static int read_entries(const struct yaml *yaml, struct registry_list *ret, struct error *err)
{
    static const char *const top[] = {"models"};
    const struct yaml_node *root = yaml_root(yaml), *list;
    if (!root)
        return 0;
    if (root->kind != YAML_MAP || !(list = yaml_get(root, "models")) || list->kind != YAML_LIST)
        return yaml_error(yaml, root, FAULT_MODEL, err, "must be a mapping with a list \"models\"");
    if (yaml_only_keys(yaml, root, FAULT_MODEL, top, COUNT_OF(top), err))
        return -1;
    if (list->count > REGISTRY_ENTRIES_MAX)
        return yaml_error(yaml, list, FAULT_MODEL, err, "more than %u models", REGISTRY_ENTRIES_MAX);
    ret->entries = calloc(list->count + 1, sizeof *ret->entries);
    if (!ret->entries)
        return error_memory(err);
    for (; ret->count < list->count; ret->count++) {
        if (read_entry(yaml, list->items[ret->count], &ret->entries[ret->count], err))
            return -1;
        for (size_t i = 0; i < ret->count; i++)
            if (strcmp(ret->entries[i].name, ret->entries[ret->count].name) == 0)
                return yaml_error(yaml, list->items[ret->count], FAULT_MODEL, err, "the name \"%s\" twice",
                                  ret->entries[i].name);
    }
    return 0;
}

int registry_file_read(const char *folder, struct registry_list *ret, struct error *err)
{
    char path[4096];
    AUTO(yaml) *yaml = NULL;
    *ret = (struct registry_list){0};
    if (path_join(path, sizeof path, err, "%s/models.yaml", folder))
        return -1;
    if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    AUTO_ENTRIES list = {0};
    if (yaml_read_file(&yaml, path, FAULT_MODEL, err) || read_entries(yaml, &list, err))
        return -1;
    *ret = list;
    list = (struct registry_list){0};
    return 0;
}

/* ---- writing ---- */

/* As a double-quoted scalar; texts come from model files, so control bytes become blanks. */
static int write_scalar(struct buffer *to, const char *key, bool is_first, const char *text, struct error *err)
{
    if (buffer_printf(to, err, "    %s%s: \"", is_first ? "- " : "  ", key))
        return -1;
    for (const char *c = text; *c; c++) {
        char byte = (unsigned char)*c < 32 || *c == 127 ? ' ' : *c;
        if (((byte == '"' || byte == '\\') && buffer_append_byte(to, '\\', err)) || buffer_append_byte(to, byte, err))
            return -1;
    }
    return buffer_append_text(to, "\"\n", err);
}

static int write_entry(struct buffer *to, const struct registry_entry *entry, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (write_scalar(to, fields[i].key, i == 0, (const char *)entry + fields[i].at, err))
            return -1;
    return buffer_printf(to, err, "      roles: [%s]\n", entry->roles);
}

int registry_file_write(const char *folder, const struct registry_list *list, struct error *err)
{
    char path[4096];
    AUTO(buffer) *text = NULL;
    if (path_join(path, sizeof path, err, "%s/models.yaml", folder) || buffer_new(&text, 4 << 20, err) ||
        buffer_append_text(text, "# Models added by `alcove model add`, in the form of the program's own models.yaml.\n"
                                 "models:\n", err))
        return -1;
    for (size_t i = 0; i < list->count; i++)
        if (write_entry(text, &list->entries[i], err))
            return -1;
    return file_write(path, buffer_slice(text), 0600, FAULT_MODEL, err);
}
