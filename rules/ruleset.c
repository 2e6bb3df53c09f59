/* ruleset.c - several packs as one immutable set, with the tables that decide where each rule is tried.
 *
 *   at:            only where one of the rule's words begins
 *   near:          only up to NEAR_BYTES before one of its bytes
 *   otherwise      where PCRE2 says a match can start: a set of first bytes
 * What has no such set is searched for everywhere. */
#include "rules/compile.h"

#include "base/suggest.h"

#include <dirent.h>

#define PACKS_MAX 64u
#define PATH_BYTES_MAX 4096u

void ruleset_drop(struct ruleset **ruleset)
{
    struct ruleset *s = *ruleset;
    if (!s)
        return;
    for (size_t i = 0; s->rules && i < s->count; i++)
        rule_release(&s->rules[i]);
    for (size_t i = 0; s->packs && i < s->pack_count; i++)
        pack_drop(&s->packs[i]);
    dictionary_drop(&s->dictionary);
    arena_drop(&s->arena);
    free(s);
    *ruleset = NULL;
}

size_t ruleset_count(const struct ruleset *ruleset)
{
    return ruleset->count;
}

const struct rule *ruleset_rule(const struct ruleset *ruleset, size_t index)
{
    return &ruleset->rules[index];
}

struct hash ruleset_digest(const struct ruleset *ruleset)
{
    return ruleset->digest;
}

static bool has_bit(const struct start_set *set, unsigned byte)
{
    return set->bits[byte / 8] >> byte % 8 & 1;
}

/* The bytes a match of the rule can start with, or near which it can; false when that is too many to be of
 * use. */
static bool start_set_of(const struct rule *rule, struct start_set *ret)
{
    *ret = (struct start_set){0};
    if (rule->text->near) {
        ret->reach = NEAR_BYTES;
        for (const char *c = rule->text->near; *c; c++)
            ret->bits[(unsigned char)*c / 8] |= (uint8_t)(1u << (unsigned char)*c % 8);
        return true;
    }
    uint32_t type = 0, unit = 0;
    const uint8_t *bitmap = NULL;
    pcre2_pattern_info(rule->code, PCRE2_INFO_FIRSTCODETYPE, &type);
    pcre2_pattern_info(rule->code, PCRE2_INFO_FIRSTCODEUNIT, &unit);
    pcre2_pattern_info(rule->code, PCRE2_INFO_FIRSTBITMAP, &bitmap);
    if (type == 1) {
        ret->bits[unit / 8] |= (uint8_t)(1u << unit % 8);
        if (rule->text->is_caseless && unit < 0x80 && word_lower[unit])
            ret->bits[(unit ^ 32) / 8] |= (uint8_t)(1u << unit % 8);
        return true;
    }
    if (!bitmap)
        return false;
    memcpy(ret->bits, bitmap, sizeof ret->bits);
    unsigned lower = 0;
    for (unsigned c = 'a'; c <= 'z'; c++)
        lower += has_bit(ret, c);
    return lower <= 4 && !has_bit(ret, ' ');
}

static void assign_start_sets(struct ruleset *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct start_set set;
        if (s->rules[i].at.count || !s->rules[i].code || !start_set_of(&s->rules[i], &set))
            continue;
        uint32_t number = 0;
        while (number < s->set_count && memcmp(&s->sets[number], &set, sizeof set) != 0)
            number++;
        if (number == START_SETS_MAX)
            continue;
        if (number == s->set_count) {
            s->sets[s->set_count++] = set;
            for (unsigned byte = 0; byte < 256; byte++)
                s->sets_of_byte[byte] |= has_bit(&set, byte) ? UINT64_C(1) << number : 0;
        }
        s->rules[i].start_set = number;
    }
}

/* For each word the rules that are tried at it: counted, then filled in. */
static int index_at_words(struct ruleset *s, struct error *err)
{
    size_t words = dictionary_count(s->dictionary), total = 0;
    for (size_t i = 0; i < s->count; i++)
        total += s->rules[i].at.count;
    s->at_first = arena_array(s->arena, words + 2, sizeof *s->at_first, err);
    s->at_rules = arena_array(s->arena, total + 1, sizeof *s->at_rules, err);
    if (!s->at_first || !s->at_rules)
        return -1;
    for (size_t i = 0; i < s->count; i++)
        for (size_t j = 0; j < s->rules[i].at.count; j++)
            s->at_first[s->rules[i].at.items[j].first + 2]++;
    for (size_t w = 2; w < words + 2; w++)
        s->at_first[w] += s->at_first[w - 1];
    for (size_t i = 0; i < s->count; i++) {
        uint32_t last = WORD_NONE; /* phrases are sorted, so a rule enters each word once */
        for (size_t j = 0; j < s->rules[i].at.count; j++) {
            uint32_t word = s->rules[i].at.items[j].first;
            if (word != last)
                s->at_rules[s->at_first[word + 1]++] = (uint32_t)i;
            else
                s->at_rules[s->at_first[word + 1]++] = UINT32_MAX;
            last = word;
        }
    }
    return 0;
}

