/* scan.c - the scanner: shadow, prefilter, PCRE2 by machine code, exceptions, validator, score. */
#include "base/limits.h"
#include "base/utf8.h"
#include "rules/context.h"
#include "rules/joined.h"
#include "rules/prefilter.h"
#include "rules/shadow.h"

#define MATCH_LIMIT 50000u /* backtracks at one start; the shipped patterns stay below a few hundred */
#define DEPTH_LIMIT 5000u
#define HEAP_LIMIT_KIB 16384u
#define JIT_STACK_MIN (32u << 10)
#define JIT_STACK_MAX (1u << 20)

struct scanner {
    const struct ruleset *ruleset;
    struct shadow *shadow;
    struct joined *joined;
    bool is_joined; /* `text` is the joined one */
    struct ranges ranges[START_SETS_MAX];
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    struct finding *findings;
    size_t count, capacity;
    struct slice text; /* the shadow */
    double threshold;
};

void scanner_drop(struct scanner **scanner)
{
    struct scanner *s = *scanner;
    if (!s)
        return;
    shadow_drop(&s->shadow);
    joined_drop(&s->joined);
    for (size_t i = 0; i < START_SETS_MAX; i++)
        ranges_release(&s->ranges[i]);
    pcre2_match_data_free(s->match);
    pcre2_match_context_free(s->context);
    pcre2_jit_stack_free(s->stack);
    free(s->findings);
    free(s);
    *scanner = NULL;
}

int scanner_new(struct scanner **ret, const struct ruleset *ruleset, struct error *err)
{
    AUTO(scanner) *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(err);
    s->ruleset = ruleset;
    s->match = pcre2_match_data_create(ruleset->ovector_pairs, NULL);
    s->context = pcre2_match_context_create(NULL);
    s->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
    if (!s->match || !s->context || !s->stack)
        return error_memory(err);
    pcre2_set_match_limit(s->context, MATCH_LIMIT);
    pcre2_set_depth_limit(s->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->context, HEAP_LIMIT_KIB);
    pcre2_jit_stack_assign(s->context, NULL, s->stack);
    if (shadow_new(&s->shadow, err) || joined_new(&s->joined, err))
        return -1;
    *ret = TAKE(s);
    return 0;
}

static int add(struct scanner *s, const struct finding *finding, struct error *err)
{
    if (s->count == s->capacity) {
        if (s->capacity >= SPANS_MAX)
            return error_set(err, FAULT_DOCUMENT, "more than %u findings in one document", SPANS_MAX);
        size_t capacity = s->capacity ? s->capacity * 2 : 256;
        struct finding *grown = realloc(s->findings, capacity * sizeof *grown);
        if (!grown)
            return error_memory(err);
        s->findings = grown;
        s->capacity = capacity;
    }
    s->findings[s->count++] = *finding;
    return 0;
}

/* True when the text at `at`, where a word begins, begins with one of the phrases. */
static bool begins_with(const struct scanner *s, const struct phrases *phrases, size_t at)
{
    uint32_t word = dictionary_find(s->ruleset->dictionary, slice_sub(s->text, at, word_end(s->text, at)));
    return word != WORD_NONE && phrases_match(phrases, word, s->text, at) != 0;
}

/* What is left of the identifier: nothing when it begins with an exception; it ends before the first stop
 * word, and single letters before that are nothing either ("am I. Please"). */
static struct span cut(const struct scanner *s, const struct rule *rule, struct span at)
{
    bool is_first = true, has_word = false;
    for (size_t i = at.start; (rule->stop.count || rule->except.count) && i < at.end; i++) {
        if (!is_word_byte(s->text.data[i]))
            continue;
        bool is_exception = is_first && rule->except.count && begins_with(s, &rule->except, i);
        if (is_exception || (rule->stop.count && begins_with(s, &rule->stop, i))) {
            while (i > at.start && !is_word_byte(s->text.data[i - 1]) && !is_digit_byte(s->text.data[i - 1]))
                i--;
            return (struct span){at.start, is_exception || !has_word ? at.start : i};
        }
        is_first = false;
        has_word |= word_end(s->text, i) > i + 1;
        i = word_end(s->text, i);
    }
    return at;
}

