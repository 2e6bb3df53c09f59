/* check.c - what concerns several keys of a pipeline at once: references between them, and remarks on weak
 * settings. */
#include "pipelines/keys.h"

static const struct step *step_named(const struct pipeline *p, const char *name)
{
    for (size_t i = 0; i < p->step_count; i++)
        if (strcmp(p->steps[i].name, name) == 0)
            return &p->steps[i];
    return NULL;
}

static bool has_label(const struct step *step, const char *label)
{
    for (size_t i = 0; i < step->label_count; i++)
        if (strcmp(step->labels[i], label) == 0)
            return true;
    return false;
}

static int check_examples(struct loader *l, const struct step *step)
{
    const struct yaml_node at = {.line = step->line, .column = step->column};
    for (size_t i = 0; i < step->example_count; i++)
        if (!has_label(step, step->examples[i].label))
            return complain(l, &at,
                            "an example of step \"%s\" has the label \"%.100s\", which is none of its labels",
                            step->name, step->examples[i].label);
    return 0;
}

static int check_test(struct loader *l, const struct pipeline_test *test)
{
    const struct yaml_node at = {.line = test->line, .column = test->column};
    for (size_t i = 0; i < test->result_count; i++) {
        const struct step *step = step_named(l->pipeline, test->results[i].step);
        if (!step || step->kind != STEP_CLASSIFY)
            return complain(l, &at,
                            "this test expects a label of \"%.60s\", but no classify step has that name",
                            test->results[i].step);
        if (!has_label(step, test->results[i].label))
            return complain(l, &at, "this test expects \"%.100s\", which is no label of step \"%s\"",
                            test->results[i].label, step->name);
    }
    return 0;
}

/* Settings that a profile does not bear. One row a label; `kept` in the words of the remark. */
static const struct weakness {
    enum profile profile;
    const char *label, *needs, *kept, *use;
} weaknesses[] = {
    {PROFILE_HIPAA_SAFE_HARBOR, "DATE", "dates as year", "keeps days", "year"},
    {PROFILE_HIPAA_SAFE_HARBOR, "AGE", "ages above 89 as one group", "keeps them", "age90"},
    {PROFILE_HIPAA_SAFE_HARBOR, "ZIP", "three digits of a ZIP code", "keeps all", "zip3"},
    {PROFILE_HIPAA_SAFE_HARBOR, "PROFESSION", NULL, NULL, NULL}, /* not among the 18 identifiers */
    {PROFILE_HIPAA_SAFE_HARBOR, "ORGANIZATION", NULL, NULL, NULL},
    {PROFILE_HIPAA_SAFE_HARBOR, NULL, "every identifier taken out", "leaves it", "tag"}, /* any other label */
};

static const struct weakness *weakness_of(enum profile profile, const char *label)
{
    for (size_t i = 0; i < COUNT_OF(weaknesses); i++)
        if (weaknesses[i].profile == profile &&
            (!weaknesses[i].label || strcmp(weaknesses[i].label, label) == 0))
            return &weaknesses[i];
    return NULL;
}

static int remark_operators(struct loader *l)
{
    const struct pipeline *p = l->pipeline;
    for (size_t i = 0; i < p->operator_count; i++) {
        const struct operator_setting *o = &p->operators[i];
        const struct weakness *w = o->kind == OPERATOR_KEEP ? weakness_of(p->profile, o->label) : NULL;
        if (w && w->needs &&
            warn(l, o->line, o->column, "profile %s needs %s; operator \"%s\" %s (use \"%s\")",
                 profile_name(p->profile), w->needs, operator_name(o->kind), w->kept, w->use))
            return -1;
    }
    return 0;
}

int check_pipeline(struct loader *l)
{
    const struct pipeline *p = l->pipeline;
    for (size_t i = 0; i < p->step_count; i++)
        if (check_examples(l, &p->steps[i]))
            return -1;
    for (size_t i = 0; i < p->test_count; i++)
        if (check_test(l, &p->tests[i]))
            return -1;
    if (!p->is_verify_fail &&
        warn(l, 0, 0, "verify: warn lets a document through whose output still holds a found value"))
        return -1;
    return remark_operators(l);
}
