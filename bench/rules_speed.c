/* rules_speed.c - megabytes a second through the rules, on sparse, dense and hostile text.
 *
 *   rules_speed FOLDER_OF_PACKS PACK[,PACK...] [MEGABYTES]
 * Sparse: prose with one identifier in about 2 KB. Dense: a line in two holds one. Hostile: 1 MB each of what
 * makes backtracking matchers slow. One thread; prints JSON, a line a text. */
#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "rules/rule.h"

static const char prose[] = "The knee was swollen after the long walk and the pain did not settle with rest "
                            "or ice. There was no fever and no "
                            "rash, the joint was warm but not red, and movement was limited by about a "
                            "third. We talked about the options and "
                            "agreed to wait for the scan before anything else is tried. The tablets helped a "
                            "little in the first week.\n";
static const char dense[] =
    "Pt: Sean Rogers DOB 20 Jun 2001 MRN 1828169 phone 455-689-8206, seen with Dr. Stoddard.\n"
    "The wound is clean and dry and there is no sign of infection today.\n"
    "Card 4111 1111 1111 1111, IBAN GB82 WEST 1234 5698 7654 32, mail a.b@example.org.\n"
    "Plan: continue as before and come back when the results are here.\n";

static const struct text {
    const char *name;
    const char *repeat[2]; /* the first as often as `times`, then the second once */
    unsigned times;
    size_t bytes; /* 0: as asked for on the command line */
} texts[] = {
    {"sparse", {prose, "Call Anna Schmidt on 202-555-0143 or write to anna@example.org.\n"}, 6, 0},
    {"dense", {dense, ""}, 1, 0},
    {"a.a.a.", {"a.", ""}, 1, 1u << 20},
    {"1-1-1-", {"1-", ""}, 1, 1u << 20},
    {"digits", {"1", ""}, 1, 1u << 20},
    {"4 4 4 ", {"4 ", ""}, 1, 1u << 20},
    {"A.A.A.", {"A. ", ""}, 1, 1u << 20},
    {"Aaa Aaa", {"Anna ", ""}, 1, 1u << 20},
    {"capitals", {"A", ""}, 1, 1u << 20},
    {"brackets", {"((", ""}, 1, 1u << 20},
    {"a@a@a@", {"a@", ""}, 1, 1u << 20},
    {"colons", {"a:1:", ""}, 1, 1u << 20},
    {"spaces", {" ", ""}, 1, 1u << 20},
    {"newlines", {"\n", ""}, 1, 1u << 20},
    {"Dr Dr Dr", {"Dr ", ""}, 1, 1u << 20},
    {"account", {"account number ", ""}, 1, 1u << 20},
    {"St. St. ", {"St. ", ""}, 1, 1u << 20},
    {"May May ", {"May ", ""}, 1, 1u << 20},
    {"full-width", {"\xef\xbc\x91", ""}, 1, 1u << 20},
};

static int fill(struct buffer *to, const struct text *text, size_t bytes, struct error *err)
{
    buffer_clear(to);
    while (to->bytes < bytes) {
        for (unsigned i = 0; i < text->times; i++)
            if (buffer_append_text(to, text->repeat[0], err))
                return -1;
        if (buffer_append_text(to, text->repeat[1], err))
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *packs[16];
    size_t pack_count = 0, megabytes = argc > 3 ? strtoul(argv[3], NULL, 10) : 8;
    struct error err;
    AUTO(ruleset) *rules = NULL;
    AUTO(scanner) *scanner = NULL;
    AUTO(buffer) *text = NULL;
    if (argc < 3) {
        fprintf(stderr, "usage: rules_speed FOLDER PACK[,PACK...] [MEGABYTES]\n");
        return 2;
    }
    for (char *rest = argv[2], *name; (name = strsep(&rest, ",")) && pack_count < COUNT_OF(packs);)
        packs[pack_count++] = name;
    int64_t start = clock_monotonic_ns();
    if (ruleset_load(&rules, packs, pack_count, argv[1], &err) || scanner_new(&scanner, rules, &err) ||
        buffer_new(&text, 1u << 30, &err)) {
        error_print(&err, stderr, false);
        return fault_exit(err.code);
    }
    printf("{\"rules\":%zu,\"load_ms\":%.1f}\n", ruleset_count(rules),
           (double)(clock_monotonic_ns() - start) / 1e6);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const struct finding *findings;
        size_t count = 0;
        if (fill(text, &texts[i], texts[i].bytes ? texts[i].bytes : megabytes << 20, &err)) {
            error_print(&err, stderr, false);
            return fault_exit(err.code);
        }
        start = clock_monotonic_ns();
        int result = scanner_scan(scanner, buffer_slice(text), 0.5, &findings, &count, &err);
        double seconds = (double)(clock_monotonic_ns() - start) / 1e9;
        printf("{\"text\":\"%s\",\"bytes\":%zu,\"seconds\":%.3f,\"mb_per_s\":%.2f,\"findings\":%zu,"
               "\"quarantined\":%s}\n",
               texts[i].name, text->bytes, seconds, (double)text->bytes / 1e6 / seconds, count,
               result ? "true" : "false");
        if (result)
            error_print(&err, stderr, false);
        fflush(stdout);
    }
    return 0;
}
