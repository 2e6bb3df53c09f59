/* wordpiece.c - see wordpiece.h. */
#include "models/token/wordpiece.h"

#include "base/utf8.h"
#include "models/token/fold.h"

#define WORD_CHARACTERS_MAX 100u /* as in BERT: longer ones are [UNK] */

/* The word at hand, with the blank that starts it. */
struct word {
    char text[1 + 4 * WORD_CHARACTERS_MAX];
    size_t bytes, characters;
};

static void word_clear(struct word *word)
{
    word->text[0] = ' ';
    word->bytes = 1;
    word->characters = 0;
}

static void word_add(struct word *word, uint32_t code)
{
    if (word->characters++ < WORD_CHARACTERS_MAX)
        word->bytes += utf8_encode(code, word->text + word->bytes);
}

/* The longest token that starts `text`, or -1. */
static token longest(const struct vocabulary *v, struct slice text)
{
    for (size_t bytes = MIN(text.bytes, vocabulary_word_bytes_max(v)); bytes > 0; bytes--) {
        token id = vocabulary_word(v, slice_sub(text, 0, bytes));
        if (id >= 0)
            return id;
    }
    return -1;
}

/* Appends the pieces of the word, which is empty thereafter. */
static int word_end(const struct vocabulary *v, token unknown, struct word *word, struct token_list *to,
                    struct error *err)
{
    if (word->characters == 0)
        return 0;
    size_t before = to->count;
    struct slice text = {word->text, word->bytes};
    if (token_list_reserve(to, word->bytes + 1, err))
        return -1;
    for (size_t at = 0; at < text.bytes;) {
        token id = word->characters > WORD_CHARACTERS_MAX ? -1 : longest(v, slice_sub(text, at, text.bytes));
        if (id < 0 || vocabulary_bytes(v, id).bytes + at == 1) { /* a blank alone is no word */
            to->count = before;
            to->ids[to->count++] = unknown;
            break;
        }
        to->ids[to->count++] = id;
        at += vocabulary_bytes(v, id).bytes;
    }
    word_clear(word);
    return 0;
}

int wordpiece_encode(const struct vocabulary *v, token unknown, struct slice text, struct token_list *to,
                     struct error *err)
{
    struct word word;
    int r = 0;
    word_clear(&word);
    for (size_t at = 0; at < text.bytes && r == 0;) {
        uint32_t code, letters[FOLD_CODES_MAX];
        size_t count;
        at += utf8_decode(text, at, &code);
        enum token_fold kind = fold_code(code, letters, &count);
        if (kind == TOKEN_FOLD_NOTHING)
            continue;
        if (kind != TOKEN_FOLD_WORD)
            r = word_end(v, unknown, &word, to, err);
        for (size_t i = 0; i < count && kind != TOKEN_FOLD_SPACE; i++)
            word_add(&word, letters[i]);
        if (kind == TOKEN_FOLD_ALONE && r == 0)
            r = word_end(v, unknown, &word, to, err);
    }
    if (r == 0)
        r = word_end(v, unknown, &word, to, err);
    explicit_bzero(&word, sizeof word);
    return r;
}
