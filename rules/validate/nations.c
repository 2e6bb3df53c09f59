/* nations.c - identity, health and tax numbers outside the United States and the European mainland. */
#include "rules/validate/digits.h"

/* The check digit is 11 minus the weighted sum modulo 11: 11 stands for 0, and 10 is never issued. */
static bool modulus_11_holds(const struct digits *d)
{
    static const unsigned char weights[] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
    unsigned check = 11 - weighted(d, weights, 9) % 11;
    return check % 11 == d->d[9] && check != 10;
}

/* NHS Data Dictionary, NHS NUMBER. */
bool is_uk_nhs(struct slice text)
{
    struct digits d = digits_of(text);
    return d.count == 10 && number_at(&d, 0, 9) > 0 && modulus_11_holds(&d);
}

/* NHS Scotland, Community Health Index: birth date as DDMMYY, and the NHS check digit. */
bool is_uk_chi(struct slice text)
{
    struct digits d = digits_of(text);
    return d.count == 10 && is_day(0, number_at(&d, 2, 2), number_at(&d, 0, 2)) && modulus_11_holds(&d);
}

/* HMRC, NIM39110: prefixes that are not used; suffix A to D. */
bool is_uk_nino(struct slice text)
{
    static const char never[][3] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
    struct characters c = characters_of(text);
    if (c.count != 9 || strchr("DFIQUV", c.c[0]) || strchr("DFIOQUV", c.c[1]) || c.c[8] > 'D')
        return false;
    for (size_t i = 0; i < COUNT_OF(never); i++)
        if (memcmp(c.c, never[i], 2) == 0)
            return false;
    return c.c[0] >= 'A' && c.c[1] >= 'A' && digits_of(text).count == 6;
}

/* Department of Social Protection (Ireland): seven digits, a check letter, and since 2013 a second letter. */
bool is_ie_ppsn(struct slice text)
{
    static const unsigned char weights[] = {8, 7, 6, 5, 4, 3, 2};
    struct characters c = characters_of(text);
    struct digits d = digits_of(text);
    if ((c.count != 8 && c.count != 9) || d.count != 7 || c.c[7] < 'A')
        return false;
    unsigned sum = weighted(&d, weights, 7);
    if (c.count == 9 && c.c[8] != 'W')
        sum += (unsigned)(c.c[8] - 'A' + 1) * 9;
    return c.c[7] == "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23];
}

/* Australian Taxation Office: weights 1 4 3 7 5 8 6 9 10, modulo 11. */
bool is_au_tfn(struct slice text)
{
    static const unsigned char weights[] = {1, 4, 3, 7, 5, 8, 6, 9, 10};
    struct digits d = digits_of(text);
    return d.count == 9 && number_at(&d, 0, 9) > 0 && weighted(&d, weights, 9) % 11 == 0;
}

/* Services Australia: eight digits by 1 3 7 9 1 3 7 9 modulo 10, the check digit, issue, and the person's
 * number. */
bool is_au_medicare(struct slice text)
{
    static const unsigned char weights[] = {1, 3, 7, 9, 1, 3, 7, 9};
    struct digits d = digits_of(text);
    return (d.count == 10 || d.count == 11) && d.d[0] >= 2 && d.d[0] <= 6 &&
           weighted(&d, weights, 8) % 10 == d.d[8];
}

/* Australian Business Register: one less in the first digit, modulo 89. */
bool is_au_abn(struct slice text)
{
    static const unsigned char weights[] = {10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19};
    struct digits d = digits_of(text);
    return d.count == 11 && d.d[0] > 0 && (weighted(&d, weights, 11) - 10) % 89 == 0;
}

