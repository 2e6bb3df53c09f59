/* labels.c - the names that `operators:` and `tests:` may use. The rules room defines them; this room may not
 * include it, so the list stands here again and tests/pipelines/test_labels.c compares the two. */
#include "pipelines/keys.h"

const char *const label_names[] = {
    "NAME",     "LOCATION",    "DATE",         "AGE",       "PHONE",   "FAX",        "EMAIL",
    "SSN",      "MRN",         "HEALTH_PLAN",  "ACCOUNT",   "LICENSE", "VEHICLE",    "DEVICE",
    "URL",      "IP",          "MAC",          "CARD",      "IBAN",    "BIC",        "ROUTING",
    "PASSPORT", "NATIONAL_ID", "TAX_ID",       "NPI",       "DEA",     "USERNAME",   "SECRET",
    "CRYPTO",   "COORDINATE",  "ORGANIZATION", "BIOMETRIC", "ID",      "ADDRESS",    "CITY",
    "ZIP",      "FACILITY",    "PLATE",        "VIN",       "STUDY",   "PROFESSION", NULL};

bool is_label(const char *name)
{
    for (size_t i = 0; label_names[i]; i++)
        if (strcmp(label_names[i], name) == 0)
            return true;
    return false;
}
