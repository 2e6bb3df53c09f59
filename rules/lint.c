/* lint.c - `rules lint`: what is wrong with the rules of a pack, each with its place. */
#include "rules/lint.h"

#define DEFAULT_THRESHOLD 0.5f

static void complain(struct pack_problems *p, const struct pack *pack, unsigned line, unsigned column,
                     bool is_error, const char *message)
{
    p->report(p->context, pack->file, line, column, is_error, message);
    p->count += is_error;
}

static void complain_at(struct pack_problems *p, const struct pack *pack, const struct yaml_node *at,
                        bool is_error, const char *message)
{
    complain(p, pack, at->line, at->column, is_error, message);
}

static void check_pattern(struct pack_problems *p, const struct pack *pack, const struct rule_text *rule)
{
    struct pattern_flaw flaw;
    char message[400];
    for (size_t from = 0; rule->pattern && pattern_flaw(rule->pattern, from, &flaw); from = flaw.offset + 1) {
        snprintf(message, sizeof message, "rule \"%s\": %s (%s)%s", rule->id, flaw.what, flaw.hint,
                 rule->has_fragments ? ", counted with the fragments" : "");
        complain(p, pack, rule->pattern_node->line, pattern_column(pack, rule, flaw.offset), true, message);
    }
}

static void check_examples(struct pack_problems *p, const struct pack *pack, const struct rule_text *rule)
{
    const struct {
        const struct text_list *list;
        const char *missing;
    } both[] = {{&rule->match, "has no example that must match (examples: {match: [...]})"},
                {&rule->reject, "has no example that must not match (examples: {reject: [...]})"}};
    char message[200];
    for (size_t i = 0; i < COUNT_OF(both); i++)
        if (both[i].list->count == 0) {
            snprintf(message, sizeof message, "rule \"%s\" %s", rule->id, both[i].missing);
            complain_at(p, pack, rule->id_node, true, message);
        }
}

static void check_scores(struct pack_problems *p, const struct pack *pack, const struct rule_text *rule)
{
    char message[200];
    const struct {
        bool is_wrong, is_error;
        const char *what;
    } checks[] = {
        {rule->score_pattern + rule->score_context + rule->score_valid < DEFAULT_THRESHOLD, true,
         "can never reach the default threshold of 0.5"},
        {rule->score_context > 0 && rule->context.count == 0 && !rule->finder, true,
         "gives a score for context but has no context words"},
        {rule->score_valid > 0 && !rule->validator && !rule->finder, true,
         "gives a score for a valid value but has no validator"},
        {rule->source == NULL, false, "does not say which document defines its format (source:)"},
        {rule->at.count && rule->near, true,
         "has both \"at\" and \"near\": \"at\" alone decides where it is tried"},
    };
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        if (checks[i].is_wrong) {
            snprintf(message, sizeof message, "rule \"%s\" %s", rule->id, checks[i].what);
            complain_at(p, pack, rule->id_node, checks[i].is_error, message);
        }
}

/* The rule must compile by itself, with JIT. */
static int check_compiles(struct pack_problems *p, const struct pack *pack, const struct rule_text *text,
                          struct error *err)
{
    AUTO(dictionary) *dictionary = NULL;
    AUTO(arena) *arena = NULL;
    struct rule rule = {0};
    if (dictionary_new(&dictionary, err) || arena_new(&arena, err))
        return -1;
    int result = rule_compile(&rule, pack, text, dictionary, arena, err);
    rule_release(&rule);
    if (result == 0)
        return 0;
    if (err->code != FAULT_PIPELINE)
        return -1;
    complain(p, pack, err->line, err->column, true, err->message);
    return 0;
}

/* 45 CFR 164.514(b)(2)(i)(C): of a date, the year alone may stay. */
static void remark_on_dates(struct pack_problems *p, const struct pack *pack)
{
    for (size_t i = 0; i < pack->count; i++)
        if (pack->rules[i].label == LABEL_DATE && pack->rules[i].hipaa == 3) {
            complain_at(p, pack, pack->rules[i].id_node, false,
                        "for Safe Harbor a date may keep its year only: use the operator year, tag or remove "
                        "(a shifted date does not qualify)");
            return;
        }
}

int pack_lint(const char *path, rule_report *report, void *context, size_t *ret_problems, struct error *err)
{
    AUTO(pack) *pack = NULL;
    struct pack_problems problems = {.report = report, .context = context};
    if (pack_read(&pack, path, &problems, err))
        return -1;
    for (size_t i = 0; i < pack->count; i++) {
        check_pattern(&problems, pack, &pack->rules[i]);
        check_examples(&problems, pack, &pack->rules[i]);
        check_scores(&problems, pack, &pack->rules[i]);
        if (check_compiles(&problems, pack, &pack->rules[i], err))
            return -1;
    }
    remark_on_dates(&problems, pack);
    *ret_problems = problems.count;
    return 0;
}
