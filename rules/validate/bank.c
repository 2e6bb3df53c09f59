/* bank.c - account and entity identifiers: IBAN, BIC, LEI, Bitcoin addresses. */
#include "base/hash.h"
#include "rules/validate/digits.h"

/* SWIFT IBAN registry: country and length. */
static const char iban_lengths[] =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18"
    "FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27"
    "MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27"
    "SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

/* ISO 13616: length by country, and MOD 97-10 with the first four characters moved to the end. */
bool is_iban(struct slice text)
{
    struct characters c = characters_of(text);
    if (c.count < 15 || c.count > 34)
        return false;
    for (size_t i = 0; i + 1 < sizeof iban_lengths; i += 4)
        if (memcmp(iban_lengths + i, c.c, 2) == 0) {
            size_t length = (size_t)(iban_lengths[i + 2] - '0') * 10 + (size_t)(iban_lengths[i + 3] - '0');
            char turned[IDENTIFIER_BYTES_MAX];
            memcpy(turned, c.c + 4, c.count - 4);
            memcpy(turned + c.count - 4, c.c, 4);
            return c.count == length && mod97(turned, c.count) == 1;
        }
    return false;
}

/* ISO 9362: party prefix, country, suffix, and a branch or none. */
bool is_bic(struct slice text)
{
    struct characters c = characters_of(text);
    return (c.count == 8 || c.count == 11) && is_country(c.c + 4);
}

/* ISO 17442: twenty characters, MOD 97-10. */
bool is_lei(struct slice text)
{
    struct characters c = characters_of(text);
    return c.count == 20 && c.c[18] <= '9' && c.c[19] <= '9' && mod97(c.c, 20) == 1;
}

/* Base58Check: 21 bytes and the first four of their double SHA-256. */
static bool is_base58_address(struct slice text)
{
    static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    unsigned char bytes[25] = {0};
    for (size_t i = 0; i < text.bytes; i++) {
        const char *at = text.data[i] ? strchr(alphabet, text.data[i]) : NULL;
        if (!at)
            return false;
        unsigned carry = (unsigned)(at - alphabet);
        for (size_t j = sizeof bytes; j-- > 0;) {
            carry += bytes[j] * 58u;
            bytes[j] = (unsigned char)carry;
            carry >>= 8;
        }
        if (carry)
            return false;
    }
    struct hash once = hash_bytes((struct slice){(const char *)bytes, 21});
    struct hash twice = hash_bytes((struct slice){(const char *)once.bytes, HASH_BYTES});
    return memcmp(twice.bytes, bytes + 21, 4) == 0;
}

/* BIP-173 and BIP-350: the checksum of bech32 (1) or bech32m (0x2bc830a3) for the prefix "bc". */
static bool is_bech32_address(struct slice text)
{
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    static const unsigned char prefix[] = {3, 3, 0, 2, 3}; /* "bc" spread out */
    uint32_t sum = 1;
    for (size_t i = 0; i < sizeof prefix + text.bytes - 3; i++) {
        unsigned value;
        if (i < sizeof prefix) {
            value = prefix[i];
        } else {
            char c = text.data[i - sizeof prefix + 3];
            if (c >= 'A' && c <= 'Z')
                c = (char)(c + 32);
            const char *at = c ? strchr(alphabet, c) : NULL;
            if (!at)
                return false;
            value = (unsigned)(at - alphabet);
        }
        uint32_t top = sum >> 25;
        sum = (sum & 0x1ffffff) << 5 ^ value;
        for (size_t j = 0; j < COUNT_OF(generator); j++)
            sum ^= top >> j & 1 ? generator[j] : 0;
    }
    return sum == 1 || sum == 0x2bc830a3;
}

bool is_bitcoin(struct slice text)
{
    if (text.bytes < 14 || text.bytes > 90)
        return false;
    bool is_bech32 = (text.data[0] | 32) == 'b' && (text.data[1] | 32) == 'c' && text.data[2] == '1';
    return is_bech32 ? is_bech32_address(text) : text.bytes <= 35 && is_base58_address(text);
}
