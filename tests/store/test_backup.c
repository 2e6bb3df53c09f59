/* test_backup.c - a backup is the whole store, opens with its keys, and is there only when it was proved. */
#include "tests/store/fixture.h"

static int backup(struct world *w, const char *path, struct audit_verdict *ret, struct error *err)
{
    return store_backup(w->store, &(struct store_key){.key_file = w->key}, path, ret, err);
}

static int open_at(struct world *w, const char *path, const char *key, enum store_mode mode,
                   struct error *err)
{
    store_drop(&w->store);
    struct store_options options = {.path = path, .key = {.key_file = key}, .mode = mode};
    return store_open(&w->store, &options, NULL, err);
}

static void same_file(const char *a, const char *b)
{
    struct error err;
    AUTO(buffer) *x = NULL, *y = NULL;
    assert_ok(file_read(&x, a, SIZE_MAX / 4, FAULT_INPUT, &err), err);
    assert_ok(file_read(&y, b, SIZE_MAX / 4, FAULT_INPUT, &err), err);
    assert_true(slice_equal(buffer_slice(x), buffer_slice(y)));
}

static void a_backup_is_the_whole_store(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct store_slot slot;
    struct store_info info;
    struct audit_verdict verdict, again;
    char copy[PATH_MAX], second[PATH_MAX];
    world_start(&w);
    snprintf(copy, sizeof copy, "%s", path_of(w.folder, "copy.alc"));
    snprintf(second, sizeof second, "%s", path_of(w.folder, "second.key"));
    assert_ok(store_slot_add(w.store, &(struct store_key){.key_file = second}, true, &slot, &err), err);
    run_of(&w, 5); /* in the log, not yet in the file */
    assert_ok(backup(&w, copy, &verdict, &err), err);
    assert_int_equal(verdict.results_rehashed, 5);
    assert_int_equal(verdict.size + 1, w.store->tree.size);
    run_of(&w, 3); /* the store goes on, the copy stays */
    assert_ok(open_at(&w, copy, second, STORE_READ, &err), err);
    assert_ok(store_info(w.store, &info, &err), err);
    assert_int_equal(info.done, 5);
    assert_int_equal(info.audit_size, verdict.size);
    assert_ok(open_at(&w, w.path, w.key, STORE_WRITE, &err), err);
    assert_ok(audit_verify(w.store, NULL, 0, &again, &err), err);
    assert_int_equal(again.results_rehashed, 8);
    world_end(&w);
}

static void a_backup_overwrites_nothing(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    char copy[PATH_MAX], aside[PATH_MAX];
    world_start(&w);
    snprintf(copy, sizeof copy, "%s", path_of(w.folder, "copy.alc"));
    snprintf(aside, sizeof aside, "%s", path_of(w.folder, "aside"));
    run_of(&w, 1);
    assert_ok(backup(&w, copy, &verdict, &err), err);
    copy_file(copy, aside);
    run_of(&w, 1);
    assert_int_equal(backup(&w, copy, &verdict, &err), -1);
    assert_int_equal(err.code, FAULT_STORE);
    same_file(copy, aside);
    assert_int_equal(backup(&w, w.path, &verdict, &err), -1);
    assert_int_equal(backup(&w, path_of(w.folder, "nowhere/copy.alc"), &verdict, &err), -1);
    world_end(&w);
}

static void what_does_not_verify_is_no_backup(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    char copy[PATH_MAX], part[PATH_MAX], wrong[PATH_MAX];
    world_start(&w);
    snprintf(copy, sizeof copy, "%s", path_of(w.folder, "copy.alc"));
    snprintf(part, sizeof part, "%s", path_of(w.folder, "copy.alc.part"));
    snprintf(wrong, sizeof wrong, "%s", path_of(w.folder, "wrong.key"));
    run_of(&w, 2);
    assert_ok(file_write(wrong, SLICE("0123456789abcdef0123456789abcdef"), 0600, FAULT_INPUT, &err), err);
    assert_int_equal(store_backup(w.store, &(struct store_key){.key_file = wrong}, copy, &verdict, &err), -1);
    assert_int_equal(err.code, FAULT_STORE);
    execute(&w, "UPDATE results SET results = '{}'");
    assert_int_equal(backup(&w, copy, &verdict, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_int_equal(access(copy, F_OK), -1);
    assert_int_equal(access(part, F_OK), -1);
    world_end(&w);
}

/* An older state is taken for what it is; going on from it is accepted in the log. */
static void one_goes_on_from_a_backup_knowingly(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct audit_verdict verdict;
    char copy[PATH_MAX], anchor[PATH_MAX];
    world_start(&w);
    snprintf(copy, sizeof copy, "%s", path_of(w.folder, "copy.alc"));
    snprintf(anchor, sizeof anchor, "%s", path_of(w.folder, "second.anchor"));
    run_of(&w, 2);
    assert_ok(backup(&w, copy, &verdict, &err), err);
    assert_int_equal(open_at(&w, copy, w.key, STORE_WRITE, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_non_null(strstr(err.message, "rolled back"));
    assert_ok(open_at(&w, copy, w.key, STORE_READ, &err), err);
    store_drop(&w.store);
    struct store_options options = {
        .path = copy, .key = {.key_file = w.key}, .mode = STORE_WRITE, .anchor = anchor, .new_anchor = true};
    assert_ok(store_open(&w.store, &options, NULL, &err), err);
    run_of(&w, 1);
    assert_ok(audit_verify(w.store, NULL, 0, &verdict, &err), err);
    assert_int_equal(verdict.results_rehashed, 3);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_backup_is_the_whole_store),
        cmocka_unit_test(a_backup_overwrites_nothing),
        cmocka_unit_test(what_does_not_verify_is_no_backup),
        cmocka_unit_test(one_goes_on_from_a_backup_knowingly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
