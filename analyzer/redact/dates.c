/* dates.c - see dates.h. */
#include "analyzer/redact/dates.h"

#include "base/contract.h"
#include "base/fold.h"

#define TOKENS_MAX 16u

struct token_run { /* of digits or of letters */
    char text[12];
    unsigned bytes;
    bool is_number, has_apostrophe;
    char before; /* the byte in front */
    int number;  /* up to 8 digits, else -1 */
};

static void close_token(struct token_run *t)
{
    t->number = t->is_number && t->bytes <= 8 ? 0 : -1;
    for (unsigned i = 0; t->number >= 0 && i < t->bytes; i++)
        t->number = t->number * 10 + (t->text[i] - '0');
}

/* Runs of digits and of letters; a change between the two ends a run ("14Mar2024"). */
static size_t tokens_of(struct slice value, struct token_run tokens[TOKENS_MAX])
{
    size_t count = 0;
    struct token_run *open = NULL;
    for (size_t at = 0; at < value.bytes;) {
        struct folded f = fold_next(value, at);
        bool is_digit = f.count == 1 && f.to[0] >= '0' && f.to[0] <= '9';
        if (f.kind == FOLD_SEPARATOR || (open && f.count && open->is_number != is_digit))
            open = NULL;
        if (f.kind == FOLD_WORD && !open) {
            if (count == TOKENS_MAX)
                break;
            open = &tokens[count++];
            char before = at ? value.data[at - 1] : 0;
            bool has_apostrophe =
                before == '\'' || (at >= 3 && memcmp(value.data + at - 3, "\xe2\x80\x99", 3) == 0);
            *open =
                (struct token_run){.is_number = is_digit, .before = before, .has_apostrophe = has_apostrophe};
        }
        for (uint8_t i = 0; open && i < f.count; i++, open->bytes++)
            if (open->bytes < sizeof open->text)
                open->text[open->bytes] = f.to[i];
        at += f.bytes;
    }
    for (size_t i = 0; i < count; i++)
        close_token(&tokens[i]);
    return count;
}

static bool is_month(const struct token_run *t)
{
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    for (size_t i = 0; i < COUNT_OF(months) && !t->is_number && t->bytes >= 3; i++)
        if (memcmp(t->text, months[i], 3) == 0)
            return true;
    return false;
}

static bool is_year(int number, unsigned digits)
{
    return digits == 4 && number >= 1850 && number <= 2150;
}

/* YYYYMMDD, DDMMYYYY, MMDDYYYY. 0 = none. */
static int year_of_compact(int number)
{
    int year = number / 10000, month = number / 100 % 100, day = number % 100;
    if (is_year(year, 4) && month >= 1 && month <= 12 && day >= 1 && day <= 31)
        return year;
    year = number % 10000;
    int a = number / 1000000, b = number / 10000 % 100;
    bool is_date = a >= 1 && b >= 1 && ((a <= 31 && b <= 12) || (a <= 12 && b <= 31));
    return is_date && is_year(year, 4) ? year : 0;
}

static int century(int two_digits, int reference)
{
    int year = reference / 100 * 100 + two_digits;
    return year > reference + 1 ? year - 100 : year;
}

/* "19/03/24", "14 Mar 24", "Mar '24", "March 58". -1 = no year told. */
static int year_of_short(const struct token_run *tokens, size_t count, int reference)
{
    const struct token_run *numbers[TOKENS_MAX];
    size_t n = 0;
    bool has_month = false;
    for (size_t i = 0; i < count; i++) {
        has_month |= is_month(&tokens[i]);
        if (!tokens[i].is_number)
            continue;
        if (tokens[i].bytes == 2 && tokens[i].has_apostrophe)
            return century(tokens[i].number, reference);
        if (tokens[i].bytes <= 2)
            numbers[n++] = &tokens[i];
    }
    size_t last = has_month ? 1 : 2; /* a day and a year; day, month and year */
    if (has_month && n == 1 && numbers[0]->number > 31)
        return century(numbers[0]->number, reference);
    if (n <= last || numbers[last]->bytes != 2 || numbers[last]->before == ':')
        return -1;
    if (!has_month && numbers[0]->number > 31) /* 58-03-14 */
        return century(numbers[0]->number, reference);
    return century(numbers[last]->number, reference);
}

/* Three short numbers with one sign between them are a date, whatever follows ("14/03/24 2015" is a time). */
static bool begins_short(const struct token_run *tokens, size_t count)
{
    return count >= 3 && tokens[0].is_number && tokens[0].bytes <= 2 && tokens[1].is_number &&
           tokens[1].bytes <= 2 && tokens[2].is_number && tokens[2].bytes == 2 &&
           tokens[1].before == tokens[2].before && strchr("/.-", tokens[1].before);
}

bool date_years(struct slice value, int reference, struct years *ret)
{
    struct token_run tokens[TOKENS_MAX];
    size_t count = tokens_of(value, tokens);
    struct years found = {0};
    for (size_t i = 0; i < count && !begins_short(tokens, count); i++) {
        int year = is_year(tokens[i].number, tokens[i].bytes) ? tokens[i].number : 0;
        if (tokens[i].is_number && tokens[i].bytes == 8)
            year = year_of_compact(tokens[i].number);
        if (!year)
            continue;
        found.first = found.first ? found.first : year;
        found.last = year;
    }
    if (!found.first) {
        found.first = found.last = year_of_short(tokens, count, reference);
        if (found.first < 0)
            return false;
    }
    found.is_year_only = count == 1 && tokens[0].bytes == 4;
    *ret = found;
    return true;
}

/* Number words as they occur in ages. */
/* clang-format off */
static const struct { const char *word; int number; } number_words[] = {
    {"one", 1}, {"two", 2}, {"three", 3}, {"four", 4}, {"five", 5}, {"six", 6}, {"seven", 7}, {"eight", 8},
    {"nine", 9}, {"ten", 10}, {"eleven", 11}, {"twelve", 12}, {"thirteen", 13}, {"fourteen", 14},
    {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},
    {"thirty", 30}, {"forty", 40}, {"fifty", 50}, {"sixty", 60}, {"seventy", 70}, {"eighty", 80},
    {"ninety", 90}, {"hundred", 100}};
/* clang-format on */

static int number_of_word(const struct token_run *t)
{
    for (size_t i = 0; i < COUNT_OF(number_words); i++)
        if (strlen(number_words[i].word) == t->bytes && t->bytes <= sizeof t->text &&
            memcmp(number_words[i].word, t->text, t->bytes) == 0)
            return number_words[i].number;
    return -1;
}

static bool is_short_unit(const struct token_run *t)
{
    static const char *const units[] = {"month", "week", "day", "mo", "wk", "mth"};
    for (size_t i = 0; i < COUNT_OF(units) && !t->is_number; i++)
        if (t->bytes >= strlen(units[i]) && t->bytes <= strlen(units[i]) + 1 &&
            memcmp(t->text, units[i], strlen(units[i])) == 0)
            return true;
    return false;
}

int age_years(struct slice value)
{
    struct token_run tokens[TOKENS_MAX];
    size_t count = tokens_of(value, tokens);
    int age = -1;
    for (size_t i = 0; i < count; i++) {
        int number = tokens[i].is_number ? tokens[i].number : number_of_word(&tokens[i]);
        if (is_short_unit(&tokens[i]) && age >= 0)
            return 0;
        if (number < 0)
            continue;
        if (tokens[i].is_number)
            age = number > age ? number : age; /* "85-92": the higher */
        else if (number == 100)
            age = 100;
        else
            age = age < 0 ? number : age + number;
    }
    return age;
}
