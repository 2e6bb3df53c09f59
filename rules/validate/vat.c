/* vat.c - VAT identification numbers of the European Union (European Commission, VIES: structure and check
 * digits). */
#include "rules/validate/digits.h"

/* The last digit is what is missing to a multiple, 10 standing for 0. */
static bool last_fills(const struct digits *d, const unsigned char *weights, unsigned modulus)
{
    return (modulus - weighted(d, weights, d->count - 1) % modulus) % modulus % 10 == d->d[d->count - 1];
}

static bool vat_at(struct slice text, const struct digits *d)
{
    unsigned sum = 4;
    for (size_t i = 0; i < 7; i++)
        sum += i % 2 ? d->d[i] * 2u / 10 + d->d[i] * 2u % 10 : d->d[i];
    return (text.data[0] | 32) == 'u' && (10 - sum % 10) % 10 == d->d[7];
}

static bool vat_be(struct slice text UNUSED, const struct digits *d)
{
    return d->d[0] <= 1 && (number_at(d, 0, 8) + number_at(d, 8, 2)) % 97 == 0;
}

static bool vat_bg(struct slice text, const struct digits *d)
{
    static const unsigned char first[] = {1, 2, 3, 4, 5, 6, 7, 8}, second[] = {3, 4, 5, 6, 7, 8, 9, 10},
                               foreign[] = {21, 19, 17, 13, 11, 9, 7, 3, 1},
                               other[] = {4, 3, 2, 7, 6, 5, 4, 3, 2};
    if (d->count == 10)
        return is_bg_egn(text) || weighted(d, foreign, 9) % 10 == d->d[9] || last_fills(d, other, 11);
    unsigned rest = weighted(d, first, 8) % 11;
    return (rest == 10 ? weighted(d, second, 8) % 11 % 10 : rest) == d->d[8];
}

static bool vat_cy(struct slice text, const struct digits *d)
{
    static const unsigned char odd[] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21};
    struct characters c = characters_of(text);
    unsigned sum = 0;
    for (size_t i = 0; i < 8; i++)
        sum += i % 2 ? d->d[i] : odd[d->d[i]];
    return c.c[8] == (char)('A' + sum % 26);
}

static bool vat_cz(struct slice text, const struct digits *d)
{
    static const unsigned char weights[] = {8, 7, 6, 5, 4, 3, 2};
    if (d->count > 8)
        return is_cz_rc(text) || (d->count == 9 && d->d[0] == 6);
    unsigned check = (11 - weighted(d, weights, 7) % 11) % 10;
    return d->d[0] != 9 && (check ? check : weighted(d, weights, 7) % 11 == 1 ? 0 : 1) == d->d[7];
}

static bool vat_de(struct slice text UNUSED, const struct digits *d)
{
    return d->d[0] != 0 && mod11_10_holds(d);
}

static bool vat_dk(struct slice text UNUSED, const struct digits *d)
{
    static const unsigned char weights[] = {2, 7, 6, 5, 4, 3, 2, 1};
    return d->d[0] != 0 && weighted(d, weights, 8) % 11 == 0;
}

static bool vat_ee(struct slice text UNUSED, const struct digits *d)
{
    static const unsigned char weights[] = {3, 7, 1, 3, 7, 1, 3, 7};
    return last_fills(d, weights, 10);
}

static bool vat_el(struct slice text, const struct digits *d UNUSED)
{
    return is_gr_afm(text);
}

/* A letter that says what kind of body it is, seven digits by Luhn, and that check as a digit or a letter. */
static bool vat_es(struct slice text, const struct digits *d)
{
    struct characters c = characters_of(text);
    if (is_es_dni(text))
        return true;
    unsigned sum = 0;
    for (size_t i = 0; i < 7 && d->count >= 7; i++)
        sum += i % 2 ? d->d[i] : d->d[i] * 2u / 10 + d->d[i] * 2u % 10;
    unsigned check = (10 - sum % 10) % 10;
    return d->count >= 7 && strchr("ABCDEFGHJNPQRSUVWKLM", c.c[0]) &&
           (c.c[8] == (char)('0' + check) || c.c[8] == "JABCDEFGHI"[check]);
}

