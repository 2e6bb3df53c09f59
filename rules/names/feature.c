/* feature.c - see feature.h. */
#include "rules/names/feature.h"

#include "base/contract.h"

enum { BESIDE, OWN };

const char *const feature_names[FEATURE_COUNT] = {
#define FEATURE(name, group) #name,
    NAME_FEATURES(FEATURE)
#undef FEATURE
};

const bool feature_is_own[FEATURE_COUNT] = {
#define FEATURE(name, group) (group) == OWN,
    NAME_FEATURES(FEATURE)
#undef FEATURE
};

const int8_t feature_weights[FEATURE_COUNT] = {
#include "rules/names/weights.inc"
};

_Static_assert(FEATURE_COUNT < 256, "a feature is numbered by a byte");

/* A class of a word and the features that stand for it, by place; FEATURE_COUNT: none. */
struct class_row {
    uint32_t classes;
    enum name_feature feature;
};

static const struct class_row own_rows[] = {
    {CLASS_DRUG, FEATURE_drug},
    {CLASS_MEDICAL, FEATURE_medical},
    {CLASS_EPONYM, FEATURE_eponym},
    {CLASS_MONTH, FEATURE_month},
    {CLASS_LAND, FEATURE_land},
    {CLASS_TITLE, FEATURE_title},
    {CLASS_ROLE, FEATURE_role},
    {CLASS_RELATION, FEATURE_relation},
    {CLASS_ORG, FEATURE_org},
    {CLASS_STREET, FEATURE_street},
    {CLASS_DISEASE, FEATURE_disease},
    {CLASS_HEADER, FEATURE_header},
    {CLASS_BEFORE | CLASS_WHERE | CLASS_ARTICLE | CLASS_AFTER, FEATURE_small},
};
static const struct class_row left_rows[] = {
    {CLASS_TITLE, FEATURE_left_title},       {CLASS_ROLE, FEATURE_left_role},
    {CLASS_RELATION, FEATURE_left_relation}, {CLASS_ORG, FEATURE_left_org},
    {CLASS_STREET, FEATURE_left_street},     {CLASS_LAND, FEATURE_left_land},
    {CLASS_MONTH, FEATURE_left_month},       {CLASS_EPONYM, FEATURE_left_eponym},
    {CLASS_HEADER, FEATURE_left_header},
};
static const struct class_row right_rows[] = {
    {CLASS_ORG, FEATURE_right_org},         {CLASS_STREET, FEATURE_right_street},
    {CLASS_LAND, FEATURE_right_land},       {CLASS_MONTH, FEATURE_right_month},
    {CLASS_DISEASE, FEATURE_right_disease}, {CLASS_HEADER, FEATURE_right_header},
    {CLASS_MEDICAL, FEATURE_right_medical},
};
static const struct class_row before_rows[] = {
    {CLASS_RELATION, FEATURE_after_relation}, {CLASS_BEFORE, FEATURE_after_before},
    {CLASS_WHERE, FEATURE_after_where},       {CLASS_ARTICLE, FEATURE_after_article},
    {CLASS_ROLE, FEATURE_after_role},         {CLASS_TITLE, FEATURE_after_title},
    {CLASS_DISEASE, FEATURE_after_disease},
};

static void add_if(struct feature_list *list, bool holds, enum name_feature feature)
{
    if (holds && list->count < FEATURES_MAX)
        list->ids[list->count++] = (uint8_t)feature;
}

static void add_level(struct feature_list *list, enum name_feature zero, unsigned level)
{
    add_if(list, true, (enum name_feature)((unsigned)zero + level));
}

static void add_classes(struct feature_list *list, const struct class_row *rows, size_t count,
                        uint32_t classes)
{
    for (size_t i = 0; i < count; i++)
        add_if(list, (classes & rows[i].classes) != 0, rows[i].feature);
}

static bool is_only_common(const struct name_token *t)
{
    return t->facts.common > 0 && !t->facts.given && !t->facts.surname;
}

static bool is_given(const struct name_token *t)
{
    return t->facts.given > 0 && (t->facts.given >= 3 || t->facts.common < 4);
}

static bool is_surname(const struct name_token *t)
{
    return t->facts.surname > 0 && t->facts.surname + 1 >= t->facts.common;
}

static bool is_unknown(const struct name_token *t)
{
    return !t->is_known && t->shape != SHAPE_INITIAL;
}

