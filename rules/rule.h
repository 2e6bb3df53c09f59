/* rule.h - front door of the rules room: packs of detection rules, compiled once, run over text.
 *
 * A ruleset is immutable after loading and may be shared by threads and inherited by fork; a scanner holds the match
 * data, JIT stack and scratch of one thread. Every pattern is JIT-compiled by ruleset_load: that must happen before
 * a sandbox closes (afterwards PCRE2 would fall back to its interpreter without a word; -48 is an error here). */
#ifndef ALCOVE_RULES_RULE_H
#define ALCOVE_RULES_RULE_H

#include "base/contract.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/slice.h"

#include <stdint.h>

/* The labels of DESIGN section 6; the parent's operator holds where the child has none. */
enum label {
    LABEL_NAME, LABEL_LOCATION, LABEL_DATE, LABEL_AGE, LABEL_PHONE, LABEL_FAX, LABEL_EMAIL, LABEL_SSN, LABEL_MRN,
    LABEL_HEALTH_PLAN, LABEL_ACCOUNT, LABEL_LICENSE, LABEL_VEHICLE, LABEL_DEVICE, LABEL_URL, LABEL_IP, LABEL_MAC,
    LABEL_CARD, LABEL_IBAN, LABEL_BIC, LABEL_ROUTING, LABEL_PASSPORT, LABEL_NATIONAL_ID, LABEL_TAX_ID, LABEL_NPI,
    LABEL_DEA, LABEL_USERNAME, LABEL_SECRET, LABEL_CRYPTO, LABEL_COORDINATE, LABEL_ORGANIZATION, LABEL_BIOMETRIC,
    LABEL_ID, LABEL_ADDRESS, LABEL_CITY, LABEL_ZIP, LABEL_FACILITY, LABEL_PLATE, LABEL_VIN, LABEL_STUDY,
    LABEL_PROFESSION, LABEL_COUNT
};

const char *label_name(enum label label);
bool label_from(const char *name, enum label *ret);
enum label label_parent(enum label label); /* itself for a top label */

struct rule; /* one rule of a pack */
const char *rule_id(const struct rule *rule);      /* "us.ssn" */
const char *rule_pack(const struct rule *rule);    /* "us-hipaa" */
const char *rule_version(const struct rule *rule); /* the pack's, "2026.11.0" */
enum label rule_label(const struct rule *rule);
const char *rule_validator(const struct rule *rule); /* name, or NULL */
const char *rule_source(const struct rule *rule);    /* the document that defines the format, or NULL */
int rule_hipaa(const struct rule *rule);             /* 1 to 18 of 164.514(b)(2), 0 = none */

struct ruleset;

/* Loads packs by name ("us-hipaa": NAME.yaml in `folder`) or by path (a name with a '/' or ending in ".yaml").
 * -1 with FAULT_PIPELINE and file:line:column. */
CHECKED int ruleset_load(struct ruleset **ret, const char *const *packs, size_t count, const char *folder,
                         struct error *err);
void ruleset_drop(struct ruleset **ruleset);
size_t ruleset_count(const struct ruleset *ruleset);
const struct rule *ruleset_rule(const struct ruleset *ruleset, size_t index);
struct hash ruleset_digest(const struct ruleset *ruleset); /* of the packs' bytes, in order */

/* The names of all packs in `folder`, sorted; freed with pack_names_free. */
CHECKED int pack_names(char ***ret, size_t *ret_count, const char *folder, struct error *err);
void pack_names_free(char **names, size_t count);

struct finding {
    size_t start, end;      /* bytes of the original text, on character boundaries */
    const struct rule *rule; /* borrowed from the ruleset */
    float score;            /* 0 to 1: sum of the parts below, at most 1 */
    float score_pattern, score_context, score_valid, score_negative;
    uint32_t context_at;    /* place of the word that gave the context, UINT32_MAX = none */
};

struct scanner;
CHECKED int scanner_new(struct scanner **ret, const struct ruleset *ruleset, struct error *err);
void scanner_drop(struct scanner **scanner);

/* Every match of every rule whose score is at least `threshold`, sorted by start, then longer first; overlaps are
 * kept (the redactor takes their union). `text` is valid UTF-8. The list is borrowed until the next scan.
 * -1 with FAULT_DOCUMENT when a match, depth or heap limit was hit or too much was found: the text counts as not
 * scanned, and the document is quarantined. */
CHECKED int scanner_scan(struct scanner *scanner, struct slice text, double threshold,
                         const struct finding **ret_findings, size_t *ret_count, struct error *err);

/* Lint and self-test of a pack file, for `rules lint` and `rules test`: each problem is reported by a call with place
 * and message; the number of problems (and of examples run) is returned through ret_. -1 only when the file cannot
 * be loaded at all. */
typedef void rule_report(void *context, const char *file, unsigned line, unsigned column, bool is_error,
                         const char *message);
CHECKED int pack_lint(const char *path, rule_report *report, void *context, size_t *ret_problems, struct error *err);
CHECKED int pack_test(const char *path, rule_report *report, void *context, size_t *ret_examples,
                      size_t *ret_failed, struct error *err);

#endif
