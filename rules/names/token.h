/* token.h - runs of capitalised words in a shadow, with what stands before and behind them.
 *
 *   seen by Dr. van der Berg, Anna-Maria and J. O'Neill today.
 *        ^   |Dr| |Berg     ,|Anna-Maria|and|J|  |O'Neill|   ^
 *      before              one run of five tokens           after
 *
 * A run goes on over blanks, a comma, one line end, a particle, and the word "and". */
#ifndef ALCOVE_RULES_NAMES_TOKEN_H
#define ALCOVE_RULES_NAMES_TOKEN_H

#include "base/slice.h"
#include "rules/names/gazetteer.h"

#define RUN_TOKENS_MAX 48u

enum token_shape { SHAPE_CAPITAL, SHAPE_UPPER, SHAPE_INITIAL, SHAPE_MIXED };
enum token_join { JOIN_START, JOIN_BLANK, JOIN_COMMA, JOIN_LINE, JOIN_AND, JOIN_PARTICLE, JOIN_COLON };

struct name_token {
    size_t start, end; /* without the full stop of an initial, without the possessive 's */
    size_t name_start; /* with a particle before it (van der Berg) */
    enum token_shape shape;
    enum token_join join; /* what binds it to the token before */
    bool has_hyphen, is_possessive, has_stop;
    bool opens_sentence, opens_line;
    bool is_known;
    uint8_t spelling;        /* of a word in no list: 0 unlike a name to 7 like one */
    struct word_facts facts; /* of a double name: the better of both, the lower of common */
};

struct name_run {
    struct name_token tokens[RUN_TOKENS_MAX];
    size_t count;
    struct word_facts before,
        after;             /* of the word right before and right behind, blanks and a quote between */
    struct span before_at; /* empty when there is no such word */
    bool has_before, has_after;
    char mark_before,
        mark_after; /* the first character that is no blank: ':' '(' '.' '\n' ..., 0 at an end */
    size_t next;    /* where to look for the next run */
};

/* The next run at or behind *at; false when there is none. */
bool name_run_next(struct slice text, size_t at, struct name_run *ret);

/* The facts of text[start, end) as one word: letters only, lower case. False when it is in no list. */
bool name_facts(struct slice text, size_t start, size_t end, struct word_facts *ret);

#endif