static void add_own(struct feature_list *l, const struct name_token *t)
{
    const struct word_facts *f = &t->facts;
    if (t->shape == SHAPE_INITIAL) {
        add_if(l, true, FEATURE_initial);
        return;
    }
    add_level(l, FEATURE_given_0, f->given);
    add_level(l, FEATURE_surname_0, f->surname);
    add_level(l, FEATURE_common_0, f->common);
    add_level(l, FEATURE_place_0, f->place);
    add_classes(l, own_rows, COUNT_OF(own_rows), f->classes);
    add_if(l, !t->is_known, FEATURE_unknown);
    if (!t->is_known)
        add_level(l, FEATURE_spelling_0, t->spelling);
    add_if(l, t->shape == SHAPE_UPPER, FEATURE_upper);
    add_if(l, t->shape == SHAPE_UPPER && t->end - t->start < 4, FEATURE_upper_short);
    add_if(l, t->shape == SHAPE_UPPER && !t->is_known, FEATURE_upper_unknown);
    add_if(l, t->shape == SHAPE_MIXED && !t->has_hyphen, FEATURE_mixed);
    add_if(l, t->has_hyphen, FEATURE_hyphen);
    add_if(l, t->end - t->start == 2, FEATURE_two_letters);
    add_if(l, f->given && f->given >= f->common, FEATURE_given_over_common);
    add_if(l, f->surname && f->surname >= f->common, FEATURE_surname_over_common);
    add_if(l, f->given > f->surname, FEATURE_given_over_surname);
    add_if(l, is_only_common(t), FEATURE_only_common);
    add_if(l, t->name_start != t->start, FEATURE_particle_before);
}

/* Words of one line, not parted by "and". */
static bool is_close(enum token_join join)
{
    return join == JOIN_BLANK || join == JOIN_PARTICLE || join == JOIN_COMMA;
}

static void add_left(struct feature_list *l, const struct name_run *run, size_t i)
{
    const struct name_token *t = &run->tokens[i], *left = i > 0 ? &run->tokens[i - 1] : NULL;
    add_if(l, !left, FEATURE_left_none);
    if (!left)
        return;
    add_if(l, t->join == JOIN_COMMA, FEATURE_left_comma);
    add_if(l, t->join == JOIN_LINE, FEATURE_left_line);
    add_if(l, t->join == JOIN_AND, FEATURE_left_and);
    add_if(l, t->join == JOIN_AND && is_given(left), FEATURE_and_given);
    add_if(l, t->join == JOIN_COMMA && is_given(t) && !is_only_common(left), FEATURE_given_after_comma);
    if (!is_close(t->join) || t->join == JOIN_COMMA)
        return;
    add_if(l, left->shape == SHAPE_INITIAL, FEATURE_left_initial);
    add_if(l, is_unknown(left), FEATURE_left_unknown);
    if (is_unknown(left))
        add_level(l, FEATURE_left_spelling_0, left->spelling);
    add_if(l, is_only_common(left), FEATURE_left_only_common);
    add_if(l, left->shape == SHAPE_UPPER, FEATURE_left_upper);
    add_classes(l, left_rows, COUNT_OF(left_rows), left->facts.classes);
    if (left->shape != SHAPE_INITIAL) {
        add_level(l, FEATURE_left_given_0, left->facts.given);
        add_level(l, FEATURE_left_surname_0, left->facts.surname);
        add_level(l, FEATURE_left_common_0, left->facts.common);
    }
    add_if(l, is_given(left) && is_surname(t), FEATURE_surname_after_given);
    add_if(l, is_given(left) && is_unknown(t), FEATURE_unknown_after_given);
    add_if(l, is_given(left) && is_only_common(t), FEATURE_common_after_given);
    add_if(l, left->shape == SHAPE_INITIAL && !is_only_common(t), FEATURE_surname_after_initial);
    add_if(l, is_given(left) && t->shape == SHAPE_INITIAL, FEATURE_initial_after_given);
    add_if(l, i > 1 && is_given(&run->tokens[i - 2]) && is_close(left->join), FEATURE_second_left_given);
}

static void add_right(struct feature_list *l, const struct name_run *run, size_t i)
{
    const struct name_token *t = &run->tokens[i], *right = i + 1 < run->count ? &run->tokens[i + 1] : NULL;
    add_if(l, !right, FEATURE_right_none);
    if (!right)
        return;
    add_if(l, right->join == JOIN_COMMA, FEATURE_right_comma);
    add_if(l, right->join == JOIN_LINE, FEATURE_right_line);
    add_if(l, right->join == JOIN_AND, FEATURE_right_and);
    add_if(l, right->join == JOIN_COMMA && is_given(right) && !is_only_common(t), FEATURE_last_comma_given);
    if (!is_close(right->join) || right->join == JOIN_COMMA)
        return;
    add_if(l, right->shape == SHAPE_INITIAL, FEATURE_right_initial);
    add_if(l, is_unknown(right), FEATURE_right_unknown);
    if (is_unknown(right))
        add_level(l, FEATURE_right_spelling_0, right->spelling);
    add_if(l, is_only_common(right), FEATURE_right_only_common);
    add_if(l, right->shape == SHAPE_UPPER, FEATURE_right_upper);
    add_classes(l, right_rows, COUNT_OF(right_rows), right->facts.classes);
    if (right->shape != SHAPE_INITIAL) {
        add_level(l, FEATURE_right_given_0, right->facts.given);
        add_level(l, FEATURE_right_surname_0, right->facts.surname);
        add_level(l, FEATURE_right_common_0, right->facts.common);
    }
    add_if(l, is_given(t) && is_surname(right), FEATURE_given_then_surname);
    add_if(l, is_given(t) && is_unknown(right), FEATURE_given_before_unknown);
    add_if(l, t->shape == SHAPE_INITIAL && !is_only_common(right), FEATURE_initial_before_surname);
    add_if(l, i > 0 && is_given(t) && is_close(t->join) && is_surname(right), FEATURE_given_between);
    add_if(l,
           i + 2 < run->count && (run->tokens[i + 2].facts.classes & (CLASS_ORG | CLASS_STREET)) != 0 &&
               is_close(run->tokens[i + 2].join),
           FEATURE_second_right_org);
}

