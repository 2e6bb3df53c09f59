/* terms.c - see terms.h. */
#include "analyzer/steps/grounding/terms.h"

#include "analyzer/steps/data/lists.h"
#include "base/fold.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <stdlib.h>

#define DRUG_BYTES_MIN 5u

int grounding_lists_open(struct grounding_lists *ret, struct error *err)
{
    struct grounding_lists lists = {0};
    if (wordlist_open(&lists.drugs, drug_words, err))
        return -1;
    if (wordlist_open(&lists.function_words, function_words, err)) {
        grounding_lists_close(&lists);
        return -1;
    }
    *ret = lists;
    return 0;
}

void grounding_lists_close(struct grounding_lists *lists)
{
    wordlist_close(&lists->drugs);
    wordlist_close(&lists->function_words);
}

void terms_close(struct terms *terms)
{
    if (terms->list)
        OPENSSL_cleanse(terms->list, terms->count * sizeof *terms->list);
    free(terms->list);
    *terms = (struct terms){0};
}

/* "twenty" and what may follow it as one number ("twenty five") is read by join_tens. */
/* clang-format off */
static const struct { const char *word; int number; } number_words[] = {
    {"zero", 0}, {"one", 1}, {"two", 2}, {"three", 3}, {"four", 4}, {"five", 5}, {"six", 6}, {"seven", 7},
    {"eight", 8}, {"nine", 9}, {"ten", 10}, {"eleven", 11}, {"twelve", 12}, {"thirteen", 13},
    {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18},
    {"nineteen", 19}, {"twenty", 20}, {"thirty", 30}, {"forty", 40}, {"fifty", 50}, {"sixty", 60},
    {"seventy", 70}, {"eighty", 80}, {"ninety", 90}, {"hundred", 100}};
/* clang-format on */

static int number_of(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(number_words); i++)
        if (strcmp(number_words[i].word, word) == 0)
            return number_words[i].number;
    return -1;
}

static void set_stem(struct term *t)
{
    static const char *const endings[] = {"ing", "ed", "es", "s", "ly", "e"};
    memcpy(t->stem, t->text, sizeof t->stem);
    size_t bytes = strlen(t->stem);
    for (size_t i = 0; i < COUNT_OF(endings) && !t->is_number; i++) {
        size_t tail = strlen(endings[i]);
        if (bytes < tail + 3 || strcmp(t->stem + bytes - tail, endings[i]) != 0)
            continue;
        t->stem[bytes - tail] = 0;
        break;
    }
}

/* A number goes on over "1,200", "0.5", and the letters of a unit glued to it end it ("81mg"). */
static size_t number_end(struct slice text, size_t at)
{
    while (at < text.bytes) {
        char c = text.data[at];
        bool has_digit = at + 1 < text.bytes && isdigit((unsigned char)text.data[at + 1]);
        bool is_group = c == ',' && at + 3 < text.bytes && has_digit &&
                        isdigit((unsigned char)text.data[at + 2]) &&
                        isdigit((unsigned char)text.data[at + 3]);
        if (!isdigit((unsigned char)c) && !(c == '.' && has_digit) && !is_group)
            break;
        at++;
    }
    return at;
}

/* Digits without group commas and without trailing zeros of a fraction. */
static void set_number(struct term *t, struct slice text)
{
    size_t bytes = 0;
    bool has_point = false;
    for (size_t i = t->at.start; i < t->at.end && bytes < TERM_BYTES_MAX; i++) {
        has_point |= text.data[i] == '.';
        if (text.data[i] != ',')
            t->text[bytes++] = text.data[i];
    }
    while (has_point && bytes && (t->text[bytes - 1] == '0' || t->text[bytes - 1] == '.'))
        has_point = t->text[--bytes] != '.';
    t->text[bytes] = 0;
    t->is_number = true;
    t->has_slash = t->at.end + 1 < text.bytes && text.data[t->at.end] == '/' &&
                   isdigit((unsigned char)text.data[t->at.end + 1]);
}

