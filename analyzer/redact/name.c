/* name.c - see name.h. */
#include "analyzer/redact/name.h"

#include "base/contract.h"
#include "base/fold.h"

static const char *const titles[] = {
    "mr",   "mrs",  "ms",    "miss", "mx",    "master", "dr",  "doctor", "prof",  "professor", "sir",  "dame",
    "lord", "lady", "rev",   "fr",   "sr",    "jr",     "ii",  "iii",    "iv",    "esq",       "phd",  "md",
    "do",   "rn",   "np",    "pa",   "lpn",   "bsn",    "msn", "dds",    "dpm",   "pharmd",    "frcp", "mrcp",
    "frcs", "mbbs", "mrcgp", "sgt",  "capt",  "lt",     "col", "hon",    "nurse", "sister",    "pt",   "dvm",
    "herr", "frau", "mme",   "sra",  "senor", "senora", "don", "dona",   "mdm",   "madam",     "crna", "cnp"};
static const char *const particles[] = {"van", "der", "den", "de", "del", "della", "di",  "da",
                                        "dos", "das", "du",  "la", "le",  "los",   "las", "von",
                                        "zu",  "bin", "ibn", "al", "el",  "ter",   "ten", "bint",
                                        "ap",  "mac", "mc",  "st", "y",   "e",     "af",  "av"};

static bool is_one_of(const char *const *names, size_t count, struct slice word)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(slice_of(names[i]), word))
            return true;
    return false;
}

bool name_is_title(struct slice folded)
{
    return is_one_of(titles, COUNT_OF(titles), folded);
}

/* Folds at most `capacity` bytes; enough for titles and particles. */
static struct slice fold_short(struct slice word, char *to, size_t capacity)
{
    size_t bytes = 0;
    for (size_t at = 0; at < word.bytes;) {
        struct folded f = fold_next(word, at);
        if (bytes + f.count > capacity)
            break;
        memcpy(to + bytes, f.to, f.count);
        bytes += f.count;
        at += f.bytes;
    }
    return (struct slice){to, bytes};
}

static enum part_role role_alone(struct slice word)
{
    char room[16];
    struct slice folded = fold_short(word, room, sizeof room);
    if (is_one_of(titles, COUNT_OF(titles), folded))
        return PART_TITLE;
    if (folded.bytes == 1)
        return PART_INITIAL;
    if (is_one_of(particles, COUNT_OF(particles), folded))
        return PART_PARTICLE;
    return PART_SINGLE;
}

static bool is_apostrophe(struct slice gap)
{
    return slice_equal(gap, SLICE("'")) || slice_equal(gap, SLICE("\xe2\x80\x99"));
}

/* The words of the value; "O'Brien" joined, a possessive "'s" left out. */
static size_t split_words(struct slice value, struct name_part parts[NAME_PARTS_MAX])
{
    size_t count = 0, at = 0;
    for (struct span word; fold_word(value, &at, &word);) {
        struct span *last = count ? &parts[count - 1].at : NULL;
        if (last && is_apostrophe(slice_sub(value, last->end, word.start))) {
            bool is_possessive = word.end - word.start == 1 && (value.data[word.start] | 32) == 's';
            if (!is_possessive)
                last->end = word.end;
            continue;
        }
        if (count == NAME_PARTS_MAX)
            break;
        parts[count++].at = word;
    }
    return count;
}

/* The comma of "LAST, FIRST" lies behind part `i`. */
static bool is_comma_behind(struct slice value, const struct name_part *parts, size_t count, size_t i)
{
    return i + 1 < count &&
           memchr(value.data + parts[i].at.end, ',', parts[i + 1].at.start - parts[i].at.end) != NULL;
}

size_t name_split(struct slice value, struct name_part parts[NAME_PARTS_MAX])
{
    size_t count = split_words(value, parts), full = 0, last_full = 0, comma_at = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        parts[i].role = role_alone(slice_sub(value, parts[i].at.start, parts[i].at.end));
        if (parts[i].role != PART_SINGLE)
            continue;
        full++;
        last_full = i;
        if (comma_at == SIZE_MAX && is_comma_behind(value, parts, count, i))
            comma_at = i;
    }
    bool has_rest = false; /* something that is a name follows the comma */
    for (size_t i = comma_at; i != SIZE_MAX && ++i < count;)
        has_rest |= parts[i].role == PART_SINGLE || parts[i].role == PART_INITIAL;
    bool has_initial = false;
    for (size_t i = 0; i < count; i++)
        has_initial |= parts[i].role == PART_INITIAL;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].role != PART_SINGLE || (full == 1 && !has_rest && !has_initial))
            continue;
        bool is_surname = has_rest ? i <= comma_at : i == last_full;
        parts[i].role = is_surname ? PART_SURNAME : PART_GIVEN;
    }
    for (size_t i = count; i-- > 1;) /* both halves of "Smith-Jones" */
        if (parts[i].at.start - parts[i - 1].at.end == 1 && value.data[parts[i - 1].at.end] == '-' &&
            parts[i].role == PART_SURNAME && parts[i - 1].role == PART_GIVEN)
            parts[i - 1].role = PART_SURNAME;
    return count;
}
