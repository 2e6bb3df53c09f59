/* checkpoint.c - see checkpoint.h. */
#include "store/audit/checkpoint.h"

#include "base/utf8.h"

#include <openssl/evp.h>

#define SIGNATURE_TYPE_ED25519 "\1"
#define SIGNATURES_MAX 32u   /* a verifier must accept 16 */
#define DASH "\xe2\x80\x94 " /* em dash and a space: how a signature line begins */
#define ENCODED_BYTES(n) (((n) + 2) / 3 * 4)

static void key_drop(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void context_drop(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

#define AUTO_KEY __attribute__((cleanup(key_drop))) EVP_PKEY
#define AUTO_CONTEXT __attribute__((cleanup(context_drop))) EVP_MD_CTX

/* RFC 4648, section 4; `to` has room for ENCODED_BYTES and a NUL. */
static void encode(struct slice bytes, char *to)
{
    EVP_EncodeBlock((unsigned char *)to, (const unsigned char *)bytes.data, (int)bytes.bytes);
}

/* Exactly `bytes` bytes (at most 72) in the one canonical spelling: what is decoded must encode to the same
 * text. */
static bool decode(struct slice text, unsigned char *to, size_t bytes)
{
    unsigned char plain[75];
    char again[ENCODED_BYTES(72) + 1];
    if (bytes > 72 || text.bytes != ENCODED_BYTES(bytes) ||
        EVP_DecodeBlock(plain, (const unsigned char *)text.data, (int)text.bytes) < (int)bytes)
        return false;
    encode((struct slice){(const char *)plain, bytes}, again);
    if (memcmp(again, text.data, text.bytes) != 0)
        return false;
    memcpy(to, plain, bytes);
    return true;
}

/* Up to the separator, which is taken away too. False when there is none. */
static bool cut(struct slice *rest, char separator, struct slice *ret)
{
    const char *at = rest->bytes ? memchr(rest->data, separator, rest->bytes) : NULL;
    if (!at)
        return false;
    *ret = (struct slice){rest->data, (size_t)(at - rest->data)};
    *rest = slice_sub(*rest, ret->bytes + 1, rest->bytes);
    return true;
}

/* ---- keys ---- */
static bool is_name(struct slice name)
{
    if (name.bytes == 0 || name.bytes > NOTE_NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.bytes; i++) /* our names are ASCII, so Unicode spaces need no table */
        if (name.data[i] <= ' ' || name.data[i] == '+' || name.data[i] == 0x7f)
            return false;
    return true;
}

static void verifier_fill(struct verifier *v, struct slice name)
{
    memcpy(v->name, name.data, name.bytes);
    v->name[name.bytes] = 0;
    struct hash h = hash_of((struct slice[]){name,
                                             SLICE("\n" SIGNATURE_TYPE_ED25519),
                                             {(const char *)v->public_key, SIGN_PUBLIC_BYTES}},
                            3);
    v->id = (uint32_t)h.bytes[0] << 24 | (uint32_t)h.bytes[1] << 16 | (uint32_t)h.bytes[2] << 8 | h.bytes[3];
}

int verifier_of_seed(struct verifier *ret, const char *name, const struct secret *seed, struct error *err)
{
    struct verifier v = {0};
    if (!is_name(slice_of(name)))
        return error_set(err, FAULT_AUDIT,
                         "the name of a signing key has 1 to %u printable characters, none a plus",
                         NOTE_NAME_BYTES_MAX);
    AUTO_KEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed->data, seed->bytes);
    size_t bytes = sizeof v.public_key;
    if (seed->bytes != SIGN_SEED_BYTES || !key || EVP_PKEY_get_raw_public_key(key, v.public_key, &bytes) != 1)
        return error_set(err, FAULT_AUDIT, "the signing key of the audit log cannot be used");
    verifier_fill(&v, slice_of(name));
    *ret = v;
    return 0;
}

void verifier_write(const struct verifier *v, char ret[VERIFIER_BYTES])
{
    char plain[1 + SIGN_PUBLIC_BYTES], text[ENCODED_BYTES(1 + SIGN_PUBLIC_BYTES) + 1];
    plain[0] = SIGNATURE_TYPE_ED25519[0];
    memcpy(plain + 1, v->public_key, SIGN_PUBLIC_BYTES);
    encode((struct slice){plain, sizeof plain}, text);
    snprintf(ret, VERIFIER_BYTES, "%s+%08x+%s", v->name, v->id, text);
}

bool verifier_read(struct verifier *ret, struct slice text)
{
    struct verifier v = {0};
    struct slice name, id;
    unsigned char plain[1 + SIGN_PUBLIC_BYTES];
    char expected[9];
    if (!cut(&text, '+', &name) || !cut(&text, '+', &id) || !is_name(name) ||
        !decode(text, plain, sizeof plain) || plain[0] != SIGNATURE_TYPE_ED25519[0])
        return false;
    memcpy(v.public_key, plain + 1, SIGN_PUBLIC_BYTES);
    verifier_fill(&v, name);
    snprintf(expected, sizeof expected, "%08x", v.id);
    if (!slice_equal(id, slice_of(expected)))
        return false;
    *ret = v;
    return true;
}

/* ---- notes ---- */
static bool is_note_text(struct slice text)
{
    for (size_t i = 0; i < text.bytes; i++)
        if ((unsigned char)text.data[i] < ' ' && text.data[i] != '\n')
            return false;
    return text.bytes && text.data[text.bytes - 1] == '\n' && utf8_valid(text) == text.bytes;
}

static void put_id(unsigned char to[4], uint32_t id)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(id >> (24 - 8 * i));
}

