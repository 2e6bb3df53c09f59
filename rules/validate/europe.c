/* europe.c - identity and tax numbers of the European mainland. */
#include "rules/validate/digits.h"

/* Ministerio del Interior (Spain): the number modulo 23 picks the letter; X, Y, Z of a NIE stand for 0, 1, 2.
 */
bool is_es_dni(struct slice text)
{
    struct characters c = characters_of(text);
    if (c.count != 9)
        return false;
    unsigned n = 0;
    for (size_t i = 0; i < 8; i++) {
        char digit = i == 0 && c.c[0] >= 'X' && c.c[0] <= 'Z' ? (char)(c.c[0] - 'X' + '0') : c.c[i];
        if (digit > '9')
            return false;
        n = n * 10 + (unsigned)(digit - '0');
    }
    return c.c[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[n % 23];
}

/* Bundeszentralamt fuer Steuern (Germany): ISO/IEC 7064 MOD 11,10; among the first ten digits exactly one stands
 * twice or three times, the others once or not at all. */
bool is_de_steuer_id(struct slice text)
{
    struct digits d = digits_of(text);
    unsigned counts[10] = {0}, repeated = 0, most = 0;
    if (d.count != 11 || d.d[0] == 0)
        return false;
    for (size_t i = 0; i < 10; i++)
        counts[d.d[i]]++;
    for (size_t i = 0; i < 10; i++) {
        repeated += counts[i] > 1;
        most = MAX(most, counts[i]);
    }
    return repeated == 1 && most <= 3 && mod11_10_holds(&d);
}

/* INSEE (France): 13 places and a key, 97 minus the number modulo 97; Corsica's 2A and 2B count as 19 and 18.
 */
bool is_fr_nir(struct slice text)
{
    struct characters c = characters_of(text);
    if (c.count != 15 || (c.c[0] != '1' && c.c[0] != '2'))
        return false;
    if (c.c[5] == '2' && (c.c[6] == 'A' || c.c[6] == 'B')) {
        c.c[5] = '1';
        c.c[6] = c.c[6] == 'A' ? '9' : '8';
    }
    for (size_t i = 0; i < 15; i++)
        if (c.c[i] > '9')
            return false;
    return 97 - mod97(c.c, 13) == (unsigned)((c.c[13] - '0') * 10 + (c.c[14] - '0'));
}

/* D.M. 23/12/1976 (Italy): odd places by a table of their own, even places by value, modulo 26. */
bool is_it_cf(struct slice text)
{
    static const unsigned char odd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                        20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    struct characters c = characters_of(text);
    if (c.count != 16 || c.c[15] < 'A')
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < 15; i++) {
        unsigned value = (unsigned)(c.c[i] >= 'A' ? c.c[i] - 'A' : c.c[i] - '0');
        sum += i % 2 ? value : odd[value];
    }
    return c.c[15] == (char)('A' + sum % 26);
}

/* Rijksdienst voor Identiteitsgegevens (Netherlands): weights 9 to 2 and -1, modulo 11. */
bool is_nl_bsn(struct slice text)
{
    static const unsigned char weights[] = {9, 8, 7, 6, 5, 4, 3, 2, 10};
    struct digits d = digits_of(text);
    return d.count == 9 && number_at(&d, 0, 9) > 0 && weighted(&d, weights, 9) % 11 == 0;
}

/* Ministerstwo Cyfryzacji (Poland): the century is added to the month in steps of 20. */
bool is_pl_pesel(struct slice text)
{
    static const unsigned char weights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
    struct digits d = digits_of(text);
    return d.count == 11 && is_day(0, number_at(&d, 2, 2) % 20, number_at(&d, 4, 2)) &&
           weighted(&d, weights, 11) % 10 == 0;
}

/* Skatteverket (Sweden): YYMMDD-NNNC or with the century, Luhn over the last ten; co-ordination numbers
 * add 60. */
bool is_se_personnummer(struct slice text)
{
    struct digits d = digits_of(text);
    if (d.count == 12) {
        memmove(d.d, d.d + 2, 10);
        d.count = 10;
    }
    unsigned day = number_at(&d, 4, 2);
    return d.count == 10 && is_day(0, number_at(&d, 2, 2), day > 60 ? day - 60 : day) && luhn_holds(&d);
}

/* Rijksregister (Belgium): 97 minus the nine digits modulo 97; a 2 goes before those born from 2000 on. */
bool is_be_rrn(struct slice text)
{
    struct digits d = digits_of(text);
    if (d.count != 11)
        return false;
    unsigned n = number_at(&d, 0, 9), check = number_at(&d, 9, 2);
    return 97 - n % 97 == check || 97 - (2000000000u + n) % 97 == check;
}

/* Digi- ja vaestotietovirasto (Finland): DDMMYY, century sign, three digits; modulo 31. */
bool is_fi_hetu(struct slice text)
{
    struct digits d = digits_of(text);
    if (text.bytes != 11 || d.count < 9 || !is_day(0, number_at(&d, 2, 2), number_at(&d, 0, 2)))
        return false;
    unsigned n = number_at(&d, 0, 6) * 1000 + number_at(&d, 6, 3);
    return text.data[10] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[n % 31];
}

/* Skatteetaten (Norway): two check digits modulo 11. */
bool is_no_fnr(struct slice text)
{
    static const unsigned char first[] = {3, 7, 6, 1, 8, 9, 4, 5, 2, 1},
                               second[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
    struct digits d = digits_of(text);
    if (d.count != 11)
        return false;
    unsigned day = number_at(&d, 0, 2);
    return is_day(0, number_at(&d, 2, 2) % 40, day > 40 ? day - 40 : day) &&
           weighted(&d, first, 10) % 11 == 0 && weighted(&d, second, 11) % 11 == 0;
}

/* Zentrale Ausgleichsstelle (Switzerland): 756 and the check digit of EAN-13. */
bool is_ch_ahv(struct slice text)
{
    static const unsigned char weights[] = {1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1};
    struct digits d = digits_of(text);
    return d.count == 13 && number_at(&d, 0, 3) == 756 && weighted(&d, weights, 13) % 10 == 0;
}
