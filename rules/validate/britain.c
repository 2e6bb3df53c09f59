/* britain.c - tax, driving and school numbers of the United Kingdom. */
#include "rules/validate/digits.h"

/* HMRC, Unique Taxpayer Reference: the first digit checks the other nine, modulo 11. */
bool is_uk_utr(struct slice text)
{
    static const unsigned char weights[] = {0, 6, 7, 8, 9, 10, 5, 4, 3, 2};
    struct digits d = digits_of(text);
    return d.count == 10 && number_at(&d, 1, 9) > 0 &&
           "21987654321"[weighted(&d, weights, 10) % 11] == (char)('0' + d.d[0]);
}

/* HMRC, VAT registration number: nine digits modulo 97, or so with 55 added since 2009; three more for a
 * branch. */
bool is_uk_vat(struct slice text)
{
    static const unsigned char weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 1};
    struct digits d = digits_of(text);
    if ((d.count != 9 && d.count != 12) || number_at(&d, 0, 7) == 0)
        return false;
    unsigned sum = weighted(&d, weights, 9);
    return sum % 97 == 0 || (sum + 55) % 97 == 0;
}

/* DVLA, driver number: five letters of the surname filled up with 9, the decade, month (women: and 50), day
 * and year of birth, two initials or 9, a digit and two check characters whose rule is not published. */
bool is_uk_driver(struct slice text)
{
    struct characters c = characters_of(text);
    struct digits d = {.count = 5};
    if (c.count != 16 || c.c[0] < 'A')
        return false;
    for (size_t i = 1; i < 5; i++) /* once filled up, no letter may follow */
        if ((c.c[i] <= '9' && c.c[i] != '9') || (c.c[i - 1] == '9' && c.c[i] != '9'))
            return false;
    for (size_t i = 0; i < 5; i++) {
        if (c.c[5 + i] > '9')
            return false;
        d.d[i] = (unsigned char)(c.c[5 + i] - '0');
    }
    unsigned month = number_at(&d, 1, 2);
    bool has_initials = (c.c[11] >= 'A' || c.c[11] == '9') && (c.c[12] >= 'A' || c.c[12] == '9');
    return has_initials && is_day(0, month > 50 ? month - 50 : month, number_at(&d, 3, 2));
}

/* Department for Education, Unique Pupil Number: a check letter, eleven digits, and a digit or (temporary
 * number) a letter; weights 2 to 13, modulo 23. */
bool is_uk_upn(struct slice text)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
    struct characters c = characters_of(text);
    if (c.count != 13)
        return false;
    unsigned sum = 0;
    for (size_t i = 1; i < 13; i++) {
        const char *at = i == 12 && c.c[i] >= 'A' ? strchr(letters, c.c[i]) : NULL;
        if (!at && c.c[i] > '9')
            return false;
        sum += (unsigned)(at ? at - letters : c.c[i] - '0') * (unsigned)(i + 1);
    }
    return c.c[0] == letters[sum % 23];
}

/* Learning Records Service, Unique Learner Number: weights 10 to 2, the last digit is 10 less the sum
 * modulo 11. */
bool is_uk_uln(struct slice text)
{
    static const unsigned char weights[] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
    struct digits d = digits_of(text);
    return d.count == 10 && d.d[0] > 0 && weighted(&d, weights, 9) % 11 != 0 &&
           10 - weighted(&d, weights, 9) % 11 == d.d[9];
}