int note_sign(struct buffer *note, size_t start, const struct verifier *verifier, const struct secret *seed,
              struct error *err)
{
    struct slice text = slice_sub(buffer_slice(note), start, note->bytes);
    unsigned char plain[4 + SIGN_BYTES];
    char line[ENCODED_BYTES(4 + SIGN_BYTES) + 1];
    size_t bytes = SIGN_BYTES;
    if (!is_note_text(text))
        return error_set(err, FAULT_AUDIT,
                         "a text with control bytes or without a last newline cannot be signed");
    AUTO_KEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed->data, seed->bytes);
    AUTO_CONTEXT *context = EVP_MD_CTX_new();
    put_id(plain, verifier->id);
    if (!key || !context || EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1 ||
        EVP_DigestSign(context, plain + 4, &bytes, (const unsigned char *)text.data, text.bytes) != 1)
        return error_set(err, FAULT_AUDIT, "the checkpoint cannot be signed");
    encode((struct slice){(const char *)plain, sizeof plain}, line);
    return buffer_printf(note, err, "\n" DASH "%s %s\n", verifier->name, line);
}

/* 1 when the line is by this key and verifies, 0 when it is by another, -1 when it is malformed or forged. */
static int check_line(struct slice line, const struct verifier *v, struct slice text)
{
    struct slice name, dash = SLICE(DASH);
    unsigned char plain[4 + SIGN_BYTES], id[4];
    if (line.bytes < dash.bytes || memcmp(line.data, dash.data, dash.bytes) != 0)
        return -1;
    line = slice_sub(line, dash.bytes, line.bytes);
    if (!cut(&line, ' ', &name) || name.bytes == 0 || line.bytes == 0)
        return -1;
    if (!slice_equal(name, slice_of(v->name)))
        return 0;
    if (!decode(line, plain, sizeof plain))
        return -1;
    put_id(id, v->id);
    if (memcmp(plain, id, sizeof id) != 0)
        return 0;
    AUTO_KEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, v->public_key, sizeof v->public_key);
    AUTO_CONTEXT *context = EVP_MD_CTX_new();
    return key && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                   EVP_DigestVerify(context, plain + 4, SIGN_BYTES, (const unsigned char *)text.data,
                                    text.bytes) == 1
               ? 1
               : -1;
}

/* Where the last empty line ends the text; 0 when there is none. */
static size_t text_end(struct slice note)
{
    for (size_t at = note.bytes; at >= 2; at--)
        if (note.data[at - 1] == '\n' && note.data[at - 2] == '\n')
            return at - 1;
    return 0;
}

int note_open(struct slice note, const struct verifier *verifier, struct slice *ret_text, struct error *err)
{
    size_t end = note.bytes <= NOTE_BYTES_MAX && is_note_text(note) ? text_end(note) : 0;
    if (end == 0)
        return error_set(err, FAULT_AUDIT, "a checkpoint is not a signed note");
    struct slice text = slice_sub(note, 0, end), rest = slice_sub(note, end + 1, note.bytes), line;
    unsigned count = 0;
    bool is_signed = false;
    for (; cut(&rest, '\n', &line); count++) {
        int by_us = count < SIGNATURES_MAX ? check_line(line, verifier, text) : -1;
        if (by_us < 0)
            return error_set(err, FAULT_AUDIT, "the signature of a checkpoint does not verify");
        is_signed = is_signed || by_us;
    }
    if (!is_signed)
        return error_set(err, FAULT_AUDIT, "a checkpoint is not signed by the key of this store");
    *ret_text = text;
    return 0;
}

/* ---- checkpoints ---- */
int checkpoint_write(struct buffer *to, const struct verifier *verifier, const struct secret *seed,
                     uint64_t size, const struct hash *root, const struct hash *pages, struct error *err)
{
    size_t start = to->bytes;
    char text[ENCODED_BYTES(HASH_BYTES) + 1];
    encode((struct slice){(const char *)root->bytes, HASH_BYTES}, text);
    int failed = buffer_printf(to, err, "%s\n%llu\n%s\n", verifier->name, (unsigned long long)size, text);
    if (!failed && pages) {
        encode((struct slice){(const char *)pages->bytes, HASH_BYTES}, text);
        failed = buffer_printf(to, err, "pages %s\n", text);
    }
    return failed ? -1 : note_sign(to, start, verifier, seed, err);
}

/* Decimal without leading zeros, below 2^63. */
static bool read_size(struct slice text, uint64_t *ret)
{
    uint64_t size = 0;
    if (text.bytes == 0 || text.bytes > 19 || (text.data[0] == '0' && text.bytes > 1))
        return false;
    for (size_t i = 0; i < text.bytes; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        size = size * 10 + (uint64_t)(text.data[i] - '0');
    }
    *ret = size;
    return size <= INT64_MAX;
}

int checkpoint_read(struct checkpoint *ret, struct slice text, struct error *err)
{
    struct checkpoint c = {0};
    struct slice size, root, line;
    if (!cut(&text, '\n', &c.origin) || c.origin.bytes == 0 || !cut(&text, '\n', &size) ||
        !read_size(size, &c.size) || !cut(&text, '\n', &root) || !decode(root, c.root.bytes, HASH_BYTES))
        return error_set(err, FAULT_AUDIT, "a checkpoint is not three lines of origin, size and root");
    c.extension = text;
    while (cut(&text, '\n', &line))
        if (line.bytes == 0)
            return error_set(err, FAULT_AUDIT, "a checkpoint has an empty extension line");
    if (text.bytes)
        return error_set(err, FAULT_AUDIT, "a checkpoint ends within a line");
    *ret = c;
    return 0;
}
