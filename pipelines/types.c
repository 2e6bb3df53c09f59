/* types.c - the scalar types of keys: how a value is read, written for the digest, and described to an
 * editor. */
#include "pipelines/keys.h"

#include "base/limits.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>

#define FIELD(type) ((type *)((char *)base + key->offset))
#define CONST_FIELD(type) ((const type *)((const char *)base + key->offset))
#define VARIABLE "^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$" /* a number may also come from the environment */

int want_kind(struct loader *l, const struct key *key, const struct yaml_node *node, enum yaml_kind kind)
{
    static const char *const names[] = {
        [YAML_SCALAR] = "text", [YAML_LIST] = "a list", [YAML_MAP] = "a mapping"};
    static const char *const forms[] = {[YAML_SCALAR] = "", [YAML_LIST] = ": [...]", [YAML_MAP] = ": {...}"};
    if (node->kind == kind)
        return 0;
    bool has_form = forms[kind][0];
    return complain(l, node, "\"%s\" must be %s%s%s%s, not %s", key->name, names[kind],
                    has_form ? ", written " : "", has_form ? key->name : "", forms[kind], names[node->kind]);
}

/* ---- version, name, text ---- */

static int load_version(struct loader *l, const struct key *key, const struct yaml_node *node,
                        void *base UNUSED)
{
    if (want_kind(l, key, node, YAML_SCALAR))
        return -1;
    return strcmp(node->text, "1") == 0
               ? 0
               : complain(l, node, "version \"%.40s\" is not known; this one is 1", node->text);
}

static json_t *json_version(const struct key *key UNUSED, const void *base UNUSED)
{
    return json_integer(1);
}

static json_t *schema_version(const struct key *key UNUSED)
{
    return json_pack("{s:i}", "const", 1);
}

static int load_text(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    if (want_kind(l, key, node, YAML_SCALAR))
        return -1;
    if (!node->text[strspn(node->text, " \t\n")])
        return complain(l, node, "\"%s\" is empty", key->name);
    if (strlen(node->text) > (size_t)key->max)
        return complain(l, node, "\"%s\" is longer than %.0f bytes", key->name, key->max);
    *FIELD(const char *) = node->text;
    return 0;
}

static json_t *json_text(const struct key *key, const void *base)
{
    const char *text = *CONST_FIELD(const char *);
    return text ? json_string(text) : json_null();
}

static json_t *schema_text(const struct key *key)
{
    return json_pack("{s:s, s:i, s:I}", "type", "string", "minLength", 1, "maxLength", (json_int_t)key->max);
}

static int load_name(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    if (load_text(l, key, node, base))
        return -1;
    const char *text = node->text;
    for (const char *c = text; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) &&
            (c == text || (*c != '-' && *c != '_')))
            return complain(l, node,
                            "\"%s\" may hold lower-case letters, digits, - and _ only, not \"%.60s\"",
                            key->name, text);
    return 0;
}

static json_t *schema_name(const struct key *key)
{
    return json_pack("{s:s, s:s, s:I}", "type", "string", "pattern", "^[a-z0-9][a-z0-9_-]*$", "maxLength",
                     (json_int_t)key->max);
}

/* ---- numbers ---- */

static int load_real(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    return yaml_real(l->yaml, node, FAULT_PIPELINE, key->min, key->max, FIELD(double), l->err)
               ? complain_place(l, node)
               : 0;
}

static json_t *json_double(const struct key *key, const void *base)
{
    return json_real(*CONST_FIELD(double));
}

static json_t *schema_real(const struct key *key)
{
    return json_pack("{s:[s,s], s:f, s:f, s:s}", "type", "number", "string", "minimum", key->min, "maximum",
                     key->max, "pattern", VARIABLE);
}

static int load_number(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    long value;
    if (yaml_integer(l->yaml, node, FAULT_PIPELINE, (long)key->min, (long)key->max, &value, l->err))
        return complain_place(l, node);
    *FIELD(uint32_t) = (uint32_t)value;
    return 0;
}

static json_t *json_number(const struct key *key, const void *base)
{
    return json_integer(*CONST_FIELD(uint32_t));
}

static json_t *schema_number(const struct key *key)
{
    return json_pack("{s:[s,s], s:I, s:I, s:s}", "type", "integer", "string", "minimum", (json_int_t)key->min,
                     "maximum", (json_int_t)key->max, "pattern", VARIABLE);
}

static int load_flag(struct loader *l, const struct key *key UNUSED, const struct yaml_node *node, void *base)
{
    return yaml_bool(l->yaml, node, FAULT_PIPELINE, FIELD(bool), l->err) ? complain_place(l, node) : 0;
}

static json_t *json_flag(const struct key *key, const void *base)
{
    return json_boolean(*CONST_FIELD(bool));
}

static json_t *schema_flag(const struct key *key UNUSED)
{
    return json_pack("{s:[s,s], s:s}", "type", "boolean", "string", "pattern", VARIABLE);
}

/* ---- numbers with a unit ---- */

struct unit {
    const char *name;
    double factor;
};

/* "20MiB" by a table of units. 0, or -1 when it is not a number with one of them. */
static int read_unit(const char *text, const struct unit *units, double *ret)
{
    size_t digits = strspn(text, "0123456789.");
    char *end;
    if (!digits)
        return -1;
    double value = strtod(text, &end);
    if (end != text + digits)
        return -1;
    end += *end == ' ';
    for (; units->name; units++)
        if (strcmp(units->name, end) == 0) {
            *ret = value * units->factor;
            return 0;
        }
    return -1;
}

