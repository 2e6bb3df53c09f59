/* tokens.c - what the form of a secret lets one check: checksums, headers, randomness. */
#include "rules/validate/digits.h"

#include <stdint.h>

/* GitHub, "Behind GitHub's new authentication token formats" (2021): thirty random characters after the
 * prefix, and their CRC-32 in base 62, six characters. */
bool is_github_token(struct slice text)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    if (text.bytes != 40)
        return false;
    uint32_t crc = UINT32_MAX;
    for (size_t i = 4; i < 34; i++) {
        crc ^= (unsigned char)text.data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    crc = ~crc;
    for (size_t i = 40; i-- > 34; crc /= 62)
        if (text.data[i] != alphabet[crc % 62])
            return false;
    return crc == 0;
}

static int base64_value(char c)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* RFC 7515: the first part of a token is base64url of a JSON object with the member "alg" (JWS) or "enc"
 * (JWE). */
bool is_jwt(struct slice text)
{
    char header[512];
    size_t bytes = 0, at = 0;
    uint32_t bits = 0;
    for (unsigned held = 0; at < text.bytes && text.data[at] != '.'; at++) {
        int value = base64_value(text.data[at]);
        if (value < 0 || bytes + 1 == sizeof header)
            return false;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            header[bytes++] = (char)(bits >> held & 0xff);
        }
    }
    header[bytes] = 0;
    return at < text.bytes && header[0] == '{' && (strstr(header, "\"alg\"") || strstr(header, "\"enc\""));
}

static unsigned class_of(char c)
{
    return c >= '0' && c <= '9' ? 1 : c >= 'a' && c <= 'z' ? 2 : c >= 'A' && c <= 'Z' ? 3 : 0;
}

/* Sixteen characters and more, letters and digits, where small letters, capitals and digits change at one
 * place of five at least (in hexadecimal at every second, in words hardly ever), and two characters taken at
 * random are alike in less than one case of ten (Friedman, "The Index of Coincidence", 1922). */
bool is_random(struct slice text)
{
    unsigned counts[256] = {0}, alike = 0, changes = 0, last = 0, n = (unsigned)MIN(text.bytes, 4096u);
    bool has_digit = false, has_letter = false;
    for (unsigned i = 0; i < n; i++) {
        unsigned class = class_of(text.data[i]);
        alike += counts[(unsigned char)text.data[i]]++;
        changes += class && last && class != last;
        last = class ? class : last;
        has_digit |= class == 1;
        has_letter |= class > 1;
    }
    return n >= 16 && has_digit && has_letter && changes * 5 >= n && alike * 20 < n * (n - 1);
}
