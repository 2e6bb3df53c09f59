/* pattern.c - finds what must not stand in a pattern: repeats without an upper bound, repeats within repeats
 * whose bounds multiply, recursion. Reads the pattern as PCRE2 does, as far as that needs. */
#include "rules/lint.h"

#define GROUPS_MAX 64u

/* Repeats of an atom: {1, 1} without quantifier. */
struct quantifier {
    size_t bytes;  /* 0 = there is none */
    unsigned most; /* UINT32_MAX = no bound */
};

static unsigned read_number(const char **c)
{
    unsigned n = 0;
    for (; **c >= '0' && **c <= '9'; ++*c)
        n = MIN(n * 10 + (unsigned)(**c - '0'), 100000u);
    return n;
}

static struct quantifier quantifier_at(const char *c)
{
    struct quantifier q = {0, 1};
    const char *from = c;
    if (*c == '*' || *c == '+') {
        q.most = UINT32_MAX;
        c++;
    } else if (*c == '?') {
        c++;
    } else if (*c == '{' && c[1] >= '0' && c[1] <= '9') {
        c++;
        q.most = read_number(&c);
        if (*c == ',') {
            c++;
            q.most = *c == '}' ? UINT32_MAX : read_number(&c);
        }
        if (*c != '}')
            return (struct quantifier){0, 1};
        c++;
    } else {
        return q;
    }
    if (*c == '+' || *c == '?') /* possessive, lazy */
        c++;
    q.bytes = (size_t)(c - from);
    return q;
}

/* The end of a character class that opens at `at`. */
static size_t class_end(const char *pattern, size_t at)
{
    at++;
    at += pattern[at] == '^';
    at += pattern[at] == ']';
    while (pattern[at] && pattern[at] != ']') {
        const char *posix = strncmp(pattern + at, "[:", 2) == 0 ? strstr(pattern + at, ":]") : NULL;
        if (posix)
            at = (size_t)(posix - pattern) + 2;
        else
            at += pattern[at] == '\\' && pattern[at + 1] ? 2 : 1;
    }
    return at + (pattern[at] == ']');
}

/* The end of one atom that is no group: a class, an escape with its braces, a character. */
static size_t atom_end(const char *pattern, size_t at)
{
    if (pattern[at] == '[')
        return class_end(pattern, at);
    if (pattern[at] == '\\' && pattern[at + 1]) {
        bool has_braces = strchr("pPxoNgk", pattern[at + 1]) && pattern[at + 2] == '{';
        const char *close = has_braces ? strchr(pattern + at, '}') : NULL;
        return close ? (size_t)(close - pattern) + 1 : at + 2;
    }
    return at + 1;
}

static bool is_recursion(const char *group)
{
    return strncmp(group, "(?R)", 4) == 0 || strncmp(group, "(?&", 3) == 0 ||
           strncmp(group, "(?P>", 4) == 0 ||
           (strncmp(group, "(?", 2) == 0 && (group[2] == '+' || (group[2] >= '0' && group[2] <= '9')));
}

bool pattern_flaw(const char *pattern, size_t from, struct pattern_flaw *ret)
{
    unsigned inside[GROUPS_MAX] = {1}; /* the largest product of bounds so far, for each open group */
    size_t depth = 0;
    for (size_t at = 0; pattern[at];) {
        size_t start = at;
        unsigned most = 1;
        *ret = (struct pattern_flaw){.offset = start};
        if (pattern[at] == '(') {
            if (is_recursion(pattern + at) && start >= from) {
                ret->what = "recursion has no bound";
                ret->hint = "write the levels out";
                return true;
            }
            if (++depth == GROUPS_MAX) {
                ret->what = "groups stand too deep in each other";
                ret->hint = "split the rule";
                return true;
            }
            inside[depth] = 1;
            at += pattern[at + 1] == '?' ? 2 : 1;
            continue;
        }
        if (pattern[at] == ')') {
            most = inside[depth];
            depth -= depth > 0;
            at++;
        } else {
            at = atom_end(pattern, at);
        }
        struct quantifier q = quantifier_at(pattern + at);
        ret->offset = at;
        if (q.most == UINT32_MAX && at >= from) {
            ret->what = "a repeat without an upper bound";
            ret->hint = "write {0,40} for *, {1,40} for +, or the largest number that the format allows";
            return true;
        }
        uint64_t product = q.most == UINT32_MAX ? REPEAT_PRODUCT_MAX : (uint64_t)most * MAX(q.most, 1u);
        if (product > REPEAT_PRODUCT_MAX && most > 1 && q.most > 1 && at >= from) {
            ret->what = "repeats within a repeat whose bounds multiply";
            ret->hint = "lower the bounds or take the inner repeat out";
            return true;
        }
        inside[depth] = MAX(inside[depth], (unsigned)MIN(product, REPEAT_PRODUCT_MAX));
        at += q.bytes;
    }
    return false;
}