static const struct unit byte_units[] = {{"", 1},          {"B", 1},         {"kB", 1e3},
                                         {"MB", 1e6},      {"GB", 1e9},      {"KiB", 1 << 10},
                                         {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0}};
/* A year of retention is never shorter than the calendar's: 6y = 2192 days. */
static const struct unit day_units[] = {{"d", 1}, {"w", 7}, {"y", 365.25}, {NULL, 0}};

static int load_unit(struct loader *l, const struct key *key, const struct yaml_node *node, void *base,
                     const struct unit *units, const char *wanted)
{
    double value;
    if (want_kind(l, key, node, YAML_SCALAR))
        return -1;
    if (read_unit(node->text, units, &value))
        return complain(l, node, "\"%s\" must be %s, not \"%.60s\"", key->name, wanted, node->text);
    if (value < key->min || value > key->max)
        return complain(l, node, "\"%s\" must be between %.0f and %.0f %s, not \"%.60s\"", key->name,
                        key->min, key->max, units == day_units ? "days" : "bytes", node->text);
    *FIELD(uint64_t) = (uint64_t)ceil(value);
    return 0;
}

static int load_bytes(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    return load_unit(l, key, node, base, byte_units, "a size such as 20MiB (units: B kB MB GB KiB MiB GiB)");
}

static int load_days(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    return load_unit(l, key, node, base, day_units, "a time such as 30d, 26w or 6y");
}

static json_t *json_u64(const struct key *key, const void *base)
{
    return json_integer((json_int_t)*CONST_FIELD(uint64_t));
}

static json_t *schema_bytes(const struct key *key UNUSED)
{
    return json_pack("{s:[s,s], s:s}", "type", "integer", "string", "pattern",
                     "^([0-9.]+ ?(B|kB|MB|GB|KiB|MiB|GiB)?|\\$\\{[A-Za-z_][A-Za-z0-9_]*\\})$");
}

static json_t *schema_days(const struct key *key UNUSED)
{
    return json_pack("{s:s, s:s}", "type", "string", "pattern",
                     "^([0-9.]+ ?[dwy]|\\$\\{[A-Za-z_][A-Za-z0-9_]*\\})$");
}

/* ---- one of some names ---- */

static int choose(struct loader *l, const struct key *key, const struct yaml_node *node, size_t *ret)
{
    if (want_kind(l, key, node, YAML_SCALAR))
        return -1;
    for (size_t i = 0; key->names[i]; i++)
        if (strcmp(key->names[i], node->text) == 0) {
            *ret = i;
            return 0;
        }
    return complain_unknown(l, node, key->what ? key->what : key->name, key->names);
}

static int load_choice(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    size_t chosen = 0;
    if (choose(l, key, node, &chosen))
        return -1;
    *FIELD(unsigned) = (unsigned)chosen; /* an enum */
    return 0;
}

static json_t *json_choice(const struct key *key, const void *base)
{
    return json_string(key->names[*CONST_FIELD(unsigned)]);
}

static int load_choice_text(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    size_t chosen = 0;
    if (choose(l, key, node, &chosen))
        return -1;
    *FIELD(const char *) = key->names[chosen];
    return 0;
}

static int load_choice_flag(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    size_t chosen = 0;
    if (choose(l, key, node, &chosen))
        return -1;
    *FIELD(bool) = chosen == 0;
    return 0;
}

static json_t *json_choice_flag(const struct key *key, const void *base)
{
    return json_string(key->names[*CONST_FIELD(bool) ? 0 : 1]);
}

static json_t *schema_choice(const struct key *key)
{
    json_t *names = json_array();
    for (size_t i = 0; key->names[i]; i++)
        json_array_append_new(names, json_string(key->names[i]));
    return json_pack("{s:o}", "enum", names);
}

/* ---- a mapping with keys of its own ---- */

static int load_mapping(struct loader *l, const struct key *key, const struct yaml_node *node, void *base)
{
    return want_kind(l, key, node, YAML_MAP) ? -1 : load_section(l, key->section, node, base);
}

static json_t *json_mapping(const struct key *key, const void *base)
{
    return section_json(key->section, base);
}

static json_t *schema_mapping(const struct key *key)
{
    return section_schema(key->section);
}

/* ---- env: overlay.c has used it already ---- */

static int load_environment(struct loader *l UNUSED, const struct key *key UNUSED,
                            const struct yaml_node *node UNUSED, void *base UNUSED)
{
    return 0;
}

static json_t *schema_environment(const struct key *key UNUSED)
{
    return json_pack("{s:[{s:s, s:{s:s}}, {s:s, s:{s:s}}]}", "anyOf", "type", "array", "items", "type",
                     "string", "type", "object", "additionalProperties", "type", "string");
}

const struct type type_version = {load_version, json_version, schema_version, false};
const struct type type_name = {load_name, json_text, schema_name, false};
const struct type type_text = {load_text, json_text, schema_text, false};
const struct type type_real = {load_real, json_double, schema_real, false};
const struct type type_number = {load_number, json_number, schema_number, false};
const struct type type_flag = {load_flag, json_flag, schema_flag, false};
const struct type type_bytes = {load_bytes, json_u64, schema_bytes, false};
const struct type type_days = {load_days, json_u64, schema_days, false};
const struct type type_choice = {load_choice, json_choice, schema_choice, false};
const struct type type_choice_text = {load_choice_text, json_text, schema_choice, false};
const struct type type_choice_flag = {load_choice_flag, json_choice_flag, schema_choice, false};
const struct type type_section = {load_mapping, json_mapping, schema_mapping, false};
const struct type type_environment = {load_environment, NULL, schema_environment, false};
