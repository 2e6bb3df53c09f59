/* alphabet.c - see alphabet.h. */
#include "models/token/alphabet.h"

#include "base/utf8.h"

#define LETTERS_END 0x144u
#define BLANK 0x2581u

static bool is_printed_as_itself(unsigned byte)
{
    return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/* The byte that a letter of GPT-2's alphabet stands for, or -1. */
static int letter_byte(uint32_t letter)
{
    if (letter < 256)
        return is_printed_as_itself(letter) ? (int)letter : -1;
    if (letter >= LETTERS_END)
        return -1;
    uint32_t nth = letter - 256;
    return (int)(nth <= 0x20 ? nth : nth <= 0x42 ? nth - 0x21 + 0x7f : 0xad);
}

size_t alphabet_gpt2(struct slice text, char *to)
{
    if (utf8_valid(text) != text.bytes)
        return SIZE_MAX;
    size_t n = 0;
    for (size_t at = 0; at < text.bytes;) {
        uint32_t letter;
        at += utf8_decode(text, at, &letter);
        int byte = letter_byte(letter);
        if (byte < 0)
            return SIZE_MAX;
        to[n++] = (char)byte;
    }
    return n;
}

size_t alphabet_sentences(struct slice text, char *to)
{
    if (utf8_valid(text) != text.bytes)
        return SIZE_MAX;
    size_t n = 0;
    for (size_t at = 0, bytes; at < text.bytes; at += bytes) {
        uint32_t code;
        bytes = utf8_decode(text, at, &code);
        if (code == BLANK) {
            to[n++] = ' ';
            continue;
        }
        memcpy(to + n, text.data + at, bytes);
        n += bytes;
    }
    return n;
}