static void add_around(struct feature_list *l, const struct name_run *run, size_t i)
{
    const struct name_token *t = &run->tokens[i];
    bool is_first = i == 0 || !is_close(t->join),
         is_last = i + 1 == run->count || !is_close(run->tokens[i + 1].join);
    bool is_alone = is_first && is_last;
    add_if(l, is_alone, FEATURE_alone);
    add_if(l, is_alone && is_given(t), FEATURE_alone_given);
    add_if(l, is_alone && is_surname(t), FEATURE_alone_surname);
    add_if(l, is_alone && is_unknown(t), FEATURE_alone_unknown);
    add_if(l, is_alone && t->facts.place > 1, FEATURE_alone_place);
    add_if(l, is_alone && t->shape == SHAPE_UPPER, FEATURE_alone_upper);
    add_if(l, is_alone && t->shape == SHAPE_UPPER && t->end - t->start < 5, FEATURE_alone_upper_short);
    add_if(l, run->count > 4, FEATURE_long_run);
    size_t upper = 0;
    for (size_t k = 0; k < run->count && k < 6; k++)
        upper += run->tokens[k].shape == SHAPE_UPPER;
    add_if(l, run->count > 1 && upper >= MIN(run->count, 6u) - 1, FEATURE_all_upper_run);
    bool opens = t->opens_sentence || t->opens_line;
    add_if(l, t->opens_sentence, FEATURE_opens_sentence);
    add_if(l, opens && t->facts.common > 0, FEATURE_opens_sentence_common);
    add_if(l, !opens && t->facts.common > 2, FEATURE_inside_common);
    add_if(l, t->opens_line, FEATURE_opens_line);
    if (i == 0) {
        bool has_colon = run->mark_before == ':';
        add_if(l, has_colon, FEATURE_after_colon);
        add_if(l, has_colon && run->has_before && (run->before.classes & (CLASS_ROLE | CLASS_RELATION)),
               FEATURE_after_role_colon);
        add_if(l, run->mark_before == '(', FEATURE_after_bracket);
        add_classes(l, before_rows, COUNT_OF(before_rows), run->before.classes);
        add_if(l, (run->before.classes & CLASS_WHERE) && t->facts.place, FEATURE_after_where_place);
        add_if(l, run->before_at.end && !(run->before.classes & ~(uint32_t)CLASS_MEDICAL),
               FEATURE_after_other);
    }
    if (i + 1 == run->count) {
        add_if(l, (run->after.classes & CLASS_AFTER) != 0, FEATURE_before_after);
        add_if(l, (run->after.classes & CLASS_AFTER) && is_given(t), FEATURE_before_after_given);
        add_if(l, (run->after.classes & CLASS_DISEASE) != 0, FEATURE_before_disease);
        add_if(l, (t->facts.classes & CLASS_EPONYM) && run->mark_after == '\'', FEATURE_eponym_possessive);
        add_if(l, run->has_after && !(run->after.classes & (CLASS_AFTER | CLASS_DISEASE)),
               FEATURE_before_other);
        const char marks[] = {'\'', ',', ':', '(', '\n', '.'};
        const enum name_feature features[] = {FEATURE_before_possessive, FEATURE_before_comma,
                                              FEATURE_before_colon,      FEATURE_before_bracket,
                                              FEATURE_before_line,       FEATURE_before_stop};
        for (size_t k = 0; k < COUNT_OF(marks); k++)
            add_if(l, run->mark_after == marks[k], features[k]);
        add_if(l, run->mark_after >= '0' && run->mark_after <= '9', FEATURE_before_digit);
    }
}

void features_of(const struct name_run *run, size_t i, struct feature_list *ret)
{
    ret->count = 0;
    add_own(ret, &run->tokens[i]);
    add_left(ret, run, i);
    add_right(ret, run, i);
    add_around(ret, run, i);
}
