/* keys.c - who can open a store: slots, and the record of each change; see store.h. */
#include "store/crypt/keyslot.h"
#include "store/state.h"

int store_slots(struct store *store, const struct store_key *key, struct store_slot ret[STORE_SLOTS_MAX],
                size_t *ret_count, struct error *err)
{
    return crypt_slots_list(store->crypt, key, ret, ret_count, err);
}

static int record(struct store *store, const char *event, const char *outcome, const struct store_slot *slot,
                  size_t slots, struct error *err)
{
    return audit_event(
        store, event, outcome,
        json_pack("{s:i, s:s, s:i}", "slot", (int)slot->number, "type", slot->type, "slots", (int)slots),
        NULL, err);
}

/* The record first: a key that no record speaks of would be worse than a record without its key. */
static int change(struct store *store, const char *event, const unsigned char *slots,
                  const struct store_slot *slot, int by, struct error *err)
{
    struct store_slot used[STORE_SLOTS_MAX];
    struct error ignored;
    size_t count;
    if (crypt_slots_list(store->crypt, NULL, used, &count, err) ||
        record(store, event, "ok", slot, by > 0 ? count + 1 : count - 1, err))
        return -1;
    if (crypt_slots_write(store->crypt, slots, err)) {
        (void)!record(store, event, "failed", slot, count, &ignored);
        return -1;
    }
    return 0;
}

int store_slot_add(struct store *store, const struct store_key *key, bool make_key_file,
                   struct store_slot *ret, struct error *err)
{
    unsigned char slots[CRYPT_SLOTS_BYTES];
    bool is_new = key->key_file && make_key_file && access(key->key_file, F_OK) != 0;
    if (is_new && key_file_make(key->key_file, err))
        return -1;
    if (crypt_slots_with(store->crypt, key, slots, ret, err)) {
        if (is_new)
            unlink(key->key_file); /* it opens nothing */
        return -1;
    }
    return change(store, "key-add", slots, ret, 1, err);
}

int store_slot_remove(struct store *store, unsigned number, struct store_slot *ret, struct error *err)
{
    unsigned char slots[CRYPT_SLOTS_BYTES];
    struct error refusal;
    if (crypt_slots_without(store->crypt, number, slots, ret, &refusal)) {
        if (ret->type && record(store, "key-remove", "refused", ret, 1, err))
            return -1;
        *err = refusal;
        return -1;
    }
    return change(store, "key-remove", slots, ret, -1, err);
}
