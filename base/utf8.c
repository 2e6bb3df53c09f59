/* utf8.c - see utf8.h. */
#include "base/utf8.h"

/* Bytes of the well-formed sequence at the start of s, 0 if it is not one (Unicode, table 3-7). */
static size_t sequence(const unsigned char *s, size_t left)
{
    unsigned char a = s[0];
    if (a < 0x80)
        return 1;
    if (a < 0xc2 || a > 0xf4)
        return 0;
    size_t bytes = a < 0xe0 ? 2 : a < 0xf0 ? 3 : 4;
    if (left < bytes)
        return 0;
    unsigned char low = a == 0xe0 ? 0xa0 : a == 0xf0 ? 0x90 : 0x80;
    unsigned char high = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : 0xbf;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < bytes; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return bytes;
}

size_t utf8_valid(struct slice text)
{
    const unsigned char *s = (const unsigned char *)text.data;
    size_t at = 0;
    while (at < text.bytes) {
        uint64_t eight;
        while (at + 8 <= text.bytes && (memcpy(&eight, s + at, 8), (eight & 0x8080808080808080u) == 0))
            at += 8;
        if (at == text.bytes)
            break;
        size_t bytes = sequence(s + at, text.bytes - at);
        if (bytes == 0)
            return at;
        at += bytes;
    }
    return at;
}

size_t utf8_decode(struct slice text, size_t at, uint32_t *ret_code)
{
    const unsigned char *s = (const unsigned char *)text.data + at;
    if (s[0] < 0x80) {
        *ret_code = s[0];
        return 1;
    }
    if (s[0] < 0xe0) {
        *ret_code = (uint32_t)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
        return 2;
    }
    if (s[0] < 0xf0) {
        *ret_code = (uint32_t)(s[0] & 0x0f) << 12 | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
        return 3;
    }
    *ret_code = (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3f) << 12 | (uint32_t)(s[2] & 0x3f) << 6 |
                (s[3] & 0x3f);
    return 4;
}

size_t utf8_encode(uint32_t code, char *to)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        if (code >= 0xd800 && code < 0xe000)
            return 0;
        to[0] = (char)(0xe0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3f));
        to[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    if (code > 0x10ffff)
        return 0;
    to[0] = (char)(0xf0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3f));
    to[2] = (char)(0x80 | (code >> 6 & 0x3f));
    to[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

size_t utf8_cut(struct slice text, size_t at)
{
    if (at >= text.bytes) {
        /* The end itself may split a character that was cut before: step back over an unfinished one. */
        size_t lead = text.bytes;
        while (lead > 0 && text.bytes - lead < 3 && ((unsigned char)text.data[lead - 1] & 0xc0) == 0x80)
            lead--;
        if (lead > 0 && (unsigned char)text.data[lead - 1] >= 0xc0) {
            unsigned char a = (unsigned char)text.data[lead - 1];
            size_t wanted = a < 0xe0 ? 2 : a < 0xf0 ? 3 : 4;
            return text.bytes - (lead - 1) < wanted ? lead - 1 : text.bytes;
        }
        return text.bytes;
    }
    while (at > 0 && ((unsigned char)text.data[at] & 0xc0) == 0x80)
        at--;
    return at;
}

size_t utf8_count(struct slice text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.bytes; i++)
        n += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return n;
}
