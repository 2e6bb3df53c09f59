/* wal.c - see wal.h. */
#include "store/crypt/wal.h"

#include "base/hash.h"

#include <openssl/crypto.h>

#define XTS_KEY_BYTES 64
#define HIDDEN_AT 8
#define HIDDEN_BYTES 16
#define WAL_MAGIC 0x377f0682u
#define WAL_SALTS_AT 16
#define WAL_CHECKSUM_AT 24
#define WAL_CHECKSUM_BYTES 8
#define FRAME_CHECKSUM_AT 16

int wal_make(struct wal *wal, const struct secret *data_key, const unsigned char *database_id,
                  struct error *err)
{
    unsigned char body[XAES_KEY_BYTES], xts[XTS_KEY_BYTES];
    hash_derive(secret_slice(data_key), SLICE(""), SLICE("alcove wal"), body, sizeof body);
    hash_derive(secret_slice(data_key), SLICE(""), SLICE("alcove wal frame headers"), xts, sizeof xts);
    wal->database_id = database_id;
    wal->hide = EVP_CIPHER_CTX_new();
    wal->show = EVP_CIPHER_CTX_new();
    bool held = wal->hide && wal->show &&
                EVP_EncryptInit_ex(wal->hide, EVP_aes_256_xts(), NULL, xts, NULL) == 1 &&
                EVP_DecryptInit_ex(wal->show, EVP_aes_256_xts(), NULL, xts, NULL) == 1;
    int failed = held ? xaes_new(&wal->body, body, err) : error_memory(err);
    OPENSSL_cleanse(body, sizeof body);
    OPENSSL_cleanse(xts, sizeof xts);
    return failed;
}

