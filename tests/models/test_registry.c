/* test_registry.c - models are found in the order of the folders, held to their digest, and added whole or not. */
#include "models/model.h"
#include "tests/support/support.h"

#include "base/buffer.h"
#include "base/file.h"

#include <dirent.h>

/* SHA-256 of "one\n" and "two\n", by sha256sum. */
#define ONE "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806"
#define TWO "27dd8ed44a83ff94d557f9fd0412ed5a8cbca69ea04922d88c01184a07300a5a"

struct home {
    char *root;
    char given[300], data[300], own[300]; /* $ALCOVE_MODELS, $XDG_DATA_HOME/alcove/models, the program's */
};

static void write_file(const char *folder, const char *name, const char *text)
{
    struct error err;
    assert_ok(file_write(path_of(folder, name), slice_of(text), 0600, FAULT_INPUT, &err), err);
}

static void write_entry(const char *folder, const char *name, const char *file, const char *digest)
{
    char text[600];
    snprintf(text, sizeof text,
             "models:\n  - name: %s\n    file: %s\n    sha256: %s\n    licence: MIT\n    arch: llama\n"
             "    roles: [generate]\n",
             name, file, digest);
    write_file(folder, "models.yaml", text);
}

static int home_open(void **state)
{
    struct error err;
    struct home *home = calloc(1, sizeof *home);
    home->root = scratch_new();
    snprintf(home->given, sizeof home->given, "%s/given", home->root);
    snprintf(home->data, sizeof home->data, "%s/xdg/alcove/models", home->root);
    snprintf(home->own, sizeof home->own, "%s/own", home->root);
    if (folder_make(home->given, FAULT_INPUT, &err) || folder_make(home->data, FAULT_INPUT, &err) ||
        folder_make(home->own, FAULT_INPUT, &err))
        return -1;
    setenv("ALCOVE_MODELS", home->given, 1);
    setenv("XDG_DATA_HOME", path_of(home->root, "xdg"), 1);
    *state = home;
    return 0;
}

static int home_close(void **state)
{
    struct home *home = *state;
    scratch_drop(home->root);
    free(home);
    return 0;
}

static void folders_are_searched_in_their_order(void **state)
{
    struct home *home = *state;
    struct registry_entry entry;
    struct hash digest;
    struct error err;
    write_entry(home->own, "m", "m.gguf", ONE);
    write_file(home->own, "m.gguf", "one\n");
    assert_ok(registry_find("m", home->own, &entry, &digest, &err), err);
    assert_string_equal(entry.path, path_of(home->own, "m.gguf"));
    assert_string_equal(entry.roles, "generate");
    write_entry(home->data, "m", "n.gguf", TWO);
    write_file(home->data, "n.gguf", "two\n");
    assert_ok(registry_find("m", home->own, &entry, &digest, &err), err);
    assert_string_equal(entry.path, path_of(home->data, "n.gguf"));
    write_entry(home->given, "m", "m.gguf", ONE);
    write_file(home->given, "m.gguf", "one\n");
    assert_ok(registry_find("m", home->own, &entry, &digest, &err), err);
    assert_string_equal(entry.path, path_of(home->given, "m.gguf"));
    char hex[HASH_HEX_BYTES];
    hash_hex(&digest, hex);
    assert_string_equal(hex, ONE);
}

static void a_shipped_entry_finds_its_file_in_any_folder(void **state)
{
    struct home *home = *state;
    struct registry_entry entry;
    struct hash digest;
    struct error err;
    write_entry(home->own, "m", "m.gguf", ONE);
    write_file(home->given, "m.gguf", "one\n");
    assert_ok(registry_find("m", home->own, &entry, &digest, &err), err);
    assert_string_equal(entry.path, path_of(home->given, "m.gguf"));
}

