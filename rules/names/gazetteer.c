/* gazetteer.c - see gazetteer.h. */
#include "rules/names/gazetteer.h"

#include "base/contract.h"

#define DIGIT_FIRST '!'
#define DIGITS 61u /* '!' to '`' without the quote, the question mark and the backslash */

static unsigned digit(char c)
{
    return (unsigned)(c - DIGIT_FIRST) - (c > '"') - (c > '?') - (c > '\\');
}

static bool is_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || c == ' ';
}

/* One entry at `at`: its word grows in `word`; the number of its facts; the place behind it is returned. */
static uint32_t read_entry(uint32_t at, char word[GAZETTEER_WORD_MAX], uint32_t *bytes, uint32_t *ret_facts)
{
    const char *text = gazetteer_text;
    *bytes = (uint32_t)(text[at++] - '0');
    while (is_of_word(text[at]) && *bytes < GAZETTEER_WORD_MAX)
        word[(*bytes)++] = text[at++];
    *ret_facts = digit(text[at]) * DIGITS + digit(text[at + 1]);
    return at + 2;
}

static int compare(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
    int order = memcmp(a, b, MIN(a_bytes, b_bytes));
    return order ? order : (a_bytes > b_bytes) - (a_bytes < b_bytes);
}

static unsigned letter_number(struct slice word, size_t at)
{
    char c = at < word.bytes ? word.data[at] : 0;
    return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') + 1 : 0;
}

/* The last block whose first word is not behind `word`. */
static uint32_t find_block(struct slice word)
{
    unsigned pair = letter_number(word, 0) * 27 + letter_number(word, 1);
    uint32_t low = gazetteer_pair_block[pair],
             high = MIN(gazetteer_pair_block[pair + 1] + 1u, gazetteer_block_count);
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2, at = gazetteer_block_at[middle] + 1, bytes = 0;
        while (is_of_word(gazetteer_text[at + bytes]))
            bytes++;
        if (compare(&gazetteer_text[at], bytes, word.data, word.bytes) <= 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

float gazetteer_spelling(struct slice lower)
{
    unsigned a = 0, b = 0;
    int sum = 0;
    if (lower.bytes == 0)
        return 0;
    for (size_t i = 0; i <= lower.bytes; i++) {
        unsigned c = letter_number(lower, i);
        if (i > 0)
            sum += gazetteer_trigrams[(a * 27 + b) * 27 + c];
        a = b;
        b = c;
    }
    return (float)sum / 16 / (float)lower.bytes;
}

const struct word_facts *gazetteer_find(struct slice lower)
{
    char word[GAZETTEER_WORD_MAX];
    if (lower.bytes == 0 || lower.bytes >= GAZETTEER_WORD_MAX)
        return NULL;
    uint32_t at = gazetteer_block_at[find_block(lower)];
    for (uint32_t i = 0, bytes, facts; i < GAZETTEER_BLOCK && at < gazetteer_text_bytes; i++) {
        at = read_entry(at, word, &bytes, &facts);
        int order = compare(word, bytes, lower.data, lower.bytes);
        if (order == 0)
            return &gazetteer_facts[facts];
        if (order > 0)
            return NULL;
    }
    return NULL;
}
