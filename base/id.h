/* id.h - random identifiers: 128 bits as 32 hex digits, time-ordered (the layout of UUID version 7, RFC 9562). */
#ifndef ALCOVE_BASE_ID_H
#define ALCOVE_BASE_ID_H

#include "base/contract.h"
#include "base/error.h"

#define ID_BYTES 33 /* with the NUL */

CHECKED int id_new(char ret[ID_BYTES], struct error *err);

#endif
