/* us.c - identifiers of the United States. */
#include "rules/validate/digits.h"

/* SSA, POMS RM 10201.030 and RM 10201.035: areas 000, 666 and 900-999, group 00 and serial 0000 are not
 * issued. Three numbers that were printed in advertisements belong to nobody. */
bool is_us_ssn(struct slice text)
{
    static const unsigned printed[] = {78051120, 219099999, 457555462};
    struct digits d = digits_of(text);
    if (d.count != 9)
        return false;
    unsigned area = number_at(&d, 0, 3), whole = number_at(&d, 0, 9);
    for (size_t i = 0; i < COUNT_OF(printed); i++)
        if (whole == printed[i])
            return false;
    return area != 0 && area != 666 && area < 900 && number_at(&d, 3, 2) != 0 && number_at(&d, 5, 4) != 0;
}

/* IRS publication 1915 and IRM 3.21.263: 9xx, groups 50-65, 70-88, 90-92, 94-99. */
bool is_us_itin(struct slice text)
{
    struct digits d = digits_of(text);
    if (d.count != 9 || d.d[0] != 9)
        return false;
    unsigned group = number_at(&d, 3, 2);
    return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group != 93);
}

/* 45 CFR 162.406: Luhn over 80840 and the ten digits, which begin with 1 or 2. */
bool is_us_npi(struct slice text)
{
    struct digits d = digits_of(text), whole = {.count = 15, .d = {8, 0, 8, 4, 0}};
    if (d.count != 10 || (d.d[0] != 1 && d.d[0] != 2))
        return false;
    memcpy(whole.d + 5, d.d, 10);
    return luhn_holds(&whole);
}

/* 21 CFR 1301: registrant type, first letter of the name (or 9), six digits and a check digit. */
bool is_us_dea(struct slice text)
{
    struct characters c = characters_of(text);
    struct digits d = digits_of(text);
    bool has_nine = c.count == 9 && c.c[1] == '9';
    if (c.count != 9 || d.count != (has_nine ? 8u : 7u) || !strchr("ABCDEFGHJKLMPRSTUX", c.c[0]))
        return false;
    const unsigned char *n = d.d + (has_nine ? 1 : 0);
    return c.c[1] >= '9' && (n[0] + n[2] + n[4] + 2 * (n[1] + n[3] + n[5])) % 10 == n[6];
}

/* CMS, "Understanding the Medicare Beneficiary Identifier (MBI) format": letters without S, L, O, I, B, Z. */
bool is_us_mbi(struct slice text)
{
    static const char shape[] = "CAXNAXNAANN"; /* C 1-9, N digit, A letter, X either */
    struct characters c = characters_of(text);
    if (c.count != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < c.count; i++) {
        bool is_digit = c.c[i] <= '9', is_letter = !is_digit && !strchr("SLOIBZ", c.c[i]);
        bool fits = shape[i] == 'C'   ? is_digit && c.c[i] != '0'
                    : shape[i] == 'N' ? is_digit
                    : shape[i] == 'A' ? is_letter
                                      : is_digit || is_letter;
        if (!fits)
            return false;
    }
    return true;
}

/* ABA Routing Number Policy: Federal Reserve districts 00-12 and 21-32, 61-72, 80; weights 3 7 1. */
bool is_us_aba(struct slice text)
{
    static const unsigned char weights[] = {3, 7, 1, 3, 7, 1, 3, 7, 1};
    struct digits d = digits_of(text);
    if (d.count != 9 || number_at(&d, 0, 9) == 0)
        return false;
    unsigned district = number_at(&d, 0, 2);
    bool is_district = district <= 12 || (district >= 21 && district <= 32) ||
                       (district >= 61 && district <= 72) || district == 80;
    return is_district && weighted(&d, weights, 9) % 10 == 0;
}

/* IRS, "How EINs are assigned and valid EIN prefixes". */
bool is_us_ein(struct slice text)
{
    static const unsigned char never[] = {0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97};
    struct digits d = digits_of(text);
    if (d.count != 9)
        return false;
    for (size_t i = 0; i < COUNT_OF(never); i++)
        if (number_at(&d, 0, 2) == never[i])
            return false;
    return true;
}

/* ATIS-0300055, North American Numbering Plan: NXX-NXX-XXXX, N 2-9, no N11, area codes N9X kept back. */
bool is_us_phone(struct slice text)
{
    struct digits d = digits_of(text);
    size_t from = d.count == 11 && d.d[0] == 1 ? 1 : 0;
    if (d.count < from + 10)
        return false;
    const unsigned char *n = d.d + from;
    bool is_area = n[0] >= 2 && n[1] != 9 && !(n[1] == 1 && n[2] == 1);
    return is_area && n[3] >= 2 && !(n[4] == 1 && n[5] == 1);
}

/* ITU-T E.164: at most 15 digits; at least seven, and not one digit over and over. */
bool is_phone(struct slice text)
{
    struct digits d = digits_of(text);
    if (d.count < 7 || d.count > 15)
        return false;
    for (size_t i = 1; i < d.count; i++)
        if (d.d[i] != d.d[0])
            return true;
    return false;
}
