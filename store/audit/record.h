/* record.h - an audit record: one event as canonical JSON (keys sorted, no white space), at most
 * AUDIT_RECORD_MAX bytes.
 *
 * Which events there are and which fields each carries stands in one table, audit_kinds; docs/audit-events.md
 * shows the same to people and a test compares the two with every record. A record never holds a value found
 * in a document, nor the name of one: only keyed commitments. */
#ifndef ALCOVE_STORE_AUDIT_RECORD_H
#define ALCOVE_STORE_AUDIT_RECORD_H

#include "base/buffer.h"
#include "base/contract.h"
#include "base/error.h"
#include "base/json.h"

#include <stdint.h>

#define AUDIT_RECORD_MAX (64u << 10)
#define AUDIT_FIELDS_MAX 16u

struct audit_kind {
    const char *event, *component;
    bool is_of_run;                       /* repeats the run's context (audit_run_fields) */
    const char *fields[AUDIT_FIELDS_MAX]; /* beyond the common ones; all of them, always; ends with NULL */
    const char *what;                     /* for the documentation */
};
extern const struct audit_kind audit_kinds[];                              /* ends with event NULL */
extern const char *const audit_common_fields[], *const audit_run_fields[]; /* end with NULL */

const struct audit_kind *audit_kind_find(const char *event); /* NULL when there is none */

struct audit_context { /* who, where, when */
    const char *login, *host;
    unsigned uid;
    uint64_t seq; /* the record's leaf */
    int64_t utc_ns, monotonic_ns;
    const json_t *run; /* for is_of_run: the run's context */
};

/* Appends the record to `to`. fields: exactly those that the kind lists. -1 with FAULT_AUDIT when a field is
 * missing, unknown, or the record too long. */
CHECKED int record_write(struct buffer *to, const struct audit_kind *kind, const char *outcome,
                         const struct audit_context *context, const json_t *fields, struct error *err);

#endif