/* Adds the finding at a place of the shadow, told in bytes of the original. */
static int add_at(struct scanner *s, struct finding *finding, struct span at, struct error *err)
{
    if (s->is_joined) {
        if (!joined_shadow(s->joined, at, &at))
            return 0; /* the first look saw it too */
        finding->context_at = UINT32_MAX;
    }
    struct span original = shadow_original(s->shadow, at.start, at.end);
    finding->start = original.start;
    finding->end = original.end;
    if (finding->context_at != UINT32_MAX)
        finding->context_at =
            (uint32_t)shadow_original(s->shadow, finding->context_at, finding->context_at + 1u).start;
    return add(s, finding, err);
}

/* What was matched becomes a finding, or nothing. *ret_end: its end in the shadow, 0 when it is none. */
static int consider(struct scanner *s, const struct rule *rule, size_t *ret_end, struct error *err)
{
    const PCRE2_SIZE *o = pcre2_get_ovector_pointer(s->match);
    struct span at = {o[0], o[1]};
    for (uint32_t i = 0; i < rule->id_group_count; i++)
        if (o[2 * rule->id_group[i]] != PCRE2_UNSET) {
            at = (struct span){o[2 * rule->id_group[i]], o[2 * rule->id_group[i] + 1]};
            break;
        }
    *ret_end = 0;
    if (at.start >= at.end || at.end > s->text.bytes) /* \K can put the start behind the end */
        return 0;
    at = cut(s, rule, at);
    if (at.start == at.end)
        return 0;
    const struct rule_text *t = rule->text;
    bool is_valid = !t->validator || t->validator->is_valid(slice_sub(s->text, at.start, at.end));
    if (!is_valid && !t->keeps_invalid)
        return 0;
    struct finding finding = {.rule = rule};
    context_score(rule, s->ruleset->dictionary, s->text, at, is_valid, &finding);
    if ((double)finding.score + 1e-6 < s->threshold)
        return 0;
    *ret_end = at.end;
    return add_at(s, &finding, at, err);
}

struct finder_run {
    struct scanner *scanner;
    const struct rule *rule;
};

static int take_find(void *context, const struct finder_find *find, struct error *err)
{
    struct finder_run *run = context;
    struct scanner *s = run->scanner;
    struct span at = cut(s, run->rule, find->at);
    if (at.start == at.end)
        return 0;
    const struct finder_points *p = &find->points;
    struct finding finding = {.rule = run->rule,
                              .score_pattern = p->pattern,
                              .score_valid = p->valid,
                              .score_context = p->context,
                              .score_negative = p->negative,
                              .context_at = UINT32_MAX};
    float sum = p->pattern + p->valid + p->context - p->negative;
    finding.score = sum < 0 ? 0 : sum > 1 ? 1 : sum;
    return add_at(s, &finding, at, err);
}

/* The rules without a pattern: one pass over the runs of capitalised words for all of them. */
static int run_finders(struct scanner *s, struct error *err)
{
    const struct ruleset *r = s->ruleset;
    struct name_run words;
    for (size_t at = 0; r->finder_count && name_run_next(s->text, at, &words); at = words.next)
        for (size_t i = 0; i < r->finder_count; i++) {
            struct finder_run run = {s, &r->rules[r->finder_rules[i]]};
            const struct rule_text *t = run.rule->text;
            struct finder_points points = {t->score_pattern, t->score_valid, t->score_context,
                                           t->score_negative};
            if (t->finder->run(s->text, &words, &points, s->threshold, take_find, &run, err))
                return -1;
        }
    return 0;
}

/* One call of the machine code from `from`. 1 = match, 0 = none. Never the interpreter: pcre2_jit_match
 * refuses rather than fall back, and any limit counts as "not scanned". */
static int match(struct scanner *s, const struct rule *rule, size_t from, struct error *err)
{
    int code =
        pcre2_jit_match(rule->code, (PCRE2_SPTR)s->text.data, s->text.bytes, from, 0, s->match, s->context);
    if (code >= 0)
        return 1;
    if (code == PCRE2_ERROR_NOMATCH)
        return 0;
    const char *what = code == PCRE2_ERROR_MATCHLIMIT       ? "the match limit"
                       : code == PCRE2_ERROR_DEPTHLIMIT     ? "the depth limit"
                       : code == PCRE2_ERROR_HEAPLIMIT      ? "the heap limit"
                       : code == PCRE2_ERROR_JIT_STACKLIMIT ? "the limit of the JIT stack"
                                                            : "an error of PCRE2";
    error_set(err, FAULT_DOCUMENT, "rule \"%s\" hit %s (%d): the text counts as not scanned", rule->text->id,
              what, code);
    return error_hint(err, "run \"alcove rules lint\" on its pack");
}