void wal_wipe(struct wal *wal)
{
    xaes_drop(&wal->body);
    EVP_CIPHER_CTX_free(wal->hide);
    EVP_CIPHER_CTX_free(wal->show);
    free(wal->frames);
    free(wal->frame);
    wal->hide = wal->show = NULL;
    wal->frames = NULL;
    wal->frame = NULL;
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

/* Where a frame's body belongs. The salts are the generation's and not those in the frame's header: SQLite leaves these
 * zero while it means to sum a rewritten transaction again, and fills them in after the body was sealed. */
static struct page_place place_of(const struct wal *wal, uint32_t number, int64_t frame_at)
{
    struct page_place place = {PAGE_WAL, wal->database_id, number, (uint64_t)frame_at, {0}, wal->sequence};
    memcpy(place.salts, wal->salts, sizeof place.salts);
    return place;
}

/* ---- reading ---- */

/* Reads a frame's header and shows it. */
static int read_frame_header(struct wal *wal, sqlite3_file *real, int64_t frame_at, unsigned char *header)
{
    int rc = real->pMethods->xRead(real, header, FRAME_HEADER_BYTES, frame_at);
    if (rc == SQLITE_OK && turn(wal->show, header, frame_at))
        rc = SQLITE_IOERR_READ;
    return rc;
}

/* Recovery reads header and body at once. A body that does not authenticate becomes a frame of zeros, header included:
 * to SQLite the log ends there, as it does after a torn write (the audit anchor notices a log cut short). A body of
 * zeros alone would not do: what is deleted is overwritten by zeros, and its checksum would be right. Once the log is
 * ours whole frames are read to sum them again after a rewrite, and zeros would be summed too. */
static int read_frame(struct wal *wal, sqlite3_file *real, size_t page_bytes, unsigned char *to, int64_t frame_at)
{
    int rc = real->pMethods->xRead(real, to, (int)(FRAME_HEADER_BYTES + page_bytes), frame_at);
    if (rc != SQLITE_OK) {
        memset(to, 0, FRAME_HEADER_BYTES + page_bytes);
        return rc;
    }
    if (turn(wal->show, to, frame_at))
        return SQLITE_IOERR_READ;
    struct page_place place = place_of(wal, get_be(to), frame_at);
    unsigned char *body = to + FRAME_HEADER_BYTES;
    if (page_open(wal->body, &place, body, page_bytes, body)) {
        memset(to, 0, FRAME_HEADER_BYTES + page_bytes);
        return wal->is_ours ? SQLITE_IOERR_DATA : SQLITE_OK;
    }
    return SQLITE_OK;
}

/* SQLite reads and rewrites bodies without their headers; the page number is the one that was written. */
static int known_place(const struct wal *wal, size_t page_bytes, int64_t frame_at, struct page_place *ret)
{
    int64_t index = (frame_at - WAL_HEADER_BYTES) / (int64_t)(FRAME_HEADER_BYTES + page_bytes);
    if (index >= wal->count)
        return -1;
    *ret = place_of(wal, wal->frames[index].page, frame_at);
    return 0;
}

static int read_body(struct wal *wal, sqlite3_file *real, size_t page_bytes, unsigned char *to, int64_t frame_at)
{
    struct page_place place;
    if (known_place(wal, page_bytes, frame_at, &place))
        return SQLITE_IOERR_READ;
    int rc = real->pMethods->xRead(real, to, (int)page_bytes, frame_at + FRAME_HEADER_BYTES);
    if (rc != SQLITE_OK)
        return rc;
    return page_open(wal->body, &place, to, page_bytes, to) ? SQLITE_IOERR_DATA : SQLITE_OK;
}

/* The log's own header: whole, or its checksum, from which that of the first frame is summed again. */
static bool is_header_read(int bytes, int64_t at)
{
    return (at == 0 && bytes == WAL_HEADER_BYTES) || (at == WAL_CHECKSUM_AT && bytes == WAL_CHECKSUM_BYTES);
}

int wal_read(struct wal *wal, sqlite3_file *real, size_t page_bytes, void *to, int bytes, sqlite3_int64 at)
{
    int rc = wal_flush(wal, real);
    if (rc != SQLITE_OK)
        return rc;
    if (is_header_read(bytes, at))
        return real->pMethods->xRead(real, to, bytes, at);
    if (at < WAL_HEADER_BYTES || bytes <= 0)
        return SQLITE_IOERR_READ;
    int64_t frame_bytes = (int64_t)(FRAME_HEADER_BYTES + page_bytes), within = (at - WAL_HEADER_BYTES) % frame_bytes,
            frame_at = at - within;
    unsigned char header[FRAME_HEADER_BYTES];
    if (within == 0 && bytes == frame_bytes)
        return read_frame(wal, real, page_bytes, to, frame_at);
    if (within == FRAME_HEADER_BYTES && bytes == (int)page_bytes)
        return read_body(wal, real, page_bytes, to, frame_at);
    if (within + bytes > FRAME_HEADER_BYTES)
        return SQLITE_IOERR_READ;
    rc = read_frame_header(wal, real, frame_at, header);
    if (rc == SQLITE_OK)
        memcpy(to, header + within, (size_t)bytes);
    return rc;
}

/* ---- what the log holds ---- */

/* Room to note the frame; frames are written one after the other, or again. */
static int note_room(struct wal *wal, uint32_t frame)
{
    if (frame > wal->count)
        return -1;
    if (frame < wal->capacity)
        return 0;
    uint32_t capacity = frame + frame / 2 + 1024;
    struct wal_frame *frames = realloc(wal->frames, capacity * sizeof *frames);
    if (!frames)
        return -1;
    wal->frames = frames;
    wal->capacity = capacity;
    return 0;
}

static void note(struct wal *wal, uint32_t frame, const unsigned char *header)
{
    wal->frames[frame] = (struct wal_frame){get_be(header), get_be(header + 4)};
    wal->count = MAX(wal->count, frame + 1);
}

uint32_t wal_held(const struct wal *wal, uint32_t frames, uint32_t pages, unsigned char *ret_held)
{
    for (uint32_t i = 0; i < frames; i++) {
        uint32_t n = wal->frames[i].page;
        if (n >= 1 && n <= pages)
            ret_held[(n - 1) / 8] |= (unsigned char)(1u << (n - 1) % 8);
    }
    return frames ? wal->frames[frames - 1].size : 0;
}

/* ---- writing ---- */

/* SQLite writes the header of a frame and then its body, nearly always: one call to the system serves for both. */
int wal_flush(struct wal *wal, sqlite3_file *real)
{
    int64_t at = wal->waiting_at;
    wal->waiting_at = 0;
    return at ? real->pMethods->xWrite(real, wal->frame, FRAME_HEADER_BYTES, at) : SQLITE_OK;
}

static int write_body(struct wal *wal, sqlite3_file *real, size_t page_bytes, const unsigned char *from,
                      int64_t frame_at)
{
    struct page_place place;
    unsigned char *body = wal->frame + FRAME_HEADER_BYTES;
    if (known_place(wal, page_bytes, frame_at, &place))
        return SQLITE_IOERR_WRITE;
    bool is_whole = wal->waiting_at == frame_at;
    int rc = is_whole ? SQLITE_OK : wal_flush(wal, real);
    wal->waiting_at = 0;
    if (rc == SQLITE_OK && page_seal(wal->body, &place, from, page_bytes, body))
        rc = SQLITE_IOERR_WRITE;
    if (rc != SQLITE_OK)
        return rc;
    return is_whole ? real->pMethods->xWrite(real, wal->frame, (int)(FRAME_HEADER_BYTES + page_bytes), frame_at)
                    : real->pMethods->xWrite(real, body, (int)page_bytes, frame_at + FRAME_HEADER_BYTES);
}

static int write_frame_header(struct wal *wal, sqlite3_file *real, size_t page_bytes, const unsigned char *from,
                              int64_t frame_at)
{
    int64_t index = (frame_at - WAL_HEADER_BYTES) / (int64_t)(FRAME_HEADER_BYTES + page_bytes);
    int rc = index < UINT32_MAX / 2 ? wal_flush(wal, real) : SQLITE_IOERR_WRITE;
    if (rc != SQLITE_OK)
        return rc;
    if (note_room(wal, (uint32_t)index))
        return SQLITE_NOMEM;
    memcpy(wal->frame, from, FRAME_HEADER_BYTES);
    if (turn(wal->hide, wal->frame, frame_at))
        return SQLITE_IOERR_WRITE;
    wal->waiting_at = frame_at;
    note(wal, (uint32_t)index, from);
    if (wal->frames[index].size)
        wal->pending = (uint32_t)index + 1;
    return SQLITE_OK;
}

static int write_log_header(struct wal *wal, sqlite3_file *real, const unsigned char *from)
{
    wal->count = wal->committed = wal->pending = 0;
    wal->waiting_at = 0; /* of the generation that ends here */
    memcpy(wal->salts, from + WAL_SALTS_AT, sizeof wal->salts);
    return real->pMethods->xWrite(real, from, WAL_HEADER_BYTES, 0);
}

/* What is pending after a failure was not committed, whatever a later sync says. */
static int settle(struct wal *wal, int rc)
{
    if (rc != SQLITE_OK)
        wal->waiting_at = wal->pending = 0;
    return rc;
}

int wal_write(struct wal *wal, sqlite3_file *real, size_t page_bytes, const void *from, int bytes, sqlite3_int64 at)
{
    wal->is_ours = true;
    if (!wal->frame && !(wal->frame = malloc(FRAME_HEADER_BYTES + page_bytes)))
        return SQLITE_NOMEM;
    if (at == 0 && bytes == WAL_HEADER_BYTES)
        return settle(wal, write_log_header(wal, real, from));
    if (at < WAL_HEADER_BYTES)
        return SQLITE_IOERR_WRITE;
    int64_t within = (at - WAL_HEADER_BYTES) % (int64_t)(FRAME_HEADER_BYTES + page_bytes);
    if (within == FRAME_HEADER_BYTES && bytes == (int)page_bytes)
        return settle(wal, write_body(wal, real, page_bytes, from, at - within));
    if (within == 0 && bytes == FRAME_HEADER_BYTES)
        return settle(wal, write_frame_header(wal, real, page_bytes, from, at));
    return SQLITE_IOERR_WRITE;
}

int wal_sync(struct wal *wal, sqlite3_file *real, int flags)
{
    int rc = wal_flush(wal, real);
    if (rc == SQLITE_OK)
        rc = real->pMethods->xSync(real, flags);
    settle(wal, rc);
    if (wal->pending)
        wal->committed = wal->pending;
    wal->pending = 0;
    return rc;
}

int wal_truncate(struct wal *wal, sqlite3_file *real, sqlite3_int64 bytes)
{
    int rc = wal_flush(wal, real);
    if (rc == SQLITE_OK)
        rc = real->pMethods->xTruncate(real, bytes);
    if (rc == SQLITE_OK && bytes == 0)
        wal->count = wal->committed = wal->pending = 0;
    return rc;
}

/* ---- a log that was left ---- */

/* SQLite's running checksum (database file format, section 4.2) over units of 8 bytes. */
struct checksum {
    bool is_big_endian;
    uint32_t s[2];
};

static void checksum_add(struct checksum *sum, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i += 8) {
        uint32_t word[2];
        for (int k = 0; k < 2; k++) {
            const unsigned char *at = bytes + i + 4 * k;
            word[k] = sum->is_big_endian ? get_be(at)
                                         : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
        }
        sum->s[0] += word[0] + sum->s[1];
        sum->s[1] += word[1] + sum->s[0];
    }
}

