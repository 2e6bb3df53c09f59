/* feature.h - what speaks for and against a capitalised word being part of a person's name.
 *
 * Each feature is true or false and has a weight, in hundredths of the score (weights.inc, written by
 * scripts/fit-name-weights from sets with marked persons). A word's score is the rule's `pattern` plus the
 * weights: what the word itself says counts as "valid", what stands beside it as "context", what is below
 * zero as "negative". */
#ifndef ALCOVE_RULES_NAMES_FEATURE_H
#define ALCOVE_RULES_NAMES_FEATURE_H

#include "rules/names/token.h"

/* clang-format off */
#define LEVELS(F, name, group)                                                                          \
    F(name##_0, group) F(name##_1, group) F(name##_2, group) F(name##_3, group)                         \
    F(name##_4, group) F(name##_5, group) F(name##_6, group) F(name##_7, group)

/* The first of each LEVELS stands for level 0. A neighbour is a token of the same run. */
#define NAME_FEATURES(F)                                                                                \
    LEVELS(F, given, OWN) LEVELS(F, surname, OWN) LEVELS(F, common, OWN) LEVELS(F, place, OWN)          \
    LEVELS(F, spelling, OWN) LEVELS(F, left_spelling, BESIDE) LEVELS(F, right_spelling, BESIDE)         \
    F(unknown, OWN) F(drug, OWN) F(medical, OWN) F(eponym, OWN) F(month, OWN) F(land, OWN)              \
    F(title, OWN) F(role, OWN) F(relation, OWN) F(small, OWN) F(org, OWN) F(street, OWN)                \
    F(disease, OWN) F(header, OWN) F(upper, OWN) F(upper_short, OWN) F(upper_unknown, OWN)              \
    F(initial, OWN) F(mixed, OWN) F(hyphen, OWN) F(two_letters, OWN) F(given_over_common, OWN)          \
    F(surname_over_common, OWN) F(given_over_surname, OWN) F(only_common, OWN)                          \
    F(particle_before, OWN) LEVELS(F, left_given, BESIDE) LEVELS(F, left_surname, BESIDE)               \
    LEVELS(F, left_common, BESIDE) LEVELS(F, right_given, BESIDE) LEVELS(F, right_surname, BESIDE)      \
    LEVELS(F, right_common, BESIDE) F(left_none, BESIDE) F(left_unknown, BESIDE)                        \
    F(left_initial, BESIDE) F(left_title, BESIDE) F(left_role, BESIDE) F(left_relation, BESIDE)         \
    F(left_org, BESIDE) F(left_street, BESIDE) F(left_land, BESIDE) F(left_month, BESIDE)               \
    F(left_eponym, BESIDE) F(left_header, BESIDE) F(left_only_common, BESIDE) F(left_comma, BESIDE)     \
    F(left_line, BESIDE) F(left_and, BESIDE) F(left_upper, BESIDE) F(right_none, BESIDE)                \
    F(right_unknown, BESIDE) F(right_initial, BESIDE) F(right_org, BESIDE) F(right_street, BESIDE)      \
    F(right_land, BESIDE) F(right_month, BESIDE) F(right_disease, BESIDE) F(right_header, BESIDE)       \
    F(right_medical, BESIDE) F(right_only_common, BESIDE) F(right_comma, BESIDE)                        \
    F(right_line, BESIDE) F(right_and, BESIDE) F(right_upper, BESIDE) F(given_then_surname, BESIDE)     \
    F(surname_after_given, BESIDE) F(unknown_after_given, BESIDE) F(given_before_unknown, BESIDE)       \
    F(last_comma_given, BESIDE) F(given_after_comma, BESIDE) F(surname_after_initial, BESIDE)           \
    F(initial_before_surname, BESIDE) F(initial_after_given, BESIDE) F(common_after_given, BESIDE)      \
    F(given_between, BESIDE) F(and_given, BESIDE) F(alone, BESIDE) F(alone_given, BESIDE)               \
    F(alone_surname, BESIDE) F(alone_unknown, BESIDE) F(alone_place, BESIDE) F(alone_upper, BESIDE)     \
    F(alone_upper_short, BESIDE) F(long_run, BESIDE) F(all_upper_run, BESIDE)                           \
    F(opens_sentence, BESIDE) F(opens_sentence_common, BESIDE) F(opens_line, BESIDE)                    \
    F(inside_common, BESIDE) F(after_relation, BESIDE) F(after_before, BESIDE)                          \
    F(after_where, BESIDE) F(after_article, BESIDE) F(after_role, BESIDE)                               \
    F(after_role_colon, BESIDE) F(after_title, BESIDE) F(after_colon, BESIDE)                           \
    F(after_bracket, BESIDE) F(after_other, BESIDE) F(after_where_place, BESIDE)                        \
    F(after_disease, BESIDE) F(before_after, BESIDE) F(before_after_given, BESIDE)                      \
    F(before_other, BESIDE) F(before_possessive, BESIDE) F(before_comma, BESIDE)                        \
    F(before_colon, BESIDE) F(before_bracket, BESIDE) F(before_line, BESIDE)                            \
    F(before_digit, BESIDE) F(before_disease, BESIDE) F(eponym_possessive, BESIDE)                      \
    F(before_stop, BESIDE) F(second_left_given, BESIDE) F(second_right_org, BESIDE)
/* clang-format on */

enum name_feature {
#define FEATURE(name, group) FEATURE_##name,
    NAME_FEATURES(FEATURE)
#undef FEATURE
        FEATURE_COUNT
};

#define FEATURES_MAX 96u

struct feature_list {
    uint8_t ids[FEATURES_MAX];
    size_t count;
};

extern const char *const feature_names[FEATURE_COUNT];
extern const int8_t feature_weights[FEATURE_COUNT]; /* hundredths of the score */
extern const bool feature_is_own[FEATURE_COUNT];

/* The features of token `i` of a run. */
void features_of(const struct name_run *run, size_t i, struct feature_list *ret);

#endif
