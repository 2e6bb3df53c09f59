/* keys.c - the tables: every key of a pipeline file with its type, range, default and help. */
#include "pipelines/keys.h"

#include "base/limits.h"

#define KEY(field) .offset = offsetof(struct pipeline, field)
#define LIST(field, n)                                                                                       \
    .offset = offsetof(struct pipeline, field), .count_offset = offsetof(struct pipeline, n)
#define STEP(field) .offset = offsetof(struct step, field)
#define STEP_LIST(field, n) .offset = offsetof(struct step, field), .count_offset = offsetof(struct step, n)

/* clang-format off */
const struct operator_row operator_rows[OPERATOR_COUNT] = {
    [OPERATOR_TAG]       = {"tag",       NULL,   "[NAME_1], the same number for the same value"},
    [OPERATOR_MASK]      = {"mask",      NULL,   "asterisks of the same length"},
    [OPERATOR_HASH]      = {"hash",      NULL,   "a keyed hash, the same for the same value in one store"},
    [OPERATOR_REMOVE]    = {"remove",    NULL,   "nothing"},
    [OPERATOR_SURROGATE] = {"surrogate", NULL,   "an invented value of the same kind"},
    [OPERATOR_YEAR]      = {"year",      "DATE", "the year alone"},
    [OPERATOR_AGE90]     = {"age90",     "AGE",  "ages above 89 become \"90 or older\""},
    [OPERATOR_ZIP3]      = {"zip3",      "ZIP",  "three digits, 000 where few people live"},
    [OPERATOR_KEEP]      = {"keep",      NULL,   "the value as it is"},
};
const char *const operator_names[] = {"tag",  "mask",  "hash", "remove", "surrogate",
                                      "year", "age90", "zip3", "keep",   NULL};
const char *const profile_names[] = {[PROFILE_HIPAA_SAFE_HARBOR] = "hipaa-safe-harbor", NULL};

static const char *const format_names[] = {"text", NULL};
static const char *const verify_names[] = {"fail", "warn", NULL};       /* the first is true */
static const char *const grounded_names[] = {"strict", "lenient", NULL}; /* the first is true */
static const char *const style_names[] = {"clinical", "plain", NULL};
/* bit 0, 1, 2: enum keep */
static const char *const keep_names[] = {"redacted_text", "spans", "results", NULL};

static const struct key ingest_keys[] = {
    {"formats", &type_choices, LIST(formats, format_count), .names = format_names, .what = "format",
     .otherwise = "text",
     .help = "kinds of documents that are read"},
    {"max_bytes", &type_bytes, KEY(bytes_max), .min = 1, .max = DOCUMENT_BYTES_MAX, .otherwise = "20MiB",
     .help = "a larger document is quarantined"},
    {0}};

static const struct key redact_keys[] = {
    {"rules", &type_texts, LIST(packs, pack_count), .min = 1, .max = 64, .is_required = true,
     .help = "rule packs, by name or path"},
    {"profile", &type_choice, KEY(profile), .names = profile_names, .otherwise = "hipaa-safe-harbor",
     .help = "the standard that the result has to meet"},
    {"threshold", &type_real, KEY(threshold), .min = 0, .max = 1, .otherwise = "0.5",
     .help = "lowest score that is redacted"},
    {"operators", &type_operators, LIST(operators, operator_count), .names = operator_names,
     .what = "operator",
     .help = "what takes the place of a value, by label; \"default\" for the others"},
    {"verify", &type_choice_flag, KEY(is_verify_fail), .names = verify_names, .otherwise = "fail",
     .help = "what a found value that is still in an output does to the document"},
    {0}};

static const struct key classify_keys[] = {
    {"name", &type_name, STEP(name), .max = 64, .is_required = true, .help = "name of the result"},
    {"model", &type_text, STEP(model), .max = 1024, .otherwise = "default",
     .help = "registered name or path"},
    {"labels", &type_labels, STEP_LIST(labels, label_count), .min = 2, .max = LABELS_MAX, .is_required = true,
     .help = "the answers to choose from, with a description where it helps: [Other, {Neurology: brain}]"},
    {"instruction", &type_text, STEP(instruction), .max = 4000,
     .help = "what the model is asked, instead of the built-in question"},
    {"examples", &type_examples, STEP_LIST(examples, example_count), .max = 64,
     .help = "worked examples shown to the model"},
    {"abstain_below", &type_real, STEP(abstain_below), .min = 0, .max = 1, .otherwise = "0",
     .help = "probability below which no label is given"},
    {"prior_correction", &type_flag, STEP(has_prior_correction), .otherwise = "true",
     .help = "take away what the model would answer without a document"},
    {0}};

