/* wal.c - see wal.h. */
#include "store/crypt/wal.h"

#include "base/hash.h"

#include <openssl/crypto.h>

#define XTS_KEY_BYTES 64
#define HIDDEN_AT 8
#define HIDDEN_BYTES 16

int wal_keys_make(struct wal_keys *keys, const struct secret *data_key, const unsigned char *database_id,
                  struct error *err)
{
    unsigned char body[XAES_KEY_BYTES], xts[XTS_KEY_BYTES];
    hash_derive(secret_slice(data_key), SLICE(""), SLICE("alcove wal"), body, sizeof body);
    hash_derive(secret_slice(data_key), SLICE(""), SLICE("alcove wal frame headers"), xts, sizeof xts);
    keys->database_id = database_id;
    keys->hide = EVP_CIPHER_CTX_new();
    keys->show = EVP_CIPHER_CTX_new();
    bool held = keys->hide && keys->show &&
                EVP_EncryptInit_ex(keys->hide, EVP_aes_256_xts(), NULL, xts, NULL) == 1 &&
                EVP_DecryptInit_ex(keys->show, EVP_aes_256_xts(), NULL, xts, NULL) == 1;
    int failed = held ? xaes_new(&keys->body, body, err) : error_memory(err);
    OPENSSL_cleanse(body, sizeof body);
    OPENSSL_cleanse(xts, sizeof xts);
    return failed;
}

void wal_keys_wipe(struct wal_keys *keys)
{
    xaes_drop(&keys->body);
    EVP_CIPHER_CTX_free(keys->hide);
    EVP_CIPHER_CTX_free(keys->show);
    keys->hide = keys->show = NULL;
}

/* Encrypts or decrypts bytes 8..23 of the frame header in place. */
static int turn(EVP_CIPHER_CTX *xts, unsigned char *frame_header, int64_t frame_at)
{
    unsigned char tweak[16] = {0};
    int n;
    for (int i = 0; i < 8; i++)
        tweak[i] = (unsigned char)(frame_at >> 8 * i);
    return EVP_CipherInit_ex(xts, NULL, NULL, NULL, tweak, -1) == 1 &&
                   EVP_CipherUpdate(xts, frame_header + HIDDEN_AT, &n, frame_header + HIDDEN_AT, HIDDEN_BYTES) == 1 &&
                   n == HIDDEN_BYTES
               ? 0
               : -1;
}

