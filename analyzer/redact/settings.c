/* settings.c - which operator a label has, what it leaves as it is, and the lists behind (operators.h). */
#include "analyzer/redact/data/tables.h"
#include "analyzer/redact/dates.h"
#include "analyzer/redact/operators.h"

/* Without operators in the pipeline: 45 CFR 164.514(b)(2). */
static const struct {
    enum profile profile;
    enum label label;
    enum operator_kind kind;
} profile_rows[] = {{PROFILE_HIPAA_SAFE_HARBOR, LABEL_DATE, OPERATOR_YEAR},
                    {PROFILE_HIPAA_SAFE_HARBOR, LABEL_AGE, OPERATOR_AGE90},
                    {PROFILE_HIPAA_SAFE_HARBOR, LABEL_ZIP, OPERATOR_ZIP3}};

static const struct operator_setting *setting_of(const struct pipeline *pipeline, const char *label)
{
    for (size_t i = 0; i < pipeline->operator_count; i++)
        if (strcmp(pipeline->operators[i].label, label) == 0)
            return &pipeline->operators[i];
    return NULL;
}

void operator_map_make(struct operator_map *ret, const struct pipeline *pipeline)
{
    const struct operator_setting *otherwise = setting_of(pipeline, "default");
    for (int label = 0; label < LABEL_COUNT; label++) {
        const struct operator_setting *own = setting_of(pipeline, label_name((enum label)label));
        if (!own)
            own = setting_of(pipeline, label_name(label_parent((enum label)label)));
        ret->is_named[label] = own != NULL;
        ret->of[label] = own ? own->kind : otherwise ? otherwise->kind : OPERATOR_TAG;
    }
    for (size_t i = 0; i < COUNT_OF(profile_rows) && pipeline->operator_count == 0; i++)
        if (profile_rows[i].profile == pipeline->profile)
            ret->of[profile_rows[i].label] = profile_rows[i].kind;
}

bool operator_leaves(const struct operator_map *map, enum profile profile, int year_reference,
                     struct slice value, enum label label)
{
    struct years years;
    bool is_free = profile == PROFILE_HIPAA_SAFE_HARBOR && !map->is_named[label]; /* by the profile */
    if (map->of[label] == OPERATOR_KEEP)
        return true;
    if (label == LABEL_AGE && (map->of[label] == OPERATOR_AGE90 || is_free)) {
        int age = age_years(value);
        return age >= 0 && age < AGE_OLD;
    }
    if (label == LABEL_DATE && (map->of[label] == OPERATOR_YEAR || is_free))
        return date_years(value, year_reference, &years) && years.is_year_only &&
               years.first > year_reference - AGE_OLD;
    return false;
}

int lists_open(struct lists *ret, struct error *err)
{
    struct lists lists = {0};
    const struct {
        struct wordlist *list;
        const char *text;
    } all[] = {{&lists.common, common_words},
               {&lists.zip3, zip3_shown},
               {&lists.gender_female, gender_female},
               {&lists.gender_male, gender_male},
               {&lists.given_female, names_given_female},
               {&lists.given_male, names_given_male},
               {&lists.given_neutral, names_given_neutral},
               {&lists.surname, names_surname},
               {&lists.city, names_city}};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (wordlist_open(all[i].list, all[i].text, err)) {
            lists_close(&lists);
            return -1;
        }
    *ret = lists;
    return 0;
}

void lists_close(struct lists *lists)
{
    struct wordlist *all[] = {&lists->common,        &lists->zip3,         &lists->gender_female,
                              &lists->gender_male,   &lists->given_female, &lists->given_male,
                              &lists->given_neutral, &lists->surname,      &lists->city};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        wordlist_close(all[i]);
}
