/* test_keyslot.c - a data key comes out of its slot for the right key and for nothing else. */
#include "base/file.h"
#include "store/crypt/crypt.h"
#include "store/crypt/keyslot.h"
#include "tests/support/support.h"

#include <sys/stat.h>

static const unsigned char id[DATABASE_ID_BYTES] = "database number";

static struct secret *secret_of(const char *text)
{
    struct error err;
    struct secret *s;
    assert_ok(secret_new(&s, strlen(text), &err), err);
    memcpy(s->data, text, s->bytes);
    return s;
}

static void make(unsigned char slots[SLOTS][SLOT_BYTES], unsigned index, enum slot_type type, const char *key,
                 const struct secret *data_key)
{
    struct error err;
    AUTO(secret) *k = secret_of(key);
    assert_ok(slot_fill(slots[index], index, id, type, k, data_key, &err), err);
}

static int open_with(unsigned char slots[SLOTS][SLOT_BYTES], const unsigned char *database_id, enum slot_type type,
                     const char *key, struct secret **ret)
{
    struct error err;
    AUTO(secret) *k = secret_of(key);
    return slots_open(slots[0], database_id, type, k, ret, &err);
}

static void the_right_key_opens_its_slot(void **state UNUSED)
{
    struct error err;
    static unsigned char slots[SLOTS][SLOT_BYTES];
    AUTO(secret) *data_key = NULL;
    assert_ok(secret_random(&data_key, DATA_KEY_BYTES, &err), err);
    make(slots, 2, SLOT_KEY_FILE, "one key file of at least 32 bytes", data_key);
    make(slots, 5, SLOT_KEY_FILE, "another key file of some 40 bytes", data_key);
    make(slots, 7, SLOT_PASSPHRASE, "correct horse", data_key);
    static const struct { enum slot_type type; const char *key; int expected; } rows[] = {
        {SLOT_KEY_FILE, "one key file of at least 32 bytes", 0},
        {SLOT_KEY_FILE, "another key file of some 40 bytes", 0},
        {SLOT_PASSPHRASE, "correct horse", 0},
        {SLOT_PASSPHRASE, "correct horsf", 1},
        {SLOT_KEY_FILE, "correct horse", 1},
        {SLOT_PASSPHRASE, "one key file of at least 32 bytes", 1},
        {SLOT_KEY_FILE, "one key file of at least 32 bytez", 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(secret) *out = NULL;
        assert_int_equal(open_with(slots, id, rows[i].type, rows[i].key, &out), rows[i].expected);
        if (rows[i].expected == 0)
            assert_memory_equal(out->data, data_key->data, DATA_KEY_BYTES);
        else
            assert_null(out);
    }
}

#define KEY "one key file of at least 32 bytes"

static void a_tampered_slot_opens_for_nobody(void **state UNUSED)
{
    struct error err;
    static unsigned char slots[SLOTS][SLOT_BYTES];
    AUTO(secret) *data_key = NULL;
    assert_ok(secret_random(&data_key, DATA_KEY_BYTES, &err), err);
    make(slots, 0, SLOT_KEY_FILE, KEY, data_key);
    for (size_t i = 0; i < 120; i++) { /* what follows are zeros that the header's HMAC covers */
        AUTO(secret) *out = NULL;
        slots[0][i] ^= 0x40;
        assert_int_equal(open_with(slots, id, SLOT_KEY_FILE, KEY, &out), 1);
        slots[0][i] ^= 0x40;
    }
    AUTO(secret) *out = NULL;
    assert_int_equal(open_with(slots, id, SLOT_KEY_FILE, KEY, &out), 0);
}

static void a_slot_opens_only_at_its_place_in_its_store(void **state UNUSED)
{
    struct error err;
    static unsigned char slots[SLOTS][SLOT_BYTES];
    static const unsigned char other[DATABASE_ID_BYTES] = "database numbes";
    AUTO(secret) *data_key = NULL;
    AUTO(secret) *out = NULL;
    assert_ok(secret_random(&data_key, DATA_KEY_BYTES, &err), err);
    make(slots, 0, SLOT_KEY_FILE, KEY, data_key);
    assert_int_equal(open_with(slots, other, SLOT_KEY_FILE, KEY, &out), 1);
    memcpy(slots[1], slots[0], SLOT_BYTES);
    memset(slots[0], 0, SLOT_BYTES);
    assert_int_equal(open_with(slots, id, SLOT_KEY_FILE, KEY, &out), 1);
}

static void scrypt_parameters_beyond_the_limits_are_refused_untried(void **state UNUSED)
{
    struct error err;
    static unsigned char slots[SLOTS][SLOT_BYTES];
    AUTO(secret) *data_key = NULL;
    AUTO(secret) *key = secret_of("correct horse");
    assert_ok(secret_random(&data_key, DATA_KEY_BYTES, &err), err);
    make(slots, 0, SLOT_PASSPHRASE, "correct horse", data_key);
    static const struct { int at; unsigned char value; } rows[] = {
        {4, 13}, {4, 21}, {4, 63}, {4, 0}, {8, 0}, {8, 9}, {9, 1}, {12, 0}, {12, 17}, {15, 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(secret) *out = NULL;
        unsigned char before = slots[0][rows[i].at];
        slots[0][rows[i].at] = rows[i].value;
        assert_int_equal(slots_open(slots[0], id, SLOT_PASSPHRASE, key, &out, &err), -1);
        assert_int_equal(err.code, FAULT_STORE);
        assert_non_null(strstr(err.message, "scrypt"));
        slots[0][rows[i].at] = before;
    }
}

static void key_files_have_32_to_4096_bytes(void **state UNUSED)
{
    static const struct { size_t bytes; bool is_fine; } rows[] = {
        {0, false}, {31, false}, {32, true}, {4096, true}, {4097, false}};
    static char content[5000];
    char *folder = scratch_new();
    memset(content, 'k', sizeof content);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error err;
        AUTO(secret) *key = NULL;
        const char *path = path_of(folder, "k");
        assert_ok(file_write(path, (struct slice){content, rows[i].bytes}, 0600, FAULT_INPUT, &err), err);
        int result = key_file_read(path, &key, &err);
        assert_int_equal(result, rows[i].is_fine ? 0 : -1);
        if (rows[i].is_fine)
            assert_int_equal(key->bytes, rows[i].bytes);
        else
            assert_int_equal(err.code, FAULT_STORE);
    }
    struct error err;
    AUTO(secret) *key = NULL;
    assert_int_equal(key_file_read(path_of(folder, "none"), &key, &err), -1);
    assert_int_equal(err.code, FAULT_STORE);
    scratch_drop(folder);
}

static void a_made_key_file_is_random_private_and_never_overwritten(void **state UNUSED)
{
    struct error err;
    char *folder = scratch_new();
    AUTO(secret) *a = NULL;
    AUTO(secret) *b = NULL;
    struct stat st;
    mode_t mask = umask(0);
    assert_ok(key_file_make(path_of(folder, "a"), &err), err);
    assert_ok(key_file_make(path_of(folder, "b"), &err), err);
    umask(mask);
    assert_ok(key_file_read(path_of(folder, "a"), &a, &err), err);
    assert_ok(key_file_read(path_of(folder, "b"), &b, &err), err);
    assert_int_equal(a->bytes, 32);
    assert_memory_not_equal(a->data, b->data, 32);
    assert_int_equal(stat(path_of(folder, "a"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(key_file_make(path_of(folder, "a"), &err), -1);
    AUTO(secret) *again = NULL;
    assert_ok(key_file_read(path_of(folder, "a"), &again, &err), err);
    assert_memory_equal(a->data, again->data, 32);
    scratch_drop(folder);
}

static void a_key_file_that_others_may_read_is_told(void **state UNUSED)
{
    struct error err;
    char *folder = scratch_new();
    const char *path = path_of(folder, "k");
    assert_ok(key_file_make(path, &err), err);
    static const struct { mode_t mode; bool is_wide; } rows[] = {
        {0600, false}, {0400, false}, {0640, true}, {0604, true}, {0620, true}, {0602, true}, {0611, true}};
    unsigned mode;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(chmod(path, rows[i].mode), 0);
        assert_int_equal(store_key_file_is_wide(path, &mode), rows[i].is_wide);
    }
    assert_false(store_key_file_is_wide(path_of(folder, "none"), &mode));
    scratch_drop(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_key_opens_its_slot),
        cmocka_unit_test(a_tampered_slot_opens_for_nobody),
        cmocka_unit_test(a_slot_opens_only_at_its_place_in_its_store),
        cmocka_unit_test(scrypt_parameters_beyond_the_limits_are_refused_untried),
        cmocka_unit_test(key_files_have_32_to_4096_bytes),
        cmocka_unit_test(a_made_key_file_is_random_private_and_never_overwritten),
        cmocka_unit_test(a_key_file_that_others_may_read_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