static void set_word(struct term *t, struct slice text)
{
    size_t bytes = 0;
    for (size_t at = t->at.start; at < t->at.end;) {
        struct folded f = fold_next(text, at);
        for (uint8_t i = 0; i < f.count && bytes < TERM_BYTES_MAX; i++)
            t->text[bytes++] = f.to[i];
        at += f.bytes;
    }
    t->text[bytes] = 0;
}

/* The end of the word at `at`: "don't" and "follow-up" are single words to fold over ("dont", "followup"). */
static size_t word_end(struct slice text, size_t at)
{
    while (at < text.bytes) {
        struct folded f = fold_next(text, at);
        bool is_inner =
            text.data[at] == '\'' && at + 1 < text.bytes && isalpha((unsigned char)text.data[at + 1]);
        bool is_digit = f.count == 1 && isdigit((unsigned char)f.to[0]);
        if ((f.kind == FOLD_SEPARATOR && !is_inner) || is_digit)
            break;
        at += f.bytes;
    }
    return at;
}

static void classify(struct term *t, const struct grounding_lists *lists)
{
    struct slice word = slice_of(t->text);
    int number = t->is_number ? -1 : number_of(t->text);
    t->is_function = !t->is_number && wordlist_has(&lists->function_words, word);
    t->is_drug = word.bytes >= DRUG_BYTES_MIN && wordlist_has(&lists->drugs, word);
    if (number >= 0) {
        snprintf(t->text, sizeof t->text, "%d", number);
        t->is_number = true;
        t->is_function = false;
    }
    set_stem(t);
}

/* "twenty-five" and "twenty five" are one number. */
static void join_tens(struct terms *terms)
{
    size_t kept = 0;
    for (size_t i = 0; i < terms->count; i++) {
        struct term t = terms->list[i];
        struct term *last = kept ? &terms->list[kept - 1] : NULL;
        bool is_word = t.is_number && t.at.end - t.at.start != strlen(t.text);
        if (last && is_word && last->is_number && !last->ends_clause && strlen(last->text) == 2 &&
            last->text[1] == '0' && last->at.end - last->at.start > 2 && strlen(t.text) == 1 &&
            t.text[0] != '0') {
            last->text[1] = last->stem[1] = t.text[0];
            last->at.end = t.at.end;
            last->ends_clause = t.ends_clause;
            continue;
        }
        terms->list[kept++] = t;
    }
    terms->count = kept;
}

static void set_behind(struct term *t, struct slice text)
{
    size_t end = t->at.end, sign = end;
    t->behind = (char)(end < text.bytes ? text.data[end] : 0);
    while (sign < text.bytes && text.data[sign] == ' ')
        sign++;
    t->is_percent = t->is_number && sign < text.bytes && text.data[sign] == '%';
}

int terms_read(struct terms *ret, struct slice text, const struct grounding_lists *lists, struct error *err)
{
    struct terms terms = {.list = calloc(text.bytes + 1, sizeof *terms.list)};
    if (!terms.list)
        return error_memory(err);
    for (size_t at = 0; at < text.bytes;) {
        struct folded f = fold_next(text, at);
        if (f.kind != FOLD_WORD) {
            struct term *last = terms.count ? &terms.list[terms.count - 1] : NULL;
            bool is_end = strchr(".;?!:", text.data[at]) != NULL && text.data[at];
            if (last && is_end && (at + 1 == text.bytes || isspace((unsigned char)text.data[at + 1])))
                last->ends_clause = true;
            at += f.bytes;
            continue;
        }
        struct term *t = &terms.list[terms.count++];
        bool is_digit = isdigit((unsigned char)text.data[at]);
        size_t end = is_digit ? number_end(text, at) : word_end(text, at);
        t->at = (struct span){at, end > at ? end : at + f.bytes};
        if (is_digit)
            set_number(t, text);
        else
            set_word(t, text);
        set_behind(t, text);
        classify(t, lists);
        at = t->at.end;
    }
    join_tens(&terms);
    cues_mark(&terms);
    *ret = terms;
    return 0;
}
