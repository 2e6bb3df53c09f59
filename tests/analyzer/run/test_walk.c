/* test_walk.c - the order of documents, what is skipped, and loops that end. */
#include "tests/support/support.h"

#include "analyzer/run/walk.h"
#include "base/file.h"

#include <sys/stat.h>

struct log {
    char text[8192];
    size_t stop_after, seen;
};

static int note(void *context, const struct walk_entry *entry, struct error *err UNUSED)
{
    static const char marks[] = {'f', '-', 'L', '!'};
    struct log *log = context;
    size_t used = strlen(log->text);
    snprintf(log->text + used, sizeof log->text - used, "%c %s\n", marks[entry->kind], entry->relative);
    return log->stop_after && ++log->seen >= log->stop_after ? 7 : 0;
}

static void make(const char *folder, const char *name)
{
    struct error err;
    char path[4096], *slash;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    slash = strrchr(path, '/');
    *slash = 0;
    assert_ok(folder_make(path, FAULT_INPUT, &err), err);
    *slash = '/';
    assert_ok(file_write(path, SLICE("x"), 0600, FAULT_INPUT, &err), err);
}

static const char *walk_one(const char *input, struct log *log)
{
    struct error err;
    *log = (struct log){0};
    assert_int_equal(walk_inputs(&input, 1, note, log, &err), 0);
    return log->text;
}

static void files_come_in_byte_order_of_their_relative_path(void **state UNUSED)
{
    char *folder = scratch_new();
    struct log log;
    static const char *const names[] = {"b", "a.txt", "a/z", "a/b/c", "a!x", "B", "aa", "\xc3\xa9", "a0"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        make(folder, names[i]);
    /* '!' < '.' < '/' < '0' < 'a' */
    assert_string_equal(walk_one(folder, &log),
                        "f B\nf a!x\nf a.txt\nf a/b/c\nf a/z\nf a0\nf aa\nf b\nf \xc3\xa9\n");
    scratch_drop(folder);
}

static void hidden_files_and_folders_are_skipped(void **state UNUSED)
{
    char *folder = scratch_new();
    struct log log;
    make(folder, ".hidden");
    make(folder, ".git/config");
    make(folder, "seen/.no");
    make(folder, "seen/yes");
    assert_string_equal(walk_one(folder, &log), "f seen/yes\n");
    scratch_drop(folder);
}

static void a_loop_is_named_and_not_entered(void **state UNUSED)
{
    char *folder = scratch_new();
    struct log log;
    make(folder, "a/b/file");
    assert_int_equal(symlink("../..", path_of(folder, "a/b/up")), 0);
    assert_int_equal(symlink("b", path_of(folder, "a/same")), 0); /* twice, but no loop of its own */
    assert_string_equal(walk_one(folder, &log), "f a/b/file\nL a/b/up\nf a/same/file\nL a/same/up\n");
    scratch_drop(folder);
}

static void a_slash_at_the_end_changes_nothing(void **state UNUSED)
{
    char *folder = scratch_new(), with_slash[4096];
    struct log log;
    make(folder, "f");
    snprintf(with_slash, sizeof with_slash, "%s//", folder);
    assert_string_equal(walk_one(with_slash, &log), "f f\n");
    scratch_drop(folder);
}

static void inputs_are_files_folders_and_standard_input(void **state UNUSED)
{
    char *folder = scratch_new();
    struct log log = {0};
    struct error err;
    make(folder, "f");
    const char *file = path_of(folder, "f"), *missing = path_of(folder, "none");
    const char *inputs[] = {file, "-", missing, folder};
    char want[8192];
    snprintf(want, sizeof want, "f %s\n- -\n! %s\nf f\n", file, missing);
    assert_int_equal(walk_inputs(inputs, COUNT_OF(inputs), note, &log, &err), 0);
    assert_string_equal(log.text, want);
    scratch_drop(folder);
}

static void the_visitor_ends_the_walk(void **state UNUSED)
{
    char *folder = scratch_new();
    struct log log = {.stop_after = 2};
    struct error err;
    make(folder, "a/1");
    make(folder, "a/2");
    make(folder, "b/3");
    const char *input = folder;
    assert_int_equal(walk_inputs(&input, 1, note, &log, &err), 7);
    assert_string_equal(log.text, "f a/1\nf a/2\n");
    scratch_drop(folder);
}

static void depth_is_bounded(void **state UNUSED)
{
    char *folder = scratch_new(), deep[4096] = "";
    struct log log;
    for (int i = 0; i < 140; i++)
        strncat(deep, "d/", sizeof deep - strlen(deep) - 1);
    strncat(deep, "f", sizeof deep - strlen(deep) - 1);
    make(folder, deep);
    const char *text = walk_one(folder, &log);
    assert_int_equal(text[0], '!');
    assert_null(strchr(text, 'f'));
    scratch_drop(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_in_byte_order_of_their_relative_path),
        cmocka_unit_test(hidden_files_and_folders_are_skipped),
        cmocka_unit_test(a_loop_is_named_and_not_entered),
        cmocka_unit_test(a_slash_at_the_end_changes_nothing),
        cmocka_unit_test(inputs_are_files_folders_and_standard_input),
        cmocka_unit_test(the_visitor_ends_the_walk),
        cmocka_unit_test(depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
