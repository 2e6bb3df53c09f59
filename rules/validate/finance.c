/* finance.c - numbers of securities (CUSIP, ISIN, SEDOL), and of a card inside the data of its magnetic
 * stripe. */
#include "rules/validate/digits.h"

static unsigned value_of(char c)
{
    return (unsigned)(c >= 'A' ? c - 'A' + 10 : c - '0');
}

/* ANSI X9.6: every second value doubled, the digits of all summed, modulo 10. */
bool is_cusip(struct slice text)
{
    struct characters c = characters_of(text);
    if (c.count != 9 || c.c[8] > '9')
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < 8; i++) {
        unsigned value = value_of(c.c[i]) * (i % 2 ? 2u : 1u);
        sum += value / 10 + value % 10;
    }
    return (10 - sum % 10) % 10 == value_of(c.c[8]);
}

/* ISO 6166: a country (or XA to XF, XS, EU), nine characters, Luhn over the letters written as 10 to 35. */
bool is_isin(struct slice text)
{
    static const char other[][3] = {"XS", "EU", "XA", "XB", "XC", "XD", "XF"};
    struct characters c = characters_of(text);
    if (c.count != 12 || c.c[11] > '9' || c.c[0] < 'A' || c.c[1] < 'A')
        return false;
    bool is_known = is_country(c.c);
    for (size_t i = 0; i < COUNT_OF(other); i++)
        is_known |= memcmp(other[i], c.c, 2) == 0;
    struct digits d = {0};
    for (size_t i = 0; i < 12; i++) {
        if (c.c[i] >= 'A')
            d.d[d.count++] = (unsigned char)(value_of(c.c[i]) / 10);
        d.d[d.count++] = (unsigned char)(value_of(c.c[i]) % 10);
    }
    return is_known && luhn_holds(&d);
}

/* London Stock Exchange, SEDOL Masterfile: weights 1 3 1 7 3 9 1, no vowels. */
bool is_sedol(struct slice text)
{
    static const unsigned char weights[] = {1, 3, 1, 7, 3, 9, 1};
    struct characters c = characters_of(text);
    if (c.count != 7 || c.c[6] > '9')
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < 7; i++) {
        if (strchr("AEIOU", c.c[i]))
            return false;
        sum += value_of(c.c[i]) * weights[i];
    }
    return sum % 10 == 0;
}

/* ISO/IEC 7813: the account number stands before the first separator, ^ of track 1 or = (D in memory dumps)
 * of track 2, and is a card. */
bool is_track(struct slice text)
{
    size_t from = 0, to;
    while (from < text.bytes && (text.data[from] < '0' || text.data[from] > '9'))
        from++;
    for (to = from;
         to < text.bytes && ((text.data[to] >= '0' && text.data[to] <= '9') || text.data[to] == ' ');)
        to++;
    return to < text.bytes && is_card(slice_sub(text, from, to));
}