static bool vat_fi(struct slice text UNUSED, const struct digits *d)
{
    static const unsigned char weights[] = {7, 9, 10, 5, 8, 4, 2, 1};
    return weighted(d, weights, 8) % 11 == 0;
}

/* Two places (digits: 12 and three times the SIREN, modulo 97) and the SIREN. */
static bool vat_fr(struct slice text, const struct digits *d)
{
    struct characters c = characters_of(text);
    struct digits siren = {.count = 9};
    if (d->count < 9)
        return false;
    memcpy(siren.d, d->d + d->count - 9, 9);
    bool has_key = c.c[0] <= '9' && c.c[1] <= '9';
    return luhn_holds(&siren) &&
           (!has_key || (12 + 3 * (number_at(&siren, 0, 9) % 97)) % 97 == number_at(d, 0, 2));
}

static bool vat_hr(struct slice text, const struct digits *d UNUSED)
{
    return is_hr_oib(text);
}

static bool vat_hu(struct slice text UNUSED, const struct digits *d)
{
    static const unsigned char weights[] = {9, 7, 3, 1, 9, 7, 3};
    return last_fills(d, weights, 10);
}

/* As the PPSN; until 2013 also a digit, a letter or sign, five digits and the check letter. */
static bool vat_ie(struct slice text, const struct digits *d)
{
    struct characters c = characters_of(text);
    if (d->count == 7)
        return is_ie_ppsn(text);
    char turned[9] = {'0', c.c[2], c.c[3], c.c[4], c.c[5], c.c[6], c.c[0], c.c[7], 0};
    return d->count == 6 && c.count == 8 && is_ie_ppsn((struct slice){turned, 8});
}

static bool vat_it(struct slice text UNUSED, const struct digits *d)
{
    unsigned province = number_at(d, 7, 3);
    bool is_province = (province >= 1 && province <= 100) || (province >= 120 && province <= 121) ||
                       province == 888 || province == 999;
    return number_at(d, 0, 7) > 0 && is_province && luhn_holds(d);
}

static bool vat_lt(struct slice text UNUSED, const struct digits *d)
{
    static const unsigned char first[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2},
                               second[] = {3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4};
    unsigned rest = weighted(d, first, d->count - 1) % 11;
    return d->d[d->count - 2] == 1 &&
           (rest == 10 ? weighted(d, second, d->count - 1) % 11 % 10 : rest) == d->d[d->count - 1];
}

static bool vat_lu(struct slice text UNUSED, const struct digits *d)
{
    return number_at(d, 0, 6) % 89 == number_at(d, 6, 2);
}

static bool vat_lv(struct slice text, const struct digits *d)
{
    static const unsigned char weights[] = {9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1};
    return d->d[0] > 3 ? weighted(d, weights, 11) % 11 == 3 : is_lv_pk(text);
}

static bool vat_mt(struct slice text UNUSED, const struct digits *d)
{
    static const unsigned char weights[] = {3, 4, 6, 7, 8, 9, 10, 1};
    return d->d[0] != 0 && weighted(d, weights, 8) % 37 == 0;
}

/* Nine digits by the eleven test, or since 2020 MOD 97-10 over NL and all twelve places. */
static bool vat_nl(struct slice text, const struct digits *d)
{
    static const unsigned char weights[] = {9, 8, 7, 6, 5, 4, 3, 2};
    struct characters c = characters_of(text);
    char whole[15] = "NL";
    if (c.c[9] != 'B')
        return false;
    memcpy(whole + 2, c.c, 12);
    return weighted(d, weights, 8) % 11 == d->d[8] || mod97(whole, 14) == 1;
}

static bool vat_pl(struct slice text UNUSED, const struct digits *d)
{
    static const unsigned char weights[] = {6, 5, 7, 2, 3, 4, 5, 6, 7};
    return number_at(d, 0, 9) > 0 && weighted(d, weights, 9) % 11 == d->d[9];
}

static bool vat_pt(struct slice text, const struct digits *d UNUSED)
{
    return is_pt_nif(text);
}

