/* test_keys.c - key slots: each opens the store, none too many, none too few, and each change is recorded. */
#include "store/crypt/header.h"
#include "tests/store/fixture.h"

#define OUTCOMES_BYTES 400u

static int open_with(struct world *w, const char *key_file, const char *phrase, struct error *err)
{
    AUTO(secret) *passphrase = NULL;
    store_drop(&w->store);
    struct store_options options = {.path = w->path, .key = {.key_file = key_file}, .mode = STORE_WRITE};
    if (phrase) {
        if (secret_new(&passphrase, strlen(phrase), err))
            return -1;
        memcpy(passphrase->data, phrase, strlen(phrase));
        options.key.passphrase = passphrase;
    }
    return store_open(&w->store, &options, NULL, err);
}

static int add(struct world *w, const char *key_file, const char *phrase, struct store_slot *ret,
               struct error *err)
{
    AUTO(secret) *passphrase = NULL;
    struct store_key key = {.key_file = key_file};
    if (phrase) {
        if (secret_new(&passphrase, strlen(phrase), err))
            return -1;
        memcpy(passphrase->data, phrase, strlen(phrase));
        key.passphrase = passphrase;
    }
    return store_slot_add(w->store, &key, true, ret, err);
}

static size_t used(struct world *w, const struct store_key *key, struct store_slot slots[STORE_SLOTS_MAX])
{
    struct error err;
    size_t count;
    assert_ok(store_slots(w->store, key, slots, &count, &err), err);
    return count;
}

static int count_outcome(void *context, uint64_t leaf UNUSED, struct slice record,
                         const struct hash *hash UNUSED, struct error *err)
{
    json_t *json;
    char *outcomes = context;
    if (json_read(&json, record, err))
        return -1;
    size_t used = strlen(outcomes);
    snprintf(outcomes + used, OUTCOMES_BYTES - used, "%s ",
             json_string_value(json_object_get(json, "outcome")));
    json_decref(json);
    return 0;
}

static void same_outcomes(struct world *w, const char *event, const char *expected)
{
    struct error err;
    char outcomes[OUTCOMES_BYTES] = "";
    assert_ok(audit_walk(w->store, &(struct audit_filter){.event = event}, count_outcome, outcomes, &err),
              err);
    assert_string_equal(outcomes, expected);
}

static void sound(struct world *w)
{
    struct error err;
    struct audit_verdict verdict;
    assert_ok(store_check(w->store, NULL, NULL, &err), err);
    assert_ok(audit_verify(w->store, NULL, 0, &verdict, &err), err);
}

static void each_key_opens_the_store_until_it_is_removed(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct store_slot slot, slots[STORE_SLOTS_MAX];
    char second[PATH_MAX];
    world_start(&w);
    snprintf(second, sizeof second, "%s", path_of(w.folder, "second.key"));
    run_of(&w, 2); /* the log holds frames when the header is renewed */
    assert_ok(add(&w, second, NULL, &slot, &err), err);
    assert_int_equal(slot.number, 2);
    assert_string_equal(slot.type, "key file");
    assert_ok(add(&w, NULL, "correct horse", &slot, &err), err);
    assert_int_equal(slot.number, 3);
    run_of(&w, 2);
    assert_ok(open_with(&w, second, NULL, &err), err);
    assert_ok(open_with(&w, NULL, "correct horse", &err), err);
    assert_ok(open_with(&w, w.key, NULL, &err), err);
    assert_int_equal(used(&w, &(struct store_key){.key_file = second}, slots), 3);
    assert_true(!slots[0].opens && slots[1].opens && !slots[2].opens);

    assert_ok(store_slot_remove(w.store, 1, &slot, &err), err);
    run_of(&w, 1);
    sound(&w);
    assert_int_equal(open_with(&w, w.key, NULL, &err), -1);
    assert_int_equal(err.code, FAULT_STORE);
    assert_ok(open_with(&w, NULL, "correct horse", &err), err);
    assert_ok(open_with(&w, second, NULL, &err), err);
    assert_int_equal(used(&w, NULL, slots), 2);
    assert_int_equal(slots[0].number, 2);
    assert_ok(add(&w, w.key, NULL, &slot, &err), err); /* the free slot is taken again */
    assert_int_equal(slot.number, 1);
    sound(&w);
    same_outcomes(&w, "key-add", "ok ok ok ");
    same_outcomes(&w, "key-remove", "ok ");
    world_end(&w);
}