static uint32_t get_be(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The place of a frame's body; its header was shown. */
static struct page_place body_place(const struct wal_keys *keys, const unsigned char *frame_header, int64_t frame_at)
{
    struct page_place place = {PAGE_WAL, keys->database_id, get_be(frame_header), (uint64_t)frame_at, {0}};
    memcpy(place.salts, frame_header + HIDDEN_AT, sizeof place.salts);
    return place;
}

/* Reads a frame's header and shows it. */
static int read_frame_header(struct wal_keys *keys, sqlite3_file *real, int64_t frame_at, unsigned char *header)
{
    int rc = real->pMethods->xRead(real, header, FRAME_HEADER_BYTES, frame_at);
    if (rc == SQLITE_OK && turn(keys->show, header, frame_at))
        rc = SQLITE_IOERR_READ;
    return rc;
}

/* Recovery reads header and body at once. A body that does not authenticate becomes a page of zeros, whose checksum is
 * wrong: to SQLite the log ends there, as it does after a torn write (the audit anchor notices a log cut short). */
static int read_frame(struct wal_keys *keys, sqlite3_file *real, size_t page_bytes, unsigned char *to, int64_t frame_at)
{
    int rc = real->pMethods->xRead(real, to, (int)(FRAME_HEADER_BYTES + page_bytes), frame_at);
    if (rc != SQLITE_OK) {
        memset(to, 0, FRAME_HEADER_BYTES + page_bytes);
        return rc;
    }
    if (turn(keys->show, to, frame_at))
        return SQLITE_IOERR_READ;
    struct page_place place = body_place(keys, to, frame_at);
    unsigned char *body = to + FRAME_HEADER_BYTES;
    if (page_open(keys->body, &place, body, page_bytes, body))
        memset(body, 0, page_bytes);
    return SQLITE_OK;
}

static int read_body(struct wal_keys *keys, sqlite3_file *real, size_t page_bytes, unsigned char *to, int64_t frame_at)
{
    unsigned char header[FRAME_HEADER_BYTES];
    int rc = read_frame_header(keys, real, frame_at, header);
    if (rc == SQLITE_OK)
        rc = real->pMethods->xRead(real, to, (int)page_bytes, frame_at + FRAME_HEADER_BYTES);
    if (rc != SQLITE_OK)
        return rc;
    struct page_place place = body_place(keys, header, frame_at);
    return page_open(keys->body, &place, to, page_bytes, to) ? SQLITE_IOERR_DATA : SQLITE_OK;
}

int wal_read(struct wal_keys *keys, sqlite3_file *real, size_t page_bytes, void *to, int bytes, sqlite3_int64 at)
{
    if (at == 0 && bytes == WAL_HEADER_BYTES)
        return real->pMethods->xRead(real, to, bytes, at);
    if (at < WAL_HEADER_BYTES)
        return SQLITE_IOERR_READ;
    int64_t frame_bytes = (int64_t)(FRAME_HEADER_BYTES + page_bytes), within = (at - WAL_HEADER_BYTES) % frame_bytes,
            frame_at = at - within;
    unsigned char header[FRAME_HEADER_BYTES];
    if (within == 0 && bytes == frame_bytes)
        return read_frame(keys, real, page_bytes, to, frame_at);
    if (within == FRAME_HEADER_BYTES && bytes == (int)page_bytes)
        return read_body(keys, real, page_bytes, to, frame_at);
    if (within + bytes > FRAME_HEADER_BYTES || bytes < 0)
        return SQLITE_IOERR_READ;
    int rc = read_frame_header(keys, real, frame_at, header);
    if (rc == SQLITE_OK)
        memcpy(to, header + within, (size_t)bytes);
    return rc;
}

/* SQLite rewrites a body without its header when a page changes twice in a transaction: the page number and salts are
 * those on disk. */
static int write_body(struct wal_keys *keys, sqlite3_file *real, size_t page_bytes, const unsigned char *from,
                      int64_t frame_at)
{
    unsigned char header[FRAME_HEADER_BYTES], *sealed = sqlite3_malloc64(page_bytes);
    if (!sealed)
        return SQLITE_NOMEM;
    int rc = read_frame_header(keys, real, frame_at, header);
    if (rc == SQLITE_OK) {
        struct page_place place = body_place(keys, header, frame_at);
        rc = page_seal(keys->body, &place, from, page_bytes, sealed)
                 ? SQLITE_IOERR_WRITE
                 : real->pMethods->xWrite(real, sealed, (int)page_bytes, frame_at + FRAME_HEADER_BYTES);
    }
    sqlite3_free(sealed);
    return rc;
}

int wal_write(struct wal_keys *keys, sqlite3_file *real, size_t page_bytes, const void *from, int bytes,
              sqlite3_int64 at)
{
    if (at == 0 && bytes == WAL_HEADER_BYTES)
        return real->pMethods->xWrite(real, from, bytes, at);
    if (at < WAL_HEADER_BYTES)
        return SQLITE_IOERR_WRITE;
    int64_t within = (at - WAL_HEADER_BYTES) % (int64_t)(FRAME_HEADER_BYTES + page_bytes);
    if (within == FRAME_HEADER_BYTES && bytes == (int)page_bytes)
        return write_body(keys, real, page_bytes, from, at - within);
    if (within != 0 || bytes != FRAME_HEADER_BYTES)
        return SQLITE_IOERR_WRITE;
    unsigned char header[FRAME_HEADER_BYTES];
    memcpy(header, from, sizeof header);
    return turn(keys->hide, header, at) ? SQLITE_IOERR_WRITE
                                        : real->pMethods->xWrite(real, header, bytes, at);
}

int wal_held(struct wal_keys *keys, const struct wal_source *source, size_t page_bytes, uint32_t pages,
             uint32_t frames_max, unsigned char *ret_held, uint32_t *ret_frames, uint32_t *ret_pages)
{
    unsigned char log[WAL_HEADER_BYTES], header[FRAME_HEADER_BYTES];
    int64_t frame_bytes = (int64_t)(FRAME_HEADER_BYTES + page_bytes);
    *ret_frames = *ret_pages = 0;
    if (source->read(source->context, log, sizeof log, 0))
        return 0;
    for (int pass = 0; pass < 2; pass++) { /* first find the last commit, then take the pages up to it */
        uint32_t end = pass == 0 ? frames_max : *ret_frames;
        for (uint32_t i = 0; i < end; i++) {
            int64_t at = WAL_HEADER_BYTES + i * frame_bytes;
            if (source->read(source->context, header, sizeof header, at))
                break;
            if (turn(keys->show, header, at))
                return -1;
            if (memcmp(header + HIDDEN_AT, log + 16, 8) != 0)
                break; /* left over from an older generation of the log */
            uint32_t number = get_be(header), size = get_be(header + 4);
            if (pass == 0 && size) {
                *ret_frames = i + 1;
                *ret_pages = size;
            }
            if (pass == 1 && number >= 1 && number <= pages)
                ret_held[(number - 1) / 8] |= (unsigned char)(1u << (number - 1) % 8);
        }
    }
    return 0;
}