/* The start of the character after `at`. */
static size_t next_character(struct slice text, size_t at)
{
    for (at++; at < text.bytes && (text.data[at] & 0xc0) == 0x80; at++)
        ;
    return at;
}

/* All matches of a rule that start in [from, to]. */
static int search(struct scanner *s, const struct rule *rule, size_t from, size_t to, struct error *err)
{
    pcre2_set_offset_limit(s->context, to);
    while (from <= to && from < s->text.bytes) {
        int found = match(s, rule, from, err);
        if (found <= 0)
            return found;
        size_t start = pcre2_get_ovector_pointer(s->match)[0], end;
        if (consider(s, rule, &end, err))
            return -1;
        from = MAX(end, next_character(s->text, MAX(start, from)));
    }
    return 0;
}

/* The rules that are tied to words, in one pass over the words of the text. */
static int search_at_words(struct scanner *s, struct error *err)
{
    const struct ruleset *r = s->ruleset;
    pcre2_set_offset_limit(s->context, PCRE2_UNSET);
    for (size_t at = 0; at < s->text.bytes;) {
        if (!is_word_byte(s->text.data[at])) {
            at++;
            continue;
        }
        size_t end = word_end(s->text, at);
        uint32_t word = dictionary_find(r->dictionary, slice_sub(s->text, at, end));
        for (uint32_t i = word == WORD_NONE ? 0 : r->at_first[word];
             word != WORD_NONE && i < r->at_first[word + 1]; i++) {
            if (r->at_rules[i] == UINT32_MAX)
                continue;
            const struct rule *rule = &r->rules[r->at_rules[i]];
            if (!phrases_match(&rule->at, word, s->text, at))
                continue;
            size_t ignored;
            int found = match(s, rule, at, err);
            if (found < 0 || (found && consider(s, rule, &ignored, err)))
                return -1;
        }
        at = end;
    }
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    if (x->rule->index != y->rule->index)
        return x->rule->index < y->rule->index ? -1 : 1;
    return (x->score < y->score) - (x->score > y->score);
}

/* Sorts, and keeps one of several findings of one rule at one place. */
static void sort_findings(struct scanner *s)
{
    size_t kept = 0;
    if (s->count)
        qsort(s->findings, s->count, sizeof *s->findings, by_place);
    for (size_t i = 0; i < s->count; i++) {
        const struct finding *last = kept ? &s->findings[kept - 1] : NULL, *now = &s->findings[i];
        if (!last || last->rule != now->rule || last->start != now->start || last->end != now->end)
            s->findings[kept++] = *now;
    }
    s->count = kept;
}

/* The rules with a pattern that are not tied to words, each where it can start. */
static int search_everywhere(struct scanner *s, struct error *err)
{
    if (prefilter_run(s->ruleset, s->text, s->ranges, err))
        return -1;
    for (size_t i = 0; i < s->ruleset->count; i++) {
        const struct rule *rule = &s->ruleset->rules[i];
        if (rule->at.count || rule->text->finder)
            continue;
        const struct span everything = {0, s->text.bytes};
        const struct ranges all = {.items = (struct span *)&everything, .count = 1};
        const struct ranges *where = rule->start_set == NO_SET ? &all : &s->ranges[rule->start_set];
        for (size_t j = 0; j < where->count; j++)
            if (search(s, rule, where->items[j].start, where->items[j].end, err))
                return -1;
    }
    return 0;
}

/* The same once more over what was torn apart; only what reaches over such a place is new. */
static int search_joined(struct scanner *s, struct error *err)
{
    if (joined_make(s->joined, s->text, &s->text, err))
        return -1;
    if (s->text.bytes == 0)
        return 0;
    s->is_joined = true;
    int result = search_at_words(s, err) || search_everywhere(s, err) ? -1 : 0;
    s->is_joined = false;
    return result;
}

int scanner_scan(struct scanner *s, struct slice text, double threshold, const struct finding **ret_findings,
                 size_t *ret_count, struct error *err)
{
    s->count = 0;
    s->threshold = threshold;
    if (shadow_set(s->shadow, text, err))
        return -1;
    s->text = shadow_text(s->shadow);
    if (search_at_words(s, err) || run_finders(s, err) || search_everywhere(s, err) || search_joined(s, err))
        return -1;
    sort_findings(s);
    *ret_findings = s->findings;
    *ret_count = s->count;
    return 0;
}
