/* fuzz_scan.c - any valid UTF-8 is scanned to the end or refused; findings are sorted, in range, on boundaries. */
#include "tests/fuzz/fuzz.h"

#include "base/utf8.h"
#include "rules/rule.h"

static struct ruleset *rules;
static struct scanner *scanner;

static void load(void)
{
    static const char *const packs[] = {"common", "us-hipaa"};
    struct error err;
    char folder[4096];
    const char *source = getenv("ALCOVE_SOURCE_DIR");
    snprintf(folder, sizeof folder, "%s/rules/packs", source ? source : ".");
    if (ruleset_load(&rules, packs, 2, folder, &err) || scanner_new(&scanner, rules, &err)) {
        error_print(&err, stderr, false);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct error err;
    const struct finding *found;
    size_t count;
    struct slice text = {(const char *)data, bytes};
    if (!scanner)
        load();
    text.bytes = utf8_valid(text);
    if (scanner_scan(scanner, text, 0.0, &found, &count, &err)) {
        property_refused(err, FAULT_DOCUMENT);
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        property(found[i].start < found[i].end && found[i].end <= text.bytes);
        property(utf8_cut(text, found[i].start) == found[i].start && utf8_cut(text, found[i].end) == found[i].end);
        property(found[i].score >= 0 && found[i].score <= 1);
        property(i == 0 || found[i - 1].start < found[i].start ||
                 (found[i - 1].start == found[i].start && found[i - 1].end >= found[i].end));
    }
    return 0;
}
