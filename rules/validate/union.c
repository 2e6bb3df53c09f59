/* union.c - further identity and tax numbers of members of the European Union. */
#include "rules/validate/digits.h"

/* Autoridade Tributaria (Portugal): weights 9 to 2; 11 less the sum modulo 11, 10 and 11 stand for 0. */
bool is_pt_nif(struct slice text)
{
    static const unsigned char weights[] = {9, 8, 7, 6, 5, 4, 3, 2};
    struct digits d = digits_of(text);
    return d.count == 9 && d.d[0] > 0 && (11 - weighted(&d, weights, 8) % 11) % 11 % 10 == d.d[8];
}

/* CPR-kontoret (Denmark): DDMMYY and four digits; since 2007 numbers without check digit are issued. */
bool is_dk_cpr(struct slice text)
{
    struct digits d = digits_of(text);
    return d.count == 10 && is_day(0, number_at(&d, 2, 2), number_at(&d, 0, 2)) && number_at(&d, 6, 4) > 0;
}

/* Dachverband der Sozialversicherungstraeger (Austria): the fourth digit is the weighted sum of the others
 * modulo 11; DDMMYY, where the months 13 to 15 serve days whose numbers have run out. */
bool is_at_svnr(struct slice text)
{
    static const unsigned char weights[] = {3, 7, 9, 0, 5, 8, 4, 2, 1, 6};
    struct digits d = digits_of(text);
    if (d.count != 10 || d.d[0] == 0)
        return false;
    unsigned day = number_at(&d, 4, 2), month = number_at(&d, 6, 2);
    return day >= 1 && day <= 31 && month >= 1 && month <= 15 && weighted(&d, weights, 10) % 11 == d.d[3];
}

/* Zakon 133/2000 Sb. (Czechia), 301/1995 Z.z. (Slovakia): YYMMDD, women's month and 50, from 2004 on also 20
 * more; ten digits are a multiple of 11 (until 1985 a remainder of 10 could stand as 0), nine (born before
 * 1954) have no check. */
bool is_cz_rc(struct slice text)
{
    struct digits d = digits_of(text);
    if (d.count != 9 && d.count != 10)
        return false;
    unsigned month = number_at(&d, 2, 2) % 50, head = number_at(&d, 0, 9);
    bool is_date = is_day(0, month > 20 ? month - 20 : month, number_at(&d, 4, 2));
    return is_date &&
           (d.count == 9 ? number_at(&d, 0, 2) < 54 && number_at(&d, 6, 3) > 0 : head % 11 % 10 == d.d[9]);
}

/* Directia Generala pentru Evidenta Persoanelor (Romania): weights 2 7 9 1 4 6 3 5 8 2 7 9, modulo 11, 10
 * is 1. */
bool is_ro_cnp(struct slice text)
{
    static const unsigned char weights[] = {2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9};
    struct digits d = digits_of(text);
    if (d.count != 13 || d.d[0] == 0 || !is_day(0, number_at(&d, 3, 2), number_at(&d, 5, 2)))
        return false;
    unsigned rest = weighted(&d, weights, 12) % 11;
    return (rest == 10 ? 1 : rest) == d.d[12];
}

/* GRAO (Bulgaria): YYMMDD, the month and 20 before 1900, and 40 from 2000 on; modulo 11, 10 is 0. */
bool is_bg_egn(struct slice text)
{
    static const unsigned char weights[] = {2, 4, 8, 5, 10, 9, 7, 3, 6};
    struct digits d = digits_of(text);
    return d.count == 10 && is_day(0, number_at(&d, 2, 2) % 20, number_at(&d, 4, 2)) &&
           weighted(&d, weights, 9) % 11 % 10 == d.d[9];
}

/* Zakon o osobnom identifikacijskom broju (Croatia): ISO/IEC 7064 MOD 11,10. */
bool is_hr_oib(struct slice text)
{
    struct digits d = digits_of(text);
    return d.count == 11 && mod11_10_holds(&d);
}

/* Isikukood (Estonia, EVS 585), asmens kodas (Lithuania): century and sex, YYMMDD, two series of weights. */
bool is_ee_isikukood(struct slice text)
{
    static const unsigned char first[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1},
                               second[] = {3, 4, 5, 6, 7, 8, 9, 1, 2, 3};
    struct digits d = digits_of(text);
    if (d.count != 11 || d.d[0] < 1 || d.d[0] > 8 || !is_day(0, number_at(&d, 3, 2), number_at(&d, 5, 2)))
        return false;
    unsigned rest = weighted(&d, first, 10) % 11;
    if (rest == 10)
        rest = weighted(&d, second, 10) % 11 % 10;
    return rest == d.d[10];
}

/* PMLP (Latvia): DDMMYY, century 0 to 2, three digits, check digit; from 2017 on 32 and nine digits without
 * check. */
