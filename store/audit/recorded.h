/* recorded.h - inside the store room: where the log speaks of a result. */
#ifndef ALCOVE_STORE_AUDIT_RECORDED_H
#define ALCOVE_STORE_AUDIT_RECORDED_H

#include "store/state.h"

/* store_recorded without the records, and so without their check: *ret has no result and no run. */
CHECKED int recorded_find(struct store *store, const char *id_or_document, struct recorded *ret,
                          struct error *err);

#endif