static int compile_all(struct ruleset *s, struct error *err)
{
    for (size_t p = 0; p < s->pack_count; p++)
        for (size_t i = 0; i < s->packs[p]->count; i++) {
            struct rule *rule = &s->rules[s->count++];
            rule->index = (uint32_t)(s->count - 1);
            if (rule_compile(rule, s->packs[p], &s->packs[p]->rules[i], s->dictionary, s->arena, err))
                return -1;
            if (rule->text->finder)
                s->finder_rules[s->finder_count++] = rule->index;
            uint32_t groups = 0;
            if (rule->code)
                pcre2_pattern_info(rule->code, PCRE2_INFO_CAPTURECOUNT, &groups);
            s->ovector_pairs = MAX(s->ovector_pairs, groups + 1);
            for (size_t j = 0; j + 1 < s->count; j++)
                if (strcmp(s->rules[j].text->id, rule->text->id) == 0)
                    return yaml_error(rule->pack->yaml, rule->text->id_node, FAULT_PIPELINE, err,
                                      "the id \"%s\" stands already in pack \"%s\"", rule->text->id,
                                      s->rules[j].pack->name);
        }
    return 0;
}

int ruleset_of_packs(struct ruleset **ret, struct pack **packs, size_t count, struct error *err)
{
    AUTO(ruleset) *s = calloc(1, sizeof *s);
    struct slice digests[PACKS_MAX];
    size_t rules = 0;
    for (size_t i = 0; i < count; i++)
        rules += packs[i]->count;
    if (!s)
        return error_memory(err);
    if (arena_new(&s->arena, err) || dictionary_new(&s->dictionary, err) ||
        !(s->packs = arena_array(s->arena, count, sizeof *s->packs, err)) ||
        !(s->finder_rules = arena_array(s->arena, rules + 1, sizeof *s->finder_rules, err)) ||
        !(s->rules = arena_array(s->arena, rules + 1, sizeof *s->rules, err)))
        return -1;
    for (size_t i = 0; i < count; i++) {
        digests[i] = (struct slice){(const char *)packs[i]->digest.bytes, HASH_BYTES};
        s->packs[s->pack_count++] = TAKE(packs[i]);
    }
    if (compile_all(s, err) || index_at_words(s, err))
        return -1;
    assign_start_sets(s);
    s->digest = hash_of(digests, count);
    *ret = TAKE(s);
    return 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void pack_names_free(char **names, size_t count)
{
    for (size_t i = 0; names && i < count; i++)
        free(names[i]);
    free(names);
}

int pack_names(char ***ret, size_t *ret_count, const char *folder, struct error *err)
{
    DIR *open = opendir(folder);
    if (!open)
        return error_errno(err, FAULT_PIPELINE, "cannot list the rule packs of", folder);
    char **names = calloc(PACKS_MAX, sizeof *names);
    size_t count = 0;
    int result = names ? 0 : error_memory(err);
    for (struct dirent *entry; result == 0 && (entry = readdir(open));) {
        size_t bytes = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || !ends_with(entry->d_name, ".yaml"))
            continue;
        if (count == PACKS_MAX)
            result = error_set(err, FAULT_PIPELINE, "more than %u rule packs", PACKS_MAX);
        else if (!(names[count] = strndup(entry->d_name, bytes - 5)))
            result = error_memory(err);
        else
            count++;
    }
    closedir(open);
    if (result) {
        pack_names_free(names, count);
        return -1;
    }
    qsort(names, count, sizeof *names, by_name);
    *ret = names;
    *ret_count = count;
    return 0;
}

/* A name that is no pack of the folder: the nearest one, or all. */
static int refuse_pack(const char *name, const char *folder, struct error *err)
{
    char **names = NULL, all[160] = "";
    size_t count = 0, used = 0;
    if (pack_names(&names, &count, folder, err))
        return -1;
    const char *nearest = suggest_nearest(name, (const char *const *)names, count);
    for (size_t i = 0; i < count && used < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", names[i]);
    error_set(err, FAULT_PIPELINE, "unknown rule pack \"%s\"", name);
    if (nearest)
        error_hint(err, "did you mean \"%s\"?", nearest);
    else
        error_hint(err, "the shipped ones are %s; a file of yours is named by its path", all);
    pack_names_free(names, count);
    return -1;
}

static int load_pack(struct pack **ret, const char *name, const char *folder, struct error *err)
{
    char path[PATH_BYTES_MAX];
    bool is_path = strchr(name, '/') || ends_with(name, ".yaml");
    int bytes = is_path ? snprintf(path, sizeof path, "%s", name)
                        : snprintf(path, sizeof path, "%s/%s.yaml", folder, name);
    if (bytes >= (int)sizeof path)
        return error_set(err, FAULT_PIPELINE, "the path of a pack is too long");
    if (!is_path && access(path, F_OK) != 0)
        return refuse_pack(name, folder, err);
    return pack_read(ret, path, NULL, err);
}

int ruleset_load(struct ruleset **ret, const char *const *packs, size_t count, const char *folder,
                 struct error *err)
{
    struct pack *read[PACKS_MAX] = {0};
    if (count == 0 || count > PACKS_MAX)
        return error_set(err, FAULT_PIPELINE, "a ruleset has 1 to %u packs", PACKS_MAX);
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        result = load_pack(&read[i], packs[i], folder, err);
    if (result == 0)
        result = ruleset_of_packs(ret, read, count, err);
    for (size_t i = 0; i < count; i++)
        pack_drop(&read[i]);
    return result;
}