static bool vat_ro(struct slice text UNUSED, const struct digits *d)
{
    static const unsigned char weights[] = {7, 5, 3, 2, 1, 7, 5, 3, 2};
    unsigned sum = 0;
    if (d->count < 2 || d->d[0] == 0)
        return false;
    for (size_t i = 0; i + 1 < d->count; i++)
        sum += (unsigned)d->d[i] * weights[9 - (d->count - 1) + i];
    return sum * 10 % 11 % 10 == d->d[d->count - 1];
}

static bool vat_se(struct slice text UNUSED, const struct digits *d)
{
    struct digits ten = *d;
    ten.count = 10;
    return luhn_holds(&ten) && number_at(d, 10, 2) > 0;
}

static bool vat_si(struct slice text UNUSED, const struct digits *d)
{
    static const unsigned char weights[] = {8, 7, 6, 5, 4, 3, 2};
    return d->d[0] != 0 && weighted(d, weights, 7) % 11 != 0 && last_fills(d, weights, 11);
}

static bool vat_sk(struct slice text, const struct digits *d)
{
    bool holds = (number_at(d, 0, 9) % 11 * 10 + d->d[9]) % 11 == 0;
    return is_cz_rc(text) || (holds && d->d[0] != 0 && strchr("234789", '0' + d->d[2]));
}

static const struct {
    char country[3];
    unsigned char least, most; /* letters and digits after the country */
    unsigned char digits;      /* at least so many of them are digits */
    bool (*is_valid)(struct slice text, const struct digits *digits);
} states[] = {
    {"AT", 9, 9, 8, vat_at},    {"BE", 10, 10, 10, vat_be}, {"BG", 9, 10, 9, vat_bg},
    {"CY", 9, 9, 8, vat_cy},    {"CZ", 8, 10, 8, vat_cz},   {"DE", 9, 9, 9, vat_de},
    {"DK", 8, 8, 8, vat_dk},    {"EE", 9, 9, 9, vat_ee},    {"EL", 9, 9, 9, vat_el},
    {"ES", 9, 9, 7, vat_es},    {"FI", 8, 8, 8, vat_fi},    {"FR", 11, 11, 9, vat_fr},
    {"GR", 9, 9, 9, vat_el},    {"HR", 11, 11, 11, vat_hr}, {"HU", 8, 8, 8, vat_hu},
    {"IE", 8, 9, 6, vat_ie},    {"IT", 11, 11, 11, vat_it}, {"LT", 9, 12, 9, vat_lt},
    {"LU", 8, 8, 8, vat_lu},    {"LV", 11, 11, 11, vat_lv}, {"MT", 8, 8, 8, vat_mt},
    {"NL", 12, 12, 11, vat_nl}, {"PL", 10, 10, 10, vat_pl}, {"PT", 9, 9, 9, vat_pt},
    {"RO", 2, 10, 2, vat_ro},   {"SE", 12, 12, 12, vat_se}, {"SI", 8, 8, 8, vat_si},
    {"SK", 10, 10, 10, vat_sk},
};

bool is_eu_vat(struct slice text)
{
    struct characters c = characters_of(text);
    if (c.count < 4)
        return false;
    struct slice rest = {c.c + 2, c.count - 2};
    struct digits d = digits_of(rest);
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (memcmp(states[i].country, c.c, 2) == 0)
            return rest.bytes >= states[i].least && rest.bytes <= states[i].most &&
                   d.count >= states[i].digits && states[i].is_valid(rest, &d);
    return false;
}

bool is_it_piva(struct slice text)
{
    struct digits d = digits_of(text);
    return d.count == 11 && vat_it(text, &d);
}

bool is_pl_nip(struct slice text)
{
    struct digits d = digits_of(text);
    return d.count == 10 && vat_pl(text, &d);
}

/* INSEE: SIREN (nine digits) or SIRET (fourteen), Luhn; La Poste's establishments sum up to a multiple of
 * five. */
bool is_fr_siren(struct slice text)
{
    struct digits d = digits_of(text);
    if (d.count != 9 && d.count != 14)
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < d.count; i++)
        sum += d.d[i];
    return number_at(&d, 0, 9) > 0 &&
           (luhn_holds(&d) || (d.count == 14 && number_at(&d, 0, 9) == 356000000 && sum % 5 == 0));
}
