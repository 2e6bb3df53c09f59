/* doctor_files.c - the doctor's checks of rule packs, models, key file and store. */
#include "analyzer/command/doctor.h"

#include "analyzer/command/places.h"
#include "analyzer/command/store_arguments.h"
#include "models/model.h"
#include "rules/rule.h"

#include <sys/stat.h>

/* ---- rules ---- */

void doctor_rules(const struct patient *patient UNUSED, struct diagnosis *ret)
{
    AUTO(ruleset) *rules = NULL;
    struct error err = {0};
    char folder[PATH_MAX], hex[HASH_HEX_BYTES], **names = NULL;
    size_t count = 0;
    if (places_rules(folder, sizeof folder, &err) || pack_names(&names, &count, folder, &err)) {
        diagnose(ret, VERDICT_FAILED, err.hint, "%s", err.message);
    } else if (count == 0) {
        diagnose(ret, VERDICT_FAILED, "set ALCOVE_RULES to the folder of packs, or install again",
                 "no packs in %s", folder);
    } else if (ruleset_load(&rules, (const char *const *)names, count, folder, &err)) {
        diagnose(ret, VERDICT_FAILED, err.hint, "%s:%u:%u: %s", err.file, err.line, err.column, err.message);
    } else {
        struct hash digest = ruleset_digest(rules);
        hash_hex(&digest, hex);
        diagnose(ret, VERDICT_OK, "", "%zu rules in %zu packs of %s, digest %.16s", ruleset_count(rules),
                 count, folder, hex);
    }
    pack_names_free(names, count);
}

/* ---- models ---- */

void doctor_models(const struct patient *patient UNUSED, struct diagnosis *ret)
{
    struct registry_entry *entries = NULL, found;
    struct hash digest;
    struct error err = {0};
    char own[PATH_MAX], good[200] = "", missing[200] = "";
    size_t count = 0, good_at = 0, missing_at = 0;
    if (places_models(own, sizeof own, &err) || registry_list(own, &entries, &count, &err)) {
        diagnose(ret, VERDICT_FAILED, err.hint, "%s", err.message);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (!entries[i].path[0]) {
            if (missing_at < sizeof missing)
                missing_at += (size_t)snprintf(missing + missing_at, sizeof missing - missing_at, " %s",
                                               entries[i].name);
        } else if (registry_find(entries[i].name, own, &found, &digest, &err)) {
            diagnose(ret, VERDICT_FAILED, err.hint, "%s: %s", entries[i].name, err.message);
            free(entries);
            return;
        } else if (good_at < sizeof good) {
            good_at += (size_t)snprintf(good + good_at, sizeof good - good_at, " %s", entries[i].name);
        }
    }
    free(entries);
    if (missing[0])
        diagnose(ret, VERDICT_WARNING, "alcove model add FILE --name NAME", "not there:%s; as registered:%s",
                 missing, good[0] ? good : " none");
    else
        diagnose(ret, VERDICT_OK, "", "as registered:%s", good[0] ? good : " none");
}

/* ---- key file and store ---- */

/* The store that is meant, or a diagnosis of why that cannot be said. */
static int place(const struct patient *patient, struct store_place *ret, struct diagnosis *diagnosis)
{
    struct context quiet = *patient->context;
    struct error err = {0};
    quiet.is_quiet = true; /* what it would warn of is a row here */
    if (store_place_fill(ret, &quiet, patient->arguments, STORE_READ, &err) == 0)
        return 0;
    diagnose(diagnosis, VERDICT_FAILED, err.hint, "%s", err.message);
    return -1;
}

void doctor_key(const struct patient *patient, struct diagnosis *ret)
{
    struct store_place *p = calloc(1, sizeof *p);
    struct stat st;
    unsigned mode;
    if (!p || (argument_given(patient->arguments, "passphrase-fd"))) {
        diagnose(ret, VERDICT_OK, "", "a passphrase is used instead");
    } else if (place(patient, p, ret)) {
        /* said already */
    } else if (stat(p->key_file, &st) != 0) {
        bool has_store = access(p->path, F_OK) == 0;
        diagnose(ret, has_store ? VERDICT_FAILED : VERDICT_OK,
                 has_store ? "without it the store cannot be read: name it by --key-file" : "", "%s: none%s",
                 p->key_file, has_store ? ", but the store is there" : " yet");
    } else if (!S_ISREG(st.st_mode) || st.st_size < 32 || st.st_size > 4096) {
        diagnose(ret, VERDICT_FAILED, "a key file has 32 to 4,096 bytes", "%s is no key file", p->key_file);
    } else if (store_key_file_is_wide(p->key_file, &mode)) {
        diagnose(ret, VERDICT_WARNING, "chmod 600 it", "%s may be read by others (mode %04o)", p->key_file, mode);
    } else {
        diagnose(ret, VERDICT_OK, "", "%s, mode %04o", p->key_file, (unsigned)(st.st_mode & 07777));
    }
    free(p);
}

/* Opens it for reading: header, key slot and schema are authenticated by that. */
static void open_store(const struct store_place *p, const struct stat *st, struct diagnosis *ret)
{
    AUTO(store) *store = NULL;
    struct store_info info;
    struct error err = {0};
    bool is_wide = (st->st_mode & 022) != 0;
    if (store_open(&store, &p->options, NULL, &err) || store_info(store, &info, &err))
        diagnose(ret, VERDICT_FAILED, err.hint[0] ? err.hint : "alcove store check reads all of it", "%s: %s",
                 p->path, err.message);
    else
        diagnose(ret, is_wide ? VERDICT_WARNING : VERDICT_OK, is_wide ? "chmod 600 it" : "",
                 "%s opens: %s, %llu documents, %llu audit records, mode %04o", p->path, info.cipher,
                 (unsigned long long)info.documents, (unsigned long long)info.audit_size,
                 (unsigned)(st->st_mode & 07777));
}

void doctor_store(const struct patient *patient, struct diagnosis *ret)
{
    struct store_place *p = calloc(1, sizeof *p);
    struct stat st;
    if (!p || place(patient, p, ret)) {
        free(p);
        return;
    }
    if (stat(p->path, &st) != 0)
        diagnose(ret, VERDICT_OK, "", "%s: none yet; the first run makes it", p->path);
    else
        open_store(p, &st, ret);
    store_place_clear(p);
    free(p);
}