static bool checksum_is(const struct checksum *sum, const unsigned char *at)
{
    return get_be(at) == sum->s[0] && get_be(at + 4) == sum->s[1];
}

static bool read_whole(int fd, void *to, size_t bytes, int64_t at)
{
    return pread(fd, to, bytes, at) == (ssize_t)bytes;
}

int wal_salts(int fd, unsigned char ret[8])
{
    unsigned char log[WAL_HEADER_BYTES];
    if (!read_whole(fd, log, sizeof log, 0))
        return -1;
    memcpy(ret, log + WAL_SALTS_AT, 8);
    return 0;
}

/* The log's header as recovery checks it; starts the sum and takes the salts. */
static bool is_log_sound(struct wal *wal, int fd, size_t page_bytes, struct checksum *sum)
{
    unsigned char log[WAL_HEADER_BYTES];
    if (!read_whole(fd, log, sizeof log, 0))
        return false;
    uint32_t magic = get_be(log);
    *sum = (struct checksum){.is_big_endian = magic & 1};
    checksum_add(sum, log, WAL_CHECKSUM_AT);
    memcpy(wal->salts, log + WAL_SALTS_AT, sizeof wal->salts);
    return (magic & ~1u) == WAL_MAGIC && get_be(log + 8) == page_bytes && checksum_is(sum, log + WAL_CHECKSUM_AT);
}

