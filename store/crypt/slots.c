/* slots.c - key slots of an open store: listed, added, emptied; see crypt.h, and keyslot.h for what a slot
 * is. */
#include "store/crypt/crypt.h"
#include "store/crypt/keyslot.h"
#include "store/crypt/state.h"

_Static_assert(SLOTS == STORE_SLOTS_MAX && CRYPT_SLOTS_BYTES == SLOTS * SLOT_BYTES, "one table of slots");

static const char *const type_names[] = {
    [SLOT_UNUSED] = NULL, [SLOT_KEY_FILE] = "key file", [SLOT_PASSPHRASE] = "passphrase"};

static struct store_slot describe(const unsigned char *slots, unsigned index)
{
    enum slot_type type = slot_type(slots + (size_t)index * SLOT_BYTES);
    return (struct store_slot){.number = index + 1,
                               .type = (size_t)type < COUNT_OF(type_names) ? type_names[type] : "unknown"};
}

/* 1 when the key opens this very slot, 0 when not, -1 when it cannot be tried. */
static int opens(const struct crypt *c, const unsigned char *slots, unsigned index, enum slot_type type,
                 const struct secret *key, struct error *err)
{
    unsigned char one[SLOTS * SLOT_BYTES] = {0};
    AUTO(secret) *data_key = NULL;
    memcpy(one + (size_t)index * SLOT_BYTES, slots + (size_t)index * SLOT_BYTES, SLOT_BYTES);
    int result = slots_open(one, c->header.database_id, type, key, &data_key, err);
    return result < 0 ? -1 : result == 0;
}

int crypt_slots_list(const struct crypt *c, const struct store_key *key,
                     struct store_slot ret[STORE_SLOTS_MAX], size_t *ret_count, struct error *err)
{
    AUTO(secret) *secret = NULL;
    enum slot_type type = SLOT_UNUSED;
    size_t count = 0;
    if (key && key_read(key, &secret, &type, err))
        return -1;
    for (unsigned i = 0; i < SLOTS; i++) {
        struct store_slot slot = describe(c->header.slots[0], i);
        if (!slot.type)
            continue;
        int opened = key ? opens(c, c->header.slots[0], i, type, secret, err) : 0;
        if (opened < 0)
            return -1;
        slot.opens = opened;
        ret[count++] = slot;
    }
    *ret_count = count;
    return 0;
}

int crypt_slots_with(const struct crypt *c, const struct store_key *key,
                     unsigned char ret_slots[CRYPT_SLOTS_BYTES], struct store_slot *ret, struct error *err)
{
    AUTO(secret) *secret = NULL;
    enum slot_type type;
    unsigned free_slot = SLOTS;
    if (key_read(key, &secret, &type, err))
        return -1;
    for (unsigned i = SLOTS; i-- > 0;) {
        int opened = opens(c, c->header.slots[0], i, type, secret, err);
        if (opened < 0)
            return -1;
        if (opened)
            return error_set(err, FAULT_STORE, "this key opens slot %u already", i + 1);
        if (slot_type(c->header.slots[i]) == SLOT_UNUSED)
            free_slot = i;
    }
    if (free_slot == SLOTS) {
        error_set(err, FAULT_STORE, "all %d key slots are in use", SLOTS);
        return error_hint(err, "alcove store keys remove");
    }
    memcpy(ret_slots, c->header.slots, CRYPT_SLOTS_BYTES);
    if (slot_fill(ret_slots + (size_t)free_slot * SLOT_BYTES, free_slot, c->header.database_id, type, secret,
                  c->data_key, err))
        return -1;
    int opened = opens(c, ret_slots, free_slot, type, secret, err);
    if (opened <= 0)
        return opened ? -1 : error_set(err, FAULT_STORE, "the new key does not open its slot");
    *ret = describe(ret_slots, free_slot);
    return 0;
}

int crypt_slots_without(const struct crypt *c, unsigned number, unsigned char ret_slots[CRYPT_SLOTS_BYTES],
                        struct store_slot *ret, struct error *err)
{
    unsigned used = 0;
    for (unsigned i = 0; i < SLOTS; i++)
        used += slot_type(c->header.slots[i]) != SLOT_UNUSED;
    if (number < 1 || number > SLOTS || slot_type(c->header.slots[number - 1]) == SLOT_UNUSED) {
        *ret = (struct store_slot){0};
        error_set(err, FAULT_STORE, "there is no key in slot %u", number);
        return error_hint(err, "alcove store keys list shows them");
    }
    *ret = describe(c->header.slots[0], number - 1);
    if (used == 1) {
        error_set(err, FAULT_STORE, "the last key of a store cannot be removed");
        return error_hint(err, "add another first: alcove store keys add");
    }
    memcpy(ret_slots, c->header.slots, CRYPT_SLOTS_BYTES);
    memset(ret_slots + (size_t)(number - 1) * SLOT_BYTES, 0, SLOT_BYTES);
    return 0;
}

/* Frames are bound to the header under which their generation of the log began, so none may be left when the
 * header is renewed outside of a checkpoint. */
int crypt_slots_write(struct crypt *c, const unsigned char slots[CRYPT_SLOTS_BYTES], struct error *err)
{
    unsigned char before[CRYPT_SLOTS_BYTES];
    if (sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        return crypt_sqlite_error(c->db, "the keys cannot be changed", err);
    if (c->is_in_progress || c->is_digest_lost)
        return error_set(err, FAULT_STORE,
                         "the keys cannot be changed after a failed write: open the store again");
    memcpy(before, c->header.slots, sizeof before);
    memcpy(c->header.slots, slots, sizeof before);
    int rc = progress_start(c);
    if (rc == SQLITE_OK)
        return 0;
    memcpy(c->header.slots, before, sizeof before);
    return error_set(err, rc == SQLITE_FULL || rc == SQLITE_NOMEM ? FAULT_TEMPORARY : FAULT_STORE,
                     "the header with the keys cannot be written (SQLite %d)", rc);
}
