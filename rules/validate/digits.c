/* digits.c - see digits.h. */
#include "rules/validate/digits.h"

struct digits digits_of(struct slice text)
{
    struct digits ret = {0};
    for (size_t i = 0; i < text.bytes; i++)
        if (text.data[i] >= '0' && text.data[i] <= '9') {
            if (ret.count == sizeof ret.d)
                return (struct digits){0};
            ret.d[ret.count++] = (unsigned char)(text.data[i] - '0');
        }
    return ret;
}

struct characters characters_of(struct slice text)
{
    struct characters ret = {0};
    for (size_t i = 0; i < text.bytes; i++) {
        char c = text.data[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 32);
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) {
            if (ret.count == IDENTIFIER_BYTES_MAX)
                return (struct characters){0};
            ret.c[ret.count++] = c;
        }
    }
    return ret;
}

unsigned weighted(const struct digits *digits, const unsigned char *weights, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (unsigned)digits->d[i] * weights[i];
    return sum;
}

unsigned number_at(const struct digits *digits, size_t from, size_t count)
{
    unsigned n = 0;
    for (size_t i = from; i < from + count; i++)
        n = n * 10 + digits->d[i];
    return n;
}

bool luhn_holds(const struct digits *digits)
{
    unsigned sum = 0;
    for (size_t i = 0; i < digits->count; i++) {
        unsigned d = digits->d[digits->count - 1 - i];
        sum += i % 2 ? (d > 4 ? 2 * d - 9 : 2 * d) : d;
    }
    return digits->count > 0 && sum % 10 == 0;
}

bool mod11_10_holds(const struct digits *digits)
{
    unsigned product = 10;
    if (digits->count == 0)
        return false;
    for (size_t i = 0; i + 1 < digits->count; i++) {
        unsigned sum = (digits->d[i] + product) % 10;
        product = (sum ? sum : 10) * 2 % 11;
    }
    return (11 - product) % 10 == digits->d[digits->count - 1];
}

unsigned mod97(const char *characters, size_t count)
{
    unsigned rest = 0;
    for (size_t i = 0; i < count; i++) {
        char c = characters[i];
        rest =
            c >= 'A' ? (rest * 100 + (unsigned)(c - 'A' + 10)) % 97 : (rest * 10 + (unsigned)(c - '0')) % 97;
    }
    return rest;
}

bool is_country(const char code[2])
{
    static const char countries[] =
        "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCR"
        "CUCV"
        "CWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIE"
        "ILIM"
        "INIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMU"
        "MVMW"
        "MXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSO"
        "SRSS"
        "STSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";
    for (size_t i = 0; i + 1 < sizeof countries; i += 2)
        if (countries[i] == code[0] && countries[i + 1] == code[1])
            return true;
    return false;
}

bool is_day(unsigned year, unsigned month, unsigned day)
{
    static const unsigned char days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
        return false;
    bool is_leap = year == 0 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    return month != 2 || day < 29 || is_leap;
}
