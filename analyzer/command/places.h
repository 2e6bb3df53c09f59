/* places.h - where the program's own files are: in a build tree beside it, else below the prefix of the
 * install.
 *
 *   build/alcove          rules: ../rules/packs of the source tree     models: build/models
 *   PREFIX/bin/alcove     rules: PREFIX/share/alcove/rules             models: PREFIX/share/alcove/models
 *   PREFIX/lib/TRIPLET/libalcove.so in another program: likewise
 */
#ifndef ALCOVE_ANALYZER_COMMAND_PLACES_H
#define ALCOVE_ANALYZER_COMMAND_PLACES_H

#include "base/contract.h"
#include "base/error.h"

#include <stddef.h>

/* The folder of rule packs: $ALCOVE_RULES, the installed one, the source tree's. -1 with FAULT_PIPELINE. */
CHECKED int places_rules(char *ret, size_t capacity, struct error *err);

/* The program's own folder of models (it need not exist). -1 with FAULT_MODEL. */
CHECKED int places_models(char *ret, size_t capacity, struct error *err);

#endif