/* HISO 10046 (New Zealand): AAANNNC modulo 11, or AAANNAX modulo 23; no I and no O. */
bool is_nz_nhi(struct slice text)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ"; /* worth 1 to 24 */
    struct characters c = characters_of(text);
    if (c.count != 7)
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < 6; i++) {
        const char *at = strchr(letters, c.c[i]);
        bool wants_letter = i < 3 || (i == 5 && c.c[6] >= 'A');
        if (wants_letter != (at != NULL) || (!at && c.c[i] > '9'))
            return false;
        sum += (at ? (unsigned)(at - letters) + 1 : (unsigned)(c.c[i] - '0')) * (unsigned)(7 - i);
    }
    if (c.c[6] >= 'A') {
        const char *at = strchr(letters, c.c[6]);
        return at && (unsigned)(at - letters) + 1 == 23 - sum % 23;
    }
    unsigned check = 11 - sum % 11;
    return sum % 11 != 0 && check % 10 == (unsigned)(c.c[6] - '0');
}

/* Employment and Social Development Canada: nine digits, Luhn; 0 and 8 do not begin one. */
bool is_ca_sin(struct slice text)
{
    struct digits d = digits_of(text);
    return d.count == 9 && d.d[0] != 0 && d.d[0] != 8 && luhn_holds(&d);
}

/* UIDAI: twelve digits, not beginning with 0 or 1, the last by Verhoeff (1969): the dihedral group D5, and a
 * permutation of the digits that is applied once more at each place. */
bool is_in_aadhaar(struct slice text)
{
    static const unsigned char permutation[] = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
    struct digits d = digits_of(text);
    if (d.count != 12 || d.d[0] < 2)
        return false;
    unsigned check = 0;
    for (size_t i = 0; i < 12; i++) {
        unsigned b = d.d[11 - i], a = check;
        for (size_t times = i % 8; times > 0; times--)
            b = permutation[b];
        if (a < 5) /* rotations 0-4, reflections 5-9 */
            check = b < 5 ? (a + b) % 5 : 5 + (a + b - 5) % 5;
        else
            check = b < 5 ? 5 + (a - b) % 5 : (a - b + 5) % 5;
    }
    return check == 0;
}

/* Immigration and Checkpoints Authority (Singapore): weights 2 7 6 5 4 3 2; series S, T, F, G, M. */
bool is_sg_nric(struct slice text)
{
    static const unsigned char weights[] = {2, 7, 6, 5, 4, 3, 2};
    struct characters c = characters_of(text);
    struct digits d = digits_of(text);
    if (c.count != 9 || d.count != 7)
        return false;
    unsigned sum = weighted(&d, weights, 7);
    switch (c.c[0]) {
    case 'S':
        return c.c[8] == "JZIHGFEDCBA"[sum % 11];
    case 'T':
        return c.c[8] == "JZIHGFEDCBA"[(sum + 4) % 11];
    case 'F':
        return c.c[8] == "XWUTRQPNMLK"[sum % 11];
    case 'G':
        return c.c[8] == "XWUTRQPNMLK"[(sum + 4) % 11];
    case 'M':
        return c.c[8] == "KLJNPQRTUWX"[10 - (sum + 3) % 11];
    default:
        return false;
    }
}

/* Department of Home Affairs (South Africa): YYMMDD, sequence, citizenship 0 to 2, Luhn. */
bool is_za_id(struct slice text)
{
    struct digits d = digits_of(text);
    return d.count == 13 && is_day(0, number_at(&d, 2, 2), number_at(&d, 4, 2)) && d.d[10] <= 2 &&
           luhn_holds(&d);
}

/* Receita Federal (Brazil): two check digits modulo 11. */
bool is_br_cpf(struct slice text)
{
    static const unsigned char weights[] = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    struct digits d = digits_of(text);
    if (d.count != 11)
        return false;
    bool has_other = false;
    for (size_t i = 1; i < 11; i++)
        has_other |= d.d[i] != d.d[0];
    unsigned first = weighted(&d, weights + 1, 9) * 10 % 11 % 10,
             second = weighted(&d, weights, 10) * 10 % 11 % 10;
    return has_other && first == d.d[9] && second == d.d[10];
}