static void a_shipped_entry_takes_the_file_of_the_first_folder(void **state)
{
    struct home *home = *state;
    struct registry_entry entry;
    struct hash digest;
    struct error err = {0};
    write_entry(home->own, "m", "m.gguf", ONE);
    write_file(home->own, "m.gguf", "one\n");
    write_file(home->given, "m.gguf", "altered\n");
    assert_int_equal(registry_find("m", home->own, &entry, &digest, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
    assert_string_equal(err.file, path_of(home->given, "m.gguf"));
}

static void without_a_home_the_other_folders_serve(void **state)
{
    struct home *home = *state;
    struct registry_entry entry;
    struct hash digest;
    struct error err;
    char kept[512];
    snprintf(kept, sizeof kept, "%s", getenv("HOME") ? getenv("HOME") : "/");
    write_entry(home->own, "m", "m.gguf", ONE);
    write_file(home->own, "m.gguf", "one\n");
    unsetenv("XDG_DATA_HOME");
    unsetenv("HOME");
    int r = registry_find("m", home->own, &entry, &digest, &err);
    setenv("HOME", kept, 1);
    assert_ok(r, err);
}

static void a_file_with_another_digest_is_refused(void **state)
{
    struct home *home = *state;
    struct registry_entry entry;
    struct hash digest;
    struct error err;
    write_entry(home->own, "m", "m.gguf", ONE);
    write_file(home->own, "m.gguf", "two\n");
    assert_int_equal(registry_find("m", home->own, &entry, &digest, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
    assert_non_null(strstr(err.message, "SHA-256"));
    assert_string_equal(err.file, path_of(home->own, "m.gguf"));
}

static void what_is_missing_is_named_with_the_cure(void **state)
{
    struct home *home = *state;
    struct registry_entry entry;
    struct hash digest;
    struct error err;
    write_entry(home->own, "default", "m.gguf", ONE);
    assert_int_equal(registry_find("default", home->own, &entry, &digest, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
    assert_non_null(strstr(err.message, "m.gguf"));
    assert_non_null(strstr(err.hint, "model add"));
    assert_int_equal(registry_find("defualt", home->own, &entry, &digest, &err), -1);
    assert_string_equal(err.hint, "did you mean \"default\"?");
    assert_int_equal(registry_find("unlike-any-other", home->own, &entry, &digest, &err), -1);
    assert_non_null(strstr(err.hint, "model add"));
    assert_int_equal(registry_find("no/such.gguf", home->own, &entry, &digest, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
}

static void a_path_is_taken_as_it_is_and_hashed(void **state)
{
    struct home *home = *state;
    struct registry_entry entry;
    struct hash digest;
    struct error err;
    write_file(home->root, "x.gguf", "two\n");
    assert_ok(registry_find(path_of(home->root, "x.gguf"), NULL, &entry, &digest, &err), err);
    assert_string_equal(entry.sha256, TWO);
    assert_string_equal(entry.path, path_of(home->root, "x.gguf"));
}

static void a_list_shows_each_name_once_and_what_is_not_there(void **state)
{
    struct home *home = *state;
    struct registry_entry *entries;
    size_t count;
    struct error err;
    write_entry(home->own, "m", "m.gguf", ONE);
    write_entry(home->data, "n", "n.gguf", TWO);
    write_entry(home->given, "n", "other.gguf", TWO);
    write_file(home->given, "other.gguf", "two\n");
    assert_ok(registry_list(home->own, &entries, &count, &err), err);
    assert_int_equal(count, 2);
    assert_string_equal(entries[0].file, "other.gguf");
    assert_string_not_equal(entries[0].path, "");
    assert_string_equal(entries[1].name, "m");
    assert_string_equal(entries[1].path, "");
    free(entries);
}

static void a_wrong_registry_is_an_error_with_its_place(void **state)
{
    struct home *home = *state;
    static const struct {
        const char *text;
        unsigned line;
    } rows[] = {
        {"models: 1\n", 1},
        {"- a\n", 1},
        {"models: []\nmore: 1\n", 2},
        {"models:\n  - text\n", 2},
        {"models:\n  - {name: m, file: f.gguf, sha256: " ONE ", licence: MIT, arch: llama, colour: red}\n", 2},
        {"models:\n  - name: m\n    file: f.gguf\n    sha256: " ONE "\n    licence: MIT\n", 2},
        {"models:\n  - {name: ../m, file: f.gguf, sha256: " ONE ", licence: MIT, arch: llama}\n", 2},
        {"models:\n  - name: m\n    file: ../../f.gguf\n    sha256: " ONE "\n    licence: MIT\n    arch: llama\n", 3},
        {"models:\n  - name: m\n    file: f.gguf\n    sha256: 12ab\n    licence: MIT\n    arch: llama\n", 4},
        {"models:\n  - {name: m, file: f.gguf, sha256: " ONE ", licence: MIT, arch: llama, roles: [cook]}\n", 2},
        {"models:\n  - {name: m, file: f.gguf, sha256: " ONE ", licence: MIT, arch: llama}\n"
         "  - {name: m, file: g.gguf, sha256: " ONE ", licence: MIT, arch: llama}\n", 3},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct registry_entry *entries = NULL;
        size_t count;
        struct error err = {0};
        write_file(home->own, "models.yaml", rows[i].text);
        if (registry_list(home->own, &entries, &count, &err) == 0)
            fail_msg("row %zu was accepted", i);
        assert_int_equal(err.code, FAULT_MODEL);
        assert_int_equal(err.line, rows[i].line);
        assert_non_null(strstr(err.file, "models.yaml"));
    }
}

static void the_shipped_registry_names_the_default_model(void **state UNUSED)
{
    struct registry_entry *entries;
    size_t count;
    struct error err;
    assert_ok(registry_list(source_file("models"), &entries, &count, &err), err);
    assert_true(count >= 1);
    assert_string_equal(entries[0].name, "default");
    assert_string_equal(entries[0].licence, "Apache-2.0");
    assert_string_equal(entries[0].sha256, "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
    free(entries);
}

/* Files in the folder, without models.yaml. */
static size_t files_in(const char *folder)
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        n += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") && strcmp(entry->d_name, "models.yaml");
    closedir(dir);
    return n;
}

static void an_added_model_is_found_and_a_second_one_replaces_it(void **state)
{
    struct home *home = *state;
    const char *first = shared_file("reference/llama-f32.gguf"), *second = shared_file("reference/llama-q8_0.gguf");
    if (!first || !second)
        skip_loudly("adding a model", "the shared data is not beside this checkout");
    struct registry_entry added, found;
    struct hash digest;
    struct error err;
    assert_ok(registry_add(first, "mine", home->own, &added, &err), err);
    assert_string_equal(added.arch, "llama");
    assert_ok(registry_find("mine", home->own, &found, &digest, &err), err);
    assert_string_equal(found.path, added.path);
    assert_string_equal(found.roles, "classify, generate, summarize");
    assert_int_equal(files_in(home->data), 1);
    assert_ok(registry_add(second, "mine", home->own, &added, &err), err);
    assert_ok(registry_add(second, "other", home->own, &added, &err), err);
    assert_ok(registry_find("mine", home->own, &found, &digest, &err), err);
    assert_string_equal(found.sha256, added.sha256);
    assert_int_equal(files_in(home->data), 2);
    assert_ok(registry_add(second, "mine", home->own, &added, &err), err); /* the same again */
    assert_ok(registry_find("mine", home->own, &found, &digest, &err), err);
}

static void what_is_no_model_is_not_added(void **state)
{
    struct home *home = *state;
    struct registry_entry added, found;
    struct hash digest;
    struct error err;
    write_file(home->root, "broken.gguf", "GGUF and no more");
    assert_int_equal(registry_add(path_of(home->root, "broken.gguf"), "mine", home->own, &added, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
    assert_int_equal(registry_add(path_of(home->root, "absent.gguf"), "mine", home->own, &added, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
    assert_int_equal(files_in(home->data), 0);
    assert_int_equal(registry_find("mine", home->own, &found, &digest, &err), -1);
    static const char *const names[] = {"", "a/b", "../a", ".a", "-a", "a b", "a\"b",
                                        "0123456789012345678901234567890123456789012345678901234567890123"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_int_equal(registry_add(path_of(home->root, "broken.gguf"), names[i], home->own, &added, &err), -1);
        assert_int_equal(err.code, FAULT_USAGE);
    }
}

int main(void)
{
#define IN_A_HOME(f) cmocka_unit_test_setup_teardown(f, home_open, home_close)
    const struct CMUnitTest tests[] = {
        IN_A_HOME(folders_are_searched_in_their_order),
        IN_A_HOME(a_shipped_entry_takes_the_file_of_the_first_folder),
        IN_A_HOME(a_shipped_entry_finds_its_file_in_any_folder),
        IN_A_HOME(without_a_home_the_other_folders_serve),
        IN_A_HOME(a_file_with_another_digest_is_refused),
        IN_A_HOME(what_is_missing_is_named_with_the_cure),
        IN_A_HOME(a_path_is_taken_as_it_is_and_hashed),
        IN_A_HOME(a_list_shows_each_name_once_and_what_is_not_there),
        IN_A_HOME(a_wrong_registry_is_an_error_with_its_place),
        IN_A_HOME(the_shipped_registry_names_the_default_model),
        IN_A_HOME(an_added_model_is_found_and_a_second_one_replaces_it),
        IN_A_HOME(what_is_no_model_is_not_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
