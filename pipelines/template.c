/* template.c - the commented pipeline that `alcove pipeline init` starts with. A test loads it. */
#include "pipelines/keys.h"

#include "base/buffer.h"

static const char head[] =
    "# Check it with `alcove pipeline check`; `alcove pipeline schema` helps an editor to complete keys.\n"
    "version: 1\n";

static const char body[] =
    "purpose: Say here why the documents are processed   # kept in every audit record\n"
    "ingest:\n"
    "  formats: [text]\n"
    "  max_bytes: 20MiB            # a larger document is quarantined\n"
    "redact:\n"
    "  rules: [us-hipaa, common]   # `alcove rules list` shows what they find\n"
    "  profile: hipaa-safe-harbor\n"
    "  operators:                  # what takes the place of a value, by label\n"
    "    NAME: surrogate\n"
    "    DATE: year\n"
    "    AGE: age90\n"
    "    ZIP: zip3\n"
    "    default: tag\n"
    "  verify: fail                # an output that still holds a found value quarantines the document\n"
    "steps:\n"
    "  - classify:\n"
    "      name: urgency\n"
    "      labels:\n"
    "        - urgent: needs a decision today\n"
    "        - routine: may wait for the next free appointment\n"
    "  - summarize: {name: summary, style: clinical, max_tokens: 160, grounded: strict}\n"
    "store:\n"
    "  keep: [redacted_text, spans, results]\n"
    "  retention: 6y\n"
    "tests:                        # run by `alcove pipeline check --tests`\n"
    "  - text: \"Patient: Ann Lee, seen on 03/04/2024\"\n"
    "    expect: {labels: {NAME: 1, DATE: 1}}\n";

int pipeline_template(struct buffer *to, const char *name, struct error *err)
{
    return buffer_append_text(to, head, err) || buffer_printf(to, err, "name: %s\n", name) ||
                   buffer_append_text(to, body, err)
               ? -1
               : 0;
}
