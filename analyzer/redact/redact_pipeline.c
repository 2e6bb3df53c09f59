/* redact_pipeline.c - see redact_pipeline.h. The options become the YAML that a person would have written, so that one
 * loader decides what is valid. */
#include "analyzer/redact/redact_pipeline.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "rules/rule.h"

#define YAML_BYTES_MAX (1u << 20)

static int put_quoted(struct buffer *to, struct slice name, struct error *err)
{
    json_t *string = json_slice(name); /* a JSON string is a YAML string */
    int failed = string ? json_canonical(string, to, err) : error_set(err, FAULT_USAGE, "a pack's name is not UTF-8");
    json_decref(string);
    return failed;
}

static int put_all_packs(struct buffer *to, const char *folder, struct error *err)
{
    char **names;
    size_t count;
    if (pack_names(&names, &count, folder, err))
        return -1;
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++)
        failed = (i && buffer_append_byte(to, ',', err)) || put_quoted(to, slice_of(names[i]), err);
    pack_names_free(names, count);
    return failed ? -1 : 0;
}

static int put_packs(struct buffer *to, const char *list, struct error *err)
{
    for (const char *at = list;; at++) {
        size_t bytes = strcspn(at, ",");
        if (bytes == 0)
            return error_set(err, FAULT_USAGE, "the list of rule packs names none between its commas");
        if ((at > list && buffer_append_byte(to, ',', err)) || put_quoted(to, (struct slice){at, bytes}, err))
            return -1;
        at += bytes;
        if (!*at)
            return 0;
    }
}

static int check_profile(const char *name, struct error *err)
{
    const char *names[PROFILE_COUNT];
    for (int i = 0; i < PROFILE_COUNT; i++) {
        names[i] = profile_name((enum profile)i);
        if (strcmp(names[i], name) == 0)
            return 0;
    }
    const char *near = suggest_nearest(name, names, PROFILE_COUNT);
    error_set(err, FAULT_USAGE, "unknown profile \"%s\"", name);
    return error_hint(err, near ? "did you mean \"%s\"?" : "the profile of this version is %s", near ? near : names[0]);
}

int redact_pipeline(struct pipeline **ret, const char *packs, const char *profile, const char *rules_folder,
                    struct error *err)
{
    AUTO(buffer) *yaml = NULL;
    profile = profile ? profile : profile_name(PROFILE_HIPAA_SAFE_HARBOR);
    if (check_profile(profile, err) || buffer_new(&yaml, YAML_BYTES_MAX, err) ||
        buffer_printf(yaml, err,
                      "version: 1\nname: redact\npurpose: redact without a store\n"
                      "ingest: {max_bytes: %uMiB}\nredact: {profile: %s, rules: [",
                      DOCUMENT_BYTES_MAX >> 20, profile) ||
        (packs ? put_packs(yaml, packs, err) : put_all_packs(yaml, rules_folder, err)) ||
        buffer_append_text(yaml, "]}\n", err))
        return -1;
    return pipeline_read(ret, buffer_slice(yaml), "the options of redact", NULL, 0, err);
}