bool is_lv_pk(struct slice text)
{
    static const unsigned char weights[] = {10, 5, 8, 4, 2, 1, 6, 3, 7, 9};
    struct digits d = digits_of(text);
    if (d.count != 11)
        return false;
    if (d.d[0] == 3 && d.d[1] == 2)
        return true;
    return d.d[6] <= 2 && is_day(0, number_at(&d, 2, 2), number_at(&d, 0, 2)) &&
           (1 + weighted(&d, weights, 10)) % 11 % 10 == d.d[10];
}

/* Centralni register prebivalstva (Slovenia): DDMMYYY, region 50 to 59, serial; modulo 11, 10 is 0. */
bool is_si_emso(struct slice text)
{
    static const unsigned char weights[] = {7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    struct digits d = digits_of(text);
    if (d.count != 13 || !is_day(0, number_at(&d, 2, 2), number_at(&d, 0, 2)) || d.d[7] != 5)
        return false;
    unsigned check = (11 - weighted(&d, weights, 12) % 11) % 11;
    return check % 10 == d.d[12];
}

/* AMKA (Greece): DDMMYY, four digits, Luhn. */
bool is_gr_amka(struct slice text)
{
    struct digits d = digits_of(text);
    return d.count == 11 && is_day(0, number_at(&d, 2, 2), number_at(&d, 0, 2)) && luhn_holds(&d);
}

/* AADE (Greece), AFM: powers of two, modulo 11, 10 is 0. */
bool is_gr_afm(struct slice text)
{
    struct digits d = digits_of(text);
    unsigned sum = 0;
    for (size_t i = 0; i < 8 && d.count == 9; i++)
        sum += (unsigned)d.d[i] << (8 - i);
    return d.count == 9 && number_at(&d, 0, 9) > 0 && sum % 11 % 10 == d.d[8];
}

/* 1996. evi XX. torveny (Hungary), TAJ: weights 3 and 7 in turn, modulo 10. */
bool is_hu_taj(struct slice text)
{
    static const unsigned char weights[] = {3, 7, 3, 7, 3, 7, 3, 7};
    struct digits d = digits_of(text);
    return d.count == 9 && number_at(&d, 0, 9) > 0 && weighted(&d, weights, 8) % 10 == d.d[8];
}

/* 1996. evi XX. torveny (Hungary), adoazonosito jel: an 8, days since 1867, weights 1 to 9, modulo 11. */
bool is_hu_tax(struct slice text)
{
    static const unsigned char weights[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct digits d = digits_of(text);
    return d.count == 10 && d.d[0] == 8 && weighted(&d, weights, 9) % 11 == d.d[9];
}

/* Deutsche Rentenversicherung: area, DDMMYY, first letter of the name as two digits, serial; sums of digits.
 */
bool is_de_rvnr(struct slice text)
{
    static const unsigned char weights[] = {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1};
    struct characters c = characters_of(text);
    struct digits d = digits_of(text), all = {.count = 12};
    if (c.count != 12 || d.count != 11 || c.c[8] < 'A')
        return false;
    unsigned letter = (unsigned)(c.c[8] - 'A' + 1), sum = 0;
    memcpy(all.d, d.d, 8);
    all.d[8] = (unsigned char)(letter / 10);
    all.d[9] = (unsigned char)(letter % 10);
    memcpy(all.d + 10, d.d + 8, 2);
    for (size_t i = 0; i < 12; i++)
        sum += (unsigned)all.d[i] * weights[i] / 10 + (unsigned)all.d[i] * weights[i] % 10;
    unsigned day = number_at(&d, 2, 2);
    return day >= 1 && day <= 62 && number_at(&d, 4, 2) <= 12 && sum % 10 == d.d[10];
}

/* ICAO Doc 9303-3: nine characters and a check digit, weights 7 3 1 over digits and letters (A = 10). */
bool is_icao_number(struct slice text)
{
    static const unsigned char weights[] = {7, 3, 1};
    struct characters c = characters_of(text);
    unsigned sum = 0;
    if (c.count != 10 || c.c[9] > '9')
        return false;
    for (size_t i = 0; i < 9; i++)
        sum += (unsigned)(c.c[i] >= 'A' ? c.c[i] - 'A' + 10 : c.c[i] - '0') * weights[i % 3];
    return sum % 10 == (unsigned)(c.c[9] - '0');
}

/* Ministerstwo Spraw Wewnetrznych (Poland), dowod osobisty: three letters, check digit, five digits; 7 3 1.
 */
bool is_pl_dowod(struct slice text)
{
    static const unsigned char weights[] = {7, 3, 1, 9, 7, 3, 1, 7, 3};
    struct characters c = characters_of(text);
    unsigned sum = 0;
    if (c.count != 9 || digits_of(text).count != 6 || c.c[2] < 'A')
        return false;
    for (size_t i = 0; i < 9; i++)
        sum += (unsigned)(c.c[i] >= 'A' ? c.c[i] - 'A' + 10 : c.c[i] - '0') * weights[i];
    return sum % 10 == 0;
}