static void the_last_key_stays(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct store_slot slot;
    world_start(&w);
    for (unsigned number = 0; number < 10; number++) {
        assert_int_equal(store_slot_remove(w.store, number, &slot, &err), -1);
        assert_int_equal(err.code, FAULT_STORE);
        assert_non_null(strstr(err.message, number == 1 ? "last key" : "no key in slot"));
    }
    same_outcomes(&w, "key-remove", "refused ");
    assert_ok(open_with(&w, w.key, NULL, &err), err);
    world_end(&w);
}

static void a_ninth_key_and_one_twice_are_refused(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct store_slot slot, slots[STORE_SLOTS_MAX];
    char name[32], ninth[PATH_MAX];
    world_start(&w);
    assert_int_equal(add(&w, w.key, NULL, &slot, &err), -1);
    assert_non_null(strstr(err.message, "opens slot 1 already"));
    for (int i = 2; i <= STORE_SLOTS_MAX; i++) {
        snprintf(name, sizeof name, "%d.key", i);
        assert_ok(add(&w, path_of(w.folder, name), NULL, &slot, &err), err);
        assert_int_equal(slot.number, i);
    }
    snprintf(ninth, sizeof ninth, "%s", path_of(w.folder, "9.key"));
    assert_int_equal(add(&w, ninth, NULL, &slot, &err), -1);
    assert_non_null(strstr(err.message, "slots are in use"));
    assert_int_equal(access(ninth, F_OK), -1); /* no key is left that opens nothing */
    assert_int_equal(used(&w, NULL, slots), STORE_SLOTS_MAX);
    same_outcomes(&w, "key-add", "ok ok ok ok ok ok ok ");
    assert_ok(open_with(&w, path_of(w.folder, "8.key"), NULL, &err), err);
    sound(&w);
    world_end(&w);
}

/* Killed right after the change: both copies of the header hold it, and nothing of the log is lost. */
static void a_removed_key_opens_neither_copy_after_a_kill(void **state UNUSED)
{
    struct world w;
    struct error err;
    struct store_slot slot;
    char second[PATH_MAX], aside[PATH_MAX], aside_wal[PATH_MAX], wal[PATH_MAX];
    world_start(&w);
    snprintf(second, sizeof second, "%s", path_of(w.folder, "second.key"));
    snprintf(aside, sizeof aside, "%s", path_of(w.folder, "aside.alc"));
    snprintf(aside_wal, sizeof aside_wal, "%s", path_of(w.folder, "aside.alc-wal"));
    snprintf(wal, sizeof wal, "%s", path_of(w.folder, "s.alc-wal"));
    run_of(&w, 2);
    assert_ok(add(&w, second, NULL, &slot, &err), err);
    assert_ok(store_slot_remove(w.store, 1, &slot, &err), err);
    run_of(&w, 2);
    uint64_t size = w.store->tree.size;
    copy_file(w.path, aside); /* as a kill leaves it: log beside it */
    copy_file(wal, aside_wal);
    store_drop(&w.store);
    copy_file(aside, w.path);
    copy_file(aside_wal, wal);
    for (int copy = -1; copy < HEADER_COPIES; copy++) { /* whole, then with either copy damaged */
        AUTO(buffer) *bytes = NULL;
        assert_ok(file_read(&bytes, aside, SIZE_MAX / 4, FAULT_INPUT, &err), err);
        if (copy >= 0)
            bytes->data[copy * HEADER_COPY_BYTES + 100] ^= 1;
        assert_ok(file_write(w.path, buffer_slice(bytes), 0600, FAULT_INPUT, &err), err);
        copy_file(aside_wal, wal);
        assert_int_equal(open_with(&w, w.key, NULL, &err), -1);
        assert_ok(open_with(&w, second, NULL, &err), err);
        assert_int_equal(w.store->tree.size, size);
    }
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_opens_the_store_until_it_is_removed),
        cmocka_unit_test(the_last_key_stays),
        cmocka_unit_test(a_ninth_key_and_one_twice_are_refused),
        cmocka_unit_test(a_removed_key_opens_neither_copy_after_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
