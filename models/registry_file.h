/* registry_file.h - one models.yaml: its entries read, checked and written back.
 *
 *   models:
 *     - name: default               [A-Za-z0-9._-], at most 63
 *       file: SmolLM2.gguf          a name without a folder, beside this file or in another model folder
 *       sha256: 64 hex digits
 *       licence: Apache-2.0
 *       arch: llama
 *       roles: [classify, generate, summarize]
 *       source: where it came from
 * package, version, member, wheel_sha256 are for the set-up script and are not read here. */
#ifndef ALCOVE_MODELS_REGISTRY_FILE_H
#define ALCOVE_MODELS_REGISTRY_FILE_H

#include "models/model.h"

#define REGISTRY_ENTRIES_MAX 1000u

struct registry_list {
    struct registry_entry *entries; /* owned; path is left empty */
    size_t count;
};

void registry_list_clear(struct registry_list *list);
#define AUTO_ENTRIES __attribute__((cleanup(registry_list_clear))) struct registry_list

/* Reads FOLDER/models.yaml; no such file gives an empty list. -1 with FAULT_MODEL and the place. */
CHECKED int registry_file_read(const char *folder, struct registry_list *ret, struct error *err);

/* Writes FOLDER/models.yaml whole or not at all. */
CHECKED int registry_file_write(const char *folder, const struct registry_list *list, struct error *err);

/* True for a name that may be registered. */
bool registry_name_is_valid(const char *name);

#endif
