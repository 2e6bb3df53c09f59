/* keyslot.c - see keyslot.h. */
#include "store/crypt/keyslot.h"

#include "base/file.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>

enum { AT_TYPE = 0, AT_COST = 4, AT_SALT = 16, SALT_BYTES = 32, AT_NONCE = 48, AT_KEY = 72, AT_TAG = 104 };

#define COST_LOG2_DEFAULT 17u
#define COST_LOG2_MIN 14u
#define COST_LOG2_MAX 20u /* with a block size of 8 that is 1 GiB: a slot that asks for more was not written by us */
#define BLOCK_SIZE_DEFAULT 8u /* and the largest */
#define PARALLEL_MAX 16u

static uint32_t get_u32(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put_u32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

static struct slice bytes_of(const unsigned char *at, size_t count)
{
    return (struct slice){(const char *)at, count};
}

enum slot_type slot_type(const unsigned char slot[SLOT_BYTES])
{
    return (enum slot_type)get_u32(slot + AT_TYPE);
}

/* ---- key files ---- */

int key_file_read(const char *path, struct secret **ret, struct error *err)
{
    AUTO(buffer) *bytes = NULL;
    if (file_read(&bytes, path, KEY_FILE_BYTES_MAX, FAULT_STORE, err))
        return -1;
    if (bytes->bytes < KEY_FILE_BYTES_MIN) {
        error_set(err, FAULT_STORE, "a key file has %d to %d bytes, this one has %zu", KEY_FILE_BYTES_MIN,
                  KEY_FILE_BYTES_MAX, bytes->bytes);
        return error_at(err, path, 0, 0);
    }
    if (secret_new(ret, bytes->bytes, err))
        return -1;
    memcpy((*ret)->data, bytes->data, bytes->bytes);
    return 0;
}

static int sync_folder(const char *path, struct error *err)
{
    char folder[PATH_MAX];
    if (path_join(folder, sizeof folder, err, "%s", path))
        return -1;
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    AUTO_FD fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 || fsync(fd) ? error_errno(err, FAULT_STORE, "folder cannot be synced", path) : 0;
}

int key_file_make(const char *path, struct error *err)
{
    AUTO(secret) *key = NULL;
    if (secret_random(&key, 32, err))
        return -1;
    AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, FAULT_STORE, "key file cannot be made", path);
    if (file_write_fd(fd, secret_slice(key), FAULT_STORE, err) || fsync(fd)) {
        error_errno(err, FAULT_STORE, "key file cannot be written", path);
        unlink(path);
        return -1;
    }
    return sync_folder(path, err);
}

bool store_key_file_is_wide(const char *path, unsigned *ret_mode)
{
    struct stat st;
    if (stat(path, &st) || !(st.st_mode & (S_IRWXG | S_IRWXO)))
        return false;
    *ret_mode = (unsigned)(st.st_mode & 07777);
    return true;
}

/* ---- slots ---- */

/* The key that opens the slot. */
static int slot_key(const unsigned char *slot, const struct secret *key, unsigned char ret[XAES_KEY_BYTES],
                    struct error *err)
{
    if (slot_type(slot) == SLOT_KEY_FILE) {
        hash_derive(secret_slice(key), bytes_of(slot + AT_SALT, SALT_BYTES), SLICE("alcove key file"), ret,
                    XAES_KEY_BYTES);
        return 0;
    }
    uint32_t cost = get_u32(slot + AT_COST), r = get_u32(slot + AT_COST + 4), p = get_u32(slot + AT_COST + 8);
    if (cost < COST_LOG2_MIN || cost > COST_LOG2_MAX || r < 1 || r > BLOCK_SIZE_DEFAULT || p < 1 || p > PARALLEL_MAX)
        return error_set(err, FAULT_STORE, "a key slot asks for scrypt parameters that no store of ours has");
    uint64_t n = (uint64_t)1 << cost, memory = 128 * r * (n + p + 2) + (1u << 20);
    if (EVP_PBE_scrypt((const char *)key->data, key->bytes, slot + AT_SALT, SALT_BYTES, n, r, p, memory, ret,
                       XAES_KEY_BYTES) != 1)
        return error_set(err, FAULT_TEMPORARY, "scrypt needs %" PRIu64 " MiB of memory", memory >> 20);
    return 0;
}

