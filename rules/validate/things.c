/* things.c - vehicles and dates. */
#include "rules/validate/digits.h"

#define YEAR_MIN 1850u
#define YEAR_MAX 2150u

/* 49 CFR 565.15: seventeen characters without I, O, Q; the ninth is the weighted sum modulo 11. */
bool is_vin(struct slice text)
{
    static const char letters[] = "ABCDEFGHJKLMNPRSTUVWXYZ", values[] = "12345678123457923456789";
    static const unsigned char weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    struct characters c = characters_of(text);
    if (c.count != 17)
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < 17; i++) {
        const char *at = strchr(letters, c.c[i]);
        if (!at && c.c[i] > '9')
            return false;
        sum += (unsigned)((at ? values[at - letters] : c.c[i]) - '0') * weights[i];
    }
    return c.c[8] == "0123456789X"[sum % 11];
}

/* The numbers of a date in order, and its month by name (0 = none). */
struct date_parts {
    unsigned n[3], digits[3], count, month;
};

static unsigned month_named(const char *lower)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (unsigned i = 0; i < 12; i++)
        if (memcmp(names + 3 * i, lower, 3) == 0)
            return i + 1;
    return 0;
}

static bool date_split(struct slice text, struct date_parts *ret)
{
    *ret = (struct date_parts){0};
    for (size_t at = 0; at < text.bytes;) {
        char c = text.data[at], low[3] = {0};
        if (c >= '0' && c <= '9') {
            if (ret->count == 3)
                return true; /* a time of day follows */
            for (; at < text.bytes && text.data[at] >= '0' && text.data[at] <= '9'; at++) {
                ret->n[ret->count] = ret->n[ret->count] * 10 + (unsigned)(text.data[at] - '0');
                if (++ret->digits[ret->count] > 8)
                    return false;
            }
            ret->count++;
            continue;
        }
        size_t letters = 0;
        for (; at < text.bytes && (text.data[at] | 32) >= 'a' && (text.data[at] | 32) <= 'z'; at++, letters++)
            if (letters < 3)
                low[letters] = (char)(text.data[at] | 32);
        if (letters >= 3 && ret->month == 0)
            ret->month = month_named(low);
        at += letters == 0;
    }
    return true;
}

static unsigned full_year(unsigned year, unsigned digits)
{
    return digits > 2 ? year : year + (year < 50 ? 2000 : 1900);
}

static bool is_day_in_years(unsigned year, unsigned month, unsigned day)
{
    return year >= YEAR_MIN && year <= YEAR_MAX && is_day(year, month, day);
}

/* True when the text can be read as a day, or a month of a year, of 1850 to 2150, in one of the orders in use
 * (ISO 8601, month first, day first). */
bool is_date(struct slice text)
{
    struct date_parts p;
    if (!date_split(text, &p) || p.count == 0)
        return false;
    unsigned *n = p.n;
    if (p.count == 1 && p.digits[0] == 8) /* 20240314, 14032024 or 03142024 */
        return is_day_in_years(n[0] / 10000, n[0] / 100 % 100, n[0] % 100) ||
               is_day_in_years(n[0] % 10000, n[0] / 10000 % 100, n[0] / 1000000) ||
               is_day_in_years(n[0] % 10000, n[0] / 1000000, n[0] / 10000 % 100);
    if (p.count == 1 && p.digits[0] == 6 && !p.month) /* 041723, 170423, 230417 */
        return is_day(0, n[0] / 10000, n[0] / 100 % 100) || is_day(0, n[0] / 100 % 100, n[0] / 10000) ||
               is_day(0, n[0] / 100 % 100, n[0] % 100);
    unsigned year = p.count == 3 && p.digits[0] != 4   ? full_year(n[2], p.digits[2])
                    : p.digits[0] == 4                 ? n[0]
                    : p.count == 2 && p.digits[1] == 4 ? n[1]
                                                       : 0;
    if (year && (year < YEAR_MIN || year > YEAR_MAX))
        return false;
    if (p.month) {
        unsigned day = p.digits[0] == 4 ? (p.count > 1 ? n[1] : 1) : n[0];
        return is_day(year, p.month, day);
    }
    if (p.count == 3)
        return p.digits[0] == 4 ? is_day(year, n[1], n[2])
                                : is_day(year, n[0], n[1]) || is_day(year, n[1], n[0]);
    if (p.count == 2 && year)
        return (p.digits[0] == 4 ? n[1] : n[0]) - 1 < 12;
    return p.count == 2 && (is_day(0, n[0], n[1]) || is_day(0, n[1], n[0]));
}
