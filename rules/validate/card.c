/* card.c - payment cards: the issuer ranges of all brands (ISO/IEC 7812), and Luhn.
 *
 * Ranges as the schemes publish them; the first six digits are compared as a number. */
#include "rules/validate/digits.h"

#include <stdint.h>

#define N(length) (1u << (length))
#define N16_TO_19 (N(16) | N(17) | N(18) | N(19))
#define N12_TO_19 (N(12) | N(13) | N(14) | N(15) | N16_TO_19)

static const struct {
    uint32_t first, last; /* of the first six digits, both included */
    uint32_t lengths;     /* bit n: n digits */
} brands[] = {
    {400000, 499999, N(13) | N(16) | N(19)}, /* Visa, Visa Electron, Dankort 4571, Elo */
    {510000, 559999, N(16)},                 /* Mastercard */
    {222100, 272099, N(16)},                 /* Mastercard, 2-series */
    {340000, 349999, N(15)},                 /* American Express */
    {370000, 379999, N(15)},
    {601100, 601199, N16_TO_19}, /* Discover */
    {622126, 622925, N16_TO_19},
    {644000, 659999, N16_TO_19},         /* Discover, RuPay, Troy, Elo, Verve */
    {300000, 305999, N(14) | N16_TO_19}, /* Diners Club */
    {309500, 309599, N(14) | N16_TO_19},
    {360000, 369999, N(14) | N(15) | N16_TO_19},
    {380000, 399999, N(14) | N16_TO_19},
    {352800, 358999, N16_TO_19},     /* JCB, RuPay, LankaPay */
    {620000, 629999, N16_TO_19},     /* China UnionPay */
    {810000, 829999, N16_TO_19},     /* UnionPay, RuPay */
    {500000, 509999, N12_TO_19},     /* Maestro, Dankort 5019, Elo, Verve, RuPay */
    {560000, 589999, N12_TO_19},     /* Maestro, Naranja */
    {639000, 639999, N12_TO_19},     /* Maestro, InstaPayment */
    {670000, 679999, N12_TO_19},     /* Maestro */
    {630400, 630499, N12_TO_19},     /* Laser, Maestro */
    {636000, 638999, N16_TO_19},     /* InterPayment, Elo, InstaPayment */
    {220000, 220599, N16_TO_19},     /* Mir, Borica */
    {600000, 609999, N16_TO_19},     /* RuPay, Hipercard, UkrCard */
    {979200, 979299, N(16)},         /* Troy */
    {970400, 970499, N(16) | N(19)}, /* NAPAS */
    {860000, 860099, N(16)},         /* Uzcard */
    {986000, 986099, N(16)},         /* Humo */
    {194600, 194699, N(16)},         /* GPN */
    {100000, 199999, N(15)},         /* UATP */
};

bool is_card(struct slice text)
{
    struct digits d = digits_of(text);
    if (d.count < 12 || d.count > 19 || !luhn_holds(&d))
        return false;
    uint32_t prefix = number_at(&d, 0, 6);
    for (size_t i = 0; i < COUNT_OF(brands); i++)
        if (prefix >= brands[i].first && prefix <= brands[i].last && brands[i].lengths & N(d.count))
            return true;
    return false;
}

bool is_luhn(struct slice text)
{
    struct digits d = digits_of(text);
    return luhn_holds(&d);
}

/* 3GPP TS 23.003: fifteen digits, the last by Luhn; sixteen (IMEISV) have no check digit. */
bool is_imei(struct slice text)
{
    struct digits d = digits_of(text);
    return d.count == 15 && number_at(&d, 0, 8) > 0 && luhn_holds(&d);
}