#define SLOT_EXTRA_BYTES (11 + DATABASE_ID_BYTES + 4 + AT_NONCE)

static void slot_extra(const unsigned char *slot, unsigned index, const unsigned char *database_id,
                       unsigned char extra[SLOT_EXTRA_BYTES])
{
    memcpy(extra, "alcove slot", 11);
    memcpy(extra + 11, database_id, DATABASE_ID_BYTES);
    put_u32(extra + 11 + DATABASE_ID_BYTES, index);
    memcpy(extra + 15 + DATABASE_ID_BYTES, slot, AT_NONCE);
}

int slot_fill(unsigned char slot[SLOT_BYTES], unsigned index, const unsigned char *database_id, enum slot_type type,
              const struct secret *key, const struct secret *data_key, struct error *err)
{
    unsigned char kek[XAES_KEY_BYTES], extra[SLOT_EXTRA_BYTES];
    memset(slot, 0, SLOT_BYTES);
    put_u32(slot + AT_TYPE, type);
    if (type == SLOT_PASSPHRASE) {
        put_u32(slot + AT_COST, COST_LOG2_DEFAULT);
        put_u32(slot + AT_COST + 4, BLOCK_SIZE_DEFAULT);
        put_u32(slot + AT_COST + 8, 1);
    }
    if (RAND_bytes(slot + AT_SALT, SALT_BYTES) != 1 || RAND_bytes(slot + AT_NONCE, XAES_NONCE_BYTES) != 1)
        return error_set(err, FAULT_TEMPORARY, "the random generator failed");
    if (slot_key(slot, key, kek, err))
        return -1;
    AUTO(xaes) *xaes = NULL;
    int failed = xaes_new(&xaes, kek, err);
    OPENSSL_cleanse(kek, sizeof kek);
    if (failed)
        return -1;
    slot_extra(slot, index, database_id, extra);
    if (xaes_seal(xaes, slot + AT_NONCE, bytes_of(extra, sizeof extra), secret_slice(data_key), slot + AT_KEY,
                  slot + AT_TAG))
        return error_set(err, FAULT_TEMPORARY, "the data key cannot be wrapped");
    return 0;
}

static int slot_open(const unsigned char *slot, unsigned index, const unsigned char *database_id,
                     const struct secret *key, struct secret **ret_data_key, struct error *err)
{
    unsigned char kek[XAES_KEY_BYTES], extra[SLOT_EXTRA_BYTES];
    AUTO(xaes) *xaes = NULL;
    AUTO(secret) *data_key = NULL;
    if (secret_new(&data_key, DATA_KEY_BYTES, err) || slot_key(slot, key, kek, err))
        return -1;
    int failed = xaes_new(&xaes, kek, err);
    OPENSSL_cleanse(kek, sizeof kek);
    if (failed)
        return -1;
    slot_extra(slot, index, database_id, extra);
    if (xaes_open(xaes, slot + AT_NONCE, bytes_of(extra, sizeof extra), bytes_of(slot + AT_KEY, DATA_KEY_BYTES),
                  slot + AT_TAG, data_key->data))
        return 1;
    *ret_data_key = TAKE(data_key);
    return 0;
}

int slots_open(const unsigned char *slots, const unsigned char *database_id, enum slot_type type,
               const struct secret *key, struct secret **ret_data_key, struct error *err)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        const unsigned char *slot = slots + (size_t)i * SLOT_BYTES;
        if (slot_type(slot) != type)
            continue;
        int opened = slot_open(slot, i, database_id, key, ret_data_key, err);
        if (opened <= 0)
            return opened;
    }
    return 1;
}
