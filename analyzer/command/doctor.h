/* doctor.h - `alcove doctor`: what this machine gives, one check a row. */
#ifndef ALCOVE_ANALYZER_COMMAND_DOCTOR_H
#define ALCOVE_ANALYZER_COMMAND_DOCTOR_H

#include "analyzer/command/command.h"

enum verdict { VERDICT_OK, VERDICT_WARNING, VERDICT_FAILED };

struct diagnosis {
    enum verdict verdict;
    char detail[400]; /* what is there */
    char hint[200];   /* what to do about it; "" when all is well */
};

struct patient { /* what the checks look at */
    const struct context *context;
    const struct arguments *arguments; /* of doctor: --store, --key-file, --passphrase-fd */
};

/* A check fills its diagnosis and cannot fail itself. `fault` decides the exit status when it reports a
 * failure. */
struct doctor_check {
    const char *name;
    enum fault fault;
    void (*run)(const struct patient *patient, struct diagnosis *ret);
};
extern const struct doctor_check doctor_checks[]; /* in the order of the output; ends with {0} */

/* Sets all three. */
void diagnose(struct diagnosis *ret, enum verdict verdict, const char *hint, const char *detail, ...)
    PRINTF_LIKE(4, 5);

void doctor_cpu(const struct patient *patient, struct diagnosis *ret);
void doctor_sandbox(const struct patient *patient, struct diagnosis *ret);
void doctor_memory_lock(const struct patient *patient, struct diagnosis *ret);
void doctor_core_dumps(const struct patient *patient, struct diagnosis *ret);
void doctor_clock(const struct patient *patient, struct diagnosis *ret);
void doctor_rules(const struct patient *patient, struct diagnosis *ret);
void doctor_models(const struct patient *patient, struct diagnosis *ret);
void doctor_key(const struct patient *patient, struct diagnosis *ret);
void doctor_store(const struct patient *patient, struct diagnosis *ret);

#endif