/* `frame` is scratch. Leaves header and body open in it. */
static bool is_frame_sound(struct wal *wal, int fd, size_t page_bytes, uint32_t index, unsigned char *frame,
                           struct checksum *sum)
{
    int64_t at = WAL_HEADER_BYTES + index * (int64_t)(FRAME_HEADER_BYTES + page_bytes);
    unsigned char *body = frame + FRAME_HEADER_BYTES;
    if (!read_whole(fd, frame, FRAME_HEADER_BYTES + page_bytes, at) || turn(wal->show, frame, at) ||
        memcmp(frame + HIDDEN_AT, wal->salts, sizeof wal->salts) != 0)
        return false;
    struct page_place place = place_of(wal, get_be(frame), at);
    if (place.number == 0 || page_open(wal->body, &place, body, page_bytes, body))
        return false;
    checksum_add(sum, frame, 8);
    checksum_add(sum, body, page_bytes);
    return checksum_is(sum, frame + FRAME_CHECKSUM_AT);
}

int wal_prove(struct wal *wal, int fd, size_t page_bytes)
{
    struct checksum sum;
    int failed = 0;
    wal->count = wal->committed = 0;
    if (!is_log_sound(wal, fd, page_bytes, &sum))
        return 0;
    unsigned char *frame = malloc(FRAME_HEADER_BYTES + page_bytes);
    if (!frame)
        return -1;
    for (uint32_t i = 0; !failed && is_frame_sound(wal, fd, page_bytes, i, frame, &sum); i++) {
        failed = note_room(wal, i);
        if (failed)
            break;
        note(wal, i, frame);
        if (wal->frames[i].size)
            wal->committed = i + 1;
    }
    OPENSSL_cleanse(frame, FRAME_HEADER_BYTES + page_bytes);
    free(frame);
    return failed;
}