static const struct key summarize_keys[] = {
    {"name", &type_name, STEP(name), .max = 64, .is_required = true, .help = "name of the result"},
    {"model", &type_text, STEP(model), .max = 1024, .otherwise = "default",
     .help = "registered name or path"},
    {"style", &type_choice_text, STEP(style), .names = style_names, .otherwise = "clinical",
     .help = "for whom"},
    {"max_tokens", &type_number, STEP(tokens_max), .min = 16, .max = 2048, .otherwise = "160",
     .help = "longest summary"},
    {"grounded", &type_choice_flag, STEP(is_strict), .names = grounded_names, .otherwise = "strict",
     .help = "strict: a sentence whose facts are not all in the source is dropped"},
    {0}};

static const struct key store_keys[] = {
    {"keep", &type_bits, KEY(keep), .names = keep_names, .what = "item",
     .otherwise = "redacted_text spans results",
     .help = "what is kept of a document"},
    {"retention", &type_days, KEY(retention_days), .min = 1, .max = 36525, .otherwise = "6y",
     .help = "how long: 30d, 26w, 6y"},
    {"anchor", &type_text, KEY(anchor), .max = 4000, .help = "file that every checkpoint is also written to"},
    {0}};

static const struct section section_ingest = {"ingest", ingest_keys, 0};
static const struct section section_redact = {"redact", redact_keys, 0};
static const struct section section_classify = {"classify", classify_keys, sizeof(struct step)};
static const struct section section_summarize = {"summarize", summarize_keys, sizeof(struct step)};
static const struct section section_store = {"store", store_keys, 0};

const struct step_row step_rows[] = {
    {STEP_CLASSIFY, &section_classify, "choose one of some labels"},
    {STEP_SUMMARIZE, &section_summarize, "say the same in a few sentences, each with its source"},
};
const size_t step_row_count = COUNT_OF(step_rows);

static const struct key pipeline_keys[] = {
    {"version", &type_version, .is_required = true, .help = "of this format: 1"},
    {"name", &type_name, KEY(name), .max = 64, .is_required = true, .help = "lower case, digits and dashes"},
    {"purpose", &type_text, KEY(purpose), .max = 1000, .is_required = true,
     .help = "why the documents are processed; kept in every audit record"},
    {"env", &type_environment,
     .help = "environment variables that ${VAR} may stand for: [VAR], or {VAR: default}"},
    {"ingest", &type_section, .section = &section_ingest, .help = "what is read"},
    {"redact", &type_section, .section = &section_redact, .is_required = true,
     .help = "what is taken out, and how"},
    {"steps", &type_steps, LIST(steps, step_count), .max = STEPS_MAX,
     .help = "what is done with the redacted text"},
    {"store", &type_section, .section = &section_store, .help = "what is kept"},
    {"tests", &type_tests, LIST(tests, test_count), .max = 1000,
     .help = "texts and what is expected of them, for `alcove pipeline check --tests`"},
    {0}};

const struct section section_pipeline = {"", pipeline_keys, 0};
const struct section *const sections_all[] = {&section_ingest, &section_redact,   &section_classify,
                                              &section_summarize, &section_store, &section_pipeline, NULL};

#define TEXT_ONLY "text is the only format so far"
#define TWO_STEPS "the steps are classify and summarize"
#define ONE_PROFILE "the profile is hipaa-safe-harbor"
static const struct {
    const char *section, *name, *reason;
} reserved[] = {
    {"redact", "ner", "names are found by rules"},
    {"ingest", "csv", TEXT_ONLY},
    {"ingest", "skip", "hidden files are skipped, nothing else"},
    {"format", "pdf", TEXT_ONLY}, {"format", "docx", TEXT_ONLY},
    {"format", "html", TEXT_ONLY}, {"format", "eml", TEXT_ONLY},
    {"format", "fhir", TEXT_ONLY}, {"format", "hl7v2", TEXT_ONLY},
    {"format", "ccda", TEXT_ONLY}, {"format", "csv", TEXT_ONLY},
    {"format", "ndjson", TEXT_ONLY}, {"format", "json", TEXT_ONLY},
    {"operator", "shift", "use \"year\" for dates"},
    {"operator", "bin4", "use \"mask\" or \"tag\""},
    {"operator", "vault", "use \"tag\" or \"surrogate\""},
    {"step", "score", TWO_STEPS}, {"step", "features", TWO_STEPS}, {"step", "extract", TWO_STEPS},
    {"profile", "pci-store", ONE_PROFILE}, {"profile", "pci-display", ONE_PROFILE},
    {"", "decision", "nothing decides by score yet"},
    {"store", "baseline", "nothing compares with earlier findings yet"},
};
/* clang-format on */

const char *reserved_reason(const char *section, const char *name)
{
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (strcmp(reserved[i].section, section) == 0 && strcmp(reserved[i].name, name) == 0)
            return reserved[i].reason;
    return NULL;
}

const char *operator_name(enum operator_kind kind)
{
    return operator_rows[kind].name;
}

const char *profile_name(enum profile profile)
{
    return profile_names[profile];
}
