/* labels.c - the labels of DESIGN section 6 by name, each with its parent. */
#include "rules/rule.h"

static const struct {
    const char *name;
    enum label parent;
} labels[LABEL_COUNT] = {
/* clang-format off */
#define TOP(label) [LABEL_##label] = {#label, LABEL_##label}
#define BELOW(parent, label) [LABEL_##label] = {#label, LABEL_##parent}
    TOP(NAME),      TOP(LOCATION),     TOP(DATE),          TOP(AGE),         TOP(PHONE),
    TOP(FAX),       TOP(EMAIL),        TOP(SSN),           TOP(MRN),         TOP(HEALTH_PLAN),
    TOP(ACCOUNT),   TOP(LICENSE),      TOP(VEHICLE),       TOP(DEVICE),      TOP(URL),
    TOP(IP),        TOP(MAC),          TOP(CARD),          TOP(IBAN),        TOP(BIC),
    TOP(ROUTING),   TOP(PASSPORT),     TOP(NATIONAL_ID),   TOP(TAX_ID),      TOP(NPI),
    TOP(DEA),       TOP(USERNAME),     TOP(SECRET),        TOP(CRYPTO),      TOP(COORDINATE),
    TOP(ORGANIZATION), TOP(BIOMETRIC), TOP(ID),            TOP(PROFESSION),
    BELOW(LOCATION, ADDRESS), BELOW(LOCATION, CITY), BELOW(LOCATION, ZIP),
    BELOW(ORGANIZATION, FACILITY), BELOW(VEHICLE, PLATE), BELOW(VEHICLE, VIN), BELOW(ID, STUDY),
#undef TOP
#undef BELOW
    /* clang-format on */
};

const char *label_name(enum label label)
{
    return labels[label].name;
}

bool label_from(const char *name, enum label *ret)
{
    for (int i = 0; i < LABEL_COUNT; i++)
        if (strcmp(labels[i].name, name) == 0) {
            *ret = (enum label)i;
            return true;
        }
    return false;
}

enum label label_parent(enum label label)
{
    return labels[label].parent;
}
